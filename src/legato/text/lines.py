"""What kind a line is, decided from its first characters."""

import enum
import re
from dataclasses import dataclass
from typing import Final, Literal


class LineKind(enum.Enum):
    """The blocks that a line can open."""

    TEXT = enum.auto()
    HEADING = enum.auto()
    BULLET = enum.auto()
    NUMBERED = enum.auto()
    QUOTE = enum.auto()
    RULE = enum.auto()
    FENCE = enum.auto()
    ROW = enum.auto()
    DEFINITION = enum.auto()


@dataclass(frozen=True, slots=True)
class Line:
    """A line's kind and how many of its first characters are markup."""

    kind: LineKind
    marker_chars: int = 0
    fence: str = ""


WAIT: Final = "wait"
TEXT: Final = Line(LineKind.TEXT)

_PEEK = FENCE_PEEK_CHARS = 80
"""A line is known after this many characters."""
_HEADING = re.compile(r"#{1,6}(?=[ \t])")
_BULLET = re.compile(r"(?:[-*+](?=[ \t])|[•‣◦▪●○–](?=\s))(?:[ \t]{1,4}\[[ xX]\](?=\s))?")
_BULLET_OPEN = re.compile(r"(?:[-*+]|[•‣◦▪●○–])(?:\s(?:[ \t]{0,3}(?:\[(?:[ xX]\]?)?)?)?)?")
_NUMBERED = re.compile(
    r"⁃?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})(?:\.\)|[.)])(?=\s)|\((?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})\)(?=\s)"
)
_NUMBERED_OPEN = re.compile(r"[(⁃]?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]{0,2}|[(⁃]")
_QUOTE = re.compile(r"(?:>[ \t]?){1,32}")
_RULE = re.compile(r"(?:[ \t]*[-*_=]){3,}[ \t]*(?=[\n\r])")
_RULE_OPEN = re.compile(r"(?:[ \t]*[-*_=])+[ \t]*")
_FENCE = re.compile(r"(?P<mark>~{3,})(?=[^~])")
_TICKS = re.compile(r"(`{3,40})(?!`)[^`\n\r]*")
_FENCE_OPEN = re.compile(r"`+|~+")
_DEFINITION = re.compile(r"\[\^[^\]\s]{1,40}\]:|\[[^\]\n]{1,60}\]:(?=[ \t]+<?(?:https?:|/|#|mailto:))")
_DEFINITION_OPEN = re.compile(r"\[(?:\^?[^\]\n]{0,60})?(?:\](?::[ \t]*<?(?:h(?:t(?:t(?:ps?)?)?)?)?)?)?")

_MARKUP = frozenset("#-*+•‣◦▪●○–>`~_=|[(")


def read_line(text: str, *, final: bool) -> Line | Literal["wait"]:
    """Return what a line is.

    Args:
        text: the line from its first visible character on, as far as known (80 characters are enough).
        final: whether no more text will come.

    Returns:
        the line's kind, or WAIT.
    """
    first = text[:1]
    if first not in _MARKUP and first != "⁃" and not first.isascii():
        return TEXT
    if first.isalpha() or first.isdigit() or first in "(⁃":
        return _numbered(text, final=final)
    if first not in _MARKUP:
        return TEXT
    return _marked(text[:_PEEK], final=final)


def _numbered(text: str, *, final: bool) -> Line | Literal["wait"]:
    head = text[:8]
    found = _NUMBERED.match(head)
    if found:
        return Line(LineKind.NUMBERED, found.end())
    return _wait_while(_NUMBERED_OPEN, head, final=final)


def _marked(text: str, *, final: bool) -> Line | Literal["wait"]:
    if text[0] == "|":
        return Line(LineKind.ROW)
    if found := _QUOTE.match(text):
        grows = found.end() == len(text) and not final
        return WAIT if grows else Line(LineKind.QUOTE, found.end())
    if ticks := _TICKS.match(text):
        return _ticked(text, ticks, final=final)
    for kind, closed in _KINDS:
        match = closed.match(text)
        if match:
            return Line(kind, match.end(), match.groupdict().get("mark") or "")
    if text[0] == "#":
        return WAIT if not final and text.strip("#") == "" and len(text) <= 6 else TEXT
    for opened in (_RULE_OPEN, _FENCE_OPEN, _DEFINITION_OPEN, _BULLET_OPEN):
        if _wait_while(opened, text, final=final) == WAIT:
            return WAIT
    if final and _RULE.match(text + "\n"):
        return Line(LineKind.RULE, len(text))
    return _late_bullet(text)


def _ticked(text: str, ticks: re.Match[str], *, final: bool) -> Line | Literal["wait"]:
    """Return what a line that begins with backticks is: more of them on the same line make it inline code."""
    if ticks.end() == len(text) and len(text) < _PEEK and not final:
        return WAIT
    if text[ticks.end() : ticks.end() + 1] == "`":
        return TEXT
    return Line(LineKind.FENCE, ticks.end(1), ticks[1])


def _late_bullet(text: str) -> Line:
    match = _BULLET.match(text)
    return Line(LineKind.BULLET, match.end()) if match else TEXT


def _wait_while(pattern: re.Pattern[str], text: str, *, final: bool) -> Line | Literal["wait"]:
    if final or len(text) >= _PEEK:
        return TEXT
    return WAIT if pattern.fullmatch(text) else TEXT


_KINDS = (
    (LineKind.HEADING, _HEADING),
    (LineKind.RULE, _RULE),
    (LineKind.FENCE, _FENCE),
    (LineKind.DEFINITION, _DEFINITION),
)
