"""Tags: HTML, SSML and the wrappers that language models put around their words."""

import re
from typing import Final

from legato.text import calls, control
from legato.text.atoms import SpanKind
from legato.text.openers import WAIT, Found, Verdict

TAG_CHARS: Final = 400
MATHML: Final = "math"

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:.-]{0,30})((?:\s[^<>]*)?)(/?)>")
_PARTIAL = re.compile(r"<(?:/?(?:[a-zA-Z][\w:.-]{0,30}(?:/|\s[^<>]*)?)?)?|<!-?|<\?[^<>]*|<!\[?[A-Z]{0,7}\[?")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+|[\w.+-]+@[\w-]+\.[\w.-]+)>")
_AUTOLINK_PARTIAL = re.compile(
    r"<(?:h|ht|htt|https?:?/?/?|https?://[^\s<>]+|mailto:[^\s<>]*|[\w.+-]+@?[\w.-]*)"
)
_NAME = re.compile(r"</?([a-zA-Z][\w:.-]{0,30})(?=[\s/>])")
_BARE_WORDS = re.compile(r"\s+[\w:-]+\s+[^=\s]")
_CONTROLS = frozenset("|｜sftc")
"""What a control token may begin with."""
_PROLOG = re.compile(r"<\?[^<>]{0,200}>|<!DOCTYPE[^<>]{0,200}>|<!\[CDATA\[|\]\]>")
_ALIAS = re.compile(
    r"""<sub\s[^<>]{0,100}?alias\s*=\s*(["'])([^<>"']{1,200})\1[^<>]{0,50}>[^<>]{0,200}</sub\s*>"""
)
_ALIASED = re.compile(r"<sub\s[^<>]*alias\s*=")
_CUT_OFF = re.compile(r"</?([a-zA-Z][\w:.-]{0,30})(?:\s[^<>]*)?")
"""A tag of which the end has not come."""
_ALT = re.compile(r"""\balt\s*=\s*(["'])(.*?)\1""", re.DOTALL)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


REASONING = _names(
    "think thinking thought thoughts reasoning reflection scratchpad analysis inner_monologue internal_monologue inner_thought "
    "inner_thoughts internal_thoughts thought_process thinking_process chain_of_thought antthinking"
)
"""Elements in which a model thinks; one may stand in another of its name."""
SECRET = REASONING | _names(
    "script style svg head template bpt ept tool_call tool_calls toolcall tool_code tool_use tool_result tool_results tool_response tool_responses tool_output "
    "tool_outputs function_call function_calls function_response function_result function_results invoke longcat_think "
    "longcat_tool_call"
)
"""Elements whose content is not spoken, whatever stands before a colon in their name (seed:think)."""
_SAME = dict.fromkeys(("think", "thinking"), "think(?:ing)?") | dict.fromkeys(
    ("thought", "thoughts"), "thoughts?"
)
"""Names that models mix up: one opens what the other closes."""
BLOCKS = _names(
    "br p div li ul ol dl dt dd tr table thead tbody h1 h2 h3 h4 h5 h6 hr blockquote pre section article header footer details "
    "summary figure figcaption main aside nav form option break s paragraph sentence body html speak "
    "end_of_turn end_function_call end_function_response bos eos"
)
"""Elements that stand apart from what is before and after them; `break`, `p` and `s` are SSML's."""
CELLS = frozenset({"td", "th"})
INLINE = _names(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q rp rt ruby samp small span strike strong sub sup time "
    "tt u var wbr img answer response output result final message assistant reply text voice prosody emphasis say-as phoneme sub "
    "lang audio mark w token desc lexicon amazon:effect mstts:express-as input button video source iframe center"
)

ACTED = _names(
    "laugh laughs laughing laughter chuckle chuckles giggle giggles sigh sighs cough coughs sniff sniffs sniffle groan groans yawn "
    "yawns gasp gasps whisper whispers whispering cry crying sob sobs scream shout clears_throat throat_clearing breath inhale "
    "exhale hum happy sad angry excited surprised fearful scared calm sarcastic disgusted serious cheerful neutral"
)
"""Ways to speak and sounds that a model asks of a voice; they are no placeholders."""


def tag(text: str, at: int, *, final: bool) -> Verdict:
    """Find the tag at an angle bracket; any other angle bracket is an ordinary character."""
    following = text[at + 1 : at + 2]
    if not following:
        return None if final else WAIT
    verdict = control.token(text, at, final=final) if following in _CONTROLS else None
    if verdict is not None or following in "|｜":
        return verdict
    if not (following.isalpha() or following in "/!?"):
        return None
    found = _whole(text, at)
    if found is not None and not final and found.kind is SpanKind.TAG and _ALIASED.match(text, at):
        return WAIT if len(text) - at <= TAG_CHARS else found
    if found is not None:
        return _judged(text, found, final=final)
    name = _NAME.match(text, at)
    if name and not known(name.group(1)) and _BARE_WORDS.match(text, name.end()):
        return None
    window = text[at : at + TAG_CHARS + 1]
    if len(window) > TAG_CHARS:
        return None
    if final:
        return Found(SpanKind.HIDDEN, at, len(text), len(text), len(text)) if _thinks(window) else None
    return WAIT if _PARTIAL.fullmatch(window) or _AUTOLINK_PARTIAL.fullmatch(window) else None


