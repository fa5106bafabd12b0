"""Keeps the number of time series bounded, whatever the labels are made from."""

OTHER = "other"


class Bounded:
    """Lets the first `limit` distinct values of a label through; every later one is counted as `other`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def __call__(self, value: str) -> str:
        """The value to be used as the label."""
        if value in self._known:
            return value
        if len(self._known) >= self._limit:
            return OTHER
        self._known.add(value)
        return value
