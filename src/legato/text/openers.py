"""Protected spans: where code, links, citations and the like begin and end; maths is in `maths_openers`.

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
LABEL_CHARS = 220
TARGET_CHARS = 2000
DEEPEST = 6
LONGEST_RUN = 40
"""More backticks than this side by side are a drawn line."""
SHORTEST_FENCE = 3

_TICKS = re.compile(rf"`{{1,{LONGEST_RUN + 1}}}")
_FENCED = re.compile(
    r"[ \t]*[\w+#.:/-]{0,60}(?:[ \t]*\{[^}\n`]{0,60}\}|[ \t]+[\w-]{1,30}=[^\s`]{1,60}){0,4}[ \t]*(?:(?P<end>[\n\r])|\Z)"
)
"""What may follow the backticks of a fenced code block on their line: a language, and attributes."""
_BRACKETS = re.compile(r"[\[\]\n]")
_PARENS = re.compile(r"[()\n<>\s]")
_CITATION = re.compile(r"\^[^\]]{1,40}|[1-9]\d{0,2}(?:\s?[,;–-]\s?\d{1,3}){0,8}|citation needed|source|\?")
_OPERATORS = frozenset("=+-*/∈<>")
"""After one of these, what a bracket encloses is part of a calculation."""
_TAG_BEFORE = re.compile(r"</?[a-zA-Z][^<>]{0,60}>\Z")
_ALERT = re.compile(r"!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)")
"""The kind of a quote that is a notice: > [!NOTE]."""
_CITED_TO = re.compile(r"[–-](?:\[(?:\d{1,3}(\])?)?)?")
"""Perhaps the end of a range of citations; the group has matched if it is one."""
_OLD_QUOTE = re.compile(r"[a-zA-Z.,!?]'(?:\s|$)")


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
    end = before_line_end(text, opened, INLINE_CHARS)
    closed = _run_of(text, ticks, opened, end)
    if len(ticks) == 1:
        quote = _OLD_QUOTE.search(text, opened, closed if closed >= 0 else end)
        if quote and "'" not in text[opened : quote.start() + 1] and (quote.end() < len(text) or final):
            return None
    if closed >= 0 and (closed + len(ticks) < len(text) or final):
        return Found(SpanKind.CODE, at, closed + len(ticks), opened, closed)
    return unclosed(SpanKind.CODE, text, (at, opened, end), INLINE_CHARS, final=final)


def strike(text: str, at: int, *, final: bool) -> Verdict:
    """Find struck-out text between double tildes on one line."""
    if len(text) < at + 3:
        return None if final or text[at:] not in {"~", "~~"} else WAIT
    if text[at + 1] != "~" or text[at + 2].isspace() or text[at + 2] == "~":
        return None
    end = before_line_end(text, at + 2, INLINE_CHARS)
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
    if label[:1] == "!" and _ALERT.fullmatch(label):
        return Found(SpanKind.LINK, at, closed + 1, at + 2, closed)
    before = text[max(0, at - 4) : at].rstrip()[-1:]
    reckoned = before in _OPERATORS and not (before == ">" and _TAG_BEFORE.search(text, max(0, at - 64), at))
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


def before_line_end(text: str, start: int, chars: int) -> int:
    """Return where the line ends, or where so many characters have been read."""
    end = text.find("\n", start, start + chars)
    return end if end >= 0 else min(len(text), start + chars)


def _given_up(text: str, at: int, end: int, chars: int) -> bool:
    return end < len(text) or len(text) - at > chars


def unclosed(kind: SpanKind, text: str, at: tuple[int, int, int], chars: int, *, final: bool) -> Verdict:
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
