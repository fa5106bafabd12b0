"""So many of a weight or a volume, which are not the sides of anything: 2 x 500 mg, 1 x 23kg."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of
from legato.text.verbal.tables import Noun, noun
from legato.text.verbal.units import all_units

_WEIGHED = (
    "kg",
    "g",
    "mg",
    "mcg",
    "µg",
    "ml",
    "mL",
    "cl",
    "dl",
    "l",
    "L",
    "lb",
    "lbs",
    "oz",
    "GB",
    "TB",
    "MB",
    "W",
    "kW",
    "A",
    "V",
)


class Portions:
    """The rule of one language; without effect if it has no word for "times"."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        written = speech.phrases.get("times_more", "") or speech.data.table("symbols").get("×", "")
        self._times = noun(written) if "|" in written else Noun(written, written, "-")
        units = all_units(speech) if written else {}
        self._made = re.compile(rf"{SPACE}{any_of(speech.data.texts('unit_nouns'))}\b")
        self._units = {unit: units[unit] for unit in _WEIGHED if unit in units}

    def add(self, book: RuleBook) -> None:
        """Add the rule; it comes before that for sizes."""
        if "by" in self._speech.phrases:
            book.on_digit(
                "number.sets",
                r"(?<![\w.,])(?P<sets>[1-9][0-9]?)[x×](?P<a>[1-9][0-9]?)[-–](?P<b>[1-9][0-9]?)(?![\w]|[-–.,:/][0-9]|[ ]?[=+*])",
                self.sets,
            )
        if not self._units:
            return
        number = self._speech.number
        book.on_digit(
            "measure.portions",
            rf"(?<![\w.,×])(?P<count>[1-9][0-9]?){SPACE}?[x×]{SPACE}?(?P<a>{number})(?P<gap>{SPACE}|-)?(?P<unit>{any_of(self._units)})(?![\w/²³'’]|-\w|{SPACE}?[x×=])",
            self.said,
        )

    def sets(self, match: re.Match[str]) -> str | None:
        """Say 3x12-15, the sets of an exercise."""
        if int(match["a"]) >= int(match["b"]):
            return None
        times = self._speech.span(match, self._speech.say(match["a"]), self._speech.say(match["b"]))
        return self._speech.phrase("by", a=self._speech.say(match["sets"]), b=times)

    def said(self, match: re.Match[str]) -> str | None:
        """Say 2 x 500 mg."""
        if match["gap"] and len(match["unit"]) == 1 and match["unit"].isupper() and match["unit"] != "L":
            return None
        unit = self._units[match["unit"]]
        count = self._speech.counted(match["count"], self._times)
        single = match["gap"] == "-" or self._made.match(match.string, match.end())
        return f"{count} {self._speech.counted(match['a'], unit.single if single else unit)}"
