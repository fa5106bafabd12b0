"""The gateway as several processes: the parent that runs, lends seats to, watches and speaks for its workers, and what a worker runs.

`parent` is where to begin. What parent and workers tell one another is in the package `link`.
"""
