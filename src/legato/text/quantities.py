"""Quantities with a sign of mathematics that the verbaliser reads: sizes, doses, powers of ten with a unit. They are no formulas."""

import re

_SCIENTIFIC = re.compile(
    r"(?:\d[\d.,]*[-–])?\d[\d,]*(?:\.\d+)?\s?[×x*·]\s?10(?:\^\{?[-−+]?\d{1,3}\}?|[⁻⁺]?[⁰¹²³⁴-⁹]{1,3})(?:\s[^\W\d_]{1,6}(?:/[^\W\d_]{1,6})?|\s?/[^\W\d_]{1,3})?"
)
_ROUGHLY = re.compile(r"[≈<>≤≥]\s?[$€£]?\d[\d.,]*[kKMBT]?")
_TOLD = re.compile(r"[a-zA-Z]\s?=\s?\d{1,12}(?:[.,\u00a0\u202f ]\d{1,9}){0,4}")
"""A letter and its value, which needs no rule of mathematics: n = 1,500, n = 1.500, n = 1 500."""
_SIZE = re.compile(
    r"\d[\d,.]*×\d[\d,.]*(?:×\d[\d,.]*)?(?:[cmk]?m|ft|in)?|\d{1,2} ?× ?\d[\d.,]*(?:k?W|V|m?Ah?|Wh|[GT]B|MP|oz|lbs?|m?g)"
)
_SIDES = re.compile(r"\d[\d,.]*(?:\s×\s\d[\d,.]*){1,2}\s?")
_LENGTH = re.compile(r"\s?(?:[cmk]?m|in|ft|px|pixels)\b")
_WORDED = r"[ \u00a0](?:[cmkµμ]?m|ft|in|mi|yd|[kmµμ]?g|lbs?|oz|m?[lL]|hrs?|h|mins?|secs?|m?s|[kKMGT]B|mph|[kM]?[VWNJK]|m?A|[kMG]?Hz|k?Pa|psi)(?![\w²³/])"
_RATED = r"[ \u00a0](?:[ck]?m|mi|ft|[kmµ]?g|m?[lL]|[kM]?Wh?)/(?:hr?|min|s|day|kg|m?[lL])(?![\w²³/])"
_OF_QUANTITIES = re.compile(
    rf"[×÷*≠±−+] (?:[\s\d.,%²³×÷+−±*/=≈≠<>≤≥-]|[$€£¥](?=\d)|(?<=\d){_WORDED}|(?<=\d){_RATED})*"
)
"""What follows a quantity whose unit is a word: 2 ft "× 3" ft."""
_OF_NUMBERS = re.compile(r"[\s\d.,%×÷+−±*=≈≠-]*\d")
_SIDED = re.compile(
    r"(?:a )?\d[\d,.]*['′\"″] ?× ?\d[\d,.]*['′\"″](?: ?× ?\d[\d,.]*['′\"″])?|\d[\d,.]* ?(?:[cmk]?m|ft|in)(?: ?× ?\d[\d,.]* ?(?:[cmk]?m|ft|in)){1,2}(?: ?= ?\d[\d,.]* ?(?:[cmk]?m|ft|in)[²³])?"
)
"""The sides of a thing, each with its unit."""
_DOSED = re.compile(r"(?:q[0-9]{1,2}(?:[-–][0-9]{1,2})?h,? )?× ?[0-9]{1,3}(?: ?d)?")
"""How often and how long a medicine is taken: 500 mg "q12h × 10" days."""
_SIMPLE = r"(?:[cdkmµ]?[mglL]|min|[hstd])(?!\w)"
_EXCHANGE = rf"\d[\d.,]* ?{_SIMPLE}(?: ?[=≈] ?\d[\d.,]*(?: ?{_SIMPLE})?){{1,3}}"
_EXCHANGED = re.compile(rf"{_EXCHANGE}(?:, {_EXCHANGE}){{0,5}}(?:, \d[\d.,]*)?")
"""One quantity in other units: 1 h = 60 min."""
_INVERSE = re.compile(r"\d[\d.,]* (?:m|kg|g|J|W|N)?[ ·]?(?:s|min|h|mol|kg|g|L|m|cm)⁻[¹²³]")
"""A quantity by a unit: 0.05 s⁻¹, 3 m s⁻²."""
_ION = re.compile(r"(?:K|Na|Li|H|Ca2|Mg2)\+ \d[\d.,]*")
"""What is measured in blood, before its unit: K+ 4.1 mmol/L."""
_MEASURE = re.compile(_WORDED)
QUANTITY = re.compile(rf"\d{_WORDED}")
"""A number and its unit in short letters: 3 km."""
_RESULT = re.compile(r"\s*=|(?<!\d{3}×\d{3})(?<!\d{3}×\d{4})\s*(?:is\b|equals\b|makes\b|gives\b)")
_COUNTED_GROUP = re.compile(r"\)[₂-₉]")
"""The end of a group of atoms, whose formula is longer: Al₂(SO₄)₃."""
_BY_THEMSELVES = (_SCIENTIFIC, _ROUGHLY, _TOLD, _OF_QUANTITIES, _SIDED, _DOSED, _INVERSE)
"""What is a quantity whatever stands around it."""


def is_quantity(text: str, start: int, end: int) -> bool:
    """Tell whether a run is left to the verbaliser: sizes, and numbers with a power of ten and a unit, are not formulas."""
    if any(pattern.fullmatch(text, start, end) for pattern in _BY_THEMSELVES):
        return True
    if _is_exchange(text, start, end):
        return True
    if _ION.fullmatch(text, start, end) and text[end + 1 : end + 2].isalpha():
        return True
    if text[start - 1 : start] == "(" and _COUNTED_GROUP.match(text, end):
        return True
    if _OF_NUMBERS.fullmatch(text, start, end) and _MEASURE.match(text, end):
        return True
    if _SIDES.fullmatch(text, start, end) is not None and _LENGTH.match(text, end) is not None:
        return True
    return _SIZE.fullmatch(text, start, end) is not None and _RESULT.match(text, end) is None


def _is_exchange(text: str, start: int, end: int) -> bool:
    """Whether a run gives one quantity in other units; the last of them may be a word behind the run."""
    if not _EXCHANGED.fullmatch(text, start, end):
        return False
    return text[end - 1].isalpha() or text[end + 1 : end + 2].isalpha()
