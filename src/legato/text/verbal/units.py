"""The units of a language by their symbols."""

from legato.text.verbal.speech import SPACE, Speech, any_of
from legato.text.verbal.tables import Noun

SHORT_STOP = rf"(?:(?<=[a-z]{{3}})\.(?=[,;:)]|{SPACE}[a-zà-ÿ]))?"
"""The stop of a short form that does not end its sentence: por pers., al día."""
_METRIC = frozenset({"g", "kg", "t", "mm", "cm", "m", "km", "ml", "mL", "l", "L"})
_IMPERIAL = frozenset({"oz", "lb", "lbs", "in", "ft", "yd", "mi", "miles", "gal", "qt", "pt"})


def is_same_quantity(unit: str, under: str) -> bool:
    """Whether two symbols belong to different systems: 23kg/50lb says one thing twice."""
    return (unit in _METRIC and under in _IMPERIAL) or (unit in _IMPERIAL and under in _METRIC)


def stop_behind(speech: Speech) -> str:
    """Return the pattern of a stop that is part of a unit, as what follows shows; it may match nothing.

    In a language whose nouns have a capital, a noun may follow as well if the unit is written with a stop: 10 Min. Verspätung.
    """
    goes_on = "[a-z0-9(=≈×+$€£]" if speech.decimal == "." else "[a-zà-ÿ(=≈×+$€£]"
    stop = rf"(?:(?<=[a-z])|(?<=/[A-Z]))\.(?={SPACE}?[,;:)]|{SPACE}{goes_on})"
    dotted = speech.data.texts("units_dotted")
    if not dotted:
        return f"(?:{stop})?"
    behind = "|".join(rf"(?<=[0-9 \u00a0\u202f]{unit})" for unit in dotted)
    starters = any_of(speech.data.texts("sentence_starters"))
    return rf"(?:{stop}|(?:{behind})\.(?={SPACE}(?:[0-9]|(?!{starters}\b)[A-ZÄÖÜ][^\W\d_])))?"


def same_case(symbol: str, written: str) -> int:
    """Return how many letters of two spellings of one length have the same case."""
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
