"""16-bit samples from bytes that a vendor may cut anywhere: half a sample waits for its other half (R17)."""


class WholeSamples:
    """The samples of one run, or of one connection if its runs take turns."""

    __slots__ = ("_half",)

    def __init__(self) -> None:
        self._half = b""

    def take(self, data: bytes) -> bytes:
        """Take more bytes; return the samples that they complete."""
        if not self._half and not len(data) & 1:
            return data
        data = self._half + data
        cut = len(data) & ~1
        self._half = data[cut:]
        return data[:cut]

    def drop(self) -> None:
        """Drop half a sample: its other half will not come."""
        self._half = b""
