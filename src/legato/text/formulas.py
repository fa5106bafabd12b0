"""Bare mathematics in prose: where it may stand. The maths reader decides whether it is mathematics."""

import re
from collections.abc import Callable, Iterator

from legato.text.maths.plain import FUNCTIONS
from legato.text.pieces import Piece
from legato.text.quantities import QUANTITY, is_quantity
from legato.text.short_words import SHORT_WORDS

LONGEST_CHARS = 200

_SIGN = re.compile(
    r"\dπ|(?<![^\W_])(?:sqrt|log|ln|exp|(?:arc)?(?:sin|cos|tan)|max|min|gcd|det)\d{0,2}\(|(?<![^\W_])[a-zA-Z]_\{"
    r"|\)\s?/\s?\(|(?<![^\W_])[a-zA-ZΘΩ]\([a-zA-Z0-9](?:[a-z0-9 ,+-]{0,12})\)|(?<![^\W_])[a-zA-Z]\([a-zA-Z]\([a-z0-9]{1,3}\)\)|[\^√∛∼≤≥≠≈≡±×÷∑∏∫∂∇∞∈∉⊂⊆∪∩→⇒⇔∀∃²³⁴⁵⁶⁷⁸⁹⁰¹⁻ⁿ₀-₉=<>*]"
)
_MARKED = re.compile(r"[π(_\^√∛∼≤≥≠≈≡±×÷∑∏∫∂∇∞∈∉⊂⊆∪∩→⇒⇔∀∃²³⁴⁵⁶⁷⁸⁹⁰¹⁻ⁿ₀-₉=<>*]")
"""Every sign contains one of these: searching for a set is ten times as fast as searching for the signs."""
_CLAIMED = re.compile(r"= (?=[^=]*[=≈×÷·√∫∑π(/^])")
"""What a quantity that is named in words equals: Area "= π × r²"."""
_PAID = re.compile(r"\s?[=≈]\s?[$€£][\d.,]{1,20}\Z")
_OF_MONEY = re.compile(r"[$€£]\d[\d.,]{0,20}\s?[×*]\s?(?=\()")
"""Money at either end, which is not part of the formula."""
_ASIDE = re.compile(r"\d[\d,.]*\s(?=\([a-zA-Z]\s?[=<>≤≥≈][^()]*\))")
"""A number that belongs to the sentence, before a bracket that gives a value."""
_TOLD_FIRST = re.compile(r"[$€£]?\d[\d.,]*%?: (?=[^:]*$|[^:]*\s)(?!\d+\Z)")
"""A number that belongs to the sentence, before a colon that its calculation follows: 15% of "240: "0.15 × 240 = 36."""
_LABEL = re.compile(r"(?:[Aa] )?[A-Za-z][0-9]{0,3}: (?=[^:]*[=≈])")
"""The name of what a calculation belongs to: "Q1: "5 + 7 = 12."""
_SHARE_AGAIN = re.compile(r" \([≈~]? ?\d[\d.,]* ?%\)\Z")
"""A value said once more as a percentage, which is no factor: 1/6 ≈ 0.167" (16.7%)"."""
_ARTICLE = re.compile(r"[Aa] \d[^=<>]*\Z|[èéà] |\([0-9]{1,3}[a-z]?\)[:,] ")
_PLAIN_BEFORE = re.compile(r"[^\W\d_]{2}\s\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_RAISED = "²³⁴⁵⁶⁷⁸⁹ⁿ"
_POWER = re.compile(f"[a-zA-Z][{_RAISED}]")
_MEASURED = re.compile(r"(?:\d\s?|\d\s?[^\W\d_]{1,4}/|\b(?:per|pro|je|par|por|al)\s)\Z")
"""What makes the letter after it a unit: a number, or a word such as `per`."""
_RATE = re.compile(r"[=≈] ?[\d.,]{1,12} ?[^\W\d_]{1,3}/\Z")
"""A value given to a sign, up to the last part of its unit: a = 5 m/"s²"."""
_UNIT = re.compile(
    r"[kcmµnMG]?(?:Hz|Pa|eV|mol|Wh)|[kcmµn]m|[kmµ]g|m[sLVA]|k[WVNJ]|M[WVB]|GB|min|ft|mi|oz|lb|m"
)
_COUNTED_AREA, _SUMMED = (
    re.compile(r"(?:\A|[.,;:] |[^\d=+−*/^×÷., -] ?)\d[\d.,]*\Z"),
    re.compile(r" ?[-+−=*/^×÷]"),
)
_VALUE = re.compile(r"[=≈≤≥<>]\s?[-−]?\d[\d.,]{0,8}\s?\Z")
"""A value given to a sign; the unit after it belongs to the formula."""
_GREEK = re.compile(
    r"[α-ωΑ-Ω][a-zA-Z]?[²³⁴⁵]?|[a-zA-Z]{0,2}[ħℏπ][²³]?|[ik][θωφ][a-z]?|[a-zA-Z][ωλνθρΔ][A-Z]?|(?:sin|cos|tan|sec|csc|cot|log)[²³]?[α-ω]"
)
"""A Greek letter and at most one other, or a function of it: a product, not a word."""
_COUNTED = re.compile(r"(?:[a-zADEGLMPQRTVXZ][₀-₉ₐₑₒₓₙᵢⱼₖ]){1,2}|d[²³][a-z]")
"""Letters with subscripts, none of them a chemical element by itself, and the top of a second derivative."""
_HALVED = re.compile(rf"[½⅓⅔¼¾](?![cdkm]?m[{_RAISED}])[a-zA-Z]{{1,3}}[{_RAISED}]")
"""Part of a product: ½kx², but not ½m²."""
_LINKED_BEFORE, _LINKED_BEHIND = re.compile(r"[=+−] \Z"), re.compile(r" [+−-] ")
_NO_PRODUCTS = SHORT_WORDS | {
    "mm", "cm", "km", "kg", "mg", "ml", "ft", "sq", "mi", "oz", "lb", "hr", "yd", "pt", "qt", "gb", "mb", "tb", "kb", "kw", "ha", "ms",
}  # fmt: skip
_PRODUCTS = frozenset(
    {
        "ad",
        "cd",
        "bd",
        "dx",
        "dy",
        "dt",
        "xy",
        "ab",
        "ac",
        "bc",
        "mc",
        "ax",
        "bx",
        "kx",
        "nx",
        "vt",
        "rt",
        "pv",
        "ma",
        "mx",
        "mv",
        "hf",
        "bh",
        "lw",
        "lwh",
        "mgh",
        "nrt",
        "prt",
    }
)
"""Letters side by side that are more often a product than a word."""
_PARTS = re.compile(r"(?:(?<=, )|(?<![^\s]))(?:[OΘΩ]\([^(),]*\)|[^\s,][^,=]*=[^,]*)(?=,\s|\Z)")
"""Text between commas that may be one formula of a list."""
_OF_FREEDOM = re.compile(r"[²³]\(\d")
"""Not a product but the degrees of freedom of a statistic: χ²(3) = 7.8."""
_SHORT_FORM = re.compile(r".{0,3}?(?<!\w)[a-zA-Z]\. [a-zA-Z]\.(?=[\s,])")
"""Two letters with their stops: d. h., z. B."""
_LEFT = frozenset(" \t\n(\"“'‘—–")
_RIGHT = frozenset(" \t\n)\"”'’.,;:!?—–")
_ASKING = re.compile(r"(?<!\w)(Is|È|É)\s\Z")
"""The verb of a question; in lower case it leads to a whole statement: the answer is x < 5."""
_CLOSED = re.compile(r"[\"'“”’]?[\])}]{1,4}[.,;:] ")
"""The end of what a word began, before a run: dict["key"]; a->b."""
_EDGE = ' \t.,;:!?"“”'


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a run without the brackets that set it apart from the sentence."""
    if text[start] != "(" or text[end - 1] != ")" or (start and text[start - 1] not in _LEFT):
        return start, end
    depth = 0
    for at in range(start, end):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return (
                (start + 1, end - 1)
                if at == end - 1 and start and _PLAIN_BEFORE.search(text, 0, start)
                else (start, end)
            )
    return start, end


def is_unmarked(text: str) -> bool:
    """Whether nothing in a text could be a sign of mathematics."""
    return _MARKED.search(text) is None


def candidates(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each run between two ordinary words that has a sign of mathematics in it; linear, at most 200 characters."""
    if is_unmarked(text) or not _SIGN.search(text):
        return
    start = 0
    for match in _WORD.finditer(text):
        if _is_ordinary(text, match):
            yield from _run(text, start, match.start())
            start = match.end()
    yield from _run(text, start, len(text))


def may_begin(tail: str) -> bool:
    """Whether the last word of a text may be the first of a formula: BC (= 4 cm), tan (θ = 0.58)."""
    word = tail.rstrip().rpartition(" ")[2].lstrip("(").lower()
    return word in FUNCTIONS or word in _PRODUCTS


def read_formulas(
    text: str, plain: Callable[[str], list[Piece] | None]
) -> Iterator[tuple[int, int, list[Piece]]]:
    """Yield start, end and reading of each candidate that is mathematics; if a list as a whole is not, its parts are tried one by one.

    Args:
        text: prose.
        plain: reads bare mathematics; returns None for anything else.
    """
    for start, end in candidates(text):
        if (pieces := plain(text[start:end])) is not None:
            yield start, end, _asked(text, start, pieces)
            continue
        for part in _PARTS.finditer(text, start, end) if ", " in text[start:end] else ():
            found = None if _OF_FREEDOM.search(part.group()) else plain(part.group())
            if found is not None:
                yield part.start(), part.end(), found


def _asked(text: str, start: int, pieces: list[Piece]) -> list[Piece]:
    """Return the reading of a formula without its verb if that stands before it: Is x < 5?"""
    verb = _ASKING.search(text, max(0, start - 3), start)
    if verb is None:
        return pieces
    double = f" {verb[1].lower()} "
    at = next((at for at, piece in enumerate(pieces) if piece.text.startswith(double)), None)
    if at is None:
        return pieces
    relation = pieces[at]
    bare = Piece(f" {relation.text.removeprefix(double)}", relation.start, relation.end, relation.rule)
    return [*pieces[:at], bare, *pieces[at + 1 :]]


def _is_ordinary(text: str, match: re.Match[str]) -> bool:
    word = match.group()
    if len(word) == 1 and _SHORT_FORM.match(text, max(0, match.start() - 3)):
        return True
    if len(word) == 1 or word.lower() in FUNCTIONS or word.rstrip(_RAISED).lower() in _PRODUCTS:
        return word == "I" or (word == "w" and text.startswith("/ ", match.end()))
    if _HALVED.fullmatch(word):
        return False
    if _GREEK.fullmatch(word) or _COUNTED.fullmatch(word) or not word[0].isalpha():
        return False
    if _POWER.fullmatch(word) and (
        not _MEASURED.search(text, max(0, match.start() - 8), match.start())
        or _RATE.search(text, max(0, match.start() - 24), match.start())
    ):
        return False
    if word in {"m²", "m³"} and _is_area(text, match):
        return True
    following, before = text[match.end() : match.end() + 1], text[match.start() - 1 : match.start()]
    if _UNIT.fullmatch(word.rstrip("²³")) and _VALUE.search(text, max(0, match.start() - 16), match.start()):
        return False
    if len(word) == 2 and (before.isdigit() or _SIGN.match(following) or (before and before in "=+*·")):
        return False
    if len(word) == 2 and word.isascii() and _is_product(text, match):
        return False
    return following not in {"(", "_", "^"} or following == ""


def _is_area(text: str, match: re.Match[str]) -> bool:
    """Whether a number directly before metres makes an area or a volume: 12m², outside of a sum."""
    start = match.start()
    counted = _COUNTED_AREA.search(text, max(0, start - 16), start)
    return counted is not None and _SUMMED.match(text, match.end()) is None


def _is_product(text: str, match: re.Match[str]) -> bool:
    """Whether two letters are a product because they follow an equals sign, are part of a sum, or are a power: y = "mx" + b, ^("nt")."""
    if match.group().lower() in _NO_PRODUCTS:
        return False
    start = match.start()
    return (
        bool(_LINKED_BEFORE.search(text, max(0, start - 2), start) or _LINKED_BEHIND.match(text, match.end()))
        or text[max(0, start - 2) : start] == "^("
    )


def _opened(text: str, start: int, end: int) -> int:
    """Return where a run begins: after the bracket of an aside that it does not close, as the aside goes on in words."""
    depth = 0
    for at in range(end - 1, start - 1, -1):
        depth += {")": 1, "(": -1}.get(text[at], 0)
        if depth < 0:
            return at + 1 if at == start or text[at - 1].isspace() else start
    return start


def _unpaid(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a run without the equals sign after a name in words, and without amounts of money at its ends."""
    claimed = _CLAIMED.match(text, start, end) if start else None
    if claimed and not QUANTITY.search(text, start, end):
        start = claimed.end()
    if led := _OF_MONEY.match(text, start, end):
        start = led.end()
    if paid := _PAID.search(text, max(start, end - 24), end):
        end = paid.start()
    return start, end


def _unled(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a run without the article before it, and without a number or a name of the sentence that it explains."""
    if article := _ARTICLE.match(text, start, end):
        start += len(article.group()) if text[start] == "(" else 2
    told = _TOLD_FIRST.match(text, start, end) or _LABEL.match(text, start, end)
    return told.end() if told else start, end


def _run(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    start, end = _trimmed(text, _opened(text, start, end), end)
    if (start and text[start - 1] not in _LEFT) or (end < len(text) and text[end] not in _RIGHT):
        return
    if end - start < 3 or end - start > LONGEST_CHARS or not _SIGN.search(text, start, end):
        return
    if (aside := _ASIDE.match(text, start, end)) and text[end - 1] == ")":
        start, end = aside.end() + 1, end - 1
    start, end = _unpaid(text, *_unled(text, start, end))
    if end - start < 3 or not _SIGN.search(text, start, end):
        return
    start, end = _bare(text, start, end)
    if not is_quantity(text, start, end):
        yield start, end


def _is_factorial(text: str, start: int, end: int) -> bool:
    """Whether a run ends with the factorial of a bracket, as another one before it says: n! = n·(n−1)!."""
    return text.startswith(")!", end - 2) and "!" in text[start : end - 2]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a run without the marks and the brackets at its ends that belong to the sentence."""
    if closed := _CLOSED.match(text, start, end):
        start = closed.end()
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE and not _is_factorial(text, start, end):
        end -= 1
    while text[end - 1 : end] == ")" and text.count("(", start, end) < text.count(")", start, end):
        end -= 1
    again = _SHARE_AGAIN.search(text, max(start, end - 24), end)
    return start, again.start() if again else end
