"""What ElevenLabs' WebSockets with several contexts keep alike: which tracks are free, and which contexts have failed."""

from collections.abc import Collection

MOST_CONTEXTS = 64
"""Contexts that a client may name at once; those that speak are bounded by the session."""
FINAL, UNKNOWN = "final:", "unknown:"
"""What stands before a context's serial in a ping that asks for its end, and before its name in an error about one that does not exist."""


def free_track(taken: Collection[int]) -> int:
    """Return the lowest track that no context sounds on."""
    return next(number for number in range(len(taken) + 1) if number not in taken)


class Broken:
    """Names of contexts that have failed and have not been closed: at most as many as there may be contexts, the oldest leave first."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        """Note that this one has failed."""
        self._names[name] = None
        if len(self._names) > MOST_CONTEXTS:
            del self._names[next(iter(self._names))]

    def discard(self, name: str) -> None:
        """Forget this one, if it is known."""
        self._names.pop(name, None)
