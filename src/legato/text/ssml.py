"""SSML: the elements that say how their text is said, pauses, and what happens to a broken tag.

Rules:
- the scanner reads it, not an XML parser: there is nothing that could be expanded, and text that is not well-formed is spoken;
- what looks like a tag is never spoken, whole or broken; `3 < 5` is not a tag;
- every look-ahead ends after `TAG_CHARS`; a tag that is seen to have attributes may have `LONG_TAG_CHARS`, and one that is
  still not closed then is silent up to there.
"""

import html
import re
from collections.abc import Mapping
from typing import Final

from legato.text.atoms import SpanKind
from legato.text.marks import WIDE_COMMAS, WIDE_STOPS
from legato.text.openers import WAIT, Found, Verdict
from legato.text.tags import BLOCKS, TAG_CHARS, name_of, tag

LONG_TAG_CHARS: Final = 4_000
LONGEST_PAUSE_MS: Final = 10_000
"""No text may ask for more silence than this."""
STRENGTHS_MS: Final[Mapping[str, int]] = {
    "none": 0,
    "x-weak": 100,
    "weak": 250,
    "medium": 500,
    "strong": 800,
    "x-strong": 1200,
}

_ATTRIBUTES = r"""(?:\s+[\w:-]{1,40}\s*=\s*(?:"[^"<>]{0,200}"|'[^'<>]{0,200}')){0,6}\s*"""
_ELEMENT = re.compile(rf"<(say-as|phoneme|sub)({_ATTRIBUTES})>([^<>]{{0,200}})</\1\s{{0,8}}>", re.IGNORECASE)
_BEGUN = re.compile(r"<(?:say-as|phoneme|sub)\s[^<>]*(?:>[^<>]*(?:</?[a-z-]{0,7}\s{0,8})?)?", re.IGNORECASE)
_BROKEN = re.compile(
    r"""</?[a-zA-Z][^<>\n]{0,99}>|<!DOCTYPE[^<>]{0,300}|</?(?:[a-zA-Z][\w:.-]{0,30})?(?:\s+[\w:-]{1,40}\s*=\s*(?:"[^"<>\n]{0,80}"?|'[^'<>\n]{0,80}'?|[^\s<>"']{0,80})){0,6}\s*/?"""
)
_DECLARATION = re.compile(r"<!DOCTYPE[^<>\[]{0,200}(?:\[[^\]]{0,300}\]\s{0,8})?>")
_VERBATIM = "<![CDATA["
_OPEN_ENDED = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[[^\]]*(?:\]\s*)?)?")
_LONG = re.compile(r"""<[a-zA-Z][\w:.-]{0,30}\s{1,8}[\w:-]{1,40}\s{0,8}=\s{0,8}["'][^<>]{0,400}\Z""")
_ANGLE = re.compile("[<>]")
_UNCLOSED = re.compile(r"</?[a-zA-Z][^<>\n]{0,99}")
_ATTRIBUTE = re.compile(r"""([\w:-]{1,40})\s*=\s*(?:"([^"<>]{0,200})"|'([^'<>]{0,200})')""")
_BREAK = re.compile(r"<break(\s[^<>]{0,200}?)?/?>(?:\s*</break\s*>)?\s*\Z", re.IGNORECASE)
_CLOSERS = re.compile(r"(?:</(?:prosody|emphasis|voice|lang)\s{0,8}>){1,16}", re.IGNORECASE)
_CLOSER_BEGUN = re.compile(r"</?[a-z]{0,8}\s{0,8}", re.IGNORECASE)
_MARKS = re.compile(rf"[.,;:!?…\"'”’»)\]{WIDE_STOPS}{WIDE_COMMAS}]{{1,8}}(?!\w)")
"""Marks that may follow the text of an element and are not the beginning of anything."""
_TIME = re.compile(r"\s*\+?(\d{1,6}(?:\.\d{0,3})?|\.\d{1,3})\s*(m?s)\s*", re.IGNORECASE)
_KINDS = {"say-as": SpanKind.SAID_AS, "phoneme": SpanKind.PHONEME}
_ASKING = re.compile(r"audio|mark|say-as|phoneme|\w+:[\w-]+")
MANNERS = frozenset({"prosody", "voice", "lang"})
"""Elements whose text is delivered differently from the text around them."""
_OPENING = re.compile(r"<([\w:-]{1,40})")


