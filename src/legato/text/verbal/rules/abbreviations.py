"""Abbreviations, dotted acronyms, fixed spellings."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.adjectives import Adjectives
from legato.text.verbal.speech import LETTER, SPACE, Speech, any_of, begins_afresh, word_before

_STOP = r"(?P<stop>\.)"
_NUMBER_BEFORE = re.compile(rf"([$€£]?)(?<![0-9.,])[0-9](?:[0-9.,]{{0,11}}[0-9])?{SPACE}?\Z")
_ONE_BEFORE = re.compile(r"(?<![0-9.,/])(?:1|[1-9]/[0-9]|[½¼¾⅓⅔]|0,[0-9]{1,2})[ \u00a0\u202f]\Z")
"""One of something, or a part of one."""
_NAME_BEFORE = re.compile(r"(?<![\w])([A-Z][a-zé]{1,20})[ \u00a0]\Z")
_DATED = re.compile(rf",?{SPACE}[0-9]")
"""The day of a month after a weekday."""
_YEAR = re.compile(rf"{SPACE}(?:1[5-9]|20)[0-9]{{2}}(?![\w%]|[.,][0-9])")
_LAST = re.compile(r"\s*(?:[,;:)]|\Z)")
"""The end of a clause, where the short form stands alone: utilities incl."""
_WORD = re.compile(rf"{SPACE}([^\W\d_]+)")

_LAW = re.compile(r"(?<=[ 0-9]f\.|ff\.) (?:[A-ZÄÖÜ][a-z]{0,2}){1,5}[A-Z](?!\w)")
"""The short name of a law, which no stop sets apart: §§ 12 ff. StGB."""


class Abbreviations:
    """The rules for short forms of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._titles, self._after = data.table("titles"), data.table("after_names")
        self._plain, self._numbered = data.table("abbreviations"), data.table("numbered")
        self._dotted, self._single = data.table("dotted"), data.table("dotted_single")
        self._weekdays = data.table("weekdays")
        self._after_number = data.table("abbreviations_after_number")
        self._after_money = data.table("abbreviations_after_money")
        self._before_year = data.table("abbreviations_before_year")
        self._one = data.table("abbreviations_of_one")
        self._each = frozenset(data.texts("per_before")) | {"a", "à"} if self._one else frozenset()
        self._last = data.table("abbreviations_last")
        self._never_end = frozenset(data.texts("never_end"))
        self._starters = frozenset(data.texts("sentence_starters"))
        self._adjectives = Adjectives(data)
        self._streets = data.table("street_endings")
        self._ends_name = frozenset(data.texts("name_endings"))
        rooms = [word.capitalize() for word in data.texts("room_words")]
        self._place_goes_on = re.compile(
            rf"{SPACE}{any_of([*rooms, *data.table('compass'), *map(str.capitalize, data.table('street_suffixes'))])}\b"
        )
        self._behind = {
            short: (spoken, re.compile(rf"(?<!\w){any_of(heads)}{SPACE}?(?:[0-9]{{1,4}}[a-z]?{SPACE})?\Z"))
            for short, entry in data.table("numbered_behind").items()
            for spoken, *heads in (entry.split("|"),)
        }
        self._day_names = frozenset(data.table("weekdays").values())
        self._hyphened = data.table("hyphen_heads"), data.table("hyphen_endings")
        self._spelled = data.table("spelled_words")

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        self._add_spellings(book)
        self._add_exact(book)
        self._add_floors(book)
        self._add_named(book)
        self._add_dotted(book)

    def _add_spellings(self, book: RuleBook) -> None:
        for spelled in self._spelled:
            head = re.match(r"[^\W\d_]+|[0-9]|.", spelled)
            pattern = rf"{re.escape(spelled)}(?![\w+#]|/[A-Z]\b)"
            if head is None or not head.group().isalnum():
                book.on_symbol(spelled[0], "spelling", pattern, self.spelling)
            elif not head.group().isdigit():
                book.on_word([head.group()], "spelling", pattern, self.spelling)
        numbers = any_of(spelled for spelled in self._spelled if spelled[0] in "0123456789")
        book.on_digit("spelling", rf"(?<![\w/.]){numbers}(?![\w+#])(?!/)", self.spelling)

    def _add_floors(self, book: RuleBook) -> None:
        """Add short forms behind an ordinal: the 14th fl."""
        if floors := self._speech.data.table("abbreviations_after_ordinal"):
            book.on_word(
                floors,
                "abbreviation",
                rf"(?:{'|'.join(rf'(?<=[0-9]{ending} )' for ending in self._speech.data.texts('ordinal_suffixes'))})(?P<word>{any_of(floors)})(?![\w]){_STOP}?",
                lambda match: f"{floors[match['word']]}{self._stop(match) if match['stop'] else ''}",
            )

    def _add_named(self, book: RuleBook) -> None:
        book.on_word(
            self._numbered,
            "numbered",
            rf"(?<![-/.@])(?P<word>[^\W\d_]+)\.(?={SPACE}?[(#]{{0,2}}(?:(?:[A-Z]{{1,5}}-?)?[0-9]|(?:[IVX]{{2,5}}|[VX])\b))",
            self.numbered,
        )
        bare = self._speech.data.texts("numbered_bare")
        book.on_word(
            bare, "numbered", rf"(?<![-/.@\w])(?P<word>{any_of(bare)})(?={SPACE}#?[0-9])", self.numbered
        )
        number = self._speech.phrases.get("number", "")
        if number:
            book.on_word(
                ["n", "nº"],
                "numbered",
                r"(?<![-/.@])[nN]\.?[º°](?P<glued>(?=[0-9]))?(?=[0-9]|\W|\Z)",
                lambda match: number if match["glued"] is None else f"{number} ",
            )
        plain = self._speech.data.table("plain_abbreviations")
        book.on_word(
            plain,
            "abbreviation",
            rf"(?<![^\s(])(?P<word>{any_of(plain)})(?={SPACE}|[,;:)](?!\S))",
            lambda match: plain[match["word"]],
        )
        if nouns := self._speech.data.table("ordinal_nouns"):
            book.on_word(
                nouns,
                "abbreviation",
                rf"(?<=[0-9]\.{SPACE})(?P<word>{any_of(nouns)})(?![\w]){_STOP}?",
                lambda match: f"{nouns[match['word']]}{self._stop(match)}",
            )
        if versus := self._plain.get("vs"):
            book.on_word(
                ["v"],
                "versus",
                r"(?:(?<=[a-z] )|(?<=[A-Z]\. )|(?<=(?:Inc|Ltd)\. )|(?<=Co\. )|(?<=Corp\. ))v\.(?= [A-Z])",
                lambda _: versus,
            )
        book.on_word(
            [*self._titles, *self._after],
            "title",
            rf"(?<![-/.@])(?P<word>[^\W\d_]+){_STOP}(?![\w])",
            self.title,
        )
        self._add_joined(book)
        bare = self._speech.data.texts("titles_bare")
        book.on_word(
            bare, "title", rf"(?<![-/.@])(?P<word>{any_of(bare)})(?={SPACE}[^\W\d_])", self.bare_title
        )
        book.on_word(
            [*self._plain, *self._after_number],
            "abbreviation",
            rf"(?<![-/.@])(?P<word>[^\W\d_]+){_STOP}(?![\w])",
            self.abbreviation,
        )

    def _add_joined(self, book: RuleBook) -> None:
        if joined := self._speech.data.table("titles_joined"):
            book.on_joined(
                "title",
                rf"(?<![\w-])(?P<word>{any_of(joined)})-(?=[A-ZÀ-Þ][^\W\d_])",
                lambda match: f"{joined[match['word']]}-",
            )
        if self._streets:
            book.on_joined(
                "street",
                rf"(?P<name>{LETTER}{{3,30}}?)(?P<ending>{any_of(self._streets)}){_STOP}(?![\w])",
                lambda match: f"{match['name']}{self._streets[match['ending']]}{self._stop(match)}",
            )

    def _add_exact(self, book: RuleBook) -> None:
        """Add Kto.-Nr., and v. 1.3.: the word before a day, which is then in the dative."""
        heads, endings = self._hyphened
        if endings:
            pattern = (
                rf"(?<![\w.-])(?P<head>{LETTER}{{2,24}})(?P<dot>\.)?-(?P<ending>{any_of(endings)})\.(?!\w)"
            )
            book.on_word(heads, "abbreviation", pattern, self.hyphened)
            book.on_joined("abbreviation", pattern, self.hyphened)
        if self._before_year:
            book.on_word(
                self._before_year,
                "abbreviation",
                rf"(?<![-/.@])(?P<word>(?i:{any_of(self._before_year)}))\.?{SPACE}(?P<year>1[5-9][0-9]{{2}}|20[0-9]{{2}})(?![\w%]|[-–.,:/][0-9])",
                self.since,
            )
        if dated := self._speech.data.table("date_short_before"):
            names = self._speech.data.table("months")
            months = any_of(
                [*names, *(short.capitalize() for shorts in names.values() for short in shorts.split())]
            )
            book.on_word(
                dated,
                "abbreviation",
                rf"(?<![\w.-])(?P<word>{any_of(dated)})\.(?={SPACE}?[0-3]?[0-9]\.{SPACE}?(?:[01]?[0-9]\.|{months}))",
                lambda match: dated[match["word"]] + ("" if match.string[match.end()] == " " else " "),
            )
            days = any_of(map(str.capitalize, self._weekdays))
            book.on_word(
                self._weekdays,
                "date.weekday",
                rf"(?<![\w.-])(?P<day>{days})\.?(?=,?{SPACE}{any_of(dated)}\.{SPACE}?[0-3]?[0-9]\.)",
                lambda match: self._weekdays[match["day"].lower()],
            )

    def _add_dotted(self, book: RuleBook) -> None:
        dotted = any_of(self._dotted)
        self._begins_dotted = re.compile(rf"(?i:{dotted})(?![\w])").match
        book.on_joined("initials", r"[A-Z]\.(?: [A-Z]\.){1,3}(?= [A-Z][a-z])", self.initials)
        book.on_joined(
            "dotted",
            rf"(?P<word>(?i:{dotted}))(?P<stop>\.)?(?:(?<=\.)(?P<plural>s)\b)?(?!\w|\.\w)",
            self.dotted,
        )
        heads = [
            head
            for head, space, _ in (short.partition(" ") for short in self._dotted)
            if space and head.isalpha()
        ]
        book.on_word(
            heads,
            "dotted",
            rf"(?P<word>(?i:{any_of(key for key in self._dotted if key.split(' ')[0] in heads)}))(?P<stop>\.)?(?![\w])",
            self.dotted,
        )
        book.on_joined(
            "acronym",
            r"(?<!\s[a-z]\. )(?<!\A[a-z]\. )(?P<word>[^\W\d_](?:\.[^\W\d_]){1,9})(?P<stop>\.)?(?!\w|\.\w)",
            self.acronym,
        )

    def spelling(self, match: re.Match[str]) -> str | None:
        """Say AT&T, Co. Kerry; not in Smith & Co. Kerry, where a firm's name ends."""
        before = match.string[max(0, match.start() - 2) : match.start()]
        return None if before[-1:].isalnum() or before.endswith("& ") else self._spelled[match.group()]

    def numbered(self, match: re.Match[str]) -> str | None:
        """Say No. 5, Fig. 3, vol. 2, no. 4."""
        word, start = match["word"], match.start()
        spoken, behind = self._behind.get(word, ("", None))
        if behind is not None and behind.search(match.string, max(0, start - 24), start):
            return spoken
        small = self._numbered.get(word.lower(), "") if word[0].isupper() and len(word) > 1 else ""
        return self._numbered.get(word) or small.capitalize() or None

    def since(self, match: re.Match[str]) -> str | None:
        """Say Est. 1887."""
        spoken = self._before_year[match["word"].lower()]
        named = spoken.capitalize() if match["word"][0].isupper() else spoken
        return f"{named} {self._speech.words.year(int(match['year']))}"

    def hyphened(self, match: re.Match[str]) -> str | None:
        """Say Kunden-Nr. 4711, Kd.-Nr."""
        heads, endings = self._hyphened
        head = heads.get(match["head"]) if match["dot"] else match["head"]
        stop = "" if match.string[match.end() :].strip() else "."
        return head and f"{head}-{endings[match['ending']]}{stop}"

    def title(self, match: re.Match[str]) -> str | None:
        """Say Dr. Smith, Elm St."""
        word, text, end = match["word"], match.string, match.end()
        follows = text[end : end + 8].lstrip(" \u00a0\"'“")[:1]
        name = end < len(text) and text[end] in " \u00a0" and follows.isupper()
        if not name and word.lower() in self._weekdays:
            return None if _DATED.match(text, end) else self._weekdays[word.lower()] + self._stop(match)
        if word in self._titles and word in self._after and name and self._is_street(match):
            return self._after[word] + self._stop(match)
        before = (text, max(0, match.start() - 24), match.start())
        if not name and word in self._after_number and _NUMBER_BEFORE.search(*before):
            return self._after_number[word] + self._stop(match)
        if word in self._titles and (name or word not in self._after):
            return self._titles[word] + ("" if follows.strip() else ".")
        if word not in self._after:
            return None
        return self._after[word] + ("" if self._goes_on(match) else self._stop(match))

    def _goes_on(self, match: re.Match[str]) -> bool:
        """Whether a capital after a street or a name does not begin a sentence: Sunset Blvd. Suite 200, Sammy Davis Jr. Day."""
        follows = _WORD.match(match.string, match.end())
        if follows is None or not follows.group(1)[0].isupper():
            return False
        if match["word"] in self._ends_name:
            return follows.group(1) not in self._starters
        return self._place_goes_on.match(match.string, match.end()) is not None

    def _is_street(self, match: re.Match[str]) -> bool:
        """Whether St. follows the name of a street, and a sentence or a flat comes next: on Elm St. We met."""
        text, start = match.string, match.start()
        follows = _WORD.match(text, match.end())
        known = follows is not None and follows.group(1) in self._starters
        known = known or self._place_goes_on.match(text, match.end()) is not None
        return known and _NAME_BEFORE.search(text, max(0, start - 32), start) is not None

    def bare_title(self, match: re.Match[str]) -> str | None:
        """Say Dr before a name, as the British and the French write it."""
        text, start = match.string, match.start()
        if not text[match.end() + 1].isupper():
            return None
        # Only where streets have the same short form does a name before it rule out a title.
        if self._speech.data.table("street_suffixes") and _NAME_BEFORE.search(
            text, max(0, start - 32), start
        ):
            return None
        return self._titles.get(match["word"])

    def abbreviation(self, match: re.Match[str]) -> str | None:
        """Say etc., approx."""
        spoken = self._plain.get(match["word"].lower())
        after = _NUMBER_BEFORE.search(match.string, max(0, match.start() - 24), match.start())
        if after:
            spoken = (self._after_money if after[1] else self._after_number).get(match["word"], spoken)
        if spoken in self._day_names and match.string[match.end() : match.end() + 1] in {"-", "–"}:
            return None  # lun.-ven. is a span of days
        if spoken is None or match["word"][:2].isupper() or self._begins_dotted(match.string, match.start()):
            return None
        if _YEAR.match(match.string, match.end()):
            spoken = self._before_year.get(match["word"].lower(), spoken)
        if word_before(match.string, match.start()) in self._each:
            spoken = self._one.get(match["word"].lower(), spoken)
        if _ONE_BEFORE.search(match.string, max(0, match.start() - 8), match.start()):
            spoken = self._single.get(match["word"].lower(), spoken)
        if match["word"].lower() in self._last and _LAST.match(match.string, match.end()):
            closed = match.string[match.end() : match.end() + 1] == ")"
            return self._last[match["word"].lower()] + ("" if closed else self._stop(match))
        never = match["word"].lower() in self._never_end or _LAW.match(match.string, match.end())
        if adjective := self._adjectives.before_noun(match):
            return adjective
        stop = "" if never else self._stop(match)
        return (spoken.capitalize() if match["word"][0].isupper() else spoken) + stop

    def dotted(self, match: re.Match[str]) -> str | None:
        """Say e.g., a.m.; S. U. are initials, but Z. B. begins a sentence, since its noun has a capital."""
        written = match["word"].lower()
        if written not in self._dotted:  # two letters that only look alike: ſ and s
            return None
        if " " in written and match["word"].isupper() and self._dotted[written].split()[-1].islower():
            return None
        single = self._single.get(written)
        if single and _ONE_BEFORE.search(match.string, max(0, match.start() - 8), match.start()):
            return single + self._stop(match)
        if match.groupdict().get("plural"):
            return f"{self._dotted[written]}s"
        return self._dotted[written] + (
            "" if re.sub(r"\s", "", written) in self._never_end else self._stop(match)
        )

    def acronym(self, match: re.Match[str]) -> str | None:
        """Say U.S., J.R.R."""
        if not match["stop"] and not match["word"].isupper():
            return None
        follows = _WORD.match(match.string, match.end())
        goes_on = follows and follows.group(1)[0].isupper() and follows.group(1) not in self._starters
        return match["word"].replace(".", " ") + ("" if goes_on else self._stop(match))

    def initials(self, match: re.Match[str]) -> str | None:
        """Say J. R. R. before a surname."""
        return match.group().replace(".", "")

    def _stop(self, match: re.Match[str]) -> str:
        return "." if match["stop"] and begins_afresh(match.string, match.end()) else ""
