"""Dutch number words."""

from legato.text.verbal.words.spoken import NumberWords

_SMALL = [
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
]
_TENS = ["", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]
_LARGE = ["miljoen", "miljard", "biljoen", "biljard"]
_ONE = "één"
_ORDINALS = {_ONE: "eerste", "een": "eerste", "drie": "derde", "acht": "achtste", "nul": "nulde"}


class Dutch(NumberWords):
    """Standard Dutch."""

    def cardinal(self, number: int, gender: str = "m") -> str:
        """Return the cardinal; one is written with its marks, "één", since without them a voice says the article."""
        del gender
        if number == 1:
            return _ONE
        if number < 1000:
            return _below_thousand(number)
        rest, low = divmod(number, 10**6)
        parts: list[str] = []
        thousands, low = divmod(low, 1000)
        if thousands:
            parts.append("duizend" if thousands == 1 else f"{_below_thousand(thousands)}duizend")
        if low:
            parts.append(_ONE if low == 1 else _below_thousand(low))
        for name in _LARGE:
            rest, group = divmod(rest, 1000)
            if group:
                parts.insert(0, f"{_ONE if group == 1 else _below_thousand(group)} {name}")
        return " ".join(parts)

    def ordinal(self, number: int, form: str = "m") -> str:
        """Return the ordinal: derde, achtste, twintigste."""
        del form
        words = self.cardinal(number)
        for cardinal, ordinal in _ORDINALS.items():
            if words.endswith(cardinal) and not 10 < number % 100 < 20:
                return words.removesuffix(cardinal) + ordinal
        low = number % 100
        return words + ("de" if 0 < low < 20 and low not in {1, 8} else "ste")

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: een half, drie kwart, twee derde."""
        if under < 2:
            return f"{self.cardinal(over)} gedeeld door {self.cardinal(under)}"
        names = {2: "half" if over == 1 else "tweede", 4: "kwart"}
        return f"{'een' if over == 1 else self.cardinal(over)} {names.get(under) or self.ordinal(under)}"

    def year(self, number: int) -> str:
        """Return the year, by hundreds from 1100 to 1999."""
        if not 1100 <= number < 2000:
            return self.cardinal(number)
        century, rest = divmod(number, 100)
        return f"{self.cardinal(century)}honderd" + (f" {self.cardinal(rest)}" if rest else "")

    def clock(self, hour: int, minute: int) -> str:
        """Return the time: acht uur vijftien."""
        return f"{self.cardinal(hour)} uur" + (f" {self.cardinal(minute)}" if minute else "")

    def regnal(self, number: int, gender: str = "m") -> str:
        """Return the number of a ruler: de veertiende."""
        del gender
        return f"de {self.ordinal(number)}"


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = ("" if hundreds == 1 else _SMALL[hundreds]) + "honderd" if hundreds else ""
    if not rest:
        return words or _SMALL[0]
    tens, ones = divmod(rest, 10)
    if rest < 20:
        return words + _SMALL[rest]
    if not ones:
        return words + _TENS[tens]
    return words + _SMALL[ones] + ("ën" if _SMALL[ones].endswith("e") else "en") + _TENS[tens]
