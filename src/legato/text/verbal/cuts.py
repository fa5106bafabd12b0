"""Where a text may be cut without changing how its parts are read.

The rules look right (an amount may go on, an abbreviation's stop may end a sentence) and left (a Roman numeral after a name, a
year after "in"). This module is the counterpart: a tail that a rule could reach across is not cut. When in doubt the
answer is no; a cut can wait for the next word, but a wrong reading cannot be taken back.
"""

import re
from collections.abc import Iterator

from legato.text.verbal.places import placed, roomed, rooms_listed
from legato.text.verbal.rules.acts import ENACTING
from legato.text.verbal.rules.chess import told_of_chess
from legato.text.verbal.rules.matches import scored_by
from legato.text.verbal.rules.wide import keying
from legato.text.verbal.speech import (
    AS_OF,
    SPACE,
    any_of,
    asking_sum,
    calling,
    docketed,
    ending_in,
    expiring,
    in_match,
    keyed_in,
    pressed,
    texted,
    texting,
)
from legato.text.verbal.tables import VerbalData

_WINDOW = 96
_OPENERS = "\"'“‘«([{¿¡„"
_CLOSERS = "\"'”’»)]}"
_ENDS_ALONE = frozenset("。！？；．")
_FORMULA = re.compile(r"[=+*/^<>−×÷][^.,;:!?\n]{0,24}\Z")
_HOUSE = re.compile(r"[0-9][a-zA-Z]?(?:/[0-9A-Za-z])?\Z")
"""A house number, which the post code of a town may follow."""
_DAY = re.compile(r"(?<![0-9])[0-9]{1,2}\Z")
_SHORT_DAY = re.compile(r"(?<![\w/.])[0-9]{1,2}/[0-9]{1,2},\Z")
"""What may be a day, if a time follows: 10/14, 2pm."""
_DECIMAL = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}")
_DOTTED = re.compile(r"(?:\A|[^\w])[^\W\d_](?:\.[^\W\d_])+\Z")
_ROMAN = re.compile("[IVXLCDM]+")
_ROMAN_DIGITS = frozenset("IVXLCDM")
_LAST = re.compile(r"(?:[\w.]+|[^\w.]*)\Z")
_NUMBER = re.compile("[0-9½¼¾⅓⅔⅛]")
_DASHES = frozenset({"-", "–", "—", "--"})
_QUOTED = re.compile(r"\A[^\"]*(?:\"[^\"]*\"[^\"]*)*\"[^\"]*\Z|[“‘][^”’]*\Z|(?<!\w)'(?=[^\W\d])")
"""An open quote: a mark after a number closes it and measures nothing."""
_OPEN_SUM = re.compile(
    r"\([^()]{0,40}(?:[₀-₉⁰-⁹²³=+−×÷^√]|\w [-*/] \w)[^()]{0,40}\Z|(?<!\w)[OΘΩ]\([^()]{0,40}\Z"
)
"""An open bracket with a calculation in it."""
_STAGED = re.compile(r"\[[a-zA-Z]{1,12}(?: [a-z]{1,12}){0,4} ?\Z")
"""An open bracket that may tell a voice how to act."""
_CHAMBER = re.compile(rf"(?<!\w)[IVXL]{{1,6}}{SPACE}\Z")
"""A chamber of a court, which the register and the number of a case may follow."""
_STRAIGHT = re.compile(r"\A[^\"]*(?:\"[^\"]*\"[^\"]*)*\"[^\"]*\Z")
"""The same for languages in which only the double mark measures."""
_QUOTES = re.compile("[\"“‘']")
"""Without one of these no quote is open: a cheaper check."""
_ACCOUNT = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4}){0,6} \Z")
"""A bank account number, of which more groups may follow."""
_WORDS = re.compile(r"[^\W_]+")
_LAST_WORD = re.compile(rf"([^\W_]+) ?[.:°º#]{{0,3}}{SPACE}\Z")
_LONGEST_WORD = 32
_LEADS = frozenset({"of"})
"""Last words of phrases before a day."""
_FIRST = frozenset({"as"})
"""First words of such phrases, if they have two."""
_NUMBERS = frozenset({"no", "nr", "nos", "num"})
"""Short forms of "number" in any language, which the digits of an order number may follow."""
_LONGEST_UNIT = 6
_LONGEST_SIDE = 3
"""Letters of the longest unit of one side of a size, which another side may follow."""
_UNIT_OR_WORD = frozenset({"in"})
_WIDE = "\u2e80"
_LONG_NUMBER = 7
_LONGEST_CARRIER = 3
_TIME_UNITS = frozenset({"h", "hr", "hrs", "m", "min", "mins", "s", "am", "pm", "a.m", "p.m", "a.m.", "p.m."})
_LEFT_LISTS = (
    "year_before", "count_before", "date_prefix", "date_prefix_late", "heading_words", "digit_words_before", "date_before", "number_before", "compare_before", "release_words", "match_before", "singular_after", "place_words", "status_words", "series_words", "clock_before", "ordinal_before", "decade_before", "dose_units", "flight_words", "aircraft_makers", "seconds_before", "minutes_before", "duration_names", "room_words", "postcode_before", "wind_words", "plural_articles", "press_words", "dative_before", "rank_before", "accusative_before", "port_words", "program_names", "grade_before", "blend_words", "weekday_before", "step_words", "month_before", "fitted_words", "score_before", "times_behind", "paired_before", "several_before", "money_before", "digits_behind", "season_before", "line_before", "clock_days", "clock_links", "degree_before", "clock_not_before", "ratio_before", "progress_before", "sets_words", "titles_bare", "per_before", "roman_pages",
)  # fmt: skip

