"""Cartesia's own mark in its clients' text: `<spell>AB-12</spell>` is said character by character; the tags are never read aloud.

Rules:
- The characters are sent on one by one, `A B, 1 2`: every voice reads them so. What groups them (hyphens, brackets, spaces) is a comma.
- A mark may be split across messages anywhere: what may become one is held until it ends, the text ends, or it is too long.
- Of a mark that nothing closes, only the text is kept. The vendor's other marks look like SSML, and are treated as such.
"""

import re

_OPENER = re.compile(r"<spell\s*>", re.IGNORECASE)
_CLOSER = re.compile(r"</spell\s*>", re.IGNORECASE)
_MAY_BEGIN = re.compile(r"<(?:s(?:p(?:e(?:l(?:l\s*)?)?)?)?)?\Z", re.IGNORECASE)
_MOST = 400
_GROUPS = frozenset("-–—()[]{}/.,:;_+ \t\r\n\u00a0")


class SpellMarks:
    """The marks of one stream of text."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Take more text; return what is settled, with the marks spelled out."""
        text, self._held = self._held + text, ""
        if "<" not in text:
            return text
        said, at = [], 0
        while (opener := _OPENER.search(text, at)) is not None:
            closer = _CLOSER.search(text, opener.end(), opener.end() + _MOST)
            said.append(text[at : opener.start()])
            if closer is None and len(text) - opener.end() < _MOST:
                self._held = text[opener.start() :]
                return "".join(said)
            at = opener.end()
            if closer is not None:
                said.append(_apart(text, opener.start(), _spelled(text[at : closer.start()]), closer.end()))
                at = closer.end()
        begun = _MAY_BEGIN.search(text, at)
        if begun is not None:
            self._held, text = text[begun.start() :], text[: begun.start()]
        return "".join([*said, _CLOSER.sub("", text[at:])])

    def rest(self) -> str:
        """Return what is still held at the end of the text, where nothing closed it."""
        held, self._held = self._held, ""
        return _OPENER.sub("", held)


def unmarked(text: str) -> str:
    """Return a whole text with its marks spelled out."""
    marks = SpellMarks()
    return marks.feed(text) + marks.rest()


def _spelled(inside: str) -> str:
    said = ""
    for char in inside:
        if char not in _GROUPS:
            said += f" {char.upper()}"
        elif said and not said.endswith(","):
            said += ","
    return said.removesuffix(",").lstrip()


def _apart(text: str, start: int, spelled: str, end: int) -> str:
    """Return the characters, kept apart from the words next to them."""
    before = " " if text[start - 1 : start].isalnum() else ""
    return before + spelled + (" " if text[end : end + 1].isalnum() else "")
