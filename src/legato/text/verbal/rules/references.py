"""Letters and digits that a traveller or a driver spells: booking references, number plates, parcels; and the sizes of tyres."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, keyed_in

_RUNS = re.compile(r"[0-9]+|[A-Z]+")
_MOST_RUNS = 4
"""A token that changes more often between letters and digits is not a model, a quarter or an episode."""
_ELEMENTS = frozenset("HBCNOFPSKVYIWU")
_WORD = re.compile(r"(?=[A-Z]*[AEIOUY])[A-Z]{4}")
"""Four letters that can be pronounced, as in SAVE20: they are meant to be."""
_SIDES = re.compile(r"[0-9]+(?:X[0-9]+)+")
_WINDOW = 64
_END = r"(?![\w-])"
_GROUPED = rf"(?<![\w-])(?=[A-Z-]{{0,12}}[0-9])(?=[0-9-]{{0,20}}[A-Z])[A-Z0-9]{{1,12}}(?:-[A-Z0-9]{{1,12}}){{1,5}}{_END}"
"""Letters and digits in groups: KJ7-P22Q, CAS-2026-004518."""


class References:
    """The rules of one language for codes of letters and digits."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._keyed = keyed_in(speech.data)

    def add(self, book: RuleBook) -> None:
        """Add the rules; those for what a word before calls a code come before those by shape."""
        mixed = r"(?<![\w-])(?=[A-Z0-9 -]{0,12}[0-9])(?=[0-9-]{0,12}[A-Z])"
        plate = r"[A-Z]{1,3}(?:[ -][A-Z]{1,2})?[ -][0-9]{1,4}(?:[ -][A-Z]{1,3})?|[0-9]{1,4}[ -][A-Z]{2,3}"
        for enter in (book.on_digit, book.on_joined):
            if self._keyed is not None:
                enter("code.keyed", rf"{mixed}(?:[A-Z0-9]{{4,20}}|{plate}){_END}", self.keyed)
                enter("code.keyed", _GROUPED, self.keyed)
            enter("code.locator", rf"(?<![\w-])[0-9A-Z]{{5,40}}{_END}", self.locator)
        book.on_digit(
            "code.parcel", rf"(?<![\w-])1Z(?:{SPACE}[0-9A-Z]{{2,4}}){{4,7}}{_END}", self.spelled_groups
        )
        tyre = r"(?P<wide>[1-3][0-9]5)/(?P<high>[2-9][05])Z?R(?P<rim>[12][0-9])(?: (?P<load>[0-9]{2,3})(?P<speed>[A-Z]))?(?!\w)"
        for enter in (book.on_digit, book.on_joined):
            enter("size.tyre", rf"(?<![\w-])(?P<kind>P|LT)?{tyre}", self.tyre)
        book.on_digit(
            "code.groups",
            r"(?<![\w.,-])(?:0[0-9]{1,4}-[1-9][0-9]{5,12}|[0-9]{1,5}-[0-9]{9,12})(?![\w-]|[.,:/][0-9])",
            self.spelled_groups,
        )
        self._add_blends(book)

    def _add_blends(self, book: RuleBook) -> None:
        blend = r"(?P<a>[0-9]{1,2})-(?P<b>[0-9]{1,2})-(?P<c>[0-9]{1,2})(?![\w-]|[.,][0-9])"
        named = self._speech.data.texts("blend_words")
        book.on_word(named, "blend", rf"(?P<word>(?i:{any_of(named)})){SPACE}{blend}", self.blend)
        things = self._speech.data.texts("blend_things")
        book.on_digit(
            "blend", rf"(?<![\w.,-])(?P<word>){blend}(?={SPACE}(?i:{any_of(things)})\b)", self.blend
        )

    def keyed(self, match: re.Match[str]) -> str | None:
        """Say "your code is AB12CD34"; a code that is a word is said as one: SAVE20."""
        text, start = match.string, match.start()
        if self._keyed is None or not self._keyed.search(text, max(0, start - _WINDOW), start):
            return None
        return None if _WORD.search(match.group()) else self.spelled_groups(match)

    def locator(self, match: re.Match[str]) -> str | None:
        """Say X7K2PQ; H2SO4 is a substance, and 10X20X30 is a box."""
        written = match.group()
        if len(_RUNS.findall(written)) <= _MOST_RUNS or _SIDES.fullmatch(written):
            return None
        letters = {char for char in written if not char.isdigit()}
        return self.spelled_groups(match) if letters - _ELEMENTS else None

    def spelled_groups(self, match: re.Match[str]) -> str:
        """Spell AB-123-CD, 1Z 999 AA1 01 2345 6784, with a pause between the groups."""
        groups = re.split("[ \u00a0\u2009\u202f-]", match.group())
        return ", ".join(
            " ".join(self._speech.words.digits(char) or char for char in group) for group in groups
        )

    def tyre(self, match: re.Match[str]) -> str | None:
        """Say 225/45R17 91W."""
        say = self._speech.cardinal
        parts = [match["kind"] or "", say(match["wide"]), say(match["high"]), "R", say(match["rim"])]
        load = f", {say(match['load'])} {match['speed']}" if match["load"] else ""
        return " ".join(part for part in parts if part) + load

    def blend(self, match: re.Match[str]) -> str | None:
        """Say NPK 10-10-10, a 5-10-5 fertilizer."""
        parts = [self._speech.cardinal(match[key]) for key in "abc"]
        return " ".join([match["word"], *parts]).strip()
