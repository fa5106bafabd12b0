"""Chinese and Japanese number words: digits, tens, hundreds, thousands and myriads, with no spaces between."""

from legato.text.verbal.words.spoken import NumberWords

_DIGITS = "零一二三四五六七八九"
_PLACES = ["", "十", "百", "千"]
_MYRIADS = ("", "万", "亿", "万亿")


class Chinese(NumberWords):
    """Mandarin: zeros inside are said, and ten to nineteen begin with ten."""

    limit = 10**16
    myriads: tuple[str, ...] = _MYRIADS
    inner_zero = "零"

    def cardinal(self, number: int, gender: str = "m") -> str:
        """Return the cardinal, which has no gender."""
        del gender
        if number < 10:
            return _DIGITS[number]
        if number >= self.limit:
            return self.digits(str(number))
        spoken, groups = "", []
        while number:
            number, group = divmod(number, 10**4)
            groups.append(group)
        for index in range(len(groups) - 1, -1, -1):
            group = groups[index]
            if not group:
                continue
            gap = self.inner_zero if spoken and group < 1000 else ""
            spoken += gap + self._group(group) + self.myriads[index]
        return spoken.removeprefix("一") if spoken.startswith("一十") else spoken

    def _group(self, group: int) -> str:
        spoken, pending = "", False
        for place in range(3, -1, -1):
            digit = group // 10**place % 10
            if digit:
                spoken += (self.inner_zero if pending and spoken else "") + self._place(digit, place)
            pending = not digit
        return spoken

    def _place(self, digit: int, place: int) -> str:
        return _DIGITS[digit] + _PLACES[place]

    def ordinal(self, number: int, form: str = "m") -> str:
        """Return the ordinal: 第三."""
        return "第" + self.cardinal(number, form)

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: 四分之三."""
        return f"{self.cardinal(under)}分之{self.cardinal(over)}"

    def year(self, number: int) -> str:
        """Return the year digit by digit."""
        return self.digits(str(number))

    def digits(self, written: str) -> str:
        """Return the digits without spaces."""
        return "".join(_DIGITS[int(digit)] for digit in written if digit in "0123456789")


class Japanese(Chinese):
    """Japanese: no inner zeros, no "one" before ten, hundred and thousand."""

    myriads = ("", "万", "億", "兆")
    inner_zero = ""

    def _place(self, digit: int, place: int) -> str:
        return ("" if digit == 1 and place else _DIGITS[digit]) + _PLACES[place]

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: 四分の三."""
        return f"{self.cardinal(under)}分の{self.cardinal(over)}"

    def year(self, number: int) -> str:
        """Return the year as a plain number."""
        return self.cardinal(number)
