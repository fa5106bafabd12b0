r"""Deepgram's inline markup in its clients' text: of `\{"word":"…","pronounce":"…"\}` only the word is read aloud.

Rules:
- A mark may be split across messages anywhere: what may become one is held until it ends, or is too long to be one.
- A mark without a word (`\{pause:500ms\}`) is silent.
- A brace that opens anything else is text: formulas have such braces.
"""

import json
import re

_OPENER, _CLOSER = "\\{", "\\}"
_MOST = 400
_MAY_BEGIN = re.compile(r'\\\{\s*(?:"|p|$)')
_PAUSE = re.compile(r"\s*pause:\s*\d+\s*ms\s*")


class InlineMarkup:
    """The markup of one stream of text."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Take more text; return what is settled, with the word in place of each mark."""
        text, self._held = self._held + text, ""
        if "\\" not in text:
            return text
        said, at = [], 0
        while (start := text.find(_OPENER, at)) >= 0:
            said.append(text[at:start])
            end = text.find(_CLOSER, start + 2, start + _MOST)
            if end < 0 and len(text) - start < _MOST and _MAY_BEGIN.match(text, start):
                self._held = text[start:]
                return "".join(said)
            word = None if end < 0 else _word(text[start + 2 : end])
            at = start + 2 if word is None else end + 2
            said.append(_OPENER if word is None else word)
        if text.endswith("\\") and at < len(text):
            self._held, text = "\\", text[:-1]
        return "".join([*said, text[at:]])

    def rest(self) -> str:
        """Return what is still held at the end of the text: not a mark, since nothing closed it."""
        held, self._held = self._held, ""
        return held


def unmarked(text: str) -> str:
    """Return a whole text without its marks."""
    markup = InlineMarkup()
    return markup.feed(text) + markup.rest()


def _word(inside: str) -> str | None:
    """Return the word of a mark; `None` if this is not a mark."""
    if _PAUSE.fullmatch(inside):
        return ""
    try:
        mark = json.loads(f"{{{inside}}}")
    except (ValueError, RecursionError):
        return None
    word = mark.get("word")
    return word if isinstance(word, str) else None