_LEAD_LISTS = ("keyed_words", "keyed_marks", "keyed_links", "place_words", "text_links", "expiry_words")
_OPEN_TABLES = (
    "numbered", "currency_codes", "scripture", "dose_codes", "road_words", "plain_abbreviations", "magnitude_words", "units_before", "between",
)  # fmt: skip
"""Tables whose words may be followed by more."""


def _days(data: VerbalData) -> set[str]:
    """The names of months, long and short, and short weekdays."""
    months = data.table("months")
    words = [*months, *" ".join(months.values()).split(), *data.table("weekdays")]
    return {word.lower() for word in words}


def _open_words(data: VerbalData) -> set[str]:
    """Words, other than those of days, that may be followed by more of what is read together."""
    phrases = data.table("phrases")
    return {
        word.lower()
        for words in (
            data.table("weekdays").values(),
            *map(data.texts, _LEFT_LISTS),
            *map(data.table, _OPEN_TABLES),
            (phrases.get(name, "") for name in ("article", "number")),
            data.table("magnitude_letters") if data.texts("magnitude_links") else (),
            _first_words(data),
            _FIRST,
            "v",
        )
        for word in words
    }


def _first_words(data: VerbalData) -> Iterator[str]:
    """Yield the beginnings of what has several words."""
    for short in data.table("dotted"):
        head, space, _ = short.partition(" ")
        if space and head.isalpha():
            yield head
    for entry in data.table("numbered_behind").values():
        yield from (head.rstrip(".") for head in entry.split("|")[1:])
    for name in ("keyed_words", "expiry_words"):
        for lead in data.texts(name):
            yield from lead.split()[:-1]


