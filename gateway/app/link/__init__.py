"""The connection between a gateway of several processes and each of its workers: both ends, and the messages between them.

`hub` is the parent's end, `link` a worker's; `post` tells a worker where it stands, and where its parent is.
"""
