"""Plain numbers and what is built from them: ordinals, fractions, ranges, ratios, versions, letters mixed with digits."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.mixed import Mixed
from legato.text.verbal.speech import (
    LETTER,
    SPACE,
    Speech,
    any_of,
    asked_sum,
    spaced,
    word_before,
    word_before_joined,
)

_BAR = r"(?<![A-Za-zµ²³])/(?! ?[A-Z]{2} )"
_FORMULA = re.compile(rf"(?:[=*^]|\+(?![$€£])|{_BAR})(?:(?![A-Za-z]{{3}})[^=.,;:!?\n]){{0,16}}\Z")
_TWO_NAMED = "[0-9]{1,3}/[A-Z][a-z]{2,8}:? [0-9]"
_NEXT = re.compile(rf"{SPACE}({LETTER}+)")
_RESOLUTIONS = frozenset("2458")
"""Resolutions of pictures, said as they are written: 4K, 8K."""
_DATED = re.compile(r"(?P<name>[A-Z]{2,6})(?P<year>(?:19|20)[0-9]{2})")
_ASKED_CHARS = 24
_MILLION = 10**6
_SCORE = re.compile(r"[0-9]{1,2} [x×] [0-9]{1,2}|(?!3x4|4x4)[0-9]x[0-9]")
"""Goals; without spaces, 3x4 is a photo and 4x4 a car with four driven wheels."""
_NUMBERED = re.compile(r"(?i:\bn\.?[º°]|\b(?:n|nr|núm|nro)\.|\bnúmero|\bnumero|#) ?\Z")
"""What precedes a number that does not count what follows it."""
_ABOUT = frozenset("≈~/")
_SIGN_BEFORE = " \t\n\u00a0([{\"'“‘:;,=<>|/*^~+"


class Numerals:
    """The number rules of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._scores = data.table("settings").get("score_mark") == "x"
        self._short = data.table("abbreviations")
        self._pairs = data.table("settings").get("size_pairs") == "yes"
        self._dot = speech.phrases["point" if speech.decimal == "." else "dot"]
        self._magnitudes = frozenset(map(str.lower, data.table("magnitude_words")))
        self._not_counted = frozenset(data.texts("range_links")) | frozenset(data.texts("not_counted"))
        self._starters = frozenset(speech.data.texts("sentence_starters"))
        self._ranked = frozenset(speech.data.texts("rank_before"))
        self._elided = speech.phrases.get("millions_of_vowel", "")
        self._joins_millions = speech.phrases.get("millions_of", "")
        self._people = frozenset(data.texts("counted_people"))
        self._slash = data.table("electronic").get("/", "")
        self._mixed = Mixed(speech)
        self._asked, self._times = asked_sum(data), f" {data.table('symbols').get('×', '')} "
        self._short_heads = re.compile(rf"\b{any_of(data.table('numbered'))}\.{SPACE}?\Z")
        self._thousand = data.table("settings").get("thousand_agrees", "-")
        self._heads = frozenset(
            word for name in ("heading_words", "count_before", "place_words") for word in data.texts(name)
        )

    def add_exact(self, book: RuleBook) -> None:
        """Add what has a shape of its own: versions, fractions, ordinals, ranges, ratios."""
        number = self._speech.number
        ending = any_of(self._speech.data.texts("ordinal_suffixes"))
        # Where the decimal mark is a comma, 1.2 cannot be a decimal either.
        least = 2 if self._speech.decimal == "." else 1
        book.on_digit(
            "version",
            rf"(?P<number>[0-9]{{1,6}}(?:(?:\.[0-9]{{1,6}}){{{least},5}}|\.[0-9]{{1,6}}(?=-(?:alpha|beta|rc)\b)))(?P<rest>(?:[-+]?(?:alpha|beta|rc|a|b|dev|post)\.?[0-9]{{0,3}})?)(?![\w]|\.[0-9])",
            self.version,
        )
        book.on_word(
            ["v"],
            "version",
            r"(?<!-)[vV]\.?(?P<number>[0-9]{1,6}(?:\.[0-9]{1,6}){0,5})(?P<any>\.[xX])?(?P<rest>(?:-?(?:alpha|beta|rc)\.?[0-9]{0,3})?)(?![\w]|\.[0-9]|\.[a-z]{2,5}(?!\w))",
            self.named_version,
        )
        if ending and self._speech.decimal == ".":
            book.on_digit(
                "ordinal.range",
                rf"(?P<a>[0-9]{{1,4}})(?P<ending>(?i:{ending}))[-–—](?P<b>[0-9]{{1,4}})(?P<last>(?i:{ending}))(?![^\W_])",
                self.ordinals,
            )
        book.on_digit(
            "ordinal", rf"(?P<a>{self._speech.whole})(?P<ending>(?i:{ending}))(?![^\W_])", self.ordinal
        )
        if self._speech.decimal == ".":
            book.on_digit(
                "number.spaced",
                r"[1-9][0-9]{0,2}(?:(?:[\u00a0\u2009\u202f][0-9]{3}){1,5}|(?: [0-9]{3}){1,4} 000)(?![\w]|[.,][0-9]| [0-9]{3}(?![0-9]))",
                self.thousands,
            )
        if self._speech.data.table("settings").get("ordinal_dot"):
            book.on_digit(
                "ordinal",
                rf"(?<![\w.,:*/+$€£#−^=-])(?P<a>[0-9]{{1,2}})\.(?={SPACE}(?P<next>{LETTER}{{1,40}}))",
                self.dotted,
            )
        if "percent" in self._speech.phrases:
            book.on_digit("percent", rf"(?P<number>{number})[%％]", self.percent)
        book.on_digit(
            "size",
            rf"(?P<a>{number}){SPACE}?[x×]{SPACE}?(?P<b>{number})(?:{SPACE}?[x×]{SPACE}?(?P<c>{number}))?(?![\w.]*\w|{SPACE}?[€$£]|{SPACE}(?:EUR|[Ee]uros?)\b)",
            self.size,
        )
        self._add_pairs(book, number)

    def _add_pairs(self, book: RuleBook, number: str) -> None:
        book.on_digit(
            "number.list", rf"(?<![\w/])(?:{number}/){{2,5}}(?={number}(?![/,.:-][0-9A-Za-z]))", self.listed
        )
        book.on_digit(
            "digits",
            r"(?<![\w.,-])(?:[0-9](?:-[0-9]){2}|[1-9][0-9]?(?:-[1-9][0-9]?){2})(?![\w%]|-\w|[.,][0-9])",
            self.single,
        )
        book.on_digit(
            "range",
            rf"(?P<a>{number}){SPACE}?[-–—]{SPACE}?(?P<b>{number})(?![^\W_]|[-–/.,:][0-9A-Za-z]|{SPACE}?(?:[+*]|=(?!{SPACE}[A-Z]\b)))",
            self.range,
        )
        book.on_digit("range", r"(?<![\w.])(?P<a>[0-9]{1,6})\.{2,3}(?P<b>[0-9]{1,6})(?![\w.])", self.span)
        colon = ":" if self._speech.data.table("settings").get("colon_spaced") else "(?::| : )"
        book.on_digit(
            "ratio",
            rf"(?P<a>[0-9]{{1,3}}|[0-9]{{1,2}}{re.escape(self._speech.decimal)}[0-9]{{1,3}}){colon}(?P<b>(?!0[0-9]){number})(?![0-9:]|[.,][0-9])",
            self.ratio,
        )

    def add_plain(self, book: RuleBook) -> None:
        """Add what is left when nothing more telling was found."""
        letters = "".join(
            key for key in self._speech.data.table("magnitude_letters") if key in {"K", "M", "B", "T", "k"}
        )
        if letters:
            book.on_digit(
                "number.magnitude",
                rf"(?<!#)(?P<number>{self._speech.number})(?P<mag>[{letters}])(?![\w])(?P<more>(?=\+(?![\w+])))?(?:(?={SPACE}(?:[a-z]{{3,16}}{SPACE})?(?P<next>[a-z]{{3,24}})\b))?",
                self.magnitude,
            )
        parts = r"(?>[0-9]{1,18}+(?:[-/]?+[0-9A-Za-z]{1,32}+){0,8}+)(?!\w)"
        book.on_digit("mixed", rf"(?!{_TWO_NAMED}){parts}", self.letters)
        book.on_digit(
            "number", rf"(?P<number>{self._speech.number})(?![^\W_])(?P<glue>[,;!?)](?=[^\W_]))?", self.plain
        )
        book.on_digit("number", self._speech.number, self.loose)
        if not self._speech.spaceless:
            book.on_joined(
                "mixed",
                rf"(?![a-z]{{1,32}}/|[A-ZÄÖÜ][a-zäöüß]{{2,32}}/[0-9]|[a-z]{{2,32}}-)(?>{LETTER}{{1,32}}+(?:[-/]?+[0-9A-Za-z]{{1,32}}+){{1,8}}+)(?!\w)",
                self.letters,
            )
        point = re.escape(self._speech.decimal)
        book.on_symbol(
            self._speech.decimal,
            "number",
            rf"(?<![\w{point}])(?P<number>{point}[0-9]+)(?P<glue>)(?![^\W_]|[.,][0-9])",
            self.plain,
        )
        signs = self._speech.data.table("sign_words")
        money = rf"{any_of(self._speech.data.table('currency_signs'))}{SPACE}?"
        amount = rf"(?=(?:[$€£¥₹]|{money})?\.?[0-9½¼¾⅓⅔])"
        book.on_symbol(signs, "sign", rf"(?P<sign>{any_of(signs)}){amount}", self.sign)
        if minus := self._speech.phrases.get("minus"):
            valued = rf"(?=[€£$][0-9]|{self._speech.number}{SPACE}?[%°€£$])"
            book.on_symbol("–", "sign", rf"(?<![^\s(])–{valued}", lambda _: f"{minus} ")

    def version(self, match: re.Match[str]) -> str | None:
        """Say 2.3.1."""
        if self._speech.is_grouped(match["number"]):
            return None
        spoken = f" {self._dot} ".join(self._speech.cardinal(part) for part in match["number"].split("."))
        rest = match["rest"].lstrip("-+").replace(".", " ")
        return f"{spoken} {self._mixed.said(rest)}" if rest else spoken

    def named_version(self, match: re.Match[str]) -> str | None:
        """Say v2.3, the folder in api/v1; a V8 is an engine."""
        if match.group()[0] == "V" and match["number"].isdigit() and not match["any"] and not match["rest"]:
            return None
        spoken = self.version(match)
        spoken = f"{spoken} {self._dot} x" if spoken is not None and match["any"] else spoken
        named = word_before(match.string, match.start()) == self._speech.phrases["version"].lower()
        folder = re.match("[A-Za-z]/", match.string[max(0, match.start() - 2) : match.start()])
        return spoken if named else f"{'v' if folder else self._speech.phrases['version']} {spoken}"

    def ordinal(self, match: re.Match[str]) -> str | None:
        """Say 21st; an ending that does not fit is left apart."""
        digits = self._speech.plain(match["a"])
        model = match["ending"] == "E" and not match.string[match.end() : match.end() + 3].strip().isupper()
        if model or len(digits) > 15 or (len(digits) > 1 and digits[0] == "0"):
            return None
        return self._speech.words.ordinal(int(digits), match["ending"].lower())

    def ordinals(self, match: re.Match[str]) -> str | None:
        """Say 15th-17th."""
        a, b = (self._speech.words.ordinal(int(match[name]), "") for name in ("a", "b"))
        return self._speech.phrase("range", a=a, b=b)

    def dotted(self, match: re.Match[str]) -> str | None:
        """Say 21. before a noun, with the ending that the word before requires; Platz 45. Kosten ends a sentence, als 2. auf der Liste is a place."""
        if match["next"] in self._starters or self._numbers(match):
            return None
        before = word_before_joined(match.string, match.start(), self._speech.joined)
        noun = "" if before in self._ranked and match["next"].islower() else match["next"]
        return self._speech.words.ordinal_before(int(match["a"]), before, noun)

    def thousands(self, match: re.Match[str]) -> str | None:
        """Say 1 000 000, as the standards group it."""
        return self._speech.cardinal(re.sub(r"\D", "", match.group()))

    def percent(self, match: re.Match[str]) -> str | None:
        """Say 25% in a language where the word comes first."""
        return self._speech.phrase("percent", number=self._speech.say(match["number"]))

    def size(self, match: re.Match[str]) -> str | None:
        """Say 3x4, 1920×1080; What is 7×8 asks for a product."""
        if self._scores and not match["c"] and _SCORE.fullmatch(match.group()):
            return self.ratio(match)
        start = match.start()
        if self._asked and self._asked.search(match.string, max(0, start - _ASKED_CHARS), start):
            return self._times.join(
                self._speech.say(side) for side in (match["a"], match["b"], match["c"]) if side
            )
        sides = [self._side(side) for side in (match["a"], match["b"], match["c"]) if side]
        spoken = sides[0]
        for side in sides[1:]:
            spoken = self._speech.phrase("by", a=spoken, b=side)
        return spoken

    def _side(self, written: str) -> str:
        if self._pairs and len(written) == 4 and written.isdigit():
            return self._speech.words.year(int(written))
        return self._speech.say(written)

    def range(self, match: re.Match[str]) -> str | None:
        """Say 5-10; inside an equation the dash is a minus."""
        if _FORMULA.search(match.string[max(0, match.start() - 24) : match.start()]):
            return None
        return self._speech.span(match, self._speech.say(match["a"]), self._speech.say(match["b"]))

    def listed(self, match: re.Match[str]) -> str | None:
        """Say 2.4/5/6."""
        parts = match.group().split("/")[:-1]
        if not any(self._speech.decimal in part for part in parts):
            return None
        return "".join(f"{self._speech.say(part)} {self._slash} " for part in parts) if self._slash else None

    def span(self, match: re.Match[str]) -> str | None:
        """Say 0..9, as programs write it."""
        return self._speech.phrase("range", a=self._speech.say(match["a"]), b=self._speech.say(match["b"]))

    def single(self, match: re.Match[str]) -> str | None:
        """Say 9-1-1, 4-3-3; inside an equation the dash is a minus."""
        reckoned = _FORMULA.search(match.string[max(0, match.start() - 24) : match.start()])
        return None if reckoned else " ".join(map(self._speech.cardinal, match.group().split("-")))

    def ratio(self, match: re.Match[str]) -> str | None:
        """Say 3:1."""
        return self._speech.phrase("ratio", a=self._speech.say(match["a"]), b=self._speech.say(match["b"]))

    def letters(self, match: re.Match[str]) -> str | None:
        """Say digits and letters in one token: MP3, 4K, A320-200."""
        written = match.group()
        if not any(map(str.isalpha, written)) or not any(map(str.isdigit, written)):
            return None
        if dated := _DATED.fullmatch(written):
            return f"{dated['name']} {self._speech.words.year(int(dated['year']))}"
        return self._mixed.said(written)

    def magnitude(self, match: re.Match[str]) -> str | None:
        """Say 1.8T, 8.1B, 5M users, 400M+: a decimal, things that are counted, or at least so many."""
        number, following = match["number"], match["next"] or ""
        counted = following in self._people or (
            following.endswith("s") and following not in self._speech.data.texts("not_plural")
        )
        signed = match.string[max(0, match.start() - 2) : match.start()].rstrip()[-1:] in _ABOUT
        if (
            self._speech.decimal not in number
            and not signed
            and not (
                (counted or match["more"] is not None)
                and (match["mag"] not in "Kk" or number not in _RESOLUTIONS)
            )
        ):
            return None
        return f"{self._speech.say(number)} {self._speech.data.table('magnitude_letters')[match['mag']]}"

    def plain(self, match: re.Match[str]) -> str | None:
        """Say a number of which nothing more is known; a word joined to it by a mark is set apart."""
        following = _NEXT.match(match.string, match.end())
        thing = following.group(1) if following else ""
        gender = self._gender(thing) if thing and not self._numbers(match) else "-"
        if (
            following
            and thing.lower() == self._thousand
            and (of := _NEXT.match(match.string, following.end()))
        ):
            gender = "f" if self._gender(of.group(1)) == "f" else gender
        spoken = self._speech.agreeing(match["number"], gender, thing, match)
        if (
            following
            and self._joins_millions
            and self._is_round(match["number"])
            and self._is_thing(following.group(1))
        ):
            vowel = following.group(1)[0].lower() in "aeiouyéèêh"
            return f"{spoken} {self._elided if vowel and self._elided else self._joins_millions}"
        return spoken + (f"{match['glue']} " if match["glue"] else "")

    def _numbers(self, match: re.Match[str]) -> bool:
        """Whether a word before the number says that it counts nothing: Nr. 1, Absatz 1."""
        text, start = match.string, match.start()
        since = max(0, start - 12)
        if _NUMBERED.search(text, since, start) or self._short_heads.search(text, since, start):
            return True
        return word_before(text, start) in self._heads

    def _is_thing(self, word: str) -> bool:
        lower = word.lower()
        return self._gender(word) != "-" or (
            word.endswith(("s", "x")) and len(word) > 3 and lower not in self._not_counted
        )

    def _is_round(self, written: str) -> bool:
        plain = self._speech.plain(written)
        return plain.isdigit() and len(plain) <= 15 and int(plain) >= _MILLION and not int(plain) % _MILLION

    def _gender(self, word: str) -> str:
        """Return the gender that the word after a number requires; "-" if it is hardly a thing that is counted."""
        lower = self._short.get(word.lower(), word.lower())
        if known := self._speech.genders.get(lower):
            return known
        if lower in self._magnitudes:
            return self._speech.data.table("settings").get("magnitude_gender", "m")
        if len(word) < 3 or lower in self._not_counted:
            return "-"
        return self._speech.gender_of(lower)

    def loose(self, match: re.Match[str]) -> str | None:
        """Say digits next to something that is not understood."""
        spoken = self._speech.say(match.group())
        return spoken if self._speech.spaceless else spaced(match, spoken)

    def sign(self, match: re.Match[str]) -> str | None:
        """Say the sign of a number: minus five, number one."""
        before = match.string[match.start() - 1 : match.start()]
        if before and before not in _SIGN_BEFORE and (before.isascii() or not self._speech.spaceless):
            return None
        return self._speech.data.table("sign_words")[match["sign"]] + ("" if self._speech.spaceless else " ")
