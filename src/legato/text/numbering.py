"""Lists written into running text: "1. one 2. two", "(a) one (b) two"."""

import re

_LABEL = re.compile(r"([(•⁃]?)(\d{1,3}|[a-zA-Z])(\.\)|[.)])")
_FIRST = frozenset({"1", "a", "A"})
_BULLETS = frozenset("•⁃")
_RESTARTS = ("1.", "1.)", "1)", "(1)", "a)", "a.)", "(a)")
"""A first label that may follow the items of another list."""
LONGEST_LABEL_CHARS = 7

_ITEM = re.compile(r"\s{0,32}\d{1,3}(?=[.)]\s)")


def label_chars(line: str) -> int:
    """Return how many characters of an item are its number, which is not an ordinal like the one in "3. Mai"."""
    match = _ITEM.match(line)
    return match.end() if match else 0


class Numbering:
    """Follows the labels of one list and knows which comes next."""

    def __init__(self) -> None:
        self._next = ""

    @property
    def active(self) -> bool:
        """Whether a list has begun."""
        return bool(self._next)

    def labels(self, word: str, *, opens: bool) -> bool:
        """Whether a word is a label: the expected one, or a first one where a sentence begins.

        Args:
            word: the word.
            opens: whether it begins a sentence or a line.
        """
        if len(word) > LONGEST_LABEL_CHARS:
            return False
        match = _LABEL.fullmatch(word)
        if match is None:
            return word in _BULLETS
        prefix, core, suffix = match.groups()
        if word != self._next and not (opens and core in _FIRST):
            return False
        self.begin(prefix, core, suffix)
        return True

    def begin(self, prefix: str, core: str, suffix: str) -> None:
        """Expect the label after this one."""
        follows = str(int(core) + 1) if core.isdigit() else chr(ord(core) + 1)
        self._next = f"{prefix}{follows}{suffix}"

    def line(self, marker: str) -> None:
        """Take the label that a line began with."""
        match = _LABEL.fullmatch(marker)
        if match:
            self.begin(*match.groups())

    def expects(self, peek: str, *, whole: bool) -> bool | None:
        """Whether the next word is the next label; None if it may become it."""
        if not peek:
            return None
        labels = (self._next, *_RESTARTS) if self._next else ()
        if whole:
            return peek in labels or peek in _BULLETS
        return None if peek in _BULLETS or any(label.startswith(peek) for label in labels) else False
