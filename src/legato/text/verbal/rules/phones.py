"""Numbers read digit by digit: telephone numbers, cards, social security numbers, network addresses."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import CALLED, Speech, any_of, called, texted, word_before

_END = r"(?![0-9A-Za-z]|[-.][0-9])"
_SHORTEST = 7
_CENTURIES = frozenset({"18", "19", "20"})
_WINDOW = 48
_CALLED_WINDOW = 88
_GROUPS = re.compile(r"[0-9]+")


class Phones:
    """The digit-by-digit rules of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._spoken = speech.data.table("phone_spoken")
        self._texted, self._called = texted(speech.data), called(speech.data)
        self._counts = re.compile(
            rf" ?(?:[a-z]{{2,24}}s\b|[€£%]|{any_of(speech.data.texts('called_things'))}\b)"
        )
        """What follows a number that counts things, and is not called."""

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        extension = any_of(self._speech.data.texts("extension_words"))
        more = rf"(?:,? {extension} ?(?P<ext>[0-9]{{1,6}}))?"
        octet = "[0-9]{1,3}"
        american = r"(?:1[-. ])?(?:\([0-9]{3}\)[-. ]?|[0-9]{3}[-.]|[0-9]{3} (?=[0-9]{3} [0-9]{4}))[0-9]{3}[-. ][0-9]{4}(?:-[0-9]{4})?"
        book.on_digit(
            "ip",
            rf"(?P<ip>{octet}(?:\.{octet}){{3}})(?::(?P<port>[0-9]{{1,5}}))?(?:/(?P<bits>[0-9]{{1,2}}))?(?![\w]|[.:/][0-9])",
            self.ip,
        )
        book.on_digit("phone", rf"(?P<number>{american}){more}{_END}", self.phone)
        book.on_digit(
            "phone",
            rf"(?P<number>[0-9]{{4}}(?P<s>[- ])[0-9]{{4}}(?P=s)[0-9]{{4}}(?P=s)[0-9]{{4}})(?P<ext>){_END}(?! [0-9]{{2,4}}(?![\w.,]))",
            self.phone,
        )
        book.on_digit(
            "phone",
            rf"(?P<number>[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}|[2-9][0-9]{{2}}-[0-9]{{4}})(?P<ext>){_END}",
            self.phone,
        )
        book.on_symbol(
            "(",
            "phone",
            rf"(?P<number>\([0-9]{{2,4}}\)[-. ]?[0-9]{{3,5}}[-. ][0-9]{{4}}){more}{_END}",
            self.phone,
        )
        international = r"\+(?P<number>[0-9]{1,3}(?:[-. ]?\(?[0-9]{1,5}\)?){2,6})"
        book.on_symbol(
            "+",
            "phone",
            rf"(?<![\w)])(?:\+(?P<number>{american})|{international.replace('number', 'other')}){more}{_END}",
            self.international,
        )
        book.on_digit(
            "phone.letters",
            r"(?P<number>1-8[0-9]{2})-(?P<name>[A-Z0-9]{1,8}(?:-[A-Z0-9]{1,8}){0,3})(?![\w-])",
            self.name,
        )
        if shapes := self._speech.data.texts("phone_shapes"):
            known = "|".join(shape.replace("#", "[0-9]") for shape in shapes)
            book.on_digit("phone", rf"(?<![\w.,])(?P<number>{known})(?P<ext>){_END}", self.phone)
        self._add_national(book)
        self._add_keys(book)
        if self._texted is not None:
            book.on_digit("phone.short", r"(?<![\w.,$-])[0-9]{5,6}(?![\w%]|[-.,:/][0-9])", self.short)
        if self._called is not None:
            short = rf"(?<![\w.,$-]){CALLED}(?: ?/ ?{CALLED}){{0,3}}(?![\w%]|[-.,:/][0-9])"
            book.on_digit("phone.short", short, self.called)
        words = any_of(f"{word} " for word in self._speech.data.texts("digit_words_before"))
        book.on_word(
            self._speech.data.texts("digit_words_before"),
            "digits",
            rf"(?P<word>(?i:{words}))(?P<number>[0-9]{{3,18}})(?![\w]|[-.,:/][0-9]| [0-9]{{3}})",
            self.digits,
        )

    def _add_keys(self, book: RuleBook) -> None:
        """Add what a telephone is told by its keys: *67, *#06#."""
        self._keys = {**self._speech.data.table("symbols"), **self._speech.data.table("key_signs")}
        if star := self._speech.data.table("key_signs").get("*", ""):
            typed = r"(?<![\w*#])\*?#[0-9]{2,4}#(?![\w*#])"
            book.on_symbol("*#", "phone.star", typed, self.typed)
            book.on_symbol(
                "*", "phone.star", r"(?<![\w*])\*(?=[0-9]{2,4}(?:#|(?![\w*])))", lambda _: f"{star} "
            )

    def _add_national(self, book: RuleBook) -> None:
        book.on_digit(
            "code.groups",
            rf"(?<![\w.,-])(?P<number>[0-9]{{2,4}}(?: [0-9]{{4}}){{2,8}}(?: [0-9]{{1,3}})?)(?P<ext>){_END}",
            self.grouped,
        )
        book.on_symbol(
            "(",
            "phone",
            rf"\(\+(?P<number>[0-9]{{1,3}}\)(?:[-. ]?\(?[0-9]{{1,5}}\)?){{2,6}})(?P<other>)(?P<ext>){_END}",
            self.international,
        )
        if paired := self._speech.data.texts("paired_before"):
            self._paired = frozenset(paired)
            counted = any_of(self._speech.data.texts("paired_not"))
            short = rf"(?<![\w.,-])(?P<a>3[0-9]|10)(?P<b>(?!00)[0-9]{{2}})(?![\w%]|[-.,:/][0-9]|[ \u00a0]{counted}\b)"
            book.on_digit("phone.short", short, self.pair)
        if self._speech.data.table("settings").get("phone_area") == "slash":
            self._add_slashed(book)
        book.on_digit(
            "phone",
            rf"(?<![\w.,/-])(?P<number>00[1-9][0-9]{{0,2}}(?:[ -][0-9]{{1,9}}){{2,6}})(?P<ext>){_END}(?![/])",
            self.national,
        )
        book.on_digit(
            "phone",
            rf"(?<![\w.,/-])(?P<number>0[1-9][0-9]{{1,3}}[ /-][0-9]{{3,8}}(?:[ -][0-9]{{2,5}}){{0,3}}|0[1-9][0-9]?[ /-][0-9]{{3,4}} [0-9]{{3,4}}|0[1-9][/-][0-9]{{7,8}})(?P<ext>){_END}(?![/])",
            self.national,
        )
        book.on_digit(
            "phone",
            rf"(?<![\w.,/-])(?P<number>0[1-9][0-9]{{0,3}}(?: |[ ]?/[ ]?)[0-9]{{3,4}}(?: [0-9]{{2,4}}){{2,4}}|0[1-9] [0-9]{{6,8}})(?P<ext>){_END}(?![/])",
            self.national,
        )

    def _add_slashed(self, book: RuleBook) -> None:
        """Add 089 / 98 76 54-0, (0 89) 98 76 54, +49 (0)89 / 98 76 54-0: an area code, and after a hyphen the extension."""
        area, rest = "0 ?[1-9][0-9]{1,4}", "[0-9]{2,8}(?: [0-9]{2,5}){0,4}(?:-[0-9]{1,5})?"
        ends = rf"(?P<ext>){_END}(?![/])"
        book.on_digit("phone", rf"(?<![\w.,/-])(?P<number>{area}(?: ?/ ?|-){rest}){ends}", self.national)
        book.on_symbol(
            "(", "phone", rf"(?<!\w)(?P<number>\(0 ?[1-9][0-9]{{0,4}}\) ?{rest}){ends}", self.national
        )
        abroad = r"[0-9]{1,3} ?(?:\(0\) ?|(?<= ))[1-9][0-9]{0,4}"
        book.on_symbol(
            "+", "phone", rf"(?<![\w)])\+(?P<number>{abroad} ?/ ?{rest})(?P<other>){ends}", self.international
        )

    def typed(self, match: re.Match[str]) -> str | None:
        """Say *#06#, #31#: what a telephone is told by its keys."""
        parts = re.findall("[0-9]+|[*#]", match.group())
        return " ".join(self._keys.get(part) or self._speech.words.digits(part) for part in parts)

    def phone(self, match: re.Match[str]) -> str | None:
        """Say (555) 123-4567."""
        spoken = self._groups(match["number"])
        return (
            f"{spoken}, {self._speech.phrases['extension']} {self._speech.words.digits(match['ext'])}"
            if match["ext"]
            else spoken
        )

    def grouped(self, match: re.Match[str]) -> str | None:
        """Say 7713 4455 9021: groups of four are not how a number is written, unless they are years or round."""
        groups = match["number"].split()
        if all(group[0] != "0" and (group.endswith("00") or group[:2] in _CENTURIES) for group in groups):
            return None
        return self.phone(match)

    def national(self, match: re.Match[str]) -> str | None:
        """Say 030 123456, 020 7946 0018."""
        return self.phone(match) if sum(map(str.isdigit, match["number"])) > _SHORTEST else None

    def international(self, match: re.Match[str]) -> str | None:
        """Say +44 20 7946 0958; the zero of +49 (0)89 is for callers in the country."""
        number = (match["number"] or match["other"]).replace("(0)", " ")
        if sum(map(str.isdigit, number)) < 7:
            return None
        extension = (
            f", {self._speech.phrases['extension']} {self._speech.words.digits(match['ext'])}"
            if match["ext"]
            else ""
        )
        return f"{self._speech.phrases['plus']} {self._groups(number)}{extension}"

    def name(self, match: re.Match[str]) -> str | None:
        """Say 1-800-FLOWERS."""
        if match["name"].replace("-", "").isdigit():
            return None
        parts = [
            self._speech.words.digits(part) if part.isdigit() else part for part in match["name"].split("-")
        ]
        return f"{self._groups(match['number'])}, {' '.join(parts)}"

    def ip(self, match: re.Match[str]) -> str | None:
        """Say 192.168.0.1, with port or prefix length."""
        phrases, words = self._speech.phrases, self._speech.words
        if self._speech.is_grouped(match["ip"]) and any(
            int(part) > 255 or part[0] == "0" for part in match["ip"].split(".")
        ):
            return None
        spoken = f" {phrases['dot']} ".join(words.digits(part) for part in match["ip"].split("."))
        if match["port"]:
            spoken += f" {phrases['port']} {words.digits(match['port'])}"
        if match["bits"]:
            slash = self._speech.data.table("electronic").get("/") or phrases["slash"]
            spoken += f" {slash} {self._speech.cardinal(match['bits'])}"
        return spoken

    def short(self, match: re.Match[str]) -> str | None:
        """Say the number of "text HELP to 46645"."""
        start = match.start()
        texts = self._texted is not None and self._texted.search(match.string, max(0, start - _WINDOW), start)
        return self._speech.words.digits(match.group()) if texts else None

    def pair(self, match: re.Match[str]) -> str | None:
        """Say "le 3639" in pairs, as short numbers are said in France."""
        if word_before(match.string, match.start()) not in self._paired:
            return None
        rest = match["b"]
        said = self._speech.words.digits(rest) if rest[0] == "0" else self._speech.cardinal(rest)
        return f"{self._speech.cardinal(match['a'])} {said}"

    def called(self, match: re.Match[str]) -> str | None:
        """Say call 911/112, and what follows the first number: call 911 (US), 112 (EU) or 999."""
        text, start = match.string, match.start()
        found = self._called and self._called.search(text, max(0, start - _CALLED_WINDOW), start)
        if (
            not found
            or not (found["others"] or "/" in match.group())
            or self._counts.match(text, match.end())
        ):
            return None
        return self._groups(match.group())

    def digits(self, match: re.Match[str]) -> str | None:
        """Say "call 911"."""
        return match["word"] + self._speech.words.digits(match["number"])

    def _groups(self, written: str) -> str:
        return ", ".join(
            self._spoken.get(group) or self._speech.words.digits(group) for group in _GROUPS.findall(written)
        )
