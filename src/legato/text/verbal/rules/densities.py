"""How many there are in an area, how much is emitted: people/km², g CO₂/km."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import LETTER, SPACE, Speech, any_of
from legato.text.verbal.units import all_units, stop_behind


class Densities:
    """The rules of one language for what is divided by an area; without effect if it has no word for one."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._square = speech.phrases.get("square_one") or speech.phrases.get("square", "")
        units = all_units(speech) if self._square else {}
        self._areas: dict[str, str] = {unit: units[unit].one for unit in ("m", "km", "cm") if unit in units}

        self._per: dict[str, str] = {
            unit: units[unit].one for unit in ("kg", "km", "mi", "min") if unit in units
        }

        self._emitted: dict[str, str] = self._per | {
            unit: units[unit].one for unit in ("kWh", "MWh", "t", "l") if unit in units
        }

    def add(self, book: RuleBook) -> None:
        """Add the rules."""
        if self._areas:
            book.on_joined(
                "measure.density",
                rf"(?<![\w/])(?P<what>{LETTER}{{3,20}})/(?P<unit>{any_of(self._areas)})[²2](?!\w)",
                self.density,
            )
            book.on_joined(
                "measure.density",
                rf"(?<![\w/.])(?P<what>{LETTER}{{4,20}})/(?P<unit>{any_of(self._per)})(?![\w/.²³]|{SPACE}?[=+*])",
                lambda match: f"{match['what']} {self._speech.per(self._per[match['unit']])}",
            )

        rated = self._speech.data.table("unit_per")
        if rated:
            book.on_symbol(
                "/",
                "measure.pace",
                rf"(?:(?<=:[0-5][0-9])|(?<=:[0-5][0-9] min)|(?<=[0-9½¼¾][\"″”'’′])|(?<=[0-9](?:''|’’|′′)))/(?P<unit>{any_of(rated)})(?![\w/]){stop_behind(self._speech)}",
                lambda match: f" {self._speech.per(rated[match['unit']])}",
            )
        if self._emitted:
            book.on_joined(
                "measure.emitted",
                rf"(?<![\w/])CO[₂2](?P<of>e?)/(?P<unit>{any_of(self._emitted)})(?![\w/²³])",
                self.emitted,
            )

    def emitted(self, match: re.Match[str]) -> str | None:
        """Say g CO₂/km."""
        gas = f"C O {self._speech.cardinal('2')} {match['of']}".rstrip()
        return f"{gas} {self._speech.per(self._emitted[match['unit']])}"

    def density(self, match: re.Match[str]) -> str | None:
        """Say people/km²."""
        area = self._square.format(unit=self._areas[match["unit"]])
        return f"{match['what']} {self._speech.per(area)}"
