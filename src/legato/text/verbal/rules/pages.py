"""Where something stands: a verse of a book, a line of a file."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.electronic import Electronic
from legato.text.verbal.speech import Speech, any_of


class Pages:
    """The rules of one language for places in texts."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._books = speech.data.table("scripture")
        self._files = Electronic(speech)
        self._suffixes = speech.data.texts("file_suffixes")

    def add(self, book: RuleBook) -> None:
        """Enters the rules."""
        if self._books:
            book.on_word(
                {re.sub(r"[^a-z]", "", name.lower()) for name in self._books},
                "verse",
                rf"(?P<book>{any_of(self._books)})\.? (?P<chapter>[1-9][0-9]{{0,2}}):(?P<verse>[1-9][0-9]{{0,2}})(?:[-–](?P<to>[1-9][0-9]{{0,2}}))?(?![\w:]| ?[AaPp]\.?[Mm]\b)",
                self.verse,
            )
        if self._suffixes:
            name = rf"[^\W_][\w-]{{0,63}}(?:[/.][\w@-]{{1,64}}){{0,12}}\.{any_of(self._suffixes)}"
            book.on_joined(
                "file",
                rf"(?P<name>{name}):(?P<line>[0-9]{{1,6}})(?::[0-9]{{1,4}})?(?![\w:/])",
                self.line,
            )
            book.on_joined("file", rf"(?P<name>(?=[\w.-]+/){name})(?P<line>)(?![\w/]|\.\w)", self.line)

    def verse(self, match: re.Match[str]) -> str | None:
        """John 3:16-18."""
        chapter, verse = (self._speech.cardinal(match[name]) for name in ("chapter", "verse"))
        if match["to"]:
            verse = self._speech.phrase("range", a=verse, b=self._speech.cardinal(match["to"]))
        wording = "verse" if len(match["verse"]) == 1 and not match["to"] else "verse_large"
        return f"{self._books[match['book']]} {self._speech.phrase(wording, chapter=chapter, verse=verse)}"

    def line(self, match: re.Match[str]) -> str | None:
        """src/main.py:42."""
        said = self._files.said(match["name"])
        if not match["line"]:
            return said
        return f"{said} {self._speech.phrases['line']} {self._speech.cardinal(match['line'])}"
