"""What the rules of one language share: its data, its number words, and how a written number is said.

Number patterns are strings to be put into a rule's own pattern. They hold no groups.
"""

import re
from collections.abc import Iterable

from legato.text.verbal.tables import Noun, VerbalData
from legato.text.verbal.words.spoken import NumberWords

SPACE = "[ \u00a0\u2009\u202f]"
# Superscripts and vulgar fractions count as word characters in `re`, but they are signs.
LETTER = "[^\\W\\d_\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209f\u2150-\u215f]"
DASH = "[-\u2010\u2011\u2012\u2013\u2014]"
CALLED = "(?:[0-9]{3}|116[0-9]{3})"
"""A short number, as that of the police."""
AS_OF = re.compile(r"\b(?i:as of) \Z")
"""Words that lead to a day, although the last one alone says nothing."""
WEEKDAY_CHARS = 16
"""How far before a day of a month its weekday may begin."""
_PREVIOUS = re.compile(rf"([^\W\d_]+)(?:{SPACE}|-)?\Z")
_THING = re.compile(
    rf"{SPACE}(?:[^\W\d_]{{3}}|[A-Z][0-9]|[0-9]{{1,4}} ?(?:[GTM]B|Hz|K|p|W)\b)|-[^\W\d_]|, ?[0-9]{{1,4}}-[^\W\d_]"
)
_VOWELS = frozenset("aeiouàèéìòù")
_OPENERS = "\"'“‘«([¿¡"
_CLOSERS = "\"'”’»)].,;:!?…"
_WINDOW = 32
_IN_DER = re.compile(r"\b(?i:in|an|auf|aus|bei|mit|nach|seit|von|vor|zu|ab|während|unter) der \Z")
"""The feminine dative "der", as "dem" is for the other genders: in der 23. Minute."""

_SHORT_BEFORE = re.compile(r"(?<![\w.-])([dvz])\. ?\Z")
_SHORTENED = {"d": "den", "v": "vom", "z": "zum"}
"""German words before a day, as they are shortened: v. 1.3."""


