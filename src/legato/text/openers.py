"""Protected spans: where code, maths, links and the like begin and end.

Rules:
- each reader looks ahead a bounded number of characters and answers with the span, None (the opener is an ordinary
  character) or WAIT (too little is known);
- every wait ends: at a line end, at the reader's limit, or when no more text comes.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from legato.text.atoms import SpanKind
from legato.text.citations import is_data, is_note

WAIT: Final = "wait"


@dataclass(frozen=True, slots=True)
class Found:
    """A protected span, in offsets of the text it was found in."""

    kind: SpanKind
    start: int
    end: int
    inner_start: int
    inner_end: int


Verdict = Found | None | Literal["wait"]

INLINE_CHARS = 600
DISPLAY_CHARS = 2000
LABEL_CHARS = 220
TARGET_CHARS = 2000
DEEPEST = 6
DEEPEST_GROUP = 16
LONGEST_RUN = 40
"""More backticks than this side by side are a drawn line."""
SHORTEST_FENCE = 3

_TICKS = re.compile(rf"`{{1,{LONGEST_RUN + 1}}}")
_FENCED = re.compile(
    r"[ \t]*[\w+#.:/-]{0,60}(?:[ \t]*\{[^}\n`]{0,60}\}|[ \t]+[\w-]{1,30}=[^\s`]{1,60}){0,4}[ \t]*(?:(?P<end>[\n\r])|\Z)"
)
"""What may follow the backticks of a fenced code block on their line: a language, and attributes."""
_BRACES = re.compile(r"[{}\[\]]")
_BRACKETS = re.compile(r"[\[\]\n]")
_PARENS = re.compile(r"[()\n<>\s]")
_CITATION = re.compile(r"\^[^\]]{1,40}|[1-9]\d{0,2}(?:\s?[,;–-]\s?\d{1,3}){0,8}|citation needed|source|\?")
_OPERATORS = frozenset("=+-*/∈<>")
"""After one of these, what a bracket encloses is part of a calculation."""
_CITED_TO = re.compile(r"[–-](?:\[(?:\d{1,3}(\])?)?)?")
"""Perhaps the end of a range of citations; the group has matched if it is one."""
_MONEY = re.compile(r"\$\.?\d[\d.,]*")
_TEX_AFTER_DIGITS = re.compile(
    r"\s?[\\^_+=*{<>/|]|%\$|\$(?!\d)|[a-zA-Z]{1,3}(?:\s?[\\^_+=*<>(/$-]|\s?,\s?[a-z]\b)|\s?-\s?[a-zA-Z]\b"
)
_TEX_BEGUN = re.compile(r"\s?|\$|%|[a-zA-Z]{1,3}\s?(?:,\s?[a-z]?)?|\s?-\s?[a-zA-Z]?")
"""Text that may still become what the pattern above looks for."""
_TEX_AHEAD_CHARS = 6
_TEX_SIGN = re.compile(r"[\\^_]")
_IN_WORD = re.compile(r"[A-Za-z]\Z|[A-Za-z][0-9]{1,8}\Z|(?<![\w$])[A-Za-z]\w{0,24}\$\Z")
"""The text before a dollar that stands for a letter of a word: Micro$oft, pa$$word."""
_SIGN_OF_AMOUNT = re.compile(r"[0-9](?:[ \u00a0\u202f]?(?:[A-Z]{1,3})?\$[,;:.!?)]|\$[/–—+-])\Z")
_AMOUNT_CHARS = 5
"""A dollar that is the sign of the amount before it, not the beginning of maths: 5 $, 10$/mois, 3 US$."""
_PROSE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{3,} [a-zA-Z]{2,} [a-zA-Z]{2,}")
_WORDS = re.compile(r"[A-Za-z]?[a-z]{3,24}(?: [a-z]{3,24}){0,8}")
"""Words whose brackets were escaped, and no formula: \\[optional\\]."""
_ENVIRONMENT = re.compile(r"\\begin\{([a-zA-Z]{1,20}\*?)\}")
_COMMAND = re.compile(r"\\([a-zA-Z]{2,24})")
_ESCAPED_LINE = re.compile(r"(?:\\[rn]){1,16}(?![a-z])")
"""A line end that was escaped twice on its way here."""
_OLD_QUOTE = re.compile(r"[a-zA-Z.,!?]'(?:\s|$)")
_SCRIPT = re.compile(r"\s?[\^_](?:[A-Za-z0-9]|\\[a-zA-Z]{1,24})")
_SCRIPT_BEGUN = re.compile(r"\s?(?:[\^_](?:\\[a-zA-Z]{0,24})?)?")
"""Text that may still become a raised or lowered sign behind a command."""


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


WITH_GROUPS = _names(
    "ce pu frac dfrac tfrac sqrt binom SI si qty num unit ang mathbb mathbf mathrm mathcal text overline underline vec hat bar "
    "boxed overrightarrow widehat tilde dot ddot operatorname"
)
SYMBOLS = _names(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi varphi chi "
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega times div cdot pm mp leq geq le ge neq ne approx equiv infty sum "
    "int prod partial nabla rightarrow leftarrow Rightarrow Leftrightarrow implies iff to mapsto in notin subset subseteq cup cap "
    "forall exists sin cos tan log ln lim degree circ angle perp parallel therefore because ldots cdots dots emptyset land lor neg "
    "sim cong propto"
)


def code(text: str, at: int, *, final: bool) -> Verdict:
    """Find inline code, from a run of backticks to the next run of the same length on the line, or a code block that opens within a line."""
    run = _TICKS.match(text, at)
    opened = run.end() if run else at
    if opened == len(text) and not final:
        return WAIT
    if opened - at > LONGEST_RUN:
        return Found(SpanKind.MARKER, at, opened, opened, opened)
    if text[opened : opened + 1].isspace() and (text[at - 1 : at].isalnum() and at > 0):
        return None
    ticks = text[at:opened]
    if len(ticks) >= SHORTEST_FENCE and (fenced := _FENCED.match(text, opened)):
        if fenced["end"] or opened == len(text):
            return Found(SpanKind.FENCE, at, opened, opened, opened)
        if not final:
            return WAIT
    end = _before_line_end(text, opened, INLINE_CHARS)
    closed = _run_of(text, ticks, opened, end)
    if len(ticks) == 1:
        quote = _OLD_QUOTE.search(text, opened, closed if closed >= 0 else end)
        if quote and "'" not in text[opened : quote.start() + 1] and (quote.end() < len(text) or final):
            return None
    if closed >= 0 and (closed + len(ticks) < len(text) or final):
        return Found(SpanKind.CODE, at, closed + len(ticks), opened, closed)
    return _unclosed(SpanKind.CODE, text, (at, opened, end), INLINE_CHARS, final=final)


def dollar(text: str, at: int, *, final: bool) -> Verdict:
    """Find maths between dollars; a dollar before digits is money unless a TeX sign follows them, and one in a word is a letter."""
    if at and _IN_WORD.search(text, max(0, at - 26), at):
        return None
    if at + 1 == len(text):
        return None if final else WAIT
    if text[at + 1] == "$":
        return _delimited(SpanKind.DISPLAY, text, at, ("$$", "$$"), final=final)
    if text[at + 1].isspace():
        return None
    if _SIGN_OF_AMOUNT.search(text, max(0, at - _AMOUNT_CHARS), at + 2):
        return None
    money = _MONEY.match(text, at)
    if money:
        ahead = text[money.end() : money.end() + _TEX_AHEAD_CHARS]
        if not _TEX_AFTER_DIGITS.match(ahead):
            waits = len(ahead) < _TEX_AHEAD_CHARS and _TEX_BEGUN.fullmatch(ahead)
            return WAIT if waits and not final else None
    return _inline_maths(text, at, final=final)


def backslash(text: str, at: int, *, final: bool) -> Verdict:
    r"""Find LaTeX brackets, environments and commands outside dollars."""
    following = text[at + 1 : at + 2]
    if not following:
        return None if final else WAIT
    if following == "(":
        return _delimited(SpanKind.MATHS, text, at, (r"\(", r"\)"), final=final)
    if following == "[":
        return _delimited(SpanKind.DISPLAY, text, at, (r"\[", r"\]"), final=final)
    escaped = _ESCAPED_LINE.match(text, at)
    if escaped:
        waits = escaped.end() == len(text) and not final
        return WAIT if waits else Found(SpanKind.BREAK, at, escaped.end(), escaped.end(), escaped.end())
    if not following.isalpha() or text[at - 1 : at].isalnum() or text[at - 1 : at] in {":", "\\"}:
        return None
    command = _COMMAND.match(text, at)
    if command is None:
        return None if final or len(text) > at + 2 else WAIT
    if command.end() == len(text) and not final:
        return WAIT
    return _command(text, command, final=final)


def strike(text: str, at: int, *, final: bool) -> Verdict:
    """Find struck-out text between double tildes on one line."""
    if len(text) < at + 3:
        return None if final or text[at:] not in {"~", "~~"} else WAIT
    if text[at + 1] != "~" or text[at + 2].isspace() or text[at + 2] == "~":
        return None
    end = _before_line_end(text, at + 2, INLINE_CHARS)
    closed = text.find("~~", at + 2, end)
    if closed >= 0:
        return Found(SpanKind.STRUCK, at, closed + 2, at + 2, closed)
    return None if final or _given_up(text, at, end, INLINE_CHARS) else WAIT


def bracket(text: str, at: int, *, final: bool) -> Verdict:
    """Find a link, an image or a citation; any other bracket is an ordinary character."""
    image = text[at - 1 : at] == "!" and at > 0
    closed = _matching(text, at)
    if closed is None:
        return None
    if closed < 0 or (closed + 1 == len(text) and not final):
        return None if final or len(text) - at > LABEL_CHARS else WAIT
    kind = SpanKind.IMAGE if image else SpanKind.LINK
    start = at - 1 if image else at
    after = text[closed + 1 : closed + 2]
    if after == "(":
        return _target(kind, text, (start, at + 1, closed), final=final)
    label = text[at + 1 : closed]
    reckoned = text[max(0, at - 4) : at].rstrip()[-1:] in _OPERATORS
    if _CITATION.fullmatch(label) and not reckoned and not is_data(text, at, label):
        return _cited(text, at, closed, final=final)
    if after == "[" and label:
        reference = _matching(text, closed + 1)
        if reference is not None and reference > 0:
            return Found(kind, start, reference + 1, at + 1, closed)
        return None if final or reference is None or len(text) - closed > LABEL_CHARS else WAIT
    return None


def _cited(text: str, at: int, closed: int, *, final: bool) -> Verdict:
    """Find the whole citation, including one that a dash makes its end: [5]–[7]."""
    more = _CITED_TO.match(text, closed + 1)
    if more is None or (more.group(1) is None and more.end() < len(text)):
        return Found(SpanKind.MARKER, at, closed + 1, closed, closed)
    if more.group(1) is None:
        return Found(SpanKind.MARKER, at, closed + 1, closed, closed) if final else WAIT
    return Found(SpanKind.MARKER, at, more.end(), more.end() - 1, more.end() - 1)


def _target(kind: SpanKind, text: str, label: tuple[int, int, int], *, final: bool) -> Verdict:
    start, inner, closed = label
    depth, position = 1, closed + 2
    limit = min(len(text), closed + TARGET_CHARS)
    while match := _PARENS.search(text, position, limit):
        position = match.end()
        if match.group() == "\n":
            return None
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth == 0:
            if kind is SpanKind.LINK and is_note(text, start):
                return Found(SpanKind.MARKER, start, position, position, position)
            return Found(kind, start, position, inner, closed)
        if depth > DEEPEST:
            return None
    return None if final or limit < len(text) else WAIT


def _matching(text: str, at: int) -> int | None:
    """Return where the bracket closes; -1 if not yet, None if never on this line or too far away."""
    depth = 0
    limit = at + LABEL_CHARS
    for match in _BRACKETS.finditer(text, at, min(len(text), limit)):
        if match.group() == "\n":
            return None
        depth += 1 if match.group() == "[" else -1
        if depth == 0:
            return match.start()
        if depth > DEEPEST:
            return None
    return None if len(text) >= limit else -1


def _inline_maths(text: str, at: int, *, final: bool) -> Verdict:
    end = _before_line_end(text, at + 1, INLINE_CHARS)
    closed = at
    while True:
        closed = text.find("$", closed + 1, end)
        if closed < 0:
            break
        if text[closed - 1] == "\\":
            continue
        if text[closed - 1].isspace():
            return None
        if closed + 1 == len(text) and not final:
            return WAIT
        if text[closed + 1 : closed + 2].isdigit():
            return None
        return Found(SpanKind.MATHS, at, closed + 1, at + 1, closed)
    if _reads_as_prose(text[at + 1 : end]) or (final and not _TEX_SIGN.search(text, at, end)):
        return None
    return _unclosed(SpanKind.MATHS, text, (at, at + 1, end), INLINE_CHARS, final=final)


def _reads_as_prose(body: str) -> bool:
    return "\\" not in body and _PROSE.search(body) is not None


def _delimited(kind: SpanKind, text: str, at: int, marks: tuple[str, str], *, final: bool) -> Verdict:
    opener, closer = marks
    inner = at + len(opener)
    limit = min(len(text), inner + DISPLAY_CHARS)
    blank = text.find("\n\n", inner, limit)
    end = blank if blank >= 0 else limit
    closed = text.find(closer, inner, end)
    if closed >= 0:
        escaped = opener[0] == "\\" and _WORDS.fullmatch(text, inner, closed)
        return None if escaped else Found(kind, at, closed + len(closer), inner, closed)
    return _unclosed(kind, text, (at, inner, end), DISPLAY_CHARS, final=final)


def _command(text: str, command: re.Match[str], *, final: bool) -> Verdict:
    name, at, end = command.group(1), command.start(), command.end()
    if name == "begin":
        found = _ENVIRONMENT.match(text, at)
        if found:
            return _delimited(
                SpanKind.DISPLAY, text, at, (found.group(), f"\\end{{{found.group(1)}}}"), final=final
            )
        return None if final or len(text) > at + 28 else WAIT
    if name in WITH_GROUPS:
        return _grouped(text, at, end, final=final)
    if name in SYMBOLS:
        if not final and _SCRIPT_BEGUN.fullmatch(text, end):
            return WAIT
        script = _SCRIPT.match(text, end)
        end = script.end() if script else end
        return Found(SpanKind.MATHS, at, end, at, end)
    return None


def _grouped(text: str, at: int, position: int, *, final: bool) -> Verdict:
    limit = min(len(text), at + INLINE_CHARS)
    first = position
    while position < limit and text[position] in "{[":
        depth = 0
        for brace in _BRACES.finditer(text, position, limit):
            depth += 1 if brace.group() in "{[" else -1
            if depth == 0 or depth > DEEPEST_GROUP:
                position = brace.end()
                break
        if depth:
            far = depth > DEEPEST_GROUP or len(text) >= at + INLINE_CHARS
            return None if final or far else WAIT
    if position == len(text) and not final:
        return WAIT
    return Found(SpanKind.MATHS, at, position, at, position) if position > first else None


def _before_line_end(text: str, start: int, chars: int) -> int:
    end = text.find("\n", start, start + chars)
    return end if end >= 0 else min(len(text), start + chars)


def _given_up(text: str, at: int, end: int, chars: int) -> bool:
    return end < len(text) or len(text) - at > chars


def _unclosed(kind: SpanKind, text: str, at: tuple[int, int, int], chars: int, *, final: bool) -> Verdict:
    """Judge a span whose closer has not come: wait while it may come; once no more text comes, the span is spoken without its opener."""
    start, inner, end = at
    if _given_up(text, start, end, chars):
        return None
    return Found(kind, start, len(text), inner, len(text)) if final else WAIT


def _run_of(text: str, ticks: str, start: int, end: int) -> int:
    """Return where the next run of exactly these backticks is, or -1."""
    position = text.find(ticks, start, end)
    while position >= 0:
        after = position
        while after < end and text[after] == "`":
            after += 1
        if after - position == len(ticks):
            return position
        position = text.find(ticks, after, end)
    return -1
