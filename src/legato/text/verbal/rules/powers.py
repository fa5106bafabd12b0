"""Raised digits that no other rule took: 5², (1 + r)³; and a minus between quantities."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import LETTER, SPACE, Speech, spaced

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_WINDOW = 32
_SUM = re.compile(r"\([^()]*[-+−*/×·][^()]*\)\Z")
"""A bracket that is raised as a whole; after any other bracket stands the number of a note."""
_DIGITS = str.maketrans(_RAISED, "0123456789")


class Powers:
    """The rules of one language for powers; without effect if it has no words for them."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._units = speech.data.table("unit_per")
        self._named = {"2": speech.phrases.get("squared", ""), "3": speech.phrases.get("cubed", "")}

    def add(self, book: RuleBook) -> None:
        """Add the rules, the last ones for these signs; after a word they may be the number of a note."""
        if self._named["2"]:
            book.on_symbol(
                _RAISED + "⁻",
                "power",
                rf"(?:(?<=[0-9])|(?<=[0-9a-z]\))|(?<=(?<!{LETTER}){LETTER})|(?<=(?<!{LETTER})(?:sin|cos|tan|sec|csc|cot|log)))(?P<sign>⁻?)(?P<digits>[{_RAISED}]{{1,3}})(?![{_RAISED}])",
                self.power,
            )
        if "per" in self._speech.phrases:
            book.on_joined(
                "power.unit",
                rf"(?<=\S[ ·])(?P<unit>{LETTER}{{1,4}})⁻(?P<power>[¹²³])(?![^\W_]|⁺)",
                self.per_unit,
            )
        minus = self._speech.data.table("operators").get("−", "")
        if minus:
            book.on_symbol("−", "operator", rf"(?<=\S{SPACE})−(?={SPACE}[0-9$€£(])", lambda _: minus)

    def per_unit(self, match: re.Match[str]) -> str | None:
        """Say 9.81 m s⁻², mol⁻¹: what the units before it are divided by."""
        named = self._units.get(match["unit"])
        if named is None:
            return None
        raised = self._named.get(match["power"].translate(_DIGITS), "")
        return f"{self._speech.per(named)} {raised}".rstrip()

    def power(self, match: re.Match[str]) -> str | None:
        """Say 5², 10⁻³."""
        before = match.string[max(0, match.start() - _WINDOW) : match.start()]
        if before.endswith(")") and not _SUM.search(before):
            return None
        digits = match["digits"].translate(_DIGITS)
        if not match["sign"] and digits in self._named:
            return self._apart(match, self._named[digits])
        sign = f"{self._speech.phrases['minus']} " if match["sign"] else ""
        return self._apart(match, self._speech.phrase("to_power", power=sign + self._speech.cardinal(digits)))

    def _apart(self, match: re.Match[str], said: str) -> str:
        return said if self._speech.spaceless else spaced(match, said)