class Speech:
    """The language as the rules use it.

    Args:
        data: its tables and lists.
        words: its number words.
    """

    def __init__(self, data: VerbalData, words: NumberWords) -> None:
        self.data = data
        self.words = words
        settings = data.table("settings")
        self.decimal = settings.get("decimal", ".")
        groups = settings.get("group", ",")
        self._decimals_agree = settings.get("decimals_alone") != "yes"
        self._dative = frozenset(data.texts("dative_before"))
        self._accusative = frozenset(data.texts("accusative_before"))
        self._masculines = frozenset(data.texts("masculines"))
        self._one_before_vowel = settings.get("one_before_vowel") == "yes"
        self._longest = int(settings.get("longest_number", "15"))
        self.phrases = data.table("phrases")
        self._between = data.table("between")
        self.joined = joined_ordinal(data)
        self.genders = {
            noun: gender for gender, nouns in data.table("genders").items() for noun in nouns.split()
        }
        self.spaceless = settings.get("spacing") == "none"
        point, group = re.escape(self.decimal), re.escape(groups)
        self._strip = re.compile(f"[{group}]")
        self._grouped = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+" if "." in groups else "(?!)")
        lakhs = (
            r"|[1-9][0-9]?(?:,[0-9]{2}){1,4},[0-9]{3}(?!,?[0-9])" if settings.get("lakhs") == "yes" else ""
        )
        self.whole = rf"(?>[0-9]{{1,3}}(?:[{group}][0-9]{{3}}){{1,8}}(?![0-9]){lakhs}|[0-9]+)"
        self.number = rf"(?>{self.whole}(?:{point}[0-9]+)?)"
        self.amount = rf"(?>{self.number}|{point}[0-9]+)"

    def plain(self, written: str) -> str:
        """Return the written number without grouping marks and with a dot as decimal mark."""
        return self._strip.sub("", written).replace(self.decimal, ".")

    def say(self, written: str, gender: str = "-") -> str:
        """Say a cardinal or a decimal as written, without sign."""
        whole, _, decimals = self.plain(written).partition(".")
        if not decimals:
            ungrouped = len(whole) == len(written)
            return (
                self.words.digits(whole)
                if ungrouped and len(whole) > self._longest
                else self.cardinal(whole, gender)
            )
        spoken = [
            self.cardinal(whole, "f" if gender == "f" and self._decimals_agree else "-"),
            self.phrases["point"],
            self.words.decimals(decimals),
        ]
        return ("" if self.spaceless else " ").join(part for part in spoken if part)

    def cardinal(self, digits: str, gender: str = "-") -> str:
        """Say digits as a number, or one by one if they begin with a zero or are too many to grasp."""
        if not digits:
            return ""
        if (len(digits) > 1 and digits[0] == "0") or len(digits) >= len(str(self.words.limit)):
            return self.words.digits(digits)
        return self.words.cardinal(int(digits), gender)

    def is_grouped(self, written: str) -> bool:
        """Whether digits and dots are a number grouped by dots, rather than a version or an address."""
        return self._grouped.fullmatch(written) is not None

    def per_counted(self, divisor: str) -> str:
        """Say what a quantity is divided by, with the word that some languages have before a number of things."""
        link = self.phrases.get("per_counted", "")
        return f"{link} {divisor}" if link else self.per(divisor)

    def span(self, match: re.Match[str], a: str, b: str) -> str:
        """Say a span from one number to another; after "between" the two are joined by "and"."""
        wording = self._between.get(word_before(match.string, match.start())) if self._between else None
        return wording.format(a=a, b=b) if wording else self.phrase("range", a=a, b=b)

    def counted(self, written: str, thing: Noun) -> str:
        """Say a number and the thing it counts."""
        noun = thing.after(self.plain(written))
        return f"{self.agreeing(written, thing.gender, noun)} {noun}"

    def agreeing(self, written: str, gender: str, noun: str, match: re.Match[str] | None = None) -> str:
        """Say a number before a noun.

        Italian shortens "one" before a vowel, where the feminine sounds like the masculine: un ora. German has another "one"
        after a word that takes the dative, which is looked for before the match: mit einem Klick.
        """
        if written != "1" or gender == "-":
            return self.say(written, gender)
        if match is not None and self._dative and word_before(match.string, match.start()) in self._dative:
            return self.words.one(gender)
        if match is not None and noun in self._masculines and gender == "m":
            before = word_before(match.string, match.start())
            return self.words.accusative() if before in self._accusative else self.say(written, gender)
        vowel = gender == "f" and self._one_before_vowel and noun[:1].lower() in _VOWELS
        return self.say(written, "m" if vowel else gender)

    def gender_of(self, noun: str) -> str:
        """Return the gender of a counted noun: from the language's table, else by its ending; "-" if unknown."""
        lower = noun.lower()
        return self.genders.get(lower) or self.words.gender_of(lower)

    def per(self, named: str) -> str:
        """Say what a quantity is divided by: per hour, all'ora; a name that begins with "=" has its own words (a persona)."""
        if named.startswith("="):
            return named[1:]
        vowel = self.phrases.get("per_vowel", "")
        return f"{vowel}{named}" if vowel and named[0] in "aeiou" else f"{self.phrases['per']} {named}"

    def phrase(self, name: str, **parts: str) -> str:
        """Return a wording of the language with its parts filled in."""
        return self.phrases[name].format(**parts)


