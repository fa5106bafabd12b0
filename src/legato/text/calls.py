"""Calls of tools that a model wrote into its answer without any mark: {"name": "lookup", "arguments": {"order": 4471}}.

Rules:
- only an object that can be nothing else is a call: it names a function first, and its arguments next;
- a list that begins with a call is one, also as Python writes it: [lookup(order=4471)];
- other JSON, also the definition of a tool, is text: somebody may have asked for it.
"""

import re
from typing import Final, Literal

from legato.text.atoms import SpanKind
from legato.text.openers import WAIT, Found, Verdict

HEAD_CHARS: Final = 400
"""What a call is must be known within this many characters."""
ENDS: Final = (
    r"(?P<nested>[{\[])|[}\]]|(?P<quote>\")|(?P<escaped>\\[^\r\n])"
    r"|(?P<broken>(?=\r?\n[ \t]{0,32}\r?\n))|(?P<line>\n(?=[ \t]{0,99}\S))"
)
"""What ends an object or a list; others may stand in it, and anything in its strings. No JSON has a blank line: it ends one whose brace is missing."""
_PYTHON_ENDS: Final = r"\)\s{0,8}\]"
_DEEPEST = 3
_MOST_KEYS = 6
_KEY = re.compile(r"\s{0,20}\"([a-z_]{2,20})\"\s{0,8}:\s{0,8}(?=\S)")
_KEY_BEGUN = re.compile(r"\s{0,20}(?:\"(?:[a-z_]{0,20}(?:\"\s{0,8}(?::\s{0,8})?)?)?)?")
_LABEL = re.compile(r"(?:\"[^\"\n]{0,80}\"|[0-9]{1,6})\s{0,8},")
_LABEL_BEGUN = re.compile(r"(?:\"[^\"\n]{0,80}|[0-9]{1,6}|\"[^\"\n]{0,80}\"\s{0,8}|[0-9]{1,6}\s{1,8})")
_NAME = re.compile(r"\"[\w.:/-]{1,80}\"\s{0,8},")
_NAME_BEGUN = re.compile(r"\"[\w.:/-]{0,80}(?:\"\s{0,8})?")
_LABELS = frozenset({"id", "type", "index", "call_id", "tool_call_id"})
_NAMES = frozenset({"name", "tool", "tool_name", "function", "function_name", "action", "recipient_name"})
_ARGUMENTS = frozenset({"arguments", "args", "kwargs", "tool_input", "action_input", "parameters", "input"})
_OBJECTS = frozenset({"parameters", "input"})
"""Keys whose value is an object if they hold arguments."""
_LISTS = frozenset({"tool_calls", "function_calls", "function_call", "tool_call"})
_SCHEMA = re.compile(r"\{\s{0,20}\"type\"\s{0,8}:\s{0,8}\"object\"")
_SCHEMA_CHARS = 60

_LISTED = re.compile(r"\[\s{0,20}(?=\{)")
_LISTED_BEGUN = re.compile(r"\[\s{0,20}")
_PYTHON = re.compile(r"\[\s{0,8}[a-z][\w.]{1,60}\((?=\w{1,40}=[\"'\w\[{-])")
_PYTHON_BEGUN = re.compile(r"\[\s{0,8}(?:[a-z][\w.]{0,60}(?:\((?:\w{1,40}=?)?)?)?")

_Verdict = bool | Literal["wait"]


def ends(opened: str) -> str | None:
    """Return the pattern of what ends the call that a text opens; None if it opens none."""
    if opened in {"{", "["}:
        return ENDS
    return _PYTHON_ENDS if _PYTHON.match(f"{opened}a=1") else None


def call(text: str, at: int, *, final: bool) -> Verdict:
    """Find a call of a tool at a brace; any other brace is an ordinary character."""
    verdict = _is_call(text[at : at + HEAD_CHARS], 0, 0)
    if verdict == WAIT:
        return None if final or len(text) - at >= HEAD_CHARS else WAIT
    return Found(SpanKind.HIDDEN, at, at + 1, at + 1, at + 1) if verdict else None


def listed(text: str, at: int, *, final: bool) -> Verdict:
    """Find a list of calls at a square bracket; None for any other."""
    if first := _LISTED.match(text, at):
        verdict = call(text, first.end(), final=final)
        return Found(SpanKind.HIDDEN, at, at + 1, at + 1, at + 1) if isinstance(verdict, Found) else verdict
    if python := _PYTHON.match(text, at):
        end = python.end()
        return Found(SpanKind.HIDDEN, at, end, end, end)
    begun = _LISTED_BEGUN.fullmatch(text, at) or _PYTHON_BEGUN.fullmatch(text, at)
    return WAIT if begun and not final else None


def _is_call(text: str, at: int, depth: int) -> _Verdict:
    """Whether the object that begins at a brace is a call of a tool."""
    named, position = False, at + 1
    for _ in range(_MOST_KEYS):
        key = _KEY.match(text, position)
        if key is None:
            return WAIT if _KEY_BEGUN.fullmatch(text, position) else False
        name, position, opened = key[1], key.end(), text[key.end()]
        if named and name in _ARGUMENTS:
            return _holds_arguments(text, position, name)
        if name in _LISTS and opened in "[{":
            return True
        if name == "function" and opened == "{":
            return depth < _DEEPEST and _is_call(text, position, depth + 1)
        if name not in _NAMES | _LABELS:
            return False
        whole, begun = (_NAME, _NAME_BEGUN) if name in _NAMES else (_LABEL, _LABEL_BEGUN)
        value = whole.match(text, position)
        if value is None:
            return WAIT if begun.fullmatch(text, position) else False
        named, position = named or name in _NAMES, value.end()
    return False


def _holds_arguments(text: str, at: int, key: str) -> _Verdict:
    """Whether a value may be the arguments of a call; those of a definition are described by a schema."""
    if key not in _OBJECTS:
        return text[at] in '{["n'
    if text[at] != "{":
        return False
    if len(text) - at < _SCHEMA_CHARS and "}" not in text[at:]:
        return WAIT
    return _SCHEMA.match(text, at) is None
