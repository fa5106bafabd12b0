"""Portuguese number words, as in Brazil."""

from legato.text.verbal.words.spoken import NumberWords

_SMALL = [
    "zero",
    "um",
    "dois",
    "três",
    "quatro",
    "cinco",
    "seis",
    "sete",
    "oito",
    "nove",
    "dez",
    "onze",
    "doze",
    "treze",
    "catorze",
    "quinze",
    "dezesseis",
    "dezessete",
    "dezoito",
    "dezenove",
]
_TENS = ["", "", "vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa"]
_HUNDREDS = [
    "",
    "cento",
    "duzentos",
    "trezentos",
    "quatrocentos",
    "quinhentos",
    "seiscentos",
    "setecentos",
    "oitocentos",
    "novecentos",
]
_LARGE = [
    ("milhão", "milhões"),
    ("bilhão", "bilhões"),
    ("trilhão", "trilhões"),
    ("quatrilhão", "quatrilhões"),
]
_ORDINALS = ["", "primeiro", "segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono"]
_ORDINAL_TENS = [
    "",
    "décimo",
    "vigésimo",
    "trigésimo",
    "quadragésimo",
    "quinquagésimo",
    "sexagésimo",
    "septuagésimo",
    "octogésimo",
    "nonagésimo",
]
_ORDINAL_HUNDREDS = [
    "",
    "centésimo",
    "ducentésimo",
    "trecentésimo",
    "quadringentésimo",
    "quingentésimo",
    "sexcentésimo",
    "septingentésimo",
    "octingentésimo",
    "noningentésimo",
]
_PARTS = {2: "meio", 3: "terço", 10: "décimo", 100: "centésimo", 1000: "milésimo"}


class Portuguese(NumberWords):
    """Portuguese of Brazil."""

    def cardinal(self, number: int, gender: str = "m") -> str:
        """Return the cardinal; one, two and the hundreds agree with the noun, and a last group that is short or round is joined with "e"."""
        if number < 1000:
            return _below_thousand(number, gender)
        rest, low = divmod(number, 1000)
        groups: list[tuple[int, str]] = [(low, _below_thousand(low, gender))] if low else []
        rest, thousands = divmod(rest, 1000)
        if thousands:
            groups.insert(
                0, (thousands, "mil" if thousands == 1 else f"{_below_thousand(thousands, gender)} mil")
            )
        for one, many in _LARGE:
            rest, group = divmod(rest, 1000)
            if group:
                groups.insert(0, (group, f"{_below_thousand(group, 'm')} {one if group == 1 else many}"))
        last, words = groups[-1]
        joined = (last < 100 or last % 100 == 0) and not (len(groups) > 1 and number % 10**9 == 0)
        head = " ".join(text for _, text in groups[:-1])
        return f"{head} e {words}" if head and joined else f"{head} {words}".strip()

    def ordinal(self, number: int, form: str = "m") -> str:
        """Return the ordinal; form "ª", "a" or "f" is feminine."""
        thousands, rest = divmod(number, 1000)
        if number >= 10**6 or not number:
            return self.cardinal(number, "-")
        parts = (
            ["milésimo" if thousands == 1 else f"{self.cardinal(thousands)} milésimo"] if thousands else []
        )
        names = (_ORDINAL_HUNDREDS[rest // 100], _ORDINAL_TENS[rest // 10 % 10], _ORDINALS[rest % 10])
        words = " ".join(parts + [name for name in names if name])
        if form.lstrip(".") in {"ª", "a", "f"}:
            return " ".join(word[:-1] + "a" if word.endswith("o") else word for word in words.split())
        return words

    def gender_of(self, noun: str) -> str:
        """Return "f" for nouns in -a, -ção, -dade, -gem and their plurals, else "m"."""
        return "f" if noun.endswith(("a", "as", "ção", "ções", "dade", "dades", "gem", "gens")) else "m"

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: um terço, quatro sétimos; from eleven on with "avos"."""
        name = _PARTS.get(under) or (self.ordinal(under) if 0 < under < 11 else "")
        if under < 2:
            return f"{self.cardinal(over)} sobre {self.cardinal(under)}"
        if name:
            return f"{self.cardinal(over)} {name}" + ("" if over == 1 else "s")
        return f"{self.cardinal(over)} {self.cardinal(under)} avos"

    def day(self, number: int, before: str = "") -> str:
        """Return the day: primeiro, then plain numbers."""
        del before
        return "primeiro" if number == 1 else self.cardinal(number)

    def clock(self, hour: int, minute: int) -> str:
        """Return the time: oito horas e dez."""
        words = f"{self.cardinal(hour, 'f')} {'hora' if hour == 1 else 'horas'}"
        return f"{words} e {self.cardinal(minute)}" if minute else words

    def regnal(self, number: int, gender: str = "m") -> str:
        """Return the number of a ruler, an ordinal up to ten."""
        return self.ordinal(number, gender) if number <= 10 else self.cardinal(number)


def _below_thousand(number: int, gender: str) -> str:
    if number == 100:
        return "cem"
    hundreds, rest = divmod(number, 100)
    parts: list[str] = []
    if hundreds:
        words = _HUNDREDS[hundreds]
        parts.append(words[:-2] + "as" if gender == "f" and hundreds > 1 else words)
    tens, ones = divmod(rest, 10)
    if rest >= 20:
        parts.append(_TENS[tens])
        rest = ones
    if rest or not parts:
        parts.append({1: "uma", 2: "duas"}.get(rest, _SMALL[rest]) if gender == "f" else _SMALL[rest])
    return " e ".join(parts)
