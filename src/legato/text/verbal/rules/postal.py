"""Where to find somebody: post codes, post boxes, rooms, floors. Their numbers count nothing; they are said in pairs, or digit by digit."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.places import roomed, rooms_listed
from legato.text.verbal.speech import SPACE, Speech, any_of, word_before

_HOUSE = re.compile(rf"[0-9]{SPACE}?[a-zA-Z]?(?:/[0-9A-Za-z])?,{SPACE}\Z")
"""The number of a house and a comma: the post code of its town may follow."""
_WINDOW = 12
_ROOM_CHARS = 48
_SHORT_BEFORE = re.compile(rf"([A-Z][a-z]{{1,3}})\.{SPACE}\Z")
"""A room by its short form: Rm. 1412, Ste. 1200."""
_PAIR = 10
_ROUND = 100
_PAIRED = 4
"""The number of a room with this many digits is said like a year."""


class Postal:
    """The rules of one language for the numbers of addresses."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._rooms, self._roomed = frozenset(data.texts("room_words")), roomed(data)
        self._listed = rooms_listed(data)
        self._alone = re.compile(rf"[.,;:!?)*]|\s*(?:\Z|\n)|[ \u00a0]{any_of(data.texts('after_rooms'))}\b")
        """What follows a number that counts nothing."""
        self._before = frozenset(data.texts("postcode_before"))
        self._no_letters = any_of(data.texts("postcode_not"))
        self._lettered = data.table("settings").get("postcode") == "letters"
        self._towns = data.table("settings").get("postcode") == "digits"

    def add(self, book: RuleBook) -> None:
        """Add the rules; no measure looks like them except a Dutch post code, whose letters are then not a unit."""
        if self._rooms:
            book.on_digit(
                "number.room", r"(?<![\w.,$#-])[1-9][0-9]{3,4}(?![\w%]|[-.,:/][0-9]|,[0-9])", self.room
            )
        if things := self._speech.data.texts("ordered"):
            # It comes before the measures: the sign is that of degrees.
            book.on_digit(
                "ordinal",
                rf"(?P<a>[1-9][0-9]?)°(?={SPACE}(?P<thing>{any_of(things)})(?!\w))",
                self.floor,
            )
        book.on_joined(
            "postcode",
            r"(?<![\w-])(?P<a>[A-CEGHJ-NPR-TVXY][0-9][A-CEGHJ-NPR-TV-Z]) (?P<b>[0-9][A-CEGHJ-NPR-TV-Z][0-9])(?![\w-])",
            self.canadian,
        )
        if self._lettered:
            book.on_digit(
                "postcode",
                rf"(?<![\w.,-])(?P<a>[1-9][0-9])(?P<b>[0-9]{{2}}){SPACE}?(?P<letters>(?!{self._no_letters}\b)[A-Z]{{2}})(?!\w)",
                self.lettered,
            )
        if self._towns:
            book.on_digit(
                "postcode", rf"(?<![\w.,-])[0-9]{{5}}(?={SPACE}[A-ZÄÖÜ][a-zäöüßàèéìòù]{{2}})", self.town
            )

    def room(self, match: re.Match[str]) -> str | None:
        """Say room 1204, rooms 1407 and 1409, your room is 1407; a room that is 1200 feet long has no number."""
        number, text, start = match.group(), match.string, match.start()
        before = (text, max(0, start - _ROOM_CHARS), start)
        told = self._roomed and self._roomed.search(*before) and self._alone.match(text, match.end())
        listed = self._listed and self._listed.search(*before)
        short = _SHORT_BEFORE.search(*before)
        near = short[1].lower() if short else word_before(text, start)
        if near not in self._rooms and not told and not listed:
            return None
        words = self._speech.words
        return words.year(int(number)) if len(number) == _PAIRED else words.digits(number)

    def floor(self, match: re.Match[str]) -> str | None:
        """Say 2° piano, 3° piso: an ordinal, before its noun."""
        form = "f" if self._speech.gender_of(match["thing"]) == "f" else "er"
        return self._speech.words.ordinal(int(match["a"]), form)

    def lettered(self, match: re.Match[str]) -> str | None:
        """Say 1015 CJ."""
        a, b = match["a"], match["b"]
        pairs = int(b) >= _PAIR
        said = [self._speech.cardinal(pair) if pairs else self._speech.words.digits(pair) for pair in (a, b)]
        return " ".join([*said, *match["letters"]])

    def canadian(self, match: re.Match[str]) -> str | None:
        """Say M5W 1A2."""
        say = self._speech.words.digits
        return ", ".join(" ".join(say(one) or one for one in match[part]) for part in "ab")

    def town(self, match: re.Match[str]) -> str | None:
        """Say Goethestr. 12, 80336 München; in 80336 München."""
        text, start = match.string, match.start()
        housed = _HOUSE.search(text, max(0, start - _WINDOW), start)
        named = word_before(text, start) in self._before and int(match.group()) % _ROUND
        return self._speech.words.digits(match.group()) if housed or named else None
