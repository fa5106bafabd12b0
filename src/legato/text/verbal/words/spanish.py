"""Spanish number words."""

from legato.text.verbal.words.spoken import NumberWords

_SMALL = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
_TENS = ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
_HUNDREDS = [
    "",
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
]
_LARGE = [("millón", "millones"), ("billón", "billones"), ("trillón", "trillones")]
_ORDINALS = ["", "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno"]
_ORDINAL_TENS = [
    "",
    "décimo",
    "vigésimo",
    "trigésimo",
    "cuadragésimo",
    "quincuagésimo",
    "sexagésimo",
    "septuagésimo",
    "octogésimo",
    "nonagésimo",
]
_ORDINAL_HUNDREDS = [
    "",
    "centésimo",
    "ducentésimo",
    "tricentésimo",
    "cuadringentésimo",
    "quingentésimo",
    "sexcentésimo",
    "septingentésimo",
    "octingentésimo",
    "noningentésimo",
]
_PARTS = {
    2: "medio",
    3: "tercio",
    4: "cuarto",
    5: "quinto",
    6: "sexto",
    7: "séptimo",
    8: "octavo",
    9: "noveno",
    10: "décimo",
}
_PLAIN = str.maketrans("áéíóú", "aeiou")

_NOON, _HALF = 12, 30
_ANNOUNCED = 10
"""Fewer minutes than this are joined to their hour by a word."""


class Spanish(NumberWords):
    """Spanish; gender "m" and "f" before a noun, "-" alone."""

    def cardinal(self, number: int, gender: str = "m") -> str:
        """Return the cardinal; numbers that end in one, and the hundreds, agree with the noun."""
        if number < 1000:
            return _below_thousand(number, gender)
        rest, low = divmod(number, 10**6)
        parts: list[str] = []
        thousands, low = divmod(low, 1000)
        if thousands:
            parts.append(
                "mil"
                if thousands == 1
                else f"{_below_thousand(thousands, 'f' if gender == 'f' else 'm')} mil"
            )
        if low:
            parts.append(_below_thousand(low, gender))
        for one, many in _LARGE:
            rest, group = divmod(rest, 10**6)
            if group:
                parts.insert(0, f"{self.cardinal(group, 'm')} {one if group == 1 else many}")
        return " ".join(parts)

    def ordinal(self, number: int, form: str = "m") -> str:
        """Return the ordinal; form is "º", "ª" or "er" as written, with or without its dot."""
        form = form.lstrip(".")
        words = self._ordinal(number)
        if form in {"ª", "a", "f"}:
            return " ".join(word[:-1] + "a" if word.endswith("o") else word for word in words.split())
        if form in {"er", "ᵉʳ"} and words.endswith(("primero", "tercero")):
            return words[:-1]
        return words

    def _ordinal(self, number: int) -> str:
        thousands, rest = divmod(number, 1000)
        parts: list[str] = []
        if number >= 10**6 or not number:
            return self.cardinal(number, "-")
        if thousands:
            parts.append(
                "milésimo" if thousands == 1 else self.cardinal(thousands).replace(" ", "") + "milésimo"
            )
        hundreds, rest = divmod(rest, 100)
        tens, ones = divmod(rest, 10)
        if hundreds:
            parts.append(_ORDINAL_HUNDREDS[hundreds])
        if 10 < rest < 30 and ones:
            parts.append((_ORDINAL_TENS[tens].translate(_PLAIN) + _ORDINALS[ones]).replace("oo", "o"))
        else:
            parts += [word for word in (_ORDINAL_TENS[tens], _ORDINALS[ones]) if word]
        return " ".join(parts)

    def gender_of(self, noun: str) -> str:
        """Return "f" for nouns in -a, -ción, -sión, -dad and their plurals, else "m"."""
        return "f" if noun.endswith(("a", "as", "ción", "ciones", "sión", "siones", "dad", "dades")) else "m"

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: tercio, cuarto; from eleven on with -avo; what has no name of its own with "sobre"."""
        name = _PARTS.get(under) or self._part(under)
        if name is None:
            return f"{self.cardinal(over, '-')} sobre {self.cardinal(under, '-')}"
        return f"{self.cardinal(over)} {name}" + ("" if over == 1 else "s")

    def _part(self, under: int) -> str | None:
        if 10 < under < 100:
            words = self.cardinal(under).replace(" y ", "i").replace(" ", "").translate(_PLAIN)
            return words.removesuffix("a") + "avo"
        if under in {100, 200, 300, 400, 500, 600, 700, 800, 900}:
            return _ORDINAL_HUNDREDS[under // 100]
        if under == 10**6:
            return "millonésimo"
        thousands, rest = divmod(under, 1000)
        return self._ordinal(under) if thousands and not rest and under < 10**6 else None

    def decimals(self, written: str) -> str:
        """Return two digits as a number, four as two numbers, the rest one by one."""
        if len(written) in {2, 4} and "0" not in written[::2]:
            return " ".join(self.cardinal(int(written[at : at + 2]), "-") for at in range(0, len(written), 2))
        return self.digits(written)

    def day(self, number: int, before: str = "") -> str:
        """Return the day: primero, then plain numbers."""
        del before
        return "primero" if number == 1 else self.cardinal(number, "-")

    def clock(self, hour: int, minute: int) -> str:
        """Return the time: once y diez, quarter and half by name; after noon as it is announced: veinte quince."""
        words = self.cardinal(hour, "f")
        if minute >= _ANNOUNCED and minute != _HALF and not 0 < hour <= _NOON:
            return f"{words} {self.cardinal(minute, '-')}"
        spoken = {15: "cuarto", 30: "media"}.get(minute) or self.cardinal(minute, "-")
        return f"{words} y {spoken}" if minute else words

    def regnal(self, number: int, gender: str = "m") -> str:
        """Return the number of a ruler, an ordinal up to ten."""
        return self.ordinal(number, gender) if number <= 10 else self.cardinal(number)


def _below_thousand(number: int, gender: str) -> str:
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    parts: list[str] = []
    if hundreds:
        parts.append(
            _HUNDREDS[hundreds][:-2] + "as" if gender == "f" and hundreds > 1 else _HUNDREDS[hundreds]
        )
    if rest or not hundreds:
        parts.append(_below_hundred(rest, gender))
    return " ".join(parts)


def _below_hundred(number: int, gender: str) -> str:
    tens, ones = divmod(number, 10)
    words = _SMALL[number] if number < 30 else _TENS[tens] + (f" y {_SMALL[ones]}" if ones else "")
    if ones != 1 or number == 11 or gender == "-":
        return words
    if gender == "f":
        return words[:-1] + "a"
    return "veintiún" if number == 21 else words[:-1]