class Cuts:
    """The cut rules of one language.

    Args:
        data: its tables, which hold the words that its rules look for.
        active: whether the language has rules at all.
    """

    def __init__(self, data: VerbalData, *, active: bool) -> None:
        self._active = active
        self._days = _days(data)
        self._open = self._days | _open_words(data)
        self._names = frozenset(data.texts("regnal_names"))
        self._millions = frozenset(map(str.lower, data.table("magnitude_words")))
        self._magnitude_link = data.table("phrases").get("magnitude", "").format(number="", unit="").strip()
        self._ways = frozenset(data.table("compass") if data.texts("numbered_streets") else ())
        self._codes = frozenset(data.table("states")) | self._ways | frozenset(data.texts("carriers"))
        self._lasts = frozenset(data.texts("duration_names"))
        self._titles = {word.lower() for word in data.table("titles")}
        self._add_marked(data)
        self._links = frozenset(data.texts("range_links")) | frozenset(data.texts("date_link"))
        self._ordinal_dot = bool(data.table("settings").get("ordinal_dot"))
        settings = data.table("settings")
        self._after_names = bool(settings.get("roman_after_names") or settings.get("clock_dot"))
        self._day_links = frozenset(data.table("day_links")) | frozenset(data.texts("day_articles"))
        self._keyed, self._expires = keyed_in(data), expiring(data)
        self._at = data.table("phrases").get("at", "")
        self._placed, self._roomed, self._rooms = placed(data), roomed(data), rooms_listed(data)
        self._docketed = docketed(data)
        played = in_match(data), scored_by(data), told_of_chess(data)
        reaching = (*played, pressed(data), calling(data), asking_sum(data), ending_in(data))
        self._reaching = tuple(one for one in reaching if one is not None)
        self._texted, self._texting = texted(data), texting(data)
        # Every such verb contains this, however it begins: looking for it first is cheaper.
        self._text_stem = next(iter(data.texts("text_verbs")), "")[1:]
        self._towns = data.table("settings").get("postcode") == "digits"
        self._lead_words = _LEADS | {
            word
            for name in _LEAD_LISTS
            for lead in data.texts(name)
            for end in ("", "s")
            for word in _WORDS.findall(f"{lead}{end}".lower())[-1:]
        }
        self._add_shapes(data)
        self._spaceless = data.table("settings").get("spacing") == "none"
        self._street_endings = tuple(data.table("street_endings"))
        streets = any_of(data.table("street_suffixes"))
        self._house = re.compile(r"[0-9]{1,5}[A-Z]?(?: [NSEW]{1,2}\.?)?(?: [A-Z0-9][\w.]*){0,4}\Z")
        self._address = re.compile(rf"[0-9]{{1,5}}\b[^!?;:\n]{{1,50}}(?i:\b{streets}\b)[^!?;:\n]{{0,40}}\Z")

    def _add_marked(self, data: VerbalData) -> None:
        """Prepare for words whose stop or colon does not end what is read together."""
        self._labels = frozenset(data.table("weekdays")) if data.texts("weekday_labels") else frozenset()
        self._labels |= {word for name in ("grade_before", "degree_before") for word in data.texts(name)}
        """Words whose colon decides how the number behind it is read: short weekdays, grades and temperatures."""
        self._stopped = self._days | _NUMBERS | {
            word.lower() for name in ("after_names", "abbreviations", "numbered", "dotted", "spaced_dotted") for word in data.table(name)
        }  # fmt: skip
        self._stopped |= {word.lower().rstrip(".") for word in data.table("currency_short")}
        self._stopped |= {
            head[:-1].lower()
            for head in (word.partition(" ")[0] for word in data.table("spelled_words"))
            if head.endswith(".")
        }

    def _add_shapes(self, data: VerbalData) -> None:
        """Prepare for Roman numerals, units with a stop and the marks of lengths that may go on."""
        self._keying = keying(data)
        self._romans_ahead = bool(data.table("roman_before") or data.texts("century_words"))
        self._headings = frozenset(data.texts("heading_words"))
        self._dotted_units = frozenset(data.texts("units_dotted"))
        self._roman_ordinal = re.compile(rf"[IVX]+{any_of(data.texts('roman_endings'))}")
        self._roman_links = frozenset(data.texts("roman_links"))
        self._flights = frozenset(data.texts("flight_words"))
        self._versions = re.compile(
            rf"\b(?i:{any_of(data.texts('program_names'))})(?: [0-9]{{1,2}}\.[0-9]{{1,2}},){{1,7}}\Z"
        )
        phrases = data.table("phrases")
        self._feet = "feet" in phrases
        self._quoted = _QUOTED if self._feet else _STRAIGHT if "inches" in phrases else re.compile("(?!)")

    def may_cut(self, before: str, *, after_known: bool) -> bool:
        """See `Verbaliser.may_cut`."""
        tail = before[-_WINDOW:]
        text = tail.rstrip()
        if not self._active or not text or "\n" in tail[len(text) :]:
            return True
        token = text.rsplit(None, 1)[-1]
        if self._spaceless and token[-1] >= _WIDE:
            return self._keying is None or self._keying.search(tail) is None
        if not after_known and (
            ((_QUOTES.search(tail) if self._feet else '"' in tail) and self._quoted.search(tail))
            or self._leads(tail)
            or (self._texting is not None and self._text_stem in tail and self._texting.search(tail))
            or any(reaching.search(tail) for reaching in self._reaching)
        ):
            return False
        if "(" in tail and _OPEN_SUM.search(tail):
            return False
        if self._docketed is not None and (_CHAMBER.search(tail) or self._docketed.search(tail)):
            return False
        if (tail.endswith(") ") and ENACTING.search(tail)) or ("[" in tail and _STAGED.search(tail)):
            return False
        if len(tail) == len(text) and not after_known:
            return _ends_alone(token)
        return self._closed(text, text[: len(text) - len(token)].split(), token, after_known=after_known)

    def _leads(self, tail: str) -> bool:
        """Whether a tail decides how a number that may follow is read."""
        last = _LAST_WORD.search(tail[-_LONGEST_WORD:])
        if last is None:
            return False
        if last[1].lower() in self._lead_words:
            known = (self._expires, AS_OF, self._keyed, self._placed, self._roomed, self._texted)
            return any(lead is not None and lead.search(tail) is not None for lead in known)
        return not last[1].islower() and _ACCOUNT.search(tail) is not None

    def _closed(self, text: str, before: list[str], token: str, *, after_known: bool) -> bool:
        bare = token.rstrip(_CLOSERS)
        word = bare.rstrip(".,;:!?…").lstrip(_OPENERS)
        last = _LAST.search(word)
        word = last.group() if last and not _NUMBER.search(word) else word
        marks = bare[len(bare.rstrip(".,;:!?…")) :]
        previous = before[-1] if before else ""
        if word and marks and marks[-1] in ";:!?…":
            lower = word.lower()
            return marks != ":" or (lower not in self._labels and (after_known or lower not in self._lasts))
        if marks.endswith(","):
            return self._after_comma(text, word, previous)
        if marks and word:
            return self._after_stop(word, previous, after_known=after_known)
        return not word.strip(_OPENERS) if not bare else self._after_word(text, word, previous)

    def _after_comma(self, text: str, word: str, previous: str) -> bool:
        if (
            word.lower().rstrip(".") in self._days
            or word in self._codes
            or sum(map(str.isdigit, word)) >= _LONG_NUMBER
            or _SHORT_DAY.search(text[-7:])
            or (self._towns and _HOUSE.search(word))
            or (_DECIMAL.fullmatch(word) is not None and self._versions.search(text) is not None)
        ):
            return False
        if _NUMBER.search(word) and (
            previous.lower().strip(".,") in self._days or previous.lower() in self._links
        ):
            return False
        if self._rooms is not None and word.isdecimal() and self._rooms.search(f"{text} "):
            return False
        return not self._address.search(text.rstrip(","))

    def _after_stop(self, word: str, previous: str, *, after_known: bool) -> bool:
        lower = word.lower()
        if lower in self._titles or word.endswith(self._street_endings):
            return False
        if word[-1:].isdigit():
            return not (self._ordinal_dot and _DAY.search(word))
        if self._ordinal_dot and _ROMAN.fullmatch(word):
            return False
        if word in self._ways:
            return after_known
        if lower not in self._stopped and _DOTTED.search(word):
            return False
        if len(word) == 1 or (word[-2:-1] == "." and word.isupper()):
            return False
        measures = _NUMBER.search(previous) is not None and len(word) <= _LONGEST_UNIT
        if lower in self._stopped or "." in word or measures or _NUMBER.search(word):
            # The dot may be part of a unit after its number (5kg.).
            return after_known and not (measures and word in self._dotted_units)
        return not (previous in self._links and word.isupper())

    def _after_word(self, text: str, word: str, previous: str) -> bool:
        lower = word.lower()
        if word in _DASHES:
            return (
                len(previous) > 2 and previous.isalpha() and previous.lower() not in self._open | _TIME_UNITS
            )
        if not word[-1:].isalnum() or len(word) == 1 or _NUMBER.search(word):
            return False
        a_name = self._after_names and word[0].isupper() and word[1:].islower()
        if a_name or (self._spaceless and not word.islower()):
            return False  # a name may tell a model from seconds: iPhone 5s
        if (word in self._day_links and previous.lower().rstrip(".") in self._days) or (
            word == self._magnitude_link and previous.lower() in self._millions
        ):
            return False
        if self._romans_ahead and _ROMAN.fullmatch(word):
            return False
        if (word[0] in _ROMAN_DIGITS or previous[:1] in _ROMAN_DIGITS) and self._numbers_heading(
            word, previous
        ):
            return False
        measures = (lower in _UNIT_OR_WORD or len(word) <= _LONGEST_SIDE) and _NUMBER.search(previous)
        carries = word.isupper() and len(word) <= _LONGEST_CARRIER and previous.lower() in self._flights
        if measures or carries:
            return False
        if lower in self._open or lower in self._names or word in self._codes or "." in word:
            return False
        if (_NUMBER.search(previous) or previous.lower() in self._names) and (
            lower in self._links or lower in _TIME_UNITS or lower == self._at
        ):
            return False
        return not (_FORMULA.search(text) or self._house.search(text) or self._address.search(text))

    def _numbers_heading(self, word: str, previous: str) -> bool:
        """Whether a Roman numeral may follow that continues the one before: siglos XIX y XX."""
        if word in self._roman_links:
            return _ROMAN.fullmatch(previous.rstrip(",")) is not None
        if self._roman_ordinal.fullmatch(word):
            return True
        heading = previous.lower().rstrip(".")
        return (heading in self._headings or heading in self._stopped) and _ROMAN.fullmatch(word) is not None


def _ends_alone(token: str) -> bool:
    """Whether a token that may grow is complete: a plain word and a mark that no rule reads across."""
    return token[-1] in _ENDS_ALONE and token[:-1].lstrip(_OPENERS).isalpha()
