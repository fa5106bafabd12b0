"""Text that is cut inside a character: a `str` can hold half of a surrogate pair, which no message can carry."""

_REPLACEMENT = "\ufffd"
_HIGH = ("\ud800", "\udbff")


class Halves:
    """Puts together the characters of one utterance that its source cut in two, as UTF-16 lets it.

    A first half at the end of a text waits for the next text. A half without its other one becomes U+FFFD.
    """

    def __init__(self) -> None:
        self._waiting = ""

    def add(self, text: str) -> str:
        """Return what can be said of the text so far.

        Raises:
            TypeError: it is not a `str`.
        """
        if not isinstance(text, str):
            raise TypeError(f"expected a str to say, got {type(text).__name__}")
        if not text or (text.isascii() and not self._waiting):
            return text
        text, self._waiting = self._waiting + text, ""
        if _HIGH[0] <= text[-1] <= _HIGH[1]:
            text, self._waiting = text[:-1], text[-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def rest(self) -> str:
        """Return what stands for a first half that is still waiting: its other half will not come."""
        rest, self._waiting = self._waiting and _REPLACEMENT, ""
        return rest
