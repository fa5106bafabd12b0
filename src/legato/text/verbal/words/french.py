"""French number words, as in France."""

from legato.text.verbal.words.spoken import NumberWords

_SMALL = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
]
_TENS = ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante"]
_LARGE = [
    ("million", "millions"),
    ("milliard", "milliards"),
    ("billion", "billions"),
    ("billiard", "billiards"),
]
_PARTS = {2: ("demi", "demis"), 3: ("tiers", "tiers"), 4: ("quart", "quarts")}


_FEMININE = ("tion", "sion", "ance", "ence", "ette", "euse", "ité", "ude", "ure", "esse", "trice")
"""Endings of feminine nouns."""
_NOT_FEMININE = frozenset(
    {"silence", "silences", "squelette", "squelettes", "murmure", "murmures", "bastion", "mercure"}
)

_SECOND = 2


class French(NumberWords):
    """French of France."""

    def cardinal(self, number: int, gender: str = "m") -> str:
        """Return the cardinal; one, and numbers that end in one, agree: "une", "vingt et une"."""
        words = _cardinal(number)
        return (
            words + "e" if gender == "f" and number % 10 == 1 and number % 100 not in {11, 71, 91} else words
        )

    def ordinal(self, number: int, form: str = "m") -> str:
        """Return the ordinal: premier or première, second where it is written so, the rest in -ième; "1ers" is a plural."""
        if form.endswith("s"):
            return self.ordinal(number, form.removesuffix("s")) + "s"
        if number == 1:
            return "première" if form in {"f", "re", "ère", "ere"} else "premier"
        if number == _SECOND and form in {"nd", "nde"}:
            return "seconde" if form == "nde" else "second"
        words = "million" if number == 10**6 else "mille" if number == 1000 else _cardinal(number)
        if words.endswith("cinq"):
            return words + "uième"
        if words.endswith("neuf"):
            return words[:-1] + "vième"
        return words.removesuffix("s" if words[-2:] in {"ts", "ns", "ds"} else "e").removesuffix("e") + "ième"

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: un quart, deux tiers, trois cinquièmes."""
        if under < 2:
            return f"{self.cardinal(over)} sur {self.cardinal(under)}"
        one, many = _PARTS.get(under) or (self.ordinal(under), self.ordinal(under) + "s")
        return f"{self.cardinal(over)} {one if over == 1 else many}"

    def decimals(self, written: str) -> str:
        """Return the decimals as a number, after leading zeros; long ones in pairs."""
        zeros = len(written) - len(written.lstrip("0"))
        rest = written[zeros:]
        groups = [rest] if len(rest) < 4 else [rest[at : at + 2] for at in range(0, len(rest), 2)]
        spoken = [_SMALL[0]] * zeros + [
            self.digits(part) if part[0] == "0" else _cardinal(int(part)) for part in groups if part
        ]
        return " ".join(spoken)

    def day(self, number: int, before: str = "") -> str:
        """Return the day: le premier, then plain numbers."""
        del before
        return "premier" if number == 1 else self.cardinal(number)

    def clock(self, hour: int, minute: int) -> str:
        """Return the time: quatorze heures trente."""
        words = f"{self.cardinal(hour, 'f')} {'heure' if hour < 2 else 'heures'}"
        return f"{words} {self.cardinal(minute)}" if minute else words

    def gender_of(self, noun: str) -> str:
        """Return "f" for the surest feminine endings; the gender of other nouns is unknown."""
        return "f" if noun.removesuffix("s").endswith(_FEMININE) and noun not in _NOT_FEMININE else "-"

    def regnal(self, number: int, gender: str = "m") -> str:
        """Return the number of a ruler: premier or première, then plain numbers."""
        return self.ordinal(1, gender) if number == 1 else self.cardinal(number)


def _cardinal(number: int) -> str:
    if number < 1000:
        return _below_thousand(number)
    rest, low = divmod(number, 10**6)
    parts: list[str] = []
    thousands, low = divmod(low, 1000)
    if thousands:
        parts.append(
            "mille" if thousands == 1 else f"{_below_thousand(thousands, before_thousand=True)} mille"
        )
    if low:
        parts.append(_below_thousand(low))
    for one, many in _LARGE:
        rest, group = divmod(rest, 1000)
        if group:
            parts.insert(0, f"{_below_thousand(group)} {one if group == 1 else many}")
    return " ".join(parts)


def _below_thousand(number: int, *, before_thousand: bool = False) -> str:
    hundreds, rest = divmod(number, 100)
    parts: list[str] = []
    if hundreds:
        plural = "s" if hundreds > 1 and not rest and not before_thousand else ""
        parts.append(f"{_SMALL[hundreds]} cent{plural}" if hundreds > 1 else "cent")
    if rest or not hundreds:
        words = _below_hundred(rest)
        parts.append(words.removesuffix("s") if before_thousand and rest == 80 else words)
    return " ".join(parts)


def _below_hundred(number: int) -> str:
    if number < 17:
        return _SMALL[number]
    if number >= 80:
        return "quatre-vingts" if number == 80 else f"quatre-vingt-{_below_hundred(number - 80)}"
    tens, ones = divmod(number, 10)
    if tens == 7:
        tens, ones = 6, ones + 10
    if not ones:
        return _TENS[tens]
    return (
        f"{_TENS[tens]} et {_SMALL[ones]}"
        if ones in {1, 11} and tens > 1
        else f"{_TENS[tens]}-{_below_hundred(ones)}"
    )
