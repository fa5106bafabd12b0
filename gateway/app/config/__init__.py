"""The configuration: its sections, where it is read from, what is wrong with it, and its page.

`settings` puts the sections together, loads them, and is what the rest of the process knows.
"""
