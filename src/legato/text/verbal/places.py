"""Places that are named by a number and a letter: seat 22A, gates 14A and 14B. The letter is not a unit there."""

import re

from legato.text.verbal.speech import SPACE, any_of, word_before
from legato.text.verbal.tables import VerbalData

_WINDOW = 48
_EARLIER = re.compile(r"(?:\b[0-9]{1,3}[A-Z](?:-| (?:and|or|to|through|&) )){1,3}\Z")
"""Places named before the last one."""
_SEATS = frozenset("ABCDEFGHJK")
"""Letters of seats; only these name a place if the word for it is not directly before the number."""


def placed(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes the number and letter of a place ("your seats are "); None if a language has no such words."""
    names = data.texts("place_words")
    links = any_of(data.texts("keyed_links"))
    return re.compile(rf"\b(?i:{any_of(names)})s?\.?(?: {links})?:?{SPACE}\Z") if names else None


def roomed(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes the number of a room ("your room is "); None if a language has no such words."""
    names = [name for name in data.texts("room_words") if name in data.texts("place_words")]
    marks, links = any_of(data.texts("keyed_marks")), any_of(data.texts("keyed_links"))
    return (
        re.compile(rf"\b(?i:{any_of(names)})\.?(?: (?i:{marks}))?(?: {links})?:?{SPACE}\Z") if names else None
    )


def rooms_listed(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes a room after the first ("rooms 1407, 1409 and "); None if a language has no such words."""
    if not (names := [name for name in data.texts("room_words") if name.endswith("s")]):
        return None
    link = rf"(?:,|,?{SPACE}{any_of([*data.texts('range_links'), '&'])}){SPACE}"
    return re.compile(rf"\b(?i:{any_of(names)}){SPACE}(?:[1-9][0-9]{{2,4}}{link}){{1,4}}\Z")


class Places:
    """Tells the letter of a place from a unit.

    Args:
        data: the tables of the language.
    """

    def __init__(self, data: VerbalData) -> None:
        self._names = frozenset(data.texts("place_words"))
        self._placed = placed(data)

    def holds(self, text: str, start: int, letter: str) -> bool:
        """Whether the number at `start`, which `letter` is joined to, names a place.

        Args:
            text: the whole text.
            start: where the number begins.
            letter: what follows the number.
        """
        if word_before(text, start) in self._names:
            return True
        if self._placed is None or letter not in _SEATS:
            return False
        before = _EARLIER.sub("", text[max(0, start - _WINDOW) : start])
        return self._placed.search(before) is not None
