"""Bare mathematics in prose: `x^2 + y^2 = z^2`, `√2 ≤ 3/2`, `f(x) = 2x`, `H2O`.

It must be distinguished from everything else with signs in it: paths, versions, code, ranges, `and/or`. So every part must be
mathematics, and at least one of them unmistakably so. What passes is rewritten as LaTeX, with the place that each
character came from.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from legato.text.maths import chemistry
from legato.text.maths.latex import LatexParser
from legato.text.maths.nodes import Node, row
from legato.text.short_words import SHORT_WORDS

_UNIT = r"(?:[kcmµnMG]?(?:Hz|Pa|eV|mol|Wh)|[kcmµn]m|[kmµ]g|m[sLVA]|k[WVNJ]|M[WVB]|GB|min|ft|mi|oz|lb|°[CF]|(?<=\s)[mgsLWVNJKh])"
_TOKEN = re.compile(
    rf"(?P<unit>(?<=[\d⁰¹²³⁴-⁹])\s?{_UNIT}(?:/(?:s|h|m|L|kg|mol|K|min))?(?:\^?[23]|[²³])?(?=[,.;)]|\s*\Z|(?<=[^\s\d]{{2}})\s*[=≈+−×÷<>≤≥⇒→⇔]|(?<=[^\s\d]{{2}})\s/\s\d))"
    r"|(?P<space>\s+)|(?P<dressed>[A-Za-zα-ω][\u0302-\u0305\u0307]|[ȳŷ])|(?P<sci>\d(?:\.\d+)?[eE]-?\d{1,3}(?!\w))|(?P<num>\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<word>[A-Za-z]+)"
    r"|(?P<pair>===|!==|<=>|<->|->|=>|<=|>=|!=|/=|:=|\*\*|~=|\+-|\+/-|<<|>>|==|\+\+|--|&&|\|\||//|::)"
    r"|(?P<greek>[α-ωΑ-Ωϵϕ])|(?P<raised>[⁰¹²³⁴-⁹⁺⁻⁽⁾ⁿ]+)|(?P<lowered>[₀-₉₊₋ₐₑₒₓₙᵢⱼₖ]+)|(?P<sign>.)",
    re.DOTALL,
)
_PAIRS = {
    "<=>": r"\iff", "<->": r"\leftrightarrow", "->": r"\to", "=>": r"\implies", "<=": r"\leq", ">=": r"\geq", "!=": r"\neq", "/=": r"\neq",
    ":=": ":=", "**": "^", "~=": r"\approx", "+-": r"\pm", "+/-": r"\pm", "<<": r"\ll", ">>": r"\gg",
}  # fmt: skip
_PARTS = {"½": "1}{2", "⅓": "1}{3", "⅔": "2}{3", "¼": "1}{4", "¾": "3}{4"}
"""A part of what follows it: ½mv². Behind a digit it is part of a number, which is no formula."""
_SUMS = {"Σ": "\\sum", "Π": "\\prod"}
_SCRIPTS = frozenset("_^")
"""After a capital sigma or pi, these begin the bounds of a sum or a product."""
_ARROWS = frozenset("→⇒↔⇔")
_DRESSES = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot"}
_DIFFERENTIALS = frozenset({"dx", "dy", "dt"})
_BRACES = frozenset("{}")
_CODE = frozenset({"===", "!==", "==", "++", "--", "&&", "||", "//", "::"})
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ", "0123456789+-()n", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₒₓₙᵢⱼₖ", "0123456789+-aeoxnijk", strict=True))
_POWERS = str.maketrans("²³", "23")
_COUNTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SIGNS = frozenset("+-−*/=<>()[]{}|!,.'′^_:;√∛∞≤≥≠≈≡±∓×÷·∑∏∫∂∇∈∉⊂⊆∪∩∅→⇒⇔↔∀∃¬∧∨∝∼≅°%π…∠⊥∥ℝℕℤℚℂ⟨⟩⌊⌋⌈⌉∘ℏħ ")
_STRONG = frozenset("^√∛∞≤≥≠≈≡±×÷∑∏∫∂∇∈∉⊂⊆∪∩∅→⇒⇔∀∃¬∧∨∝≅=<>∼")
FUNCTIONS = frozenset({
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln", "exp", "sqrt", "lim", "max", "min", "det", "gcd", "mod",
})  # fmt: skip
"""Words that are functions wherever they stand in a formula."""
_STOP = SHORT_WORDS | {
    "and", "are", "but", "can", "did", "for", "get", "got", "had", "has", "her", "him", "his", "how", "its", "let",
    "not", "now", "off", "one", "our", "out", "she", "the", "too", "two", "use", "was", "way", "who", "why", "yes",
    "you", "all", "any", "new", "old", "per", "via", "src", "href",
}  # fmt: skip
_PRODUCTS = frozenset({"lwh", "mgh", "nRT", "Prt", "prt"})
"""Three letters that are always a product in mathematics."""
_LIMIT = re.compile(r"(?<!\w)lim ?([a-zθ] ?(?:→|->) ?(?:[-−+]?(?:∞|\d{1,9}|[a-zπ]))[⁺⁻]?)(?= )")
"""A limit whose variable stands after it, not below it."""
_DOTTED = re.compile(r"[A-Za-z]\.[A-Za-z]")
_RAISED_LETTER = re.compile(r"[A-Za-z)][⁰¹²³⁴-⁹⁻ⁿ₀-₉]")
_MEASURED = re.compile(r"[±≈~]?\s?[\d.,]+\s?(?:(?:→|->)\s?[\d.,]*\s?)*(?:[;:] ?\d*[a-z]*)?")
"""A value with its tolerance, or one that becomes another: numbers in prose, which may have units."""
_NO_NUMBER = re.compile(
    r"\d\.\d+\.\d|\d\.\.\d|~=|(?<!\S)['’]|[A-Z]\d+ ?(?:→|->) ?[A-Z]\d+\Z|[QH][1-4] ?['’]\d\d"
)
"""A version, a range of numbers, a string in a program, a seat that is changed for another, or a quarter of a year."""
_STEPS = re.compile(r"%|\d\s?(?:[gmshLl]|kg|m[lLgm]|cm|km|°[CF])\b|\b(?:min|max)\b|\d.*:|:.*\d")
"""Shows that an arrow stands between everyday quantities: it leads on, and nothing goes to a limit."""
_FOLLOWS = re.compile(r"\A(?:[^→]*=[^→]*|\s?\d[\d.]*\s?)→[^→]*=")
"""An arrow from an equation, or from a number, to the next equation."""
_RATIO = re.compile(r"[a-z]/[a-z]|d[a-z]/d[a-z]")
_NOT_RATIOS = frozenset({"w/o", "c/o", "y/n", "a/c", "n/a", "i/o", "s/o", "h/t", "b/w", "b/c"})
_CALL = r"(?:sqrt|log|ln|exp|(?:arc)?(?:sin|cos|tan)|max|min|gcd|det)\d{0,2}\([^()=<>]{1,24}\)"
_ALONE = re.compile(
    r"[a-z0-9]+!|\d+\s*[*·×]\s*\d+(?:\s*[*·×]\s*\d+)*|[OΘΩ]\([^()]+\)|[a-zA-Z]\((?:[a-zA-Z]\([a-z0-9]{1,3}\)|[a-z0-9 ,+-]){1,8}\)|[a-zA-Z]\([a-zA-Z0-9][a-z0-9 ,+|-]{0,12}\)|\d*π[a-zA-Z]?|[a-zA-Z]_(?:[a-z0-9]|\{[^{}]*\})|"
    + _CALL
)
"""What is mathematics by itself, without any sign of a relation."""
_DERIVATIVE = re.compile(r"(?<![^\W_])d/d[xytz](?= ?[\[(])")
"""A derivative before the brackets of what it is taken of: d/dx (x² + 3x)."""
_SHARE = re.compile(r"(?<![\w.,^_/)\]}²³⁴-⁹])[1-9]\d?/[1-9]\d?(?![\w.,/^(]|\s?[!²³⁴-⁹])")
"""A fraction of two numbers, neither of which is bound more closely to anything else."""
_FORMULA = re.compile(r"(?:(?:H|C|N|O|F|Na|Mg|Al|Si|P|S|Cl|K|Ca|Fe|Cu|Zn|Ag|I|Br|Li)(?:[2-9]|1\d)?)+")
_NAMES = frozenset({"C3PO"})
_ESSENTIAL = re.compile(r"[HCNOF](?![a-z])|Cl")


def plain_tree(source: str, commands: Mapping[str, str]) -> Node | None:
    """Return the tree of bare mathematics, or None if `source` is anything else.

    Args:
        source: a stretch of prose that may be a formula.
        commands: canonical signs.
    """
    text = source.strip()
    if _is_compound(text.translate(_COUNTS)):
        at = source.index(text)
        return row([chemistry.parsed(text.translate(_COUNTS), at, (at, at + len(text)))], 0, len(source))
    if "→" in source and _FOLLOWS.search(text):
        source = source.replace("→", "⇒")
    found = _rewritten(source) if _is_maths(text) else None
    if found is None:
        return None
    latex, places = found
    tree = LatexParser(latex, commands).parse()
    _place(tree, [*places, len(source), len(source)])
    return tree


def _is_compound(text: str) -> bool:
    """Whether a text is a chemical formula: known elements with a count of at least 2, and no name such as C3PO."""
    if text in _NAMES or not _FORMULA.fullmatch(text) or not any(letter.isdigit() for letter in text):
        return False
    elements = set(re.findall(r"[A-Z][a-z]?", text))
    return bool(_ESSENTIAL.search(text)) and (
        len(elements) > 1 or bool(re.fullmatch(r"(?:[HNOF]|Cl|Br)[23]", text))
    )


def _is_maths(text: str) -> bool:
    if _ALONE.fullmatch(text) or (_RATIO.fullmatch(text) and text not in _NOT_RATIOS):
        return True
    if (
        not text
        or _MEASURED.fullmatch(text)
        or _NO_NUMBER.search(text)
        or ("→" in text and _STEPS.search(text))
        or _DOTTED.search(text)
        or text.lstrip("([ ")[:1] in tuple("<>=≤≥≈")
    ):
        return False
    return (
        any(sign in _STRONG for sign in text)
        or bool(_RAISED_LETTER.search(text))
        or any(pair in text for pair in ("->", "+-", "_{", ")/(", ") / ("))
    )


def _rewritten(source: str) -> tuple[str, list[int]] | None:
    """Return `source` as LaTeX and the place of each of its characters; None at the first thing that is not mathematics."""
    out: list[str] = []
    places: list[int] = []
    operands = 0
    grouped = False
    groups: list[bool] = []
    limit = _LIMIT.search(source) if "lim" in source else None
    shares = (
        {
            at: mark
            for shape in (_SHARE, _DERIVATIVE)
            for share in shape.finditer(source)
            for at, mark in _bars(share)
        }
        if "/" in source
        else {}
    )
    for found in _TOKEN.finditer(source):
        if limit and found.start() in limit.span(1):
            out.append("_{" if found.start() == limit.start(1) else "} ")
            places += [found.start()] * 2
        written = _as_latex(found.lastgroup or "", found.group(), source, found.end())
        if written is None:
            return None
        if written == "x" and _between_numbers(source, found.start(), found.end()):
            written = "\\times "
        if grouped and found.lastgroup == "num":
            written = "{" + written + "}"
        grouped = found.group() in {"√", "∛"} or written.endswith("_")
        operands += found.lastgroup in {"num", "sci", "word", "greek", "dressed"} or found.group() in "∞∅"
        if found.group() in _BRACES:
            written = _brace(found.group(), "".join(out[-1:]), groups)
        if found.start() in shares:
            written = shares[found.start()].replace("/", written)
        out.append(written)
        places += [found.start()] * len(written)
    latex = "".join(out)
    if source.strip()[-1] in _ARROWS:
        return None
    if not operands or latex.strip()[0] in "=^_/*" or latex.strip()[-1] in "=^_+-*/<>":
        return None
    return _grouped(latex), places


def _bars(share: re.Match[str]) -> Iterator[tuple[int, str]]:
    """Yield where the parts of a fraction stand, and how each is written between braces."""
    start, bar = share.start(), share.group().index("/")
    yield start, r"\frac{/}"
    yield start + bar, ""
    yield start + bar + 1, "{/}"


def _brace(sign: str, before: str, groups: list[bool]) -> str:
    """Return a brace in LaTeX: after `^` or `_` it groups, any other is the brace of a set."""
    if sign == "{":
        groups.append(before.endswith(("^", "_")))
        return sign if groups[-1] else f"\\{sign}"
    return sign if groups and groups.pop() else f"\\{sign}"


def _between_numbers(source: str, start: int, end: int) -> bool:
    """Whether a letter x stands where a multiplication sign would: 5 x 3."""
    return (
        source[:start].rstrip()[-1:].isdigit() and source[end:].lstrip()[:1].isdigit() and source[end] == " "
    )


def _as_latex(kind: str, text: str, source: str, end: int) -> str | None:
    if kind == "unit":
        bare = text.strip().rstrip("²³23^")
        power = text.strip()[len(bare) :].strip("^")
        return rf"\,\text{{{bare}}}" + (f"^{{{power.translate(_POWERS)}}}" if power else "")
    if kind == "sci":
        number, _, power = text.lower().partition("e")
        return f"{number}\\times 10^{{{power}}}"
    if kind == "dressed":
        parts = unicodedata.normalize("NFD", text)
        return f"\\{_DRESSES[parts[1]]}{{{parts[0]}}}"
    if kind == "pair":
        return None if text in _CODE else _PAIRS[text] + " "
    if kind == "word":
        return _word(text, source[end : end + 1])
    if kind == "raised":
        return "^{" + "".join(_RAISED.get(letter, "") for letter in text) + "}"
    if kind == "lowered":
        return "_{" + "".join(_LOWERED.get(letter, "") for letter in text) + "}"
    if kind == "sign":
        return _sign(text, source[max(0, end - 2) : end - 1])
    return _SUMS.get(text, text) if source[end : end + 1] in _SCRIPTS else text


def _sign(text: str, before: str) -> str | None:
    if text in _PARTS and not before.isdigit():
        return rf"\frac{{{_PARTS[text]}}}"
    if text in "√∛":
        return "\\sqrt " if text == "√" else "\\sqrt[3]"
    return ("\\%" if text == "%" else text) if text in _SIGNS else None


def _word(text: str, follower: str) -> str | None:
    if text == "log" and follower and follower in "0123456789":
        return "\\log_"
    if text in FUNCTIONS:
        return "\\sqrt " if text == "sqrt" else f"\\{text} "
    if text in {
        "pi",
        "theta",
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "lambda",
        "sigma",
        "mu",
        "omega",
        "phi",
        "infinity",
    }:
        return "\\infty " if text == "infinity" else f"\\{text} "
    if len(text) == 1 or text in _PRODUCTS:
        return text
    if len(text) > 2 or text.lower() in _STOP or (follower == "(" and text not in _DIFFERENTIALS):
        return None
    return text


def _grouped(latex: str) -> str:
    """Turn parentheses after `^`, `_` and a root into braces: they group without being said."""
    out = list(latex)
    openers: list[int] = []
    for at, sign in enumerate(latex):
        if sign == "(":
            openers.append(at)
        elif sign == ")" and openers:
            start = openers.pop()
            before = latex[:start].rstrip()[-6:]
            if before.endswith(("^", "_", "\\sqrt", "]")):
                out[start], out[at] = "{", "}"
    return "".join(out)


def _place(tree: Node, places: list[int]) -> None:
    stack = [tree]
    while stack:
        node = stack.pop()
        stack.extend(node.kids)
        last = places[max(node.end - 1, 0)]
        node.start, node.end = (
            places[min(node.start, len(places) - 1)],
            max(last, places[min(node.end, len(places) - 1)]),
        )
