"""Keys that are pressed: those of a keyboard by their names, and the two signs of a telephone."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of, spaced, word_before

_HELD = re.compile(r" ?\+ ?\S|-[A-Z0-9](?!\w)")
_ASKED = re.compile(r"(?: (?:is|are|was|were|starts|begins|ending|ends)\b|:)")
"""What follows a sign that stands for the word "number": your tracking # is."""

_PRESSED = re.compile(r" (?:key|sign|button|to|for|when|at|now|again)\b|[^\s\w]|\s*\Z|[ \t]*\n")
"""What follows a sign that is pressed."""


class Keys:
    """The rules of one language for keys; without effect if it has no names for them."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._names = data.table("key_names")
        self._signs = data.table("key_signs")
        self._alone = frozenset(data.texts("keys_alone"))
        self._links = frozenset(data.texts("press_links"))
        self._pressed = frozenset(data.texts("press_words")) | self._links
        self._number = speech.phrases.get("number", "")

    def add(self, book: RuleBook) -> None:
        """Add the rules; a key is not a word, and its sign is not an operator."""
        if not self._signs:
            return
        book.on_word(self._names, "key", rf"(?<![\w-])(?P<key>{any_of(self._names)})(?!\w)", self.key)
        book.on_symbol(
            self._signs,
            "key.sign",
            rf"(?<![^\s(\"'“‘/])(?P<sign>{any_of(self._signs)})(?![^\s.,;:!?)\"'”’/])",
            self.sign,
        )
        comma = self._speech.data.table("key_marks")
        book.on_symbol(
            comma,
            "key.mark",
            rf"(?<=[a-z⌘⇧⌥⌃]\+)(?P<mark>{any_of(comma)})(?!\w)|(?<=[⌘⇧⌥⌃])(?P<bare>{any_of(comma)})(?!\w)",
            lambda match: f" {comma[match['mark'] or match['bare']]}",
        )
        if "#" in self._signs:
            book.on_symbol("#", "number", r"(?<=[A-Za-z]{2})#(?=:?\s?[A-Z0-9])", self.numbered)

    def key(self, match: re.Match[str]) -> str | None:
        """Say Ctrl+Shift+Esc; "win" is a key only if another one is held with it."""
        text, start = match.string, match.start()
        held = _HELD.match(text, match.end()) or text[:start].rstrip(" ").endswith("+")
        return self._names[match["key"]] if held or match["key"] in self._alone else None

    def sign(self, match: re.Match[str]) -> str | None:
        """Say "press * or #"; after a word for what has a number, # means "number"."""
        text, start, sign = match.string, match.start(), match["sign"]
        before = word_before(text, start)
        named = self._signs[sign]
        if sign == "*":
            return spaced(match, named) if before in self._pressed and before else None
        if _ASKED.match(text, match.end()) or (before and before not in self._pressed):
            return spaced(match, self._number)
        if _PRESSED.match(text, match.end()) or (before and before not in self._links):
            return spaced(match, named)
        # "and # 2", but not the mark of a heading: # Title
        titled = not before and text[match.end() + 1 : match.end() + 2].isalpha()
        return None if titled else spaced(match, self._number)

    def numbered(self, match: re.Match[str]) -> str | None:
        """Say RMA# 55-8210."""
        return spaced(match, self._number)
