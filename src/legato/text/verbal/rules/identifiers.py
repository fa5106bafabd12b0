"""Numbers that are names or are keyed in: bank accounts, passcodes, masked cards, sort codes, plans named after a law."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, ending_in, keyed_in

_GROUPS = re.compile(r"[0-9A-Z]+")
_LEAST_DIGITS = 10
"""A bank account has at least this many."""
_LONG_GROUP = 4
"""Two groups of this many digits each are no span of numbers, unless both are years."""
_JUMP = 10
"""The second number of a span is not so many times the first: n.º 114-7729."""
_YEARS = range(1900, 2100)
_THING = re.compile(rf"{SPACE}(?P<word>[a-z]{{2,24}}s)\b")
_WINDOW = 64


class Identifiers:
    """The rules of one language for numbers that are names."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._zero = speech.phrases.get("year_zero", "")
        self._keyed, self._ends = keyed_in(speech.data), ending_in(speech.data)
        named = any_of(speech.data.texts("number_names"))
        self._named = re.compile(rf"(?:(?i:\bn\.?[º°]|\b{named})|#) ?\Z")
        """What says that a number is a name."""
        self._no_things = frozenset(speech.data.texts("not_plural"))

    def add(self, book: RuleBook) -> None:
        """Add the rules; a word before a number says more than its shape."""
        book.on_joined(
            "code.account",
            r"(?<![\w-])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w-])",
            self.account,
        )
        if self._keyed is not None:
            book.on_digit(
                "code.keyed",
                r"(?P<number>[0-9]{3,20}(?:[ -][0-9]{2,12}){0,6}(?:-[0-9Xx])?)(?![\w]|[-.,:/][0-9])",
                self.keyed,
            )
        self._add_rows(book)
        if extension := self._speech.phrases.get("extension", "") if self._zero else "":
            words = [word for word in self._speech.data.texts("extension_words") if len(word) > 1]
            written = any_of(form for word in words for form in (word, word.capitalize()))
            whole = any_of([extension, extension.capitalize()])
            book.on_word(
                [word for word in words if word.isalpha()],
                "code.extension",
                rf"(?<![-/.@\w])(?:(?P<whole>{whole})|{written}) ?(?P<number>[0-9]{{3,6}})(?![\w]|[-.,:/][0-9])",
                lambda match: f"{match['whole'] or extension} {self._speech.words.digits(match['number'])}",
            )
        book.on_digit(
            "code.sort",
            r"(?<![\w.,-])(?:[0-9]{2}-(?:00|[0-9]{2}-00|[4-9][0-9])-?[0-9]{2}|[0-9]{2}-00-[0-9]{2})(?![\w-])",
            self.groups,
        )
        book.on_digit(
            "code.groups",
            r"(?<![\w-])(?!(?:19|20)[0-9]{2}-0[0-9](?![0-9]))[0-9]{2,5}-0[0-9]{1,8}(?![\w-]|[.,:/][0-9])",
            self.groups,
        )
        book.on_digit("code.groups", r"(?<![\w.-])[0-9]{3}(?:\.[0-9]{3}){2}-[0-9]{2}(?![\w-])", self.groups)
        # Numbers of articles: the last group has two digits, so it is neither a number nor a network address.
        book.on_digit(
            "code.groups",
            r"(?<![\w.,-])[0-9]{3}\.[0-9]{3}\.[0-9]{2}(?![\w%€$-]|[.,:/][0-9]| ?[€$])",
            self.groups,
        )
        # Numbers of companies and people in South America: 12.345.678/0001-95, 12.345.678-9.
        book.on_digit(
            "code.groups",
            r"(?<![\w.-])[0-9]{1,2}(?:\.[0-9]{3}){2}(?:/[0-9]{4}-[0-9]{2}|-[0-9KkXx])(?![\w-])",
            self.groups,
        )
        book.on_digit(
            "code.numbered",
            r"(?<![\w.,-])(?P<a>[0-9]{2,7})-(?P<b>[0-9]{1,7})(?![\w-]|[.,:/][0-9])",
            self.numbered,
        )
        # Dockets of French courts: n° 16-20.636.
        book.on_digit(
            "code.numbered",
            r"(?<![\w.,-])(?P<a>[0-9]{2})-(?P<b>[0-9]{2}\.[0-9]{3})(?![\w-]|[.,:/][0-9])",
            self.docket,
        )
        self._add_signed(book)
        self._add_endings(book)

    def _add_rows(self, book: RuleBook) -> None:
        """Add codes in single digits: 4 8 2 – 9 1 3."""
        row = r"[0-9](?: [0-9]){2,7}"
        book.on_digit(
            "code.groups",
            rf"(?<![\w.,:/-])(?<![0-9] ){row}(?: ?[-–—] ?{row}){{1,4}}(?![\w%]| ?[-–—=+*/×]|[.,:][0-9]| [0-9])",
            self.row,
        )

    def _add_signed(self, book: RuleBook) -> None:
        """Add numbers behind # and *, and plans named after a law."""
        if number := self._speech.phrases.get("number", ""):
            book.on_symbol(
                "#",
                "code.number",
                r"(?<![\w&/#])#(?=[A-Z][A-Z0-9]{0,5}-[A-Z0-9]|[A-Z]{1,4}[0-9]{3,})",
                lambda _: f"{number} ",
            )
            book.on_symbol("#", "code.number", r"(?<![^\s(])#(?= [A-Z]{0,4}-?[0-9])", lambda _: number)
            book.on_symbol("#", "code.number", r"(?<=[—–])#(?=[0-9])", lambda _: f"{number} ")
            long = r"(?P<number>[0-9]{5,20})(?![\w%]|[-.,:/][0-9])"
            book.on_symbol("#", "code.number", rf"(?<![\w&/#])#{long}", self.long)
            book.on_digit("code.number", rf"(?:(?<=[a-z]#)|(?<=[A-Za-z]{{2}}# )){long}", self.long)
        book.on_symbol(
            "*•●",
            "code.masked",
            r"(?<![\w*•●])(?:[*•●]{2,8}[ -]?){1,5}(?P<number>[0-9]{2,5})(?![\w*]|[-.,:/][0-9])",
            self.masked,
        )
        if self._zero:
            book.on_digit(
                "code.plan",
                r"(?<![\w.,$-])(?P<hundred>[1-9])0(?P<one>[1-9])\((?P<letter>[a-z])\)(?:\((?P<part>[0-9]{1,2})\))?(?![\w(])",
                self.plan,
            )

    def _add_endings(self, book: RuleBook) -> None:
        """Add the last digits of a card or an account: ending in -4471, *4471, ...4471."""
        digits = r"(?P<number>[0-9]{4})(?![\w%]|[-.,:/][0-9])"
        book.on_symbol("-", "code.masked", rf"(?<=[a-z] )-{digits}", self.ending)
        book.on_symbol("*", "code.masked", rf"(?<![^\s(#])\*{digits}", self.ending)
        book.on_symbol(".…", "code.masked", rf"(?<![^\s(])(?:\.{{3}}|…){digits}", self.ending)

    def account(self, match: re.Match[str]) -> str | None:
        """Say DE89 3704 0044 0532 0130 00, letter by letter and digit by digit."""
        if sum(map(str.isdigit, match.group())) < _LEAST_DIGITS:
            return None
        written = match.group()
        head, rest = written[:4], written[4:].replace(" ", "")
        groups = [head, *(rest[at : at + 4] for at in range(0, len(rest), 4))]
        return ", ".join(self._spelled(group) for group in groups)

    def keyed(self, match: re.Match[str]) -> str | None:
        """Say the digits of "Your code is 482 913", but not of "500 lines" after the same words."""
        text, start = match.string, match.start()
        if self._keyed is None or not self._keyed.search(text, max(0, start - _WINDOW), start):
            return None
        following = _THING.match(text, match.end())
        if following and following["word"] not in self._no_things:
            return None
        return self.groups(match)

    def groups(self, match: re.Match[str]) -> str | None:
        """Say 20-00-00, 4711-0815: a number that begins with a zero does not end a span."""
        return ", ".join(self._spelled(group) for group in _GROUPS.findall(match.group()))

    def row(self, match: re.Match[str]) -> str:
        """Say 4 8 2 – 9 1 3, a code in single digits: the dash is a pause."""
        return ", ".join(
            self._spelled("".join(re.findall("[0-9]", row))) for row in re.split("[-–—]", match.group())
        )

    def numbered(self, match: re.Match[str]) -> str | None:
        """Say Nr. 4711-88: after a word for a number, a pair that falls or jumps, or of two long groups, is not a span."""
        text, start = match.string, match.start()
        docket = len(match["a"]) == 2 and 3 <= len(match["b"]) <= 7
        a, b = int(match["a"]), int(match["b"])
        falls = len(match["a"]) > 2 and b < a
        long = min(len(match["a"]), len(match["b"])) >= _LONG_GROUP and not (a in _YEARS and b in _YEARS)
        jumps = len(match["a"]) > 2 and b > _JUMP * a
        return (
            self.groups(match)
            if (falls or docket or long or jumps) and self._named.search(text, max(0, start - 12), start)
            else None
        )

    def docket(self, match: re.Match[str]) -> str | None:
        """Say n° 16-20.636."""
        start = match.start()
        return self.groups(match) if self._named.search(match.string, max(0, start - 12), start) else None

    def long(self, match: re.Match[str]) -> str | None:
        """Say #84210: a number this long counts nothing."""
        sign = f"{self._speech.phrases['number']} " if match.group().startswith("#") else ""
        return sign + self._speech.words.digits(match["number"])

    def masked(self, match: re.Match[str]) -> str | None:
        """Say **** 4242."""
        return self._speech.words.digits(match["number"])

    def ending(self, match: re.Match[str]) -> str | None:
        """Say your card ending in -4471, acct. *4471; without such a word before it is any number."""
        text, start = match.string, match.start()
        named = self._ends is not None and self._ends.search(text, max(0, start - _WINDOW), start)
        return self._speech.words.digits(match["number"]) if named else None

    def plan(self, match: re.Match[str]) -> str | None:
        """Say 401(k), 501(c)(3)."""
        parts = [self._speech.cardinal(match["hundred"]), self._zero, self._speech.cardinal(match["one"])]
        part = [self._speech.cardinal(match["part"])] if match["part"] else []
        return " ".join([*parts, match["letter"], *part])

    def _spelled(self, written: str) -> str:
        return " ".join(self._speech.words.digits(char) or char for char in written)
