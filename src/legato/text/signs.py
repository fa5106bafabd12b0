"""Where the scanner stops inside a word, and what decides what begins there: the signs of markup, and the caller's own marks."""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from legato.text import calls, control, maths_openers, openers, sounds, ssml, tags
from legato.text.atoms import SpanKind
from legato.text.marks import INTERESTING, INTERESTING_SSML
from legato.text.openers import WAIT, Found, Verdict

PROTECTED_CHARS = 600
"""Text that a caller's mark opens is not protected if nothing closes it within this many characters."""
_KEPT = 64

Opener = Callable[..., Verdict]
"""Takes the text, the position of the sign, and whether no more text will come (`final`)."""


def _sounds_or(usual: Opener) -> Opener:
    def opener(text: str, at: int, *, final: bool) -> Verdict:
        return sounds.mark(text, at, final=final) or usual(text, at, final=final)

    return opener


_MARKUP: dict[str, Opener] = {
    "`": openers.code,
    "$": maths_openers.dollar,
    "\\": maths_openers.backslash,
    "<": _sounds_or(tags.tag),
    "[": control.bracket,
    "{": calls.call,
    "~": openers.strike,
    "/": sounds.slashed,
}
_SSML: dict[str, Opener] = {"<": _sounds_or(ssml.element), "/": sounds.slashed}


@dataclass(frozen=True, slots=True)
class Signs:
    """What a scanner looks for.

    Args:
        search: finds the next character that it must look at, between two positions.
        openers: for each character, what reads the span that begins at it; sentence marks have none.
    """

    search: Callable[[str, int, int], re.Match[str] | None]
    openers: Mapping[str, Opener]


@functools.lru_cache(maxsize=_KEPT)
def signs(*, markup: bool, protected: tuple[tuple[str, str], ...] = ()) -> Signs:
    """Return the signs of a text.

    Args:
        markup: whether to look for markdown and maths; without it (SSML), only for tags.
        protected: the caller's own pairs of marks; they come before any other reading of their first character.
    """
    usual, pattern = (_MARKUP, INTERESTING) if markup else (_SSML, INTERESTING_SSML)
    if not protected:
        return Signs(pattern.search, usual)
    heads = {opened[0] for opened, _ in protected}
    marked = re.compile(f"[{re.escape(''.join(sorted(heads)))}]|{pattern.pattern}")
    return Signs(
        marked.search, {**usual, **{head: _protecting(head, protected, usual.get(head)) for head in heads}}
    )


def _protecting(head: str, pairs: tuple[tuple[str, str], ...], usual: Opener | None) -> Opener:
    mine = sorted((pair for pair in pairs if pair[0][0] == head), key=lambda pair: len(pair[0]), reverse=True)

    def opener(text: str, at: int, *, final: bool) -> Verdict:
        for opened, closed in mine:
            found = _between(text, at, opened, closed, final=final)
            if found is not None:
                return found
        return usual(text, at, final=final) if usual else None

    return opener


def _between(text: str, at: int, opened: str, closed: str, *, final: bool) -> Verdict:
    inner = at + len(opened)
    seen = text[at:inner]
    if seen != opened:
        return WAIT if opened.startswith(seen) and not final else None
    end = text.find(closed, inner, inner + PROTECTED_CHARS)
    if end >= 0:
        return Found(SpanKind.PROTECTED, at, end + len(closed), inner, end)
    return None if final or len(text) >= inner + PROTECTED_CHARS else WAIT
