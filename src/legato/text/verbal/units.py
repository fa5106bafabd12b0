"""The units of a language by their symbols."""

import re
from collections.abc import Callable, Mapping, Sequence

from legato.text.verbal.speech import SPACE, Speech, any_of
from legato.text.verbal.tables import Noun, VerbalData

_HALF_A_DAY = 12
SHORT_STOP = rf"(?:(?<=[a-z]{{3}})\.(?=[,;:)]|{SPACE}[a-zà-ÿ]))?"
"""The stop of a short form that does not end its sentence: por pers., al día."""
_OTHER = frozenset({"Na", "GPA", "PT"})
_METRIC = frozenset({"g", "kg", "t", "mm", "cm", "m", "km", "ml", "mL", "l", "L"})
_IMPERIAL = frozenset({"oz", "lb", "lbs", "in", "ft", "yd", "mi", "miles", "gal", "qt", "pt"})


def is_same_quantity(unit: str, under: str) -> bool:
    """Whether two symbols belong to different systems: 23kg/50lb says one thing twice."""
    return (unit in _METRIC and under in _IMPERIAL) or (unit in _IMPERIAL and under in _METRIC)


def stop_behind(speech: Speech) -> str:
    """Return the pattern of a stop that is part of a unit, as what follows shows; it may match nothing.

    In a language whose nouns have a capital, a noun may follow as well if the unit is written with a stop: 10 Min. Verspätung.
    """
    goes_on = "[a-z0-9(=≈×+$€£@]" if speech.decimal == "." else "[a-zà-ÿ(=≈×+$€£@]"
    stop = rf"(?:(?<=[a-z])|(?<=/[A-Z]))\.(?={SPACE}?[,;:)]|{SPACE}{goes_on})"
    dotted = speech.data.texts("units_dotted")
    if not dotted:
        return f"(?:{stop})?"
    behind = "|".join(rf"(?<=[0-9 \u00a0\u202f]{unit})" for unit in dotted)
    starters = any_of(speech.data.texts("sentence_starters"))
    return rf"(?:{stop}|(?:{behind})\.(?={SPACE}(?:[0-9]|(?!{starters}\b)[A-ZÄÖÜ][^\W\d_])))?"


def is_other(written: str) -> bool:
    """Whether a symbol differs from a unit only in case: one of chemistry, the plural of an acronym."""
    return written in _OTHER or (written[:-1].isupper() and written[-1] == "s" and len(written) > 2)


def lookalikes(
    speech: Speech, units: Mapping[str, Noun], ends: Callable[[re.Match[str]], bool]
) -> Callable[[re.Match[str]], bool]:
    """Return what tells whether a unit in the middle of a sentence is a word of the language: tre ma non due, el 7 ha ganado; but 12 ha de olivos.

    Args:
        speech: the language.
        units: its units by symbol.
        ends: whether nothing follows a unit that it could belong to as a word.
    """
    words, habitual = (frozenset(speech.data.texts(name)) for name in ("unit_words", "units_round"))
    of = re.compile(rf"{SPACE}{any_of(speech.data.texts('unit_word_links'))}(?!\w)")

    def is_word(match: re.Match[str]) -> bool:
        written = match["unit"]
        if written in habitual and match["gap"]:
            return not _is_common(match.groupdict().get("a") or "")
        if written not in words or not match["gap"] or match["power"] or match["per"]:
            return False
        return written not in units or not (ends(match) or of.match(match.string, match.end()))

    return is_word


def nearest(written: str, units: Mapping[str, Sequence[str]]) -> str | None:
    """Return the symbol that differs from what is written in the case of the fewest letters.

    Args:
        written: a unit in any case.
        units: symbols by their lower case.
    """
    return max(units.get(written.lower(), ()), key=lambda symbol: _same_case(symbol, written), default=None)


def _same_case(symbol: str, written: str) -> int:
    return sum(a == b for a, b in zip(symbol, written, strict=True))


def _small(word: str) -> str:
    """Return a word without its capital, which German nouns lose after a prefix."""
    return word[:1].lower() + word[1:]


def all_units(speech: Speech) -> dict[str, Noun]:
    """Return the units of the language by symbol: those written out, and every SI unit with every prefix."""
    data = speech.data
    units: dict[str, Noun] = {}
    for symbol, base in data.nouns("si_units").items():
        units[symbol] = base
        for prefix, name in data.table("si_prefixes").items():
            units[prefix + symbol] = Noun(name + _small(base.one), name + _small(base.many), base.gender)
    for symbol in data.texts("units_never"):
        units.pop(symbol, None)
    named = data.nouns("units")
    # Spanish and Portuguese keyboards have the ordinal mark, which is typed for degrees.
    typed = {f"º{symbol[1:]}": unit for symbol, unit in named.items() if symbol in {"°C", "°F"}}
    return units | typed | named


def by_lower(units: dict[str, Noun]) -> dict[str, list[str]]:
    """Return symbols of two letters or more by their lower case, for texts that are careless about case."""
    found: dict[str, list[str]] = {}
    for symbol in units:
        if len(symbol) > 1:
            found.setdefault(symbol.lower(), []).append(symbol)
    return found


def large_numbers(data: VerbalData) -> tuple[dict[str, str], str]:
    """Return millions and the like by their lower case, and the pattern of one, if any, between a number and its unit: 150 million km, 149.6M km.

    Only a space keeps such a letter from being part of the unit. A language that links the two, millions de kilomètres, has no letters there.
    """
    words, letters = data.table("magnitude_words"), data.table("magnitude_letters")
    link = data.table("phrases").get("magnitude", "").format(number="", unit="").strip()
    short = {} if link else {letter: letters[letter] for letter in "MB" if letter in letters}
    named = {letter.lower(): said for letter, said in short.items()} | dict(words)
    spelled = rf"(?<={SPACE})(?i:{any_of(words)})"
    return named, rf"(?:{SPACE}?(?P<mag>{spelled}|(?<=[0-9]){any_of(short)}(?={SPACE}))(?:\b|(?<=\.)))?"


def _is_common(number: str) -> bool:
    """Whether so many hours are common: 2 HR, 48 HR; 54 HR are home runs, or beats of a heart."""
    return not number.isdigit() or int(number) <= _HALF_A_DAY or int(number) % _HALF_A_DAY == 0
