"""English number words, US style: no "and", hyphens between tens and ones."""

from legato.text.verbal.words.spoken import NumberWords

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ["", "thousand", "million", "billion", "trillion", "quadrillion"]
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


class English(NumberWords):
    """English as spoken in the United States."""

    def cardinal(self, number: int, gender: str = "m") -> str:  # noqa: ARG002 - English numbers have no gender
        """Return the cardinal of a number below `limit`; English numbers have no gender."""
        if number < 1000:
            return _below_thousand(number)
        parts: list[str] = []
        for scale in _SCALES:
            number, group = divmod(number, 1000)
            if group:
                parts.append(f"{_below_thousand(group)} {scale}".rstrip())
        return " ".join(reversed(parts))

    def ordinal(self, number: int, form: str = "m") -> str:  # noqa: ARG002 - as above
        """Return the cardinal with its last word made an ordinal."""
        words = self.cardinal(number)
        cut = max(words.rfind(" "), words.rfind("-")) + 1
        return words[:cut] + _ordinal_word(words[cut:])

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: halves and quarters by name, the rest by ordinals; a denominator of one or zero is said with "over"."""
        if under < 2:
            return f"{self.cardinal(over)} over {self.cardinal(under)}"
        if under == 2:
            part = "half" if over == 1 else "halves"
        else:
            part = ("quarter" if under == 4 else self.ordinal(under)) + ("" if over == 1 else "s")
        return f"{self.cardinal(over)} {part}"

    def year(self, number: int) -> str:
        """Return the year, by hundreds except in the first ten years of a millennium."""
        century, rest = divmod(number, 100)
        if number < 1000 or number > 9999 or (century % 10 == 0 and rest < 10):
            return self.cardinal(number)
        if rest == 0:
            return f"{self.cardinal(century)} hundred"
        return f"{self.cardinal(century)} {self.pair(rest)}"

    def pair(self, number: int) -> str:
        """Return the second half of a year or a time: five is "oh five"."""
        return f"oh {self.cardinal(number)}" if number < 10 else self.cardinal(number)

    def day(self, number: int, before: str = "") -> str:
        """Return the day as an ordinal."""
        del before
        return self.ordinal(number)

    def regnal(self, number: int, gender: str = "m") -> str:
        """Return the number of a ruler: the eighth."""
        del gender
        return f"the {self.ordinal(number)}"

    def clock(self, hour: int, minute: int) -> str:
        """Return hour and minute; a full hour is "o'clock"."""
        if minute == 0:
            return f"{self.cardinal(hour)} o'clock"
        return f"{self.cardinal(hour)} {self.pair(minute)}"


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    words = f"{_SMALL[hundreds]} hundred"
    return f"{words} {_below_hundred(rest)}" if rest else words


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_SMALL[ones]}" if ones else _TENS[tens]


def _ordinal_word(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"
