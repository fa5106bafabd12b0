"""Control tokens of chat templates, and what models wrap in them: reasoning and calls of tools."""

import re
from typing import Final

from legato.text import calls, openers
from legato.text.atoms import SpanKind
from legato.text.openers import WAIT, Found, Verdict

HEADER_CHARS: Final = 80
_LONGEST_ROLE: Final = 10

_MENTIONED = r"[`\"'’”,;:!?)\]]"
"""What follows an opener that is only talked about: the <think> tag."""


def nested(opener: str, closer: str) -> str:
    """Return a pattern that ends a stretch in which others of its kind may stand, which its group `nested` finds.

    Reasoning also talks of its own tags. An opener within a line that is followed like a word opens nothing, nor does a closer between
    backticks end anything: an answer after them would never be heard.

    Args:
        opener: the pattern of what opens it.
        closer: the pattern of what closes it.
    """
    opens = rf"(?P<nested>(?<![^\n]){opener}|{opener}(?:(?=[ \t]?\n)|(?!{_MENTIONED})(?=[^\s.]|\.\S)))"
    return rf"{opens}|(?<!`){closer}|{closer}(?=[^`])"


_TURN = r"(?:turn|channel|tool(?:_call|_response)?)"
_TOKEN = re.compile(
    rf"<[|｜](?P<token>/?[a-zA-Z][\w▁]{{0,40}})[|｜]>|<\|(?P<opened>{_TURN})>|<(?P<closed>{_TURN}\|)>|<(?P<turn>start_of_turn)>"
    r"|<(?P<call>start_function_[a-z]{4,11})>|<(?P<function>function)=[\w.:-]{1,80}>"
    r"|<[|｜](?P<dsml>DSML)[|｜](?P<tag>\w{1,40})(?:\s[^<>]{0,200})?>"
)
_BEGUN = re.compile(
    r"<[|｜](?:/?[a-zA-Z][\w▁]{0,40}[|｜]?)?|<[a-z_]{1,30}\|?|<function=[\w.:-]{0,80}|<[|｜]DSML[|｜]\w{0,40}(?:\s[^<>]{0,200})?"
)
_ROLE = re.compile(r"[a-z]{0,10}")
_HEADER = re.compile(rf"[^<\n]{{0,{HEADER_CHARS}}}")
_ANNOUNCING = frozenset(
    {
        "im_start",
        "start_header_id",
        "header_start",
        "start_of_role",
        "start",
        "channel",
        "turn",
        "start_of_turn",
    }
    | {"im_assistant", "im_user", "im_system"}
)
"""Control tokens after which the name of a speaker or a channel follows."""
_WITH_HEADER = frozenset({"start", "channel"})
"""Control tokens after which, up to the next one, more may follow: to whom, in which format."""
_ROLES = frozenset(
    {"assistant", "user", "system", "tool", "developer", "model", "ipython", "functions"}
    | {"analysis", "commentary", "final", "thought"}
)
_UNSPOKEN = frozenset({"analysis", "commentary", "thought"})
"""Channels of reasoning and of calls of tools."""
_TOOLS = frozenset({"tool", "ipython"})
_TOPIC = re.compile(r"think|thought|reason|tool|action|function|inner")
_OPENS = re.compile(r"(?:begin|start)_((?:of_)?\w+)")
_BEGINS = re.compile(r"(\w+)_(?:begin|start|prefix)")
_BRACKETED = re.compile(r"\[(?:(?P<opened>THINK|TOOL_CALLS)|/THINK|/?INST|/TOOL_CALLS)\]")
_BRACKET_ENDS = {"THINK": nested(r"\[THINK\]", r"\[/THINK\]"), "TOOL_CALLS": r"\[/TOOL_CALLS\]|</s>"}


def token(text: str, at: int, *, final: bool) -> Verdict:
    """Find a control token at an angle bracket, with the speaker or channel that it announces; None if there is none."""
    found = _TOKEN.match(text, at)
    if found is None:
        return WAIT if not final and _BEGUN.fullmatch(text, at) else None
    end = found.end()
    name = _name(found)
    if name in _ANNOUNCING:
        said = _announced(text, end, more=name in _WITH_HEADER, final=final)
        if said is None:
            return WAIT
        end = said
    kind = SpanKind.BREAK if ends(text[at:end]) is None else SpanKind.HIDDEN
    return Found(kind, at, end, end, end)


def bracket(text: str, at: int, *, final: bool) -> Verdict:
    """Find a control token in square brackets ([TOOL_CALLS]), or else a list of calls, a link, an image or a citation."""
    found = _BRACKETED.match(text, at)
    if found is None:
        return calls.listed(text, at, final=final) or openers.bracket(text, at, final=final)
    end = found.end()
    return Found(SpanKind.HIDDEN if found["opened"] else SpanKind.BREAK, at, end, end, end)


def ends(opened: str) -> str | None:
    """Return the pattern of what ends the text that a control token hides; None if it hides none.

    Args:
        opened: the token and what it announces.
    """
    if bracketed := _BRACKETED.match(opened):
        return _BRACKET_ENDS.get(bracketed["opened"])
    found = _TOKEN.match(opened)
    if found is None:
        return None
    name, role = _name(found), _ROLE.match(opened, found.end())
    if name in _ANNOUNCING and role and role[0] in _UNSPOKEN:
        return r"<\|(?:end|return|call)\|>|<channel\|>|(?=<\|(?:start|channel)\|>)"
    if name in _ANNOUNCING and role and role[0] in _TOOLS:
        return r"<\|(?:im_end|eot_id|end)\|>|<turn\|>|(?=<\|(?:im_start|start_header_id|start|turn)\|?>)"
    if name == "DSML":
        return rf"</[|｜]DSML[|｜]{found['tag']}>"
    return _ends(name)


def _ends(name: str) -> str | None:
    low = name.lower().replace("▁", "_")
    if low == "function":
        return r"</function\s{0,8}>"
    if low == "python_tag":
        return r"<\|e(?:om|ot)_id\|>|(?=<\|start_header_id\|>)"
    if not _TOPIC.search(low) or "argument" in low or low[0] == "/" or low[-1] == "|":
        return None
    if low.startswith("start_function_"):
        return f"<end{low.removeprefix('start')}>"
    if opens := _OPENS.fullmatch(low):
        return rf"(?i:<[|｜]end_{opens[1]}[|｜]>)".replace("_", "[_▁]")
    if begins := _BEGINS.fullmatch(low):
        return rf"(?i:<[|｜]{begins[1]}_(?:end|suffix)[|｜]>)".replace("_", "[_▁]")
    if low in {"tool_call", "tool_calls", "tool_response"}:
        return rf"<\|/{low}\|>|<{low}\|>|<\|(?:end|im_end|end_of_text|assistant)\|>"
    return None


def _name(found: re.Match[str]) -> str:
    return found["dsml"] or found[found.lastgroup or "token"]


def _announced(text: str, at: int, *, more: bool, final: bool) -> int | None:
    """Return where the name of a speaker or channel ends that begins at a position; None if more text may belong to it."""
    role = _ROLE.match(text, at)
    end = role.end() if role else at
    if end == len(text) and end - at < _LONGEST_ROLE and not final:
        return None
    if text[at:end] not in _ROLES:
        return at
    header = _HEADER.match(text, end) if more else None
    if header is None:
        return end
    after = header.end()
    if not final and (text[after:] == "<" or (after == len(text) and after - end < HEADER_CHARS)):
        return None
    return after if text.startswith("<|", after) else end