def _judged(text: str, found: Found, *, final: bool) -> Verdict:
    """Judge a tag by what is around it if its name says nothing: text behind it makes it the opener of an element, a letter before it none at all."""
    at, end = found.start, found.end
    placeholder = found.kind is SpanKind.LINK and text[at + 1 : end - 1].isalnum()
    if placeholder and at and text[at - 1].isalnum():
        return None
    closer = found.kind is SpanKind.TAG and text[at + 1] == "/" and not known(text[at + 2 : end - 1].strip())
    if not placeholder and not closer:
        return found
    after = text[end : end + 2]
    if after in {"", "<"} and not final:
        return WAIT
    apart = after[:1] == "<" and after[1:].isalpha()  # as in <a>one</a><b>two</b>
    if placeholder:
        return Found(SpanKind.TAG, at, end, end, end) if apart or after[:1].isalnum() else found
    return Found(SpanKind.BREAK, at, end, end, end) if apart else found


def known(name: str) -> bool:
    """Whether this is the name of a known tag, whatever its attributes."""
    low = name.lower()
    return low in BLOCKS or low in INLINE or low in ACTED or is_secret(low) or low in CELLS or low == MATHML


def is_secret(low: str) -> bool:
    """Whether the content of an element of this name, in lower case, is not spoken."""
    return low.rpartition(":")[2] in SECRET


def opens_secret(found: str) -> str | None:
    """Return the name whose closing tag ends what this opening tag hides; None for any other tag."""
    if found.startswith("<!--"):
        return "--"
    if ends := calls.ends(found) or control.ends(found):
        return ends
    match = _TAG.fullmatch(found)
    if match is None:
        return _thinks(found) if found[1:2] != "/" else None
    if match.group(1) or match.group(4):
        return None
    name = match.group(2).lower()
    return name if is_secret(name) or name == MATHML else None


def closer_of(name: str) -> re.Pattern[str]:
    """Return the pattern that ends a hidden element of this name; what its group `nested` finds, if it has one, opens another in it."""
    if not name[0].isalpha():
        return re.compile("-->" if name == "--" else name)
    prefix, colon, base = name.rpartition(":")
    named = re.escape(prefix + colon) + _SAME.get(base, re.escape(base))
    closer = rf"</\s?{named}\s{{0,8}}>"
    if base in REASONING:
        closer = control.nested(rf"<{named}(?:\s[^<>]{{0,100}})?>", closer)
    return re.compile(closer, re.IGNORECASE)


def _thinks(found: str) -> str | None:
    """Return the name of a tag of reasoning whose end has not come; None for any other text."""
    match = _CUT_OFF.fullmatch(found)
    name = match.group(1).lower() if match else ""
    return name if name.rpartition(":")[2] in REASONING else None


def name_of(found: str) -> str:
    """Return the tag's name in lower case, with its slash if it closes; empty if it is not a tag."""
    match = _TAG.fullmatch(found)
    return f"{match.group(1)}{match.group(2).lower()}" if match else ""


def _whole(text: str, at: int) -> Found | None:
    if text.startswith("<!--", at):
        return Found(SpanKind.HIDDEN, at, at + 4, at + 4, at + 4)
    prolog = _PROLOG.match(text, at)
    if prolog:
        return Found(SpanKind.TAG, at, prolog.end(), prolog.end(), prolog.end())
    link = _AUTOLINK.match(text, at)
    if link:
        return Found(SpanKind.LINK, at, link.end(), link.start(1), link.end(1))
    alias = _ALIAS.match(text, at, at + TAG_CHARS)
    if alias:
        return Found(SpanKind.LINK, at, alias.end(), alias.start(2), alias.end(2))
    match = _TAG.match(text, at, at + TAG_CHARS)
    return _kind(match) if match else None


def _kind(match: re.Match[str]) -> Found | None:
    closing, name, attributes, alone = match.groups()
    name = name.lower()
    end = match.end()
    if closing and is_secret(name):
        kind = SpanKind.BREAK  # a model whose prompt opened its reasoning only closes it
    elif is_secret(name) or name == MATHML:
        kind = SpanKind.HIDDEN
    elif name in BLOCKS or (name in CELLS and closing):
        kind = SpanKind.BREAK
    elif name == "img" and (alt := _ALT.search(attributes)):
        offset = match.start(3)
        return Found(SpanKind.IMAGE, match.start(), end, offset + alt.start(2), offset + alt.end(2))
    elif attributes.strip() and "=" not in attributes:
        return None
    elif known(name) or closing or alone or attributes.strip():
        kind = SpanKind.TAG
    else:
        return Found(SpanKind.LINK, match.start(), end, match.start(2), match.end(2))
    return Found(kind, match.start(), end, end, end)
