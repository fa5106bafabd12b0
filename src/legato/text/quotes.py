"""Which quotes and brackets are open, so that a sentence inside one does not end the sentence around it.

Rules:
- a straight mark opens at the start of a word and closes at its end; an apostrophe does neither;
- a quote that stays open too long was not a quote.
"""

import re

LONGEST_CHARS = 400

_SIGNS = re.compile("[\"`'“”„‘’«»()\\[\\]「」『』（）《》【】]")
_PAIRS = {"(": ")", "[": "]", "「": "」", "『": "』", "（": "）", "《": "》", "【": "】", "„": "“", "“": "”"}
_BEFORE_SINGLE = frozenset(',:;.!?—–-("“')


class Quotes:
    """The open quotes and brackets at one point of a text."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []
        self._chars = 0
        self._last = ""

    @property
    def inside(self) -> bool:
        """Whether the text stands inside a quote or bracket."""
        return bool(self._open) and self._chars - self._open[0][1] <= LONGEST_CHARS

    def read(self, text: str) -> None:
        """Read the next stretch of text: a word, or a run without spaces."""
        if self._open and self._chars - self._open[0][1] > LONGEST_CHARS:
            self._open.clear()
        for match in _SIGNS.finditer(text):
            at = match.start()
            before = text[at - 1] if at else ""
            self._sign(match.group(), before, text[at + 1 : at + 2])
        self._chars += len(text) + 1
        self._last = text[-1:] or self._last

    def reset(self) -> None:
        """Close everything: a paragraph ended."""
        self._open.clear()
        self._last = ""

    def _sign(self, sign: str, before: str, after: str) -> None:
        closes = next(
            (index for index in range(len(self._open) - 1, -1, -1) if self._open[index][0] == sign), -1
        )
        if sign == "`":
            if after.isalpha():
                self._push("'")
        elif sign in {"'", "’"}:
            self._single(closes, before, after)
        elif closes >= 0:
            del self._open[closes:]
        elif sign in _PAIRS:
            self._push(_PAIRS[sign])
        elif sign in '"«»' and not before.isalnum():
            self._push({"«": "»", "»": "«"}.get(sign, '"'))
        elif sign == "‘" and not before.isalnum():
            self._push("’")

    def _single(self, closes: int, before: str, after: str) -> None:
        if closes >= 0:
            if not after.isalnum():
                del self._open[closes:]
        elif not before and after.isalpha() and (not self._last or self._last in _BEFORE_SINGLE):
            self._push("'")

    def _push(self, closer: str) -> None:
        self._open.append((closer, self._chars))