def keyed_in(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes digits that are keyed in one by one ("your code is "); None if a language has no such words."""
    leads = data.texts("keyed_words")
    if not leads:
        return None
    links = any_of(data.texts("keyed_links"))
    mark = any_of(data.texts("keyed_marks"))
    return re.compile(rf"\b(?i:{any_of(leads)})(?: (?i:{mark}))?(?: (?i:{links}))?:?{SPACE}\Z")


def in_match(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of words after which the mark of a number is a minute of a match; None if a language has no such words."""
    words = data.texts("match_words")
    return re.compile(rf"\b(?i:{any_of(words)})\b") if words else None


def pressed(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes a blood pressure in its short form (tension 13/8); None if a language has no such words."""
    words = data.texts("pressure_words")
    return re.compile(rf"\b(?i:{any_of(words)})\b[^.;!?\n0-9]{{0,32}}\Z") if words else None


def called(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes a short number to call: "call ", "call 911 (US), 112 or "; None if a language has no such words."""
    if not (words := data.texts("called_words")):
        return None
    return re.compile(rf"\b(?i:{any_of(words)}) (?P<others>(?:{_called_and_on(data)}){{0,4}})\Z")


def calling(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what may still become a match of `called` as words follow; None if a language has no such words."""
    if not (words := data.texts("called_words")):
        return None
    ends = rf"(?: \([^()\n]{{0,24}}\)?|(?: [^\W\d_]{{1,16}}){{0,6}})?,?(?: {any_of(data.texts('called_links'))})?{SPACE}?"
    return re.compile(
        rf"\b(?i:{any_of(words)}) (?:{_called_and_on(data)}){{0,4}}{CALLED}(?: ?/ ?{CALLED}){{0,3}}{ends}\Z"
    )


def _called_and_on(data: VerbalData) -> str:
    """Return the pattern of a short number that is called and what stands between it and the next one."""
    apart = r"(?: \([^()\n]{1,24}\)|(?! [a-z]{2,16}s\b)(?: [^\W\d_]{1,16}){1,4}?)?"
    link = any_of(data.texts("called_links"))
    return rf"{CALLED}(?: ?/ ?{CALLED}){{0,3}}{apart}(?:,(?: {link})?| {link}) "


def asked_sum(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes a sum to work out: "What is "; None if a language has no such words."""
    words = data.texts("sum_words")
    return re.compile(rf"\b(?i:{any_of(words)}){SPACE}\Z") if words else None


def asking_sum(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what may still become a match of `asked_sum`; None if a language has no such words."""
    words = data.texts("sum_words")
    begun = [
        " ".join(parts[:end]) for one in words for parts in [one.split()] for end in range(1, len(parts) + 1)
    ]
    return re.compile(rf"\b(?i:{any_of(begun)}){SPACE}?\Z") if words else None


def ending_in(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes the last digits of a card or an account: "card ending in "; None if a language has no such words."""
    cards, links = data.texts("card_words"), any_of(data.texts("card_links"))
    return re.compile(rf"\b(?i:{any_of(cards)})\.?(?: (?i:{links}))?{SPACE}\(?\Z") if cards else None


def docketed(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes the number and year of a court case: VIII ZR 12/19; None if a language has no word for that."""
    if "docket" not in data.table("phrases"):
        return None
    return re.compile(rf"(?<!\w)(?:[IVXL]{{1,6}}|[0-9]{{1,3}}){SPACE}[A-Z][A-Za-z]{{0,3}}{SPACE}\Z")


def expiring(data: VerbalData) -> re.Pattern[str]:
    """Return the pattern of what precedes a month and a year without its century: "exp. 09/27"; it never matches without such words."""
    return re.compile(rf"\b(?i:{any_of(data.texts('expiry_words'))}){SPACE}?:?{SPACE}\Z")


def texted(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes the short number of a text message ("text HELP to "); None if a language has no such words."""
    verbs, to = _text_verbs(data), data.texts("text_links")
    if not verbs:
        return None
    return re.compile(
        rf"\b{any_of(verbs)} (?:[^\W\d_]{{1,12}} ){{0,2}}[\"'“‘„«*]{{0,3}}[^\W_]{{1,16}}[\"'”’“»*]{{0,3}} {any_of(to)}{SPACE}\Z"
    )


def texting(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what may still become a match of `texted` as words follow; None if a language has no such words."""
    verbs = _text_verbs(data)
    return re.compile(rf"\b{any_of(verbs)}(?: [^\s.,;:!?]{{1,20}}){{0,4}}{SPACE}\Z") if verbs else None


def _text_verbs(data: VerbalData) -> list[str]:
    return [form for verb in data.texts("text_verbs") for form in (verb, verb.capitalize())]


def after_weekday(data: VerbalData) -> re.Pattern[str]:
    """Return the pattern of a weekday's name, short or long, and the space after it; in lower case, too, if months are written so."""
    table = data.table("weekdays")
    names = [*table, *(name.lower() for name in table.values())]
    small = any(month.islower() for month in data.table("months"))
    return re.compile(
        rf"\b{any_of([*(name.title() for name in names), *(names if small else [])])}\.?,?{SPACE}\Z"
    )


def any_of(texts: Iterable[str]) -> str:
    """Return a pattern that matches one of the texts, the longest first; it never matches if there are none."""
    ordered = sorted(dict.fromkeys(texts), key=lambda text: (-len(text), text))
    return "(?:" + "|".join(re.escape(text) for text in ordered) + ")" if ordered else "(?!)"


def word_before(text: str, start: int) -> str:
    """Return the word just left of a position, in lower case, over one space or hyphen; empty if there is none."""
    found = _PREVIOUS.search(text, max(0, start - _WINDOW), start)
    return found.group(1).lower() if found else ""


def word_left(text: str, start: int) -> str:
    """Return the word just left of a position, also if an apostrophe joins it: l'11/5."""
    joined = start > 0 and text[start - 1] in "'’"
    return word_before(text, start - 1 if joined else start)


def joined_ordinal(data: VerbalData) -> re.Pattern[str]:
    """Return the pattern of an ordinal with its dot that is joined to another: das "2. und "3. Quartal; it never matches without such dots."""
    if not data.table("settings").get("ordinal_dot"):
        return re.compile("(?!)")
    return re.compile(rf"(?<![\w.,])[0-9]{{1,2}}\.{SPACE}{any_of(data.texts('range_links'))}{SPACE}\Z")


def word_before_joined(text: str, start: int, joined: re.Pattern[str]) -> str:
    """Return the word just left of a position; after an ordinal and its link, the word before that ordinal.

    Args:
        text: the whole text.
        start: the position.
        joined: the pattern of `joined_ordinal`.
    """
    found = joined.search(text, max(0, start - _WINDOW), start)
    at = found.start() if found else start
    word = word_before(text, at)
    return "dem" if word == "der" and _IN_DER.search(text, max(0, at - 16), at) else word


def word_before_day(day: re.Match[str], weekday: re.Pattern[str], joined: re.Pattern[str]) -> str:
    """Return the word before a day of a month; if a weekday stands between them, the word before that ("am Montag, 24.11.").

    Args:
        day: the day, in the whole text.
        weekday: the pattern of `after_weekday`.
        joined: the pattern of `joined_ordinal`.
    """
    text, start = day.string, day.start()
    if text[start - 1 : start] in {"'", "’"}:
        return word_left(text, start)
    if (short := _SHORT_BEFORE.search(text, max(0, start - 4), start)) is not None:
        return _SHORTENED[short[1]]
    found = weekday.search(text, max(0, start - WEEKDAY_CHARS), start)
    return word_before_joined(text, found.start() if found else start, joined)


def names_follow(match: re.Match[str]) -> bool:
    """Whether the match stands before the thing it belongs to: "a 5 km run", "a $300k, 30-year loan"."""
    return _THING.match(match.string, match.end()) is not None


def begins_afresh(text: str, end: int) -> bool:
    """Whether a new sentence may begin here: the text ends, or white space and a capital follow, but no bracket opens."""
    rest = text[end : end + _WINDOW]
    closed = rest.lstrip("\"'”’»)]")
    rest = closed if not closed or closed[0].isspace() else rest
    tail = rest.lstrip()
    if not tail or "\n" in rest[: len(rest) - len(tail)]:
        return True
    letter = tail.lstrip(_OPENERS)[:1]
    return len(tail) < len(rest) and letter.isupper() and tail[0] != "("


def spaced(match: re.Match[str], spoken: str) -> str:
    """Return the words of a sign, with spaces where the sign touched its neighbours."""
    text, start, end = match.string, match.start(), match.end()
    opened = start and text[start - 1] in _OPENERS and not text[start - 2 : start - 1].isdigit()
    before = " " if start and not (text[start - 1].isspace() or opened) else ""
    after = " " if end < len(text) and not (text[end].isspace() or text[end] in _CLOSERS) else ""
    return f"{before}{spoken}{after}"
