"""Street addresses: house numbers in pairs, street kinds, compass points, states and zip codes."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of, begins_afresh, word_before

_MOST_HOUSES = 20
"""The numbers of several houses lie no farther apart than this."""


class Addresses:
    """The address rules of one language; without effect if it has no street words."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._winds = frozenset(data.texts("wind_words"))
        self._streets, self._compass, self._states = (
            data.table(name) for name in ("street_suffixes", "compass", "states")
        )

    def add(self, book: RuleBook) -> None:
        """Add the rules."""
        if self._winds:
            book.on_word(self._compass, "compass", rf"(?P<way>{any_of(self._compass)})(?!\w)", self.wind)
        if not self._streets:
            return
        compass = any_of(self._compass)
        name = r"(?P<name>(?: (?:[A-Z][a-z]{1,24}|[0-9]{1,3}(?:st|nd|rd|th))){1,3}?)"
        inside = any_of(self._speech.data.texts("room_words"))
        self._inside = re.compile(rf" (?i:{inside})\b")
        place = rf"(?P<city>, (?!(?i:{inside})\b)[A-Z][a-z]{{1,24}}(?: [A-Z][a-z]{{1,24}}){{0,2}})"
        zone = rf"(?P<state>,? {any_of(self._states)})\b(?P<zip>,? [0-9]{{5}}(?:-[0-9]{{4}})?(?![0-9-]))?"
        street = rf"(?P<no>[0-9]{{1,5}})(?:-(?P<second>[0-9]{{2,3}})|(?P<letter>[A-Z]))?(?: (?P<way>{compass})\b(?:(?<= [NSEW])\.)?)?{name} (?P<kind>(?i:{any_of(self._streets)}))\b(?P<stop>\.(?![\w]))?"
        book.on_digit("address", rf"{street}(?: (?P<end>{compass})\b)?(?:{place}(?:{zone})?)?", self.street)
        book.on_word(
            self._states,
            "address.state",
            rf"(?P<state>{any_of(self._states)})(?P<zip>,? [0-9]{{5}}(?:-[0-9]{{4}})?)(?![\w-])",
            self.state,
        )

    def wind(self, match: re.Match[str]) -> str | None:
        """Say "winds NW 10 to 15 mph"."""
        blows = word_before(match.string, match.start()) in self._winds
        return self._compass[match["way"]].lower() if blows else None

    def street(self, match: re.Match[str]) -> str | None:
        """Say 12 Oak Ave., Dayton, OH 45402."""
        kind = match["kind"]
        if kind.isupper() and len(kind) > 1 and kind.lower() == "st":
            return None
        parts = [
            self._houses(match["no"], match["second"]),
            match["letter"] or "",
            self._compass.get(match["way"] or "", ""),
            self._name(match["name"]),
            self._streets[kind.lower()],
        ]
        spoken = " ".join(part for part in parts if part)
        if match["end"]:
            spoken += f" {self._compass[match['end']]}"
        goes_on = match["city"] or match["end"] or self._inside.match(match.string, match.end())
        if match["stop"] and not goes_on and begins_afresh(match.string, match.end("stop")):
            spoken += "."
        return spoken + (match["city"] or "") + (self._zone(match) if match["state"] else "")

    def state(self, match: re.Match[str]) -> str | None:
        """Say CA 94043."""
        return self._zone(match)

    def _zone(self, match: re.Match[str]) -> str:
        code = match["state"].lstrip(", ")
        lead = match["state"][: len(match["state"]) - len(code)]
        spoken = lead + self._states[code]
        return f"{spoken}, {self._speech.words.digits(match['zip'])}" if match["zip"] else spoken

    def _houses(self, first: str, second: str | None) -> str:
        """Say the number of a house, of several houses, or one in two parts: 10-12 Main St, 45-12 30th Ave."""
        if second is None:
            return self._house(first)
        a, b = self._house(first), self._house(second)
        span = 0 < int(second) - int(first) <= _MOST_HOUSES
        return self._speech.phrase("range", a=a, b=b) if span else f"{a} {b}"

    def _house(self, written: str) -> str:
        words = self._speech.words
        if len(written) < 3 or written.endswith("000") or (len(written) == 3 and written.endswith("00")):
            return self._speech.cardinal(written)
        if len(written) == 4 and written.endswith("00"):
            return words.year(int(written))
        if len(written) == 5 or "0" in written[-2:-1]:
            return words.digits(written)
        return f"{words.cardinal(int(written[:-2]))} {words.cardinal(int(written[-2:]))}"

    def _name(self, written: str) -> str:
        words = [
            self._speech.words.ordinal(int(word[:-2]), word[-2:]) if word[0].isdigit() else word
            for word in written.split()
        ]
        return " ".join(words)