def element(text: str, at: int, *, final: bool) -> Verdict:
    """Find the element or tag at an angle bracket of SSML; an angle bracket with no name after it is an ordinary character."""
    following = text[at + 1 : at + 2]
    if following and not (following.isalpha() or following in "/!?"):
        return None
    whole = _ELEMENT.match(text, at, at + TAG_CHARS)
    if whole is not None:
        return _whole(whole)
    declared = _declared(text, at) if following == "!" else None
    if declared is not None:
        return declared
    window = text[at : at + TAG_CHARS + 1]
    begun = text.startswith(_VERBATIM, at) or _BEGUN.fullmatch(window) or _OPEN_ENDED.fullmatch(window)
    if not final and len(window) <= TAG_CHARS and begun:
        return WAIT
    if len(window) > TAG_CHARS and _LONG.match(window):
        return _long(text, at, final=final)
    found = tag(text, at, final=final)
    if isinstance(found, str):
        return found
    if found is None:
        if not final and _UNCLOSED.fullmatch(text, at):
            return WAIT
        broken = _BROKEN.match(text, at)
        return _silent(at, broken.end()) if broken and broken.end() > at + 1 else None
    plain = _plain(found, text)
    return _closing(plain, text, final=final) if plain.kind is SpanKind.MANNER else plain


def attributes(opening: str) -> dict[str, str]:
    """Return the attributes of an opening tag, by name in lower case; character references are resolved."""
    inside = opening[: opening.find(">")] if ">" in opening else opening
    return {
        match.group(1).lower(): html.unescape(match.group(2) or match.group(3) or "")
        for match in _ATTRIBUTE.finditer(inside)
    }


def pause_ms(text: str) -> int | None:
    """Return the silence that a `<break>` at the end of a text asks for, in milliseconds; None if it gives none."""
    match = _BREAK.search(text, max(0, text.rfind("<break")))
    if match is None:
        return None
    named = attributes(match.group())
    time = _TIME.fullmatch(named.get("time", ""))
    if time is None:
        return STRENGTHS_MS.get(named.get("strength", ""))
    return min(int(float(time.group(1)) * (1 if time.group(2).lower() == "ms" else 1000)), LONGEST_PAUSE_MS)


def asking(opening: str) -> str | None:
    """Return the name of an element that asks for what no voice does; None for any other tag."""
    match = _OPENING.match(opening)
    return match.group(1) if match and _ASKING.fullmatch(match.group(1)) else None


def _declared(text: str, at: int) -> Found | None:
    """Find a document type, which is silent, or a CDATA section, whose text is not markup."""
    declaration = _DECLARATION.match(text, at, at + TAG_CHARS)
    if declaration is not None:
        return _silent(at, declaration.end())
    inner = at + len(_VERBATIM)
    end = text.find("]]>", inner, at + TAG_CHARS) if text.startswith(_VERBATIM, at) else -1
    return Found(SpanKind.LINK, at, end + 3, inner, end) if end >= 0 else None


def _whole(match: re.Match[str]) -> Found | None:
    name, at, end = match.group(1).lower(), match.start(), match.end()
    if name != "sub":
        return Found(_KINDS[name], at, end, match.start(3), match.end(3))
    alias = re.search(r"\balias\s*=\s*[\"']([^<>\"']*)[\"']", match.group(2), re.IGNORECASE)
    if alias is None:
        return _silent(at, match.start(3))
    offset = match.start(2)
    return Found(SpanKind.LINK, at, end, offset + alias.start(1), offset + alias.end(1))


def _plain(found: Found, text: str) -> Found:
    """Return a tag as SSML has it: no placeholders, and a break that asks for no pause is not a border."""
    written = text[found.start : found.end]
    if found.kind is SpanKind.LINK and "/" not in written and "@" not in written:
        return _silent(found.start, found.end)
    if found.kind is SpanKind.BREAK and name_of(written) == "break" and pause_ms(written) == 0:
        return _silent(found.start, found.end)
    if found.kind is SpanKind.TAG and name_of(written).removeprefix("/") in MANNERS:
        return Found(SpanKind.MANNER, found.start, found.end, found.end, found.end)
    return found


def _long(text: str, at: int, *, final: bool) -> Verdict:
    """Find a tag with attributes that is longer than `TAG_CHARS`."""
    most = at + LONG_TAG_CHARS
    angle = _ANGLE.search(text, at + TAG_CHARS, most)
    if angle is None:
        return WAIT if len(text) < most and not final else _silent(at, min(most, len(text)))
    if angle.group() == "<":
        return _silent(at, angle.start())
    name = name_of(text[at : angle.end()])
    kind = SpanKind.MANNER if name in MANNERS else SpanKind.BREAK if name in BLOCKS else SpanKind.TAG
    return Found(kind, at, angle.end(), angle.end(), angle.end())


def _closing(found: Found, text: str, *, final: bool) -> Verdict:
    """Find the end of a tag that changes the delivery: the marks that end a sentence or a quote still belong before the change."""
    if not text.startswith("</", found.start):
        return found
    closers = _CLOSERS.match(text, found.end)
    tags_end = closers.end() if closers else found.end
    marks = _MARKS.match(text, tags_end)
    end = marks.end() if marks else tags_end
    if not final and (end == len(text) or _CLOSER_BEGUN.fullmatch(text, tags_end)):
        return WAIT
    return Found(found.kind, found.start, tags_end, tags_end, end)


def _silent(start: int, end: int) -> Found:
    return Found(SpanKind.TAG, start, end, end, end)
