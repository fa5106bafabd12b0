"""References to a place in a text: a verse of a book, a line of a file."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.electronic import Electronic
from legato.text.verbal.rules.romans import roman_value
from legato.text.verbal.speech import Speech, any_of


class Pages:
    """The rules of one language for places in texts."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._books = speech.data.table("scripture")
        self._sections = any_of(speech.data.texts("section_words"))
        self._behind_section = re.compile(rf"(?:§{{1,2}}|\b(?i:{self._sections})\.?) ?\Z")
        self._ordered = speech.data.texts("ordinal_books")
        self._files = Electronic(speech)
        self._suffixes = speech.data.texts("file_suffixes")

    def add(self, book: RuleBook) -> None:
        """Add the rules."""
        place = r"\.? (?P<chapter>[1-9][0-9]{0,2}):(?P<verse>[1-9][0-9]{0,2})(?:[-–](?P<to>[1-9][0-9]{0,2}))?(?![\w:]| ?[AaPp]\.?[Mm]\b)"
        if self._books:
            book.on_word(
                {re.sub(r"[^a-z]", "", name.lower()) for name in self._books},
                "verse",
                rf"(?P<book>{any_of(self._books)}){place}",
                self.verse,
            )
        if self._ordered:
            book.on_digit(
                "verse",
                rf"(?<![\w.,:])(?P<nth>[123]) (?P<book>{any_of(self._ordered)}){place}",
                self.numbered_verse,
            )
        book.on_digit(
            "paragraph",
            r"(?<![\w.,/-])(?P<no>[1-9][0-9]{0,2}(?:\.[1-9][0-9]?)?)\.(?P<letter>[a-z])\)(?!\w)",
            self.lettered,
        )
        if self._speech.data.texts("section_words"):
            book.on_digit(
                "paragraph",
                r"(?<![\w.,])(?P<no>[0-9]{1,5}(?:\.[0-9]{1,4})?[a-z]?)(?P<subs>(?:\((?:[0-9]{1,3}|[a-zA-Z]|[ivx]{2,5})\)){1,5})(?![\w(^=+*/]| ?[=+*/])",
                self.paragraph,
            )
        if self._suffixes:
            name = rf"[^\W_][\w-]{{0,63}}(?:[/.][\w@-]{{1,64}}){{0,12}}\.{any_of(self._suffixes)}"
            book.on_joined(
                "file",
                rf"(?P<name>{name}):(?P<line>[0-9]{{1,6}})(?::[0-9]{{1,4}})?(?![\w:/])",
                self.line,
            )
            book.on_joined("file", rf"(?P<name>(?=[\w.-]+/){name})(?P<line>)(?![\w/]|\.\w)", self.line)

    def numbered_verse(self, match: re.Match[str]) -> str | None:
        """Say 1 Cor. 13:4, in the first book of that name."""
        return f"{self._speech.words.ordinal(int(match['nth'])).capitalize()} {self.verse(match)}"

    def verse(self, match: re.Match[str]) -> str | None:
        """Say John 3:16-18."""
        chapter, verse = (self._speech.cardinal(match[name]) for name in ("chapter", "verse"))
        if match["to"]:
            verse = self._speech.phrase("range", a=verse, b=self._speech.cardinal(match["to"]))
        wording = "verse" if len(match["verse"]) == 1 and not match["to"] else "verse_large"
        return f"{self._books[match['book']]} {self._speech.phrase(wording, chapter=chapter, verse=verse)}"

    def paragraph(self, match: re.Match[str]) -> str | None:
        """Say § 1030(a)(2), Art. 6(1)(b)."""
        subs = re.findall(r"\w+", match["subs"])
        named = self._behind_section.search(match.string, max(0, match.start() - 16), match.start())
        if not named and (len(subs) < 2 or all(map(str.isdigit, subs))):
            return None
        number = match["no"].rstrip("abcdefghijklmnopqrstuvwxyz")
        parts = [match["no"][len(number) :], *subs]
        return " ".join([self._speech.say(number), *(self._part(part) for part in parts if part)])

    def lettered(self, match: re.Match[str]) -> str | None:
        """Say art. 18.1.b): the letter of a paragraph, whose bracket closes nothing."""
        if match.string.rfind("(", 0, match.start()) > match.string.rfind(")", 0, match.start()):
            return None
        dot = self._speech.data.table("electronic")["."]
        return f"{f' {dot} '.join(map(self._speech.cardinal, match['no'].split('.')))} {match['letter']}"

    def _part(self, written: str) -> str:
        if len(written) > 1 and not written.isdigit():
            written = str(roman_value(written.upper()))
        return self._speech.cardinal(written) if written.isdigit() else written

    def line(self, match: re.Match[str]) -> str | None:
        """Say src/main.py:42."""
        said = self._files.said(match["name"])
        if not match["line"]:
            return said
        return f"{said} {self._speech.phrases['line']} {self._speech.cardinal(match['line'])}"
