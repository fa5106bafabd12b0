"""Money: sign or code before or after the amount, magnitudes, minor units, ranges, "per"."""

import re
from collections.abc import Iterable

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import DASH, SPACE, Speech, any_of, names_follow, word_before
from legato.text.verbal.tables import Noun, noun
from legato.text.verbal.units import stop_behind

_DOLLARS = frozenset(
    {"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "UYU", "DOP", "BRL"}
)
"""Codes that stand with a dollar sign."""
_MILLIONS_CHARS = 16
"""The longest word for millions and what joins it to a currency."""
_RATE = re.compile(r"[=≈] ?\Z")
"""An exchange rate is said in its currency, however small: 1 USD = 0.92 EUR."""
_TAKEN = re.compile(rf"{SPACE}[-–−]{SPACE}[^\s0-9]")
"""What stands between an amount and one that may be taken from it: a dash by itself, and the currency again."""
_NEAR, _EQUALS = 0.4, re.compile(rf"{SPACE}?=")
"""Below this part of an amount another is no end of the same span, nor is it before an equals sign."""
_ELIDED = re.compile(r"\bde (?=[aeiouéè])")


class Money:
    """The money rules of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._currencies: dict[str, tuple[Noun, Noun | None]] = {}
        for section in ("currency_signs", "currency_codes"):
            for key, entry in data.table(section).items():
                self._currencies[key.lower()] = _currency(entry)
        homographs = set(data.texts("code_homographs"))
        self._homographs = homographs
        self._lower = [
            code.lower() for code in data.table("currency_codes") if code.lower() not in homographs
        ]
        self._plain = frozenset(data.texts("magnitude_plain"))
        self._magnitudes = dict(data.table("magnitude_letters")) | dict(data.table("magnitude_words"))
        self._per, self._often = data.table("unit_per"), data.table("money_often")
        self._singular = frozenset(data.texts("singular_after"))
        self._owned = frozenset(data.texts("money_before"))
        self._sums = re.compile(rf"{SPACE}{any_of(data.texts('money_sums'))}\b")
        self._things = re.compile(rf"{SPACE}{any_of(data.texts('money_nouns'))}\b")

    def add(self, book: RuleBook) -> None:
        """Add the rules: sign first, then number first."""
        data = self._speech.data
        signs, codes = data.table("currency_signs"), data.table("currency_codes")
        if not signs:
            return
        letters, words = (
            any_of(data.table("magnitude_letters")),
            f"(?i:{any_of(data.table('magnitude_words'))})",
        )
        amount = self._speech.amount
        mag = rf"(?:(?:{SPACE}|-)?{words}|{SPACE}?{letters})(?![^\W_])"
        per = rf"(?:/(?P<per>{any_of(self._per)}|[a-zà-ÿ]{{3,14}}(?!\w))(?:/(?P<then>{any_of(self._per)}|[a-zà-ÿ]{{3,14}}(?!\w)))?{stop_behind(self._speech)}|{SPACE}?(?P<often>{any_of(self._often)})(?!\w){stop_behind(self._speech)}|(?P<over>/)(?=[0-9]{{1,4}}(?:[kKMB]\b|{SPACE}?[a-z])))?"
        self._add_dollars(book, amount, mag, per)
        self._add_foreign(book)
        self._add_counted(book)
        self._add_rates(book)
        end = r"(?:(?<=/)|(?![^\W_]|[.,][0-9]))"
        amount = rf"(?:{amount}(?:[.,][-–—]{{1,2}}(?!\w))?)"
        first = any_of([*signs, *codes, *self._lower])
        body = rf"(?P<a>{amount})(?P<amag>{mag})?(?:{SPACE}?{DASH}{SPACE}?(?P=cur)?{SPACE}?(?P<b>{amount})(?P<bmag>{mag})?)?(?:/-(?![\w-])|{per}){end}"
        before = rf"(?P<cur>{first}){SPACE}?{body}"
        book.on_symbol([key[0] for key in signs if not key[0].isalpha()], "money", before, self.say)
        book.on_word([*codes, *_heads(signs)], "money", before, self.say)
        book.on_joined("money", before, self.say)
        if minus := self._speech.phrases.get("minus", ""):
            book.on_symbol(
                "$€£",
                "money.minus",
                rf"(?P<cur>[$€£])[-−](?P<a>{amount}){end}",
                lambda match: f"{minus} {self._amount(match['a'], *self._currencies[match['cur']])}",
            )
        if plus := self._speech.phrases.get("plus", ""):
            book.on_symbol(
                "+",
                "money.plus",
                rf"(?<=[0-9kKMB])(?P<plus>\+\+?)/(?P<per>{any_of(self._per)})(?!\w)",
                lambda match: (
                    f"{f' {plus}' * len(match['plus'])} {self._speech.per(self._per[match['per']])}"
                ),
            )
        after = any_of(
            [key for key in signs if not key[0].isalpha() or key[-1] == "$"]
            + list(codes)
            + self._lower
            + list(data.table("minor_signs"))
        )
        book.on_digit(
            "money",
            rf"(?P<a>{self._speech.number})(?:,[-–—]{{1,2}})?(?:{SPACE}?{DASH}{SPACE}?(?P<b>{self._speech.number}))?(?P<amag>{mag})?(?P<bmag>)(?:{SPACE}?)(?P<cur>{after}){per}(?:(?<=/)|(?![^\W_]))(?!(?<=\$)[0-9])",
            self.say_after,
        )

    def add_short(self, book: RuleBook) -> None:
        """Add francs by their short form, which is a weekday's too; the rule comes before those for dates."""
        short = self._speech.data.table("currency_short")
        if not short:
            return
        whole = r"(?P<whole>[1-9][0-9]{0,2}(?P<grouped>['’][0-9]{3}){1,3}|[0-9]{1,6})"
        cents = r"(?P<point>\.(?:[-–—]{1,2}|(?P<cents>00|[2-9][05]|15)))?"
        book.on_word(
            _heads(short),
            "money.short",
            rf"(?<![\w.-])(?P<short>{any_of(short)}){SPACE}?{whole}{cents}(?![\w–]|[.,]?[0-9]|{SPACE}?(?:Uhr|h)\b)",
            self.short,
        )

    def short(self, match: re.Match[str]) -> str | None:
        """Say Fr. 20.–, Fr. 4.50, Fr. 1'200: what shows that no day is meant."""
        if not match["point"] and not match["grouped"]:
            return None
        major, minor = self._currencies[self._speech.data.table("currency_short")[match["short"]]]
        cents = f"{self._speech.decimal}{match['cents']}" if match["cents"] else ""
        return self._amount(re.sub(r"['’]", "", match["whole"]) + cents, major, minor)

    def _add_dollars(self, book: RuleBook, amount: str, mag: str, per: str) -> None:
        """Add amounts with a dollar sign and the code of the country whose money it is: $50 CAD."""
        codes = any_of(code for code in self._speech.data.table("currency_codes") if code in _DOLLARS)
        sign, behind = rf"\${SPACE}?", rf"{SPACE}?(?P<cur>{codes})(?![^\W_])"
        book.on_symbol(
            "$",
            "money",
            rf"{sign}(?P<a>{amount})(?P<amag>{mag})?(?P<b>)(?P<bmag>){behind}{per}",
            self.say,
        )
        point = r"\." if self._speech.decimal == "," else ","
        group = "," if self._speech.decimal == "," else r"\."
        book.on_symbol(
            "$",
            "money.foreign",
            rf"{sign}(?P<whole>[0-9]{{1,3}}(?:{group}[0-9]{{3}}){{0,4}}){point}(?P<cents>[0-9]{{2}}){behind}",
            self.foreign,
        )

    def _add_foreign(self, book: RuleBook) -> None:
        """Add amounts with the decimal and grouping marks of the other half of the world, where they can be nothing else."""
        data = self._speech.data
        signs, codes = data.table("currency_signs"), data.table("currency_codes")
        group, point = (r"\.", ",") if self._speech.decimal == "." else (",", r"\.")
        grouped = rf"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}}){{1,4}}"
        amount = rf"(?P<whole>{grouped}(?={point}[0-9]{{2}}(?![0-9]))|[0-9]{{1,4}}(?={point}[0-9]{{2}}(?![0-9])))(?:{point}(?P<cents>[0-9]{{2}}))(?![.,]?[0-9])"
        if data.table("settings").get("mixed_groups"):
            amount = rf"(?:{amount}|(?P<round>{grouped})(?![.,]?[0-9]))"
        first = rf"(?P<cur>{any_of([*signs, *codes])}){SPACE}?{amount}(?![^\W_])"
        book.on_symbol(
            [key[0] for key in signs if not key[0].isalpha()], "money.foreign", first, self.foreign
        )
        book.on_word([*codes, *_heads(signs)], "money.foreign", first, self.foreign)
        swiss = rf"(?P<cur>{any_of([*signs, *codes])}){SPACE}?(?P<whole>[0-9]{{1,3}}(?:['’][0-9]{{3}}){{1,3}})(?:[.,](?P<cents>[0-9]{{2}}))?(?![.,]?[0-9])"
        book.on_word([*codes, *_heads(signs)], "money.foreign", swiss, self.foreign)
        after = any_of([key for key in signs if not key[0].isalpha()] + list(codes))
        book.on_digit("money.foreign", rf"{amount}{SPACE}?(?P<cur>{after})(?![^\W_])", self.foreign)

    def _add_rates(self, book: RuleBook) -> None:
        """Add an exchange rate, 1.08 USD/EUR, and pence for a unit of something, 24.5p/kWh."""
        codes, number = any_of(self._speech.data.table("currency_codes")), self._speech.number
        book.on_digit(
            "money.rate",
            rf"(?P<a>{number}){SPACE}?(?P<cur>{codes})/(?P<under>{codes})(?![\w/])",
            self.exchanged,
        )
        if pence := self._speech.data.table("minor_rates").get("p", ""):
            book.on_digit(
                "money.rate",
                rf"(?<![\w.,])(?P<a>{number})p/(?P<per>{any_of(self._per)})(?![\w/])",
                lambda match: (
                    f"{self._speech.counted(match['a'], noun(pence))} {self._speech.per(self._per[match['per']])}"
                ),
            )

    def exchanged(self, match: re.Match[str]) -> str:
        """Say 1.08 USD/EUR: a rate has no cents."""
        major, under = (self._currencies[match[key].lower()][0] for key in ("cur", "under"))
        return f"{self._speech.say(match['a'], major.gender)} {major.many} {self._speech.per(under.one)}"

    def _add_counted(self, book: RuleBook) -> None:
        """Add signs after the word for millions and what joins it to them: 2 millions d'€, 3 milliards de $."""
        data = self._speech.data
        link = data.table("phrases").get("magnitude", "").format(number="", unit="").strip()
        if not link:
            return
        elided = "|d['’]" if data.language == "fr" else ""
        words = any_of(
            word for word in data.table("magnitude_words") if word not in data.texts("magnitude_plain")
        )
        self._millions = re.compile(rf"\b(?i:{words}){SPACE}(?:{link}{SPACE}{elided})\Z")
        signs = [sign for sign in data.table("currency_signs") if len(sign) == 1]
        book.on_symbol(signs, "money.counted", rf"(?P<cur>{any_of(signs)})(?![\w.,]?[0-9])", self.counted)

    def counted(self, match: re.Match[str]) -> str | None:
        """Say the sign in 2 millions d'€."""
        start = match.start()
        led = self._millions.search(match.string, max(0, start - _MILLIONS_CHARS), start)
        return self._currencies[match["cur"]][0].many if led else None

    def foreign(self, match: re.Match[str]) -> str | None:
        """Say €3,50 in English, $1,299.00 in Spanish."""
        parts = match.groupdict()
        whole = re.sub(r"[.,'’]", "", parts["whole"] or parts.get("round") or "")
        cents = f"{self._speech.decimal}{parts['cents']}" if parts["cents"] else ""
        major, minor = self._currencies[match["cur"].lower()]
        return self._amount(whole + cents, major, minor)

    def say_after(self, match: re.Match[str]) -> str | None:
        """Say 50 EUR, 99¢."""
        minor = self._speech.data.table("minor_signs").get(match["cur"])
        if minor:
            return self._with_rates(match, self._speech.counted(match["a"], noun(minor)))
        if match["a"].startswith("0") and _RATE.search(
            match.string, max(0, match.start() - 3), match.start()
        ):
            major = self._currencies[match["cur"].lower()][0]
            return f"{self._speech.say(match['a'], major.gender)} {major.many}"
        return self.say(match)

    def say(self, match: re.Match[str]) -> str | None:
        """Say $3.50, US$ 5-10 million, $20/month."""
        if self._is_word(match):
            return None
        major, minor = self._currencies[match["cur"].lower()]
        if self._leads(match):
            major, minor = major.single, minor and minor.single
        a, b, magnitude = match["a"], match["b"], self._magnitude(match["bmag"] or match["amag"])
        if magnitude:
            gender = self._speech.data.table("settings").get("magnitude_gender", "m")
            number = self._speech.say(a, gender)
            if b:
                first = self._magnitude(match["amag"]) if match["bmag"] else ""
                number = f"{number} {first}".rstrip()
                number = self._speech.phrase("range", a=number, b=self._speech.say(b, gender))
            spoken = self._of(f"{number} {magnitude}", major, plain=magnitude in self._plain)
        elif b:
            first, second = self._amount(a, major, minor), self._amount(b, major, minor)
            spoken = (
                f"{first} {self._speech.phrases['minus']} {second}"
                if self._is_taken(match)
                else self._speech.phrase("range", a=first, b=second)
            )
        else:
            spoken = self._amount(a, major, minor, match)
        return self._with_rates(match, spoken)

    def _is_taken(self, match: re.Match[str]) -> bool:
        """Whether the second amount is taken from the first: $64.95 - $6.95; a span of prices that falls has two that are near."""
        between = match.string[match.end("a") : match.start("b")]
        if "minus" not in self._speech.phrases or not _TAKEN.match(between):
            return False
        a, b = (float(self._speech.plain(match[key])) for key in "ab")
        return b < a and (b < a * _NEAR or _EQUALS.match(match.string, match.end()) is not None)

    def _with_rates(self, match: re.Match[str], spoken: str) -> str:
        """Say what an amount is paid for: $65/line/mo., 31.5¢/kWh, $5/1K tokens."""
        if match["over"]:
            return f"{spoken} {self._speech.phrases['per']} "
        rates = [self._speech.per(self._per.get(one, one)) for one in match.group("per", "then") if one]
        rates += [self._often[match["often"]]] if match["often"] else []
        return " ".join([spoken, *rates])

    def _leads(self, match: re.Match[str]) -> bool:
        """Whether what is paid for follows: a $5 coupon, your $69 order."""
        before = word_before(match.string, match.start())
        if before in self._singular:
            return names_follow(match)
        if self._sums.match(match.string, match.end()):
            return True
        return before in self._owned and self._things.match(match.string, match.end()) is not None

    def _is_word(self, match: re.Match[str]) -> bool:
        """Whether letters that are a currency only with a space before the amount have none: COP28."""
        return match.end("cur") == match.start("a") and match["cur"].lower() in self._homographs

    def _magnitude(self, written: str | None) -> str:
        key = (written or "").strip(" -\u00a0\u2009\u202f")
        return self._magnitudes.get(key) or self._magnitudes.get(key.lower(), "")

    def _amount(
        self, written: str, major: Noun, minor: Noun | None, match: re.Match[str] | None = None
    ) -> str:
        whole, _, decimals = self._speech.plain(written.rstrip("-–—,")).partition(".")
        cents = decimals.rstrip("0")
        if not cents:
            return self._counted(whole or "0", major, match)
        if minor is None or len(cents) > 2:
            return f"{self._speech.say(written, major.gender)} {major.many}"
        small = self._counted(cents.ljust(2, "0").lstrip("0"), minor)
        if not whole.strip("0"):
            return small
        return self._speech.phrase(
            "money_minor",
            major=self._counted(whole, major, match),
            minor=small,
            cents=self._speech.cardinal(cents.ljust(2, "0").lstrip("0")),
        )

    def _counted(self, digits: str, unit: Noun, match: re.Match[str] | None = None) -> str:
        spoken = (
            self._speech.agreeing(digits, unit.gender, unit.one, match)
            if digits == "1"
            else self._speech.cardinal(digits, unit.gender)
        )
        if len(digits) > 6 and digits.endswith("000000"):
            return self._of(spoken, unit, plain=False)
        return f"{spoken} {unit.after(digits)}"

    def _of(self, number: str, unit: Noun, *, plain: bool) -> str:
        """Say millions of a currency; many languages put a word between, which French shortens before a vowel."""
        if plain:
            return f"{number} {unit.many}"
        spoken = self._speech.phrase("magnitude", number=number, unit=unit.many)
        return _ELIDED.sub("d'", spoken) if self._speech.data.language == "fr" else spoken


def _currency(entry: str) -> tuple[Noun, Noun | None]:
    """Read "dollar|dollars", "dollar|dollars|cent|cents"; a gender may follow each word as "word:f"."""
    forms = [form.partition(":") for form in entry.split("|")]
    major = Noun(forms[0][0], forms[1][0], forms[0][2] or "m")
    return major, Noun(forms[2][0], forms[3][0], forms[2][2] or "m") if len(forms) > 3 else None


def _heads(signs: Iterable[str]) -> list[str]:
    return [found.group() for sign in signs if (found := re.match(r"[^\W\d_]+", sign))]
