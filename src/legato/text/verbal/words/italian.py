"""Italian number words; hundreds and thousands are set apart from what follows, for the ear."""

from legato.text.verbal.words.spoken import NumberWords

_SMALL = [
    "zero",
    "uno",
    "due",
    "tre",
    "quattro",
    "cinque",
    "sei",
    "sette",
    "otto",
    "nove",
    "dieci",
    "undici",
    "dodici",
    "tredici",
    "quattordici",
    "quindici",
    "sedici",
    "diciassette",
    "diciotto",
    "diciannove",
]
_NOON = 12
_TENS = ["", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"]
_LARGE = [("milione", "milioni"), ("miliardo", "miliardi"), ("bilione", "bilioni"), ("biliardo", "biliardi")]
_ORDINALS = [
    "zeresimo",
    "primo",
    "secondo",
    "terzo",
    "quarto",
    "quinto",
    "sesto",
    "settimo",
    "ottavo",
    "nono",
    "decimo",
]


class Italian(NumberWords):
    """Standard Italian."""

    def cardinal(self, number: int, gender: str = "m") -> str:
        """Return the cardinal; one agrees with its noun: "un", "una", and "uno" alone."""
        if number == 1:
            return {"-": "uno", "f": "una"}.get(gender, "un")
        if number < 1000:
            return _below_thousand(number)
        rest, low = divmod(number, 10**6)
        parts: list[str] = []
        thousands, low = divmod(low, 1000)
        if thousands:
            parts.append("mille" if thousands == 1 else f"{_below_thousand(thousands)}mila")
        if low:
            parts.append(_below_thousand(low))
        for one, many in _LARGE:
            rest, group = divmod(rest, 1000)
            if group:
                parts.insert(0, f"un {one}" if group == 1 else f"{_below_thousand(group)} {many}")
        return " ".join(parts)

    def ordinal(self, number: int, form: str = "m") -> str:
        """Return the ordinal; form "ª", "a" or "f" is feminine."""
        if number <= 10:
            words = _ORDINALS[number]
        else:
            stem = self.cardinal(number, "-")
            keep = number % 10 in {3, 6} and not 10 < number % 100 < 20
            words = (stem if keep else stem[:-1]) + "esimo"
        return words[:-1] + "a" if form in {"ª", "a", "f"} else words

    def gender_of(self, noun: str) -> str:
        """Return "f" for nouns in -a, -ione, -tà and -tù, else "m"."""
        return "f" if noun.endswith(("a", "ione", "tà", "tù")) else "m"

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: un mezzo, due terzi."""
        if under < 2:
            return f"{self.cardinal(over, '-')} su {self.cardinal(under, '-')}"
        name = "mezzo" if under == 2 else self.ordinal(under)
        return f"{self.cardinal(over)} {name if over == 1 else name[:-1] + 'i'}"

    def decimals(self, written: str) -> str:
        """Return the decimals as a number, after leading zeros; long ones one by one."""
        if len(written) > 3:
            return self.digits(written)
        zeros = len(written) - len(written.lstrip("0"))
        rest = written[zeros:]
        return " ".join([_SMALL[0]] * zeros + ([self.cardinal(int(rest), "-")] if rest else []))

    def day(self, number: int, before: str = "") -> str:
        """Return the day: primo, then plain numbers; "l'1" stands for "l'uno"."""
        if before in {"l", "all", "dall", "dell", "nell"}:
            return self.cardinal(number, "-")
        return "primo" if number == 1 else self.cardinal(number, "-")

    def clock(self, hour: int, minute: int) -> str:
        """Return the time: dodici e mezza; after noon the minutes are said as a number: quindici e trenta."""
        words = self.cardinal(hour, "f")
        spoken = "mezza" if minute == 30 and hour <= _NOON else self.cardinal(minute, "-")
        return f"{words} e {spoken}" if minute else words

    def regnal(self, number: int, gender: str = "m") -> str:
        """Return the number of a ruler, always an ordinal."""
        return self.ordinal(number, gender)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = ("" if hundreds == 1 else _SMALL[hundreds]) + "cento" if hundreds else ""
    if rest or not hundreds:
        words = f"{words} {_below_hundred(rest)}".strip()
    return words


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    if ones in {1, 8}:
        return _TENS[tens][:-1] + _SMALL[ones]
    return _TENS[tens] + (_SMALL[ones] if ones else "")
