"""Raised and lowered digits that no other rule took: 5², (1 + r)³, CO₂; and a minus between quantities or before degrees."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import LETTER, SPACE, Speech, spaced

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_WINDOW = 32
_SUM = re.compile(r"\([^()]*[-+−*/×·][^()]*\)\Z")
"""A bracket that is raised as a whole; after any other bracket stands the number of a note."""
_DIGITS = str.maketrans(_RAISED, "0123456789")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_ATOMS = r"(?:[A-Z][a-z]?[0-9₀-₉]{0,3})"
_GROUPED = rf"\({_ATOMS}{{1,4}}\)[₂-₉]"
_COMPOUND = rf"(?:{_ATOMS}|{_GROUPED}){{1,10}}(?![\w])"
_DEGREES = (
    rf"[0-9]{{1,3}}(?:[.,][0-9])?(?:{SPACE}[^\W\d_]{{1,5}}{SPACE}[-−–]?[0-9]{{1,3}}(?:[.,][0-9])?)?{SPACE}?°"
)
"""A temperature, or two with a word between them: 3 °C, 5 bis –3 °C."""


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
                rf"(?:(?<![^\s(])|(?<=\S·))(?P<unit>{LETTER}{{1,4}})⁻(?P<power>[¹²³])(?![^\W_]|⁺)",
                self.per_unit,
            )
        minus = self._speech.data.table("operators").get("−", "")
        if minus:
            book.on_symbol("−", "operator", rf"(?<=\S{SPACE})−(?={SPACE}[0-9$€£(])", lambda _: minus)

        self._add_minus(book)
        if not self._speech.spaceless:
            book.on_joined("mixed.lowered", _COMPOUND, self.lowered)
            book.on_symbol("(", "mixed.lowered", rf"(?={_GROUPED}){_COMPOUND}", self.grouped)

    def _add_minus(self, book: RuleBook) -> None:
        if minus := self._speech.data.table("sign_words").get("-", ""):
            book.on_symbol("–", "sign", rf"(?<=[^\W\d_] )–(?={_DEGREES})", lambda _: f"{minus} ")

    def grouped(self, match: re.Match[str]) -> str | None:
        """Say Fe(OH)₃ from its bracket on."""
        said = self.lowered(match)
        return said and spaced(match, said)

    def lowered(self, match: re.Match[str]) -> str | None:
        """Say CO₂, Fe(OH)₃."""
        written = match.group().translate(_LOWERED)
        if written == match.group():
            return None
        parts = re.findall(r"[0-9]+|[A-Z][a-z]?", written)
        return " ".join(self._speech.cardinal(part) if part.isdigit() else part for part in parts)

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
