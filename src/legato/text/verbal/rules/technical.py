"""What engineers write: hexadecimal numbers, identifiers, status codes, standards, models, tags, colours, places on a map."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, word_before
from legato.text.verbal.tables import noun

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_HEX = "[0-9A-Fa-f]"
_SECONDS = "(?:\"|″|''|”)"


_LEVELLED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")


class Technical:
    """The rules of one language for what is neither a word nor a quantity."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._signs = speech.data.table("electronic")
        self._compass = speech.data.table("compass")
        self._articles = frozenset(speech.data.texts("ordinal_before"))
        self._zero = speech.phrases.get("year_zero", "")

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        if not self._signs:
            return
        book.on_digit(
            "code.hex",
            rf"0[xX](?P<digits>{_HEX}{{1,16}})(?:(?:…|\.\.\.)(?P<last>{_HEX}{{3,16}}))?(?!\w)",
            self.hexadecimal,
        )
        uuid = rf"(?<![\w-]){_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}(?![\w-])"
        for enter in (book.on_digit, book.on_joined):
            enter("code.uuid", uuid, self.uuid)
        book.on_symbol(":", "code.network", r"(?<![\w:])::(?P<last>[0-9a-fA-F]{1,4})(?![\w:])", self.loopback)
        book.on_symbol(
            "#", "colour", rf"(?<![\w&/#])#(?=[A-Fa-f]{{0,5}}[0-9])(?P<code>{_HEX}{{6}})(?!\w)", self.colour
        )
        book.on_symbol(
            "#",
            "colour",
            r"(?<![\w&/#])#(?P<code>(?P<one>[A-Fa-f])(?P=one){2}(?:(?P=one){3})?|(?=[0-9]{0,2}[a-f])(?=[a-f]{0,2}[0-9])[0-9a-f]{3})(?!\w)",
            self.colour,
        )
        if "hashtag" in self._speech.phrases:
            book.on_symbol(
                "#", "hashtag", r"(?<![\w&/#])#(?P<name>[^\W\d_]\w{1,60})(?![\w(<#]|-[0-9])", self.hashtag
            )
        if prime := self._speech.phrases.get("prime"):
            book.on_digit(
                "prime",
                r"(?P<a>[2-5])['’′](?=-[A-Z]{1,5}\b)",
                lambda match: f"{self._speech.cardinal(match['a'])} {prime}",
            )
        book.on_joined(
            "size",
            rf"(?P<name>M)(?P<a>[0-9]{{1,2}})[x×](?P<b>{self._speech.number})(?![\w])",
            self.thread,
        )
        book.on_joined(
            "mixed.ion",
            r"(?P<of>(?:[A-Z][a-z]?[0-9₀-₉]{0,3}){1,8})(?P<charge>[²³⁴]?)(?P<sign>[⁺⁻])(?![\w])",
            self.ion,
        )
        minus = self._speech.phrases.get("minus", "")
        book.on_joined("mixed.ion", r"(?<![\w.])e⁻(?![\w⁰-⁹¹²³])", lambda _: f"e {minus}")
        raised = "⁰¹²³⁴⁵⁶⁷⁸⁹"
        book.on_symbol(
            raised,
            "isotope",
            rf"(?<![\w)\]])(?P<mass>[{raised}]{{1,3}})(?P<element>[A-Z][a-z]?)(?![\w])",
            self.isotope,
        )
        number = self._speech.phrases.get("number")
        if number:
            book.on_symbol("#", "sign", r"(?<![\w&/#])#(?=[A-Z]{1,4}-[0-9])", lambda _: f"{number} ")
        self._add_places(book)
        self._add_numbered(book)

    def _add_places(self, book: RuleBook) -> None:
        if self._articles:
            book.on_digit(
                "ordinal",
                rf"(?<![\w.,-])(?P<a>[0-9]{{1,3}})°(?!{SPACE}?[CF]\b|[^\W_]|{SPACE}?[0-9])(?P<thing>(?={SPACE}[^\W\d_]{{3}}))?",
                self.degree,
            )
        way = rf"(?:{SPACE}?(?P<way>[NSEWO]))"
        book.on_digit(
            "place",
            rf"(?P<d>[0-9]{{1,3}})[°º]{SPACE}?(?P<m>[0-9]{{1,2}}(?:\.[0-9]{{1,6}})?)['′’]{SPACE}?(?:(?P<s>[0-9]{{1,2}}(?:\.[0-9]{{1,6}})?){_SECONDS})?{way}?(?!\w)",
            self.place,
        )
        if self._compass:
            number = rf"[0-9]{{1,3}}{re.escape(self._speech.decimal)}[0-9]{{1,5}}"
            pair = rf"(?<![\w.,])(?P<a>{number})(?P<lat>[NS]),?{SPACE}(?P<b>{number})(?P<long>[EW])(?!\w)"
            book.on_digit("place", pair, self.pair)
        book.on_digit("place", rf"(?P<d>{self._speech.number})[°º](?P<m>)(?P<s>){way}(?!\w)", self.place)

    def _add_numbered(self, book: RuleBook) -> None:
        book.on_joined("aperture", rf"(?<![\w/])f/(?P<number>{self._speech.number})(?![\w/])", self.aperture)
        book.on_joined(
            "standard", r"(?<![\w.])(?P<name>[HX])\.(?P<number>[0-9]{3})(?![\w.]*\w)", self.standard
        )
        book.on_digit(
            "standard",
            r"(?<![\w.,])802\.(?P<number>[0-9]{1,2})(?P<letters>[a-z]{0,2}(?:/[a-z]{1,2}){0,6})(?![\w/])",
            self.network,
        )
        book.on_joined(
            "standard", r"(?P<name>[A-Z]{2,6})/(?P<number>[0-9]\.[0-9]{1,2})(?![\w/]|\.[0-9])", self.protocol
        )
        if not self._zero:
            return
        data = self._speech.data
        status = any_of(data.texts("status_words"))
        book.on_word(
            data.texts("status_words"),
            "status",
            rf"(?P<lead>(?i:{status})(?: (?i:{status}))? )(?P<number>[1-5][0-9]{{2}})(?![\w]|[-.,:/][0-9])",
            self.status,
        )
        series = any_of(data.texts("series_words"))
        book.on_word(
            data.texts("series_words"),
            "model",
            rf"(?P<lead>(?i:{series})(?: [0-9])? )(?P<number>[1-9][0-9]{{3}})(?P<letters>[A-Z]{{0,3}})(?![\w]|[-.,:/][0-9])",
            self.model,
        )

    def hexadecimal(self, match: re.Match[str]) -> str | None:
        """Say 0xFF, 0x71C7…976F."""
        said = f"{self._speech.words.digits('0')} x {self._spelled(match['digits'])}"
        return f"{said}… {self._spelled(match['last'])}" if match["last"] else said

    def uuid(self, match: re.Match[str]) -> str | None:
        """Say 550e8400-e29b-41d4-a716-446655440000."""
        return ", ".join(self._spelled(group) for group in match.group().split("-"))

    def thread(self, match: re.Match[str]) -> str | None:
        """Say M8x1.25."""
        sides = self._speech.phrase("by", a=self._speech.say(match["a"]), b=self._speech.say(match["b"]))
        return f"{match['name']} {sides}"

    def ion(self, match: re.Match[str]) -> str | None:
        """Say Fe³⁺, SO₄²⁻."""
        of = match["of"].translate(_LEVELLED)
        parts = re.findall(r"[0-9]+|[A-Z][a-z]?", of)
        charge = {"²": "2", "³": "3", "⁴": "4"}.get(match["charge"], "")
        sign = self._speech.phrases["plus" if match["sign"] == "⁺" else "minus"]
        spoken = [
            self._speech.cardinal(part) if part.isdigit() else part for part in (*parts, charge) if part
        ]
        return " ".join([*spoken, sign])

    def isotope(self, match: re.Match[str]) -> str | None:
        """Say ¹⁴C."""
        mass = match["mass"].translate(_LEVELLED)
        return f"{match['element']} {self._speech.cardinal(mass)}"

    def loopback(self, match: re.Match[str]) -> str | None:
        """Say ::1."""
        colon = self._signs[":"]
        return f"{colon} {colon} {self._spelled(match['last'])}"

    def colour(self, match: re.Match[str]) -> str | None:
        """Say #FF5733."""
        return f"{self._signs['#']} {self._spelled(match['code'])}"

    def hashtag(self, match: re.Match[str]) -> str | None:
        """Say #MachineLearning, by its words."""
        parts = [self._tagged(part) for part in _CAMEL.findall(match["name"])]
        return " ".join([self._speech.phrases["hashtag"], *parts])

    def _tagged(self, part: str) -> str:
        if not part.isdecimal():  # a raised digit is none
            return part
        return self._speech.words.year(int(part)) if len(part) == 4 else self._speech.cardinal(part)

    def place(self, match: re.Match[str]) -> str | None:
        """Say 40°26'46"N, 48.8566° N."""
        phrases = self._speech.phrases
        degree = self._speech.data.nouns("units").get("°")
        if degree is None or (match["way"] and match["way"] not in self._compass):
            return None
        parts = [(match["d"], degree)]
        parts += [
            (match[key], noun(phrases[name]))
            for key, name in (("m", "minute"), ("s", "second"))
            if match[key]
        ]
        spoken = " ".join(self._speech.counted(_bare(written), thing) for written, thing in parts)
        return f"{spoken} {self._compass[match['way']]}" if match["way"] else spoken

    def pair(self, match: re.Match[str]) -> str | None:
        """Say 24.1N 81.3W: no newtons and watts."""
        lat, long = (self._speech.say(match[key]) for key in "ab")
        return f"{lat} {self._compass[match['lat']]}, {long} {self._compass[match['long']]}"

    def degree(self, match: re.Match[str]) -> str | None:
        """Say 2° after an article, where the sign stands for a raised letter."""
        before = word_before(match.string, match.start())
        if before not in self._articles or (match["thing"] is None and len(before) == 1):
            return None  # "a" is "to" as well: chega a 20°
        masculine = "º" if match["thing"] is None else "er"
        return self._speech.words.ordinal(int(match["a"]), "ª" if before.endswith("a") else masculine)

    def standard(self, match: re.Match[str]) -> str | None:
        """Say H.264, X.509."""
        return f"{match['name']} {self._speech.words.digits(match['number'])}"

    def aperture(self, match: re.Match[str]) -> str | None:
        """Say f/2.8."""
        return f"f {self._speech.say(match['number'])}"

    def protocol(self, match: re.Match[str]) -> str | None:
        """Say HTTP/1.1."""
        return f"{match['name']} {self._speech.say(match['number'])}"

    def network(self, match: re.Match[str]) -> str | None:
        """Say 802.11ac."""
        words = self._speech.words
        head = f"{words.digits('8')} {self._zero or words.digits('0')} {words.digits('2')}"
        letters = " ".join(letter for letter in match["letters"] if letter.isalpha())
        return f"{head} {self._signs['.']} {self._speech.cardinal(match['number'])} {letters}".rstrip()

    def status(self, match: re.Match[str]) -> str | None:
        """Say error 404, HTTP 503."""
        number = match["number"]
        if number.endswith("00"):
            return match["lead"] + self._speech.cardinal(number)
        rest = number[1:]
        said = (
            f"{self._zero} {self._speech.cardinal(rest[1])}"
            if rest[0] == "0"
            else self._speech.cardinal(rest)
        )
        return f"{match['lead']}{self._speech.cardinal(number[0])} {said}"

    def model(self, match: re.Match[str]) -> str | None:
        """Say RTX 4090."""
        lead = "".join(self._speech.cardinal(char) if char.isdigit() else char for char in match["lead"])
        letters = f" {match['letters']}" if match["letters"] else ""
        return f"{lead}{self._speech.words.year(int(match['number']))}{letters}"

    def _spelled(self, written: str) -> str:
        return " ".join(self._speech.words.digits(char) or char.upper() for char in written)


def _bare(written: str) -> str:
    """Return minutes or seconds without the zero that pads them."""
    return written.lstrip("0") or "0" if written.isdigit() else written
