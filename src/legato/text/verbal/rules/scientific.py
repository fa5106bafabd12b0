"""Numbers with a power of ten, and their unit: 3 × 10^8 m/s, 9.1e-31 kg, 4–11 × 10⁹/L."""

import re
from collections.abc import Callable

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.measures import UNIT
from legato.text.verbal.speech import DASH, SPACE, Speech, any_of

_RAISED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_POWER = r"10(?:\^(?:\{?(?P<power>[-−+]?[0-9]{1,3})\}?)|(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]{1,3}))"


class Scientific:
    """The rules of one language for powers of ten.

    Args:
        speech: the language.
        named: gives the plural of a written unit; None if it is not a unit.
    """

    def __init__(self, speech: Speech, named: Callable[[str], str | None]) -> None:
        self._speech = speech
        self._named = named
        self._per = speech.data.table("unit_per")

    def add(self, book: RuleBook) -> None:
        """Add the rules; without effect if a language has no words for them. They come before those for units."""
        if "power_of_ten" not in self._speech.phrases:
            return
        number = self._speech.number
        times = rf"(?:[eE](?P<e>[-+]?[0-9]{{1,3}})|{SPACE}?[×x*·]{SPACE}?{_POWER})"
        unit = rf"{SPACE}?(?P<unit>{UNIT})(?![^\W_]|[/⁻][^\W_]|⁻)"
        under = rf"{SPACE}?/(?P<per>{any_of(self._per)})(?!\w)"
        ten = rf"(?P<a>{number})(?:{DASH}(?P<to>{number}))?{times}"
        book.on_digit("measure.scientific", rf"{ten}(?:{unit}|{under})", self.said)
        book.on_digit("measure.scientific", rf"{ten}(?P<unit>)(?P<per>)(?![\w^])", self.said)

    def said(self, match: re.Match[str]) -> str | None:
        """Say 3 × 10^8 m/s, 9.11e-31 kg, 4–11 × 10⁹/L."""
        power = match["e"] or match["power"] or (match["raised"] or "").translate(_RAISED)
        sign = f"{self._speech.phrases['minus']} " if power[0] in "-−" else ""
        ordinal = self._speech.words.ordinal(int(power.lstrip("-−+")))
        number = self._speech.say(match["a"])
        if match["to"]:
            number = self._speech.span(match, number, self._speech.say(match["to"]))
        said = self._speech.phrase("power_of_ten", number=number, power=f"{sign}{ordinal}")
        if match["per"]:
            return f"{said} {self._speech.per(self._per[match['per']])}"
        if not match["unit"]:
            return said
        unit = self._named(match["unit"])
        return f"{said} {unit}" if unit else None
