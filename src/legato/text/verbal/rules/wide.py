"""Numbers in text without spaces, Chinese and Japanese: the characters around a number are letters, so other rules see no edge there."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of
from legato.text.verbal.tables import VerbalData

_WIDE = "[\u3040-\u30ff\u3400-\u9fff]"
_WAVE = "[~〜～∼]"
_DASH = "[-–—]"
_LEFT = r"(?<![0-9A-Za-z./:-])"
_SHARES = frozenset({16, 20, 24, 25, 30})
"""Denominators above a dozen that are not rare."""
_PARTS_OF = "[层楼階F页頁ペ集话話题題回章人分步個个件名台次局寸英問问点本枚冊]"
"""What there are so many of: 4/18层 is a storey."""
_OF_ALL = re.compile(
    r"(?:进度|進度|完成了?|通过率|通過率|得分|占比|進捗[はが]?|正解率?[はが]?|達成率?[はが]?)[:： ]?\Z"
)
"""What is told of a share: 完成了9/14."""
_RIGHT = r"(?![0-9A-Za-z/:]|[-.,][0-9])"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?"
_HOST = rf"(?P<host>{_LABEL}(?:\.{_LABEL}){{1,8}})"
_TAIL = r"(?::[0-9]{1,5})?(?:[/?#](?:[!-~]{0,2000}[A-Za-z0-9/])?)?"
_MONEY = "[元块円]"
_WINDOW = 12
_PARTS, _GROUPS = re.compile("[0-9]+|[A-Za-z]+|."), re.compile("[0-9]+")
_NAMED = re.compile(r"[A-Z][A-Za-z]{0,10}[ \u00a0]\Z")
"""A word with a capital, which may be the name of what a number tells apart: iPhone 5s."""
_DECADE = re.compile("(?:1[5-9]|20)[0-9]0")


class Wide:
    """The rules of one language that is written without spaces; without effect in any other."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._phrases = data.table("wide_phrases")
        self._money = data.table("wide_money")
        self._units = data.table("wide_units")
        self._signs = data.table("wide_signs")
        self._per, self._bounds = data.table("wide_per"), data.table("wide_bounds")
        self._keyed = keyed(data)
        self._scored = scored(data)
        self._pause = speech.phrases.get("bar", "")

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        if not self._phrases:
            return
        lead, number = rf"(?P<lead>{_WIDE}{{0,400}})", self._speech.number
        book.on_joined(
            "url", rf"{lead}(?:(?i:https?|ftp|wss?)://(?i:www\.)?|(?=www\.)){_HOST}{_TAIL}", self.address
        )
        book.on_joined("email", rf"{lead}(?P<user>[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}})@{_HOST}", self.address)
        self._add_digits(book)
        self._add_named(book)
        until = self._speech.phrase("range", a="", b="")
        counted = "|".join(rf"(?<=[0-9]{_WIDE * chars})" for chars in (1, 2, 3))
        between = rf"(?:{counted}){_WAVE}(?=[0-9])|(?<=[曜日]){_WAVE}(?=[月火水木金土日]曜)|(?<=周[一二三四五六]){_WAVE}(?=周)"
        book.on_symbol("~〜～∼", "range.to", between, lambda _: until)
        self._add_times(book)
        units = any_of(self._units)
        ends = rf"(?P<unit>{units}|[%％])?{_RIGHT}"
        more = rf"(?P<sign>[-−])?(?P<a>{number})(?P<same>{units}|[%％])?(?:{_WAVE}(?P<to>[-−])?|{_DASH}(?=[0-9.,]+(?:{_WIDE}|{units}|[%％])))(?P<b>{number}){ends}"
        book.on_digit("range", _LEFT + more, self.range)
        book.on_symbol("-−", "range", _LEFT + more, self.range)
        book.on_digit(
            "score",
            rf"{_LEFT}(?P<a>[0-9]{{1,3}}){_DASH}(?P<b>[0-9]{{1,3}}){_RIGHT}(?![%％])",
            self.score,
        )
        book.on_digit(
            "measure",
            rf"(?<![0-9A-Za-z.])(?P<a>{number}) ?(?P<unit>{units})(?:/(?P<per>{any_of(self._per)}))?(?![A-Za-z0-9/])",
            self.measure,
        )
        book.on_symbol(
            self._bounds,
            "bound",
            rf"(?<![0-9A-Za-z)）]) ?(?P<sign>{any_of(self._bounds)}) ?(?=[0-9])",
            lambda match: self._bounds[match["sign"]],
        )
        names = any_of({*self._money.values(), *self._phrases["money_words"].split()})
        book.on_symbol(
            self._money,
            "money",
            rf"(?P<sign>{any_of(self._money)}) ?(?P<a>{number})(?P<large>[千万亿億兆]{{1,2}})?(?:(?:{_DASH}|{_WAVE})(?P<b>{number})(?P<larger>[千万亿億兆]{{1,2}})?)?(?P<named>{names})?(?![0-9A-Za-z])",
            self.money,
        )
        book.on_digit(
            "fraction",
            rf"{_LEFT}(?P<a>[1-9][0-9]?)/(?P<b>[2-9]|10|100){_RIGHT}(?![(（])",
            self.fraction,
        )

    def _add_digits(self, book: RuleBook) -> None:
        shapes = "|".join(
            shape.replace("-", "[-‐－ ]?").replace("#", "[0-9]")
            for shape in self._speech.data.texts("wide_phones")
        )
        book.on_digit("phone", rf"{_LEFT}(?:{shapes}){_RIGHT}", self.digits)
        book.on_digit(
            "phone", rf"{_LEFT}0[0-9]{{1,4}}[(（][0-9]{{1,4}}[)）][0-9]{{3,4}}{_RIGHT}", self.digits
        )
        self._add_machines(book)
        book.on_digit(
            "code.keyed",
            rf"{_LEFT}[0-9]{{3,20}}(?:[ -][0-9]{{2,8}}){{0,4}}{_RIGHT}(?![%％年月日元円万分人位个條条次])",
            self.keyed,
        )

    def _add_machines(self, book: RuleBook) -> None:
        """Add what a machine has made up, whatever letter follows it: SF1234567890123, 192.168.1.1, 0x80070005."""
        digits = self._speech.words.digits
        book.on_digit(
            "code.joined",
            r"(?:(?<=[A-Za-z])[0-9]{4,24}|(?<=[a-z]{3})[0-9]{3})(?![0-9A-Za-z]|[-/:.][0-9])",
            lambda match: digits(match.group()),
        )
        dot = f" {self._speech.phrases['dot']} "
        book.on_digit(
            "ip",
            rf"(?<![0-9A-Za-z.])[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?={_WIDE})",
            lambda match: dot.join(map(digits, match.group().split("."))),
        )
        book.on_digit(
            "code.hex",
            rf"(?<![0-9A-Za-z])0[xX][0-9A-Fa-f]{{1,16}}(?={_WIDE})",
            lambda match: "".join(digits(char) or char for char in match.group()),
        )

    def _add_named(self, book: RuleBook) -> None:
        """Add +86 138…, CA1234航班, 1ドル=150円, 〒100-0001, 千代田区1-2-3."""
        groups = r"[0-9]{1,3}(?:[- ][0-9]{1,5}){2,5}"
        book.on_symbol(
            "+",
            "phone",
            rf"(?<![0-9A-Za-z])\+{groups}{_RIGHT}",
            lambda match: f"{self._signs['+']}{self.digits(match)}",
        )
        book.on_joined(
            "flight",
            r"(?<![0-9A-Za-z])(?P<line>[A-Z]{2})(?P<number>[0-9]{3,4})(?=[次号]?航班)",
            lambda match: f"{match['line']}{self._speech.words.digits(match['number'])}",
        )
        if self._phrases.get("floor"):
            book.on_digit("floor", rf"{_LEFT}(?P<a>[1-9][0-9]?)/(?P<b>[1-9][0-9]?)(?=階(?!建))", self.floor)
        if average := self._phrases.get("average"):
            book.on_symbol(
                ".",
                "average",
                rf"(?<=[打勝防]率)\.(?P<a>[0-9])(?P<b>[0-9])(?P<c>[0-9]){_RIGHT}",
                lambda match: average.format(**{key: self._speech.cardinal(match[key]) for key in "abc"}),
            )
        if each := self._speech.data.table("wide_each"):
            named = rf"(?<={_MONEY})/(?P<one>{any_of(each)})(?![A-Za-z0-9²³]|[民元])"
            book.on_symbol("/", "money.per", named, lambda match: each[match["one"]])
        equal = "|".join(rf"(?<=[0-9]{_WIDE * chars})" for chars in (1, 2, 3))
        book.on_symbol("=＝", "equals", rf"(?:{equal})[=＝](?=[0-9])", lambda _: self._phrases["equals"])
        if postal := self._phrases.get("postal"):
            book.on_symbol("〒", "postal", r"〒 ?(?=[0-9]{3})", lambda _: postal)
        if block := self._phrases.get("block"):
            book.on_digit(
                "address",
                rf"(?<={_WIDE})[0-9]{{1,2}}(?:-[0-9]{{1,3}}){{2}}{_RIGHT}|(?<=[区市町村目])[0-9]{{1,2}}-[0-9]{{1,3}}{_RIGHT}",
                lambda match: block.join(map(self._speech.cardinal, match.group().split("-"))),
            )

    def _add_times(self, book: RuleBook) -> None:
        clock = "(?P<h>[01]?[0-9]|2[0-4])[:：](?P<m>[0-5][0-9])"
        until = rf"(?: ?(?:{_WAVE}|{_DASH}) ?(?P<h2>[01]?[0-9]|2[0-4])[:：](?P<m2>[0-5][0-9]))?"
        book.on_digit(
            "time.clock",
            rf"(?<![0-9A-Za-z./:：-]){clock}(?:[:：](?P<s>[0-5][0-9])|{until}){_RIGHT}",
            self.clock,
        )
        day = r"(?P<m>1[0-2]|0?[1-9])(?P<sep>[-/.])(?P<d>3[01]|[12][0-9]|0?[1-9])"
        book.on_digit(
            "date",
            rf"{_LEFT}(?P<y>(?:19|20)[0-9]{{2}})(?P<first>[-/.]){day.replace('[-/.]', '(?P=first)')}{_RIGHT}",
            self.date,
        )
        book.on_digit(
            "date",
            rf"{_LEFT}(?P<y>){day.replace('[-/.]', '/')}(?=[(（](?:[月火水木金土日]|周|週|星期))",
            self.date,
        )

        book.on_digit(
            "date",
            rf"{_LEFT}(?P<y>){day.replace('[-/.]', '/')}{_RIGHT}(?!{_PARTS_OF})",
            lambda match: self.date(match) if _is_no_share(match) else None,
        )
        book.on_digit(
            "date",
            rf"{_LEFT}(?P<y>){day.replace('[-/.]', '/')}(?=[前后後]|之前|以[前降后]|まで|に|から|開|より|の)",
            lambda match: (
                self.date(match) if int(match["m"]) >= int(match["d"]) or int(match["d"]) > 12 else None
            ),
        )

    def floor(self, match: re.Match[str]) -> str | None:
        """Say 2/10階: the floor and how many there are."""
        if int(match["a"]) > int(match["b"]):
            return None
        a, b = (self._speech.cardinal(match[name]) for name in "ab")
        return self._phrases["floor"].format(a=a, b=b)

    def address(self, match: re.Match[str]) -> str | None:
        """Say 见https://example.com/a: the host only; the whole of an e-mail address."""
        user = match.groupdict().get("user")
        written = f"{user}@{match['host']}" if user else match["host"]
        said = " ".join(self._part(part) for part in _PARTS.findall(written))
        return f"{match['lead']}{said}"

    def _part(self, part: str) -> str:
        return self._speech.words.digits(part) or self._signs.get(part, part)

    def digits(self, match: re.Match[str]) -> str | None:
        """Say 13812345678, 03-1234-5678: a telephone number."""
        groups = _GROUPS.findall(match.group())
        if len(groups) == 1 and len(groups[0]) > 8:
            whole = groups[0]
            groups = [whole[:3], whole[3:-4], whole[-4:]]
        return self._pause.join(self._speech.words.digits(group) for group in groups)

    def keyed(self, match: re.Match[str]) -> str | None:
        """Say 验证码是483920, digit by digit."""
        start = match.start()
        if self._keyed is None or not self._keyed.search(match.string, max(0, start - _WINDOW), start):
            return None
        return self._pause.join(self._speech.words.digits(group) for group in _GROUPS.findall(match.group()))

    def clock(self, match: re.Match[str]) -> str | None:
        """Say 14:30, 14:30〜15:30; a score in the same form is a ratio."""
        if self._is_score(match):
            parts = [self._speech.cardinal(match[key]) for key in ("h", "m")]
            plain = not match["s"] and not match["h2"]
            return self._speech.phrase("ratio", a=parts[0], b=parts[1]) if plain else None
        said = self._time(match["h"], match["m"])
        if match["s"]:
            said += self._phrases["second"].format(s=self._speech.cardinal(match["s"].lstrip("0") or "0"))
        if not match["h2"]:
            return said
        return self._speech.phrase("range", a=said, b=self._time(match["h2"], match["m2"]))

    def _time(self, hours: str, minutes: str) -> str:
        said = self._phrases["hour"].format(h=self._speech.cardinal(str(int(hours))))
        if minutes == "00":
            return said
        written = self._speech.cardinal(str(int(minutes)))
        zero = self._phrases.get("minute_zero", "") if minutes[0] == "0" else ""
        return said + self._phrases["minute"].format(m=zero + written)

    def date(self, match: re.Match[str]) -> str | None:
        """Say 2024/3/15, and 3/15(金)."""
        month, day = (self._speech.cardinal(match[key].lstrip("0")) for key in ("m", "d"))
        if not match["y"]:
            return self._speech.phrase("date_dm", month=month, day=day)
        year = self._speech.words.year(int(match["y"]))
        return self._speech.phrase("date_dmy", year=year, month=month, day=day)

    def range(self, match: re.Match[str]) -> str | None:
        """Say 3-5天, -3~5℃, 2023-2024年; a pair that falls is a score."""
        a, b = (float(self._speech.plain(match[key])) for key in ("a", "b"))
        waves = match.string[match.end("a") :][:1] not in "-–—" or match["same"]
        if not waves and self._is_score(match) and not match["unit"]:
            said = [self._speech.say(match[key]) for key in ("a", "b")]
            return self._speech.phrase("ratio", a=said[0], b=said[1])
        if not waves and (b <= a or match["sign"]):
            return None
        unit = match["unit"] or ""
        said = [self._end(match[key], match[sign], unit, match) for key, sign in (("a", "sign"), ("b", "to"))]
        return self._speech.phrase("range", a=said[0], b=said[1]) + self._units.get(unit, "")

    def score(self, match: re.Match[str]) -> str | None:
        """Say 比分3-1."""
        if not self._is_score(match):
            return None
        return self._speech.phrase("ratio", **{key: self._speech.say(match[key]) for key in "ab"})

    def _end(self, written: str, sign: str | None, unit: str, match: re.Match[str]) -> str:
        yearly = len(written) == 4 and written.isdigit() and match.string.startswith("年", match.end())
        said = self._speech.words.year(int(written)) if yearly else self._speech.say(written)
        said = (self._speech.phrases["minus"] if sign else "") + said
        return self._speech.phrase("percent", number=said) if unit in {"%", "％"} else said

    def _is_score(self, match: re.Match[str]) -> bool:
        text, start, end = match.string, match.start(), match.end()
        near = f"{text[max(0, start - _WINDOW) : start]} {text[end : end + 6]}"
        return self._scored is not None and self._scored.search(near) is not None

    def measure(self, match: re.Match[str]) -> str | None:
        """Say 78kg, 5℃, 20mg/日; iPhone 5s and the 1990s are no seconds."""
        if match["unit"] == "s" and (
            _NAMED.search(match.string, max(0, match.start() - _WINDOW), match.start())
            or _DECADE.fullmatch(match["a"])
        ):
            return None
        said = self._speech.say(match["a"]) + self._units[match["unit"]]
        return self._per[match["per"]].format(said=said) if match["per"] else said

    def money(self, match: re.Match[str]) -> str | None:
        """Say ¥1,299.99, $120万."""
        said = self._speech.say(match["a"]) + (match["large"] or "")
        if match["b"]:
            end = self._speech.say(match["b"]) + (match["larger"] or "")
            said = self._speech.phrase("range", a=said, b=end)
        return said + (match["named"] or self._money[match["sign"]])

    def fraction(self, match: re.Match[str]) -> str | None:
        """Say 3/4."""
        a, b = int(match["a"]), int(match["b"])
        return self._speech.words.fraction(a, b) if a < b else None


def keyed(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes digits that are keyed in or dialled; None if the language does not need one."""
    words = data.texts("wide_keyed")
    return re.compile(rf"{any_of(words)}[是为為はがの：:\s]{{0,3}}\Z") if words else None


def keying(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what may still become a match of `keyed`, or a score, as characters follow."""
    words = data.texts("wide_keyed")
    begun = [word[:length] for word in words for length in range(1, len(word))]
    return (
        re.compile(
            rf"(?:{any_of([*begun, *words])}[是为為はがの：:\s]{{0,3}}|{any_of(data.texts('wide_scores'))}.{{0,8}}|{_MONEY}(?:/.)?)\Z"
        )
        if words
        else None
    )


def scored(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of the words around a score; None if the language does not need one."""
    words = data.texts("wide_scores")
    return re.compile(any_of(words)) if words else None


def _is_no_share(match: re.Match[str]) -> bool:
    """Whether two numbers with a slash are a day rather than a share: 9/14, 10/25, but not 3/16 or 完成了9/14."""
    month, day, start = int(match["m"]), int(match["d"]), match.start()
    if day <= 12 or _OF_ALL.search(match.string, max(0, start - 6), start):
        return False
    return not (month % 2 and month < 10 and day in _SHARES)
