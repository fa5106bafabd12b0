"""The commands of `legato`, one module each, and what only they need: options, tables, players, a private gateway.

`config` `health` `languages` `say` `serve` `simulate` `text` `vendors` `voices` are the commands; `cli` puts them together.
"""
