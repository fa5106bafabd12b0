"""The units of a language by their symbols."""

from legato.text.verbal.speech import Speech
from legato.text.verbal.tables import Noun

_METRIC = frozenset({"g", "kg", "t", "mm", "cm", "m", "km", "ml", "mL", "l", "L"})
_IMPERIAL = frozenset({"oz", "lb", "lbs", "in", "ft", "yd", "mi", "miles", "gal", "qt", "pt"})


def is_same_quantity(unit: str, under: str) -> bool:
    """Whether two symbols measure in two systems: 23kg/50lb says one thing twice."""
    return (unit in _METRIC and under in _IMPERIAL) or (unit in _IMPERIAL and under in _METRIC)


def same_case(symbol: str, written: str) -> int:
    """How many letters of two spellings of one length are of the same case."""
    return sum(a == b for a, b in zip(symbol, written, strict=True))


def _small(word: str) -> str:
    """German nouns lose their capital behind a prefix."""
    return word[:1].lower() + word[1:]


def all_units(speech: Speech) -> dict[str, Noun]:
    """The units of the language by symbol: those written out, and every prefix before every SI unit."""
    data = speech.data
    units: dict[str, Noun] = {}
    for symbol, base in data.nouns("si_units").items():
        units[symbol] = base
        for prefix, name in data.table("si_prefixes").items():
            units[prefix + symbol] = Noun(name + _small(base.one), name + _small(base.many), base.gender)
    for symbol in data.texts("units_never"):
        units.pop(symbol, None)
    return units | data.nouns("units")


def by_lower(units: dict[str, Noun]) -> dict[str, list[str]]:
    """Symbols of two letters and more by their lower case, for texts that do not keep to the case."""
    found: dict[str, list[str]] = {}
    for symbol in units:
        if len(symbol) > 1:
            found.setdefault(symbol.lower(), []).append(symbol)
    return found
