"""Which trace a stream or an utterance belongs to, in the terms of the W3C's Trace Context: `traceparent`, and its `tracestate`.

Rules:
- A `traceparent` of a later version is read as far as this one goes, and passed on in this one. A malformed one is ignored, and its
  `tracestate` with it.
- A malformed `tracestate` is ignored, its `traceparent` is not.
- Of a `tracestate` at most `MOST_STATE_CHARS` characters are kept: long members are dropped first, then the last ones.
"""

import re
from collections.abc import Mapping

from legato.domain.values import value

PARENT = "traceparent"
STATE = "tracestate"
MOST_STATE_CHARS = 512
"""How much of a `tracestate` is passed on at least, as the W3C asks for, and also at most."""
_LONG_MEMBER_CHARS = 128
_MOST_MEMBERS = 32
_MOST_READ_CHARS = 8_192
_THIS_VERSION, _NO_VERSION = "00", "ff"
_KNOWN_FLAGS = 0x03
_NO_TRACE_ID, _NO_SPAN_ID = "0" * 32, "0" * 16
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_MEMBER = re.compile(
    r"((?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}))"
    r"=([ -+\--<>-~]{0,255}[!-+\--<>-~])"
)


@value
class Trace:
    """A span of somebody else's, and what the tracing systems on the way say of it. True unless there is no trace.

    Args:
        parent: a `traceparent` of version 00; empty for no trace.
        state: its `tracestate`, well-formed; empty for none.
    """

    parent: str = ""
    state: str = ""

    def __bool__(self) -> bool:
        return bool(self.parent)

    @property
    def trace_id(self) -> str:
        """32 hex digits; empty for no trace."""
        return self.parent[3:35]

    @property
    def sampled(self) -> bool:
        """Whether its caller may have recorded it; false for no trace."""
        return self.parent[-1:] in {"1", "3"}


NO_TRACE = Trace()


def read_trace(parent: str, state: str = "") -> Trace:
    """Return the trace that a `traceparent` and its `tracestate` name."""
    match = _TRACEPARENT.fullmatch(parent.strip(" \t"))
    if match is None:
        return NO_TRACE
    version, trace_id, span_id, flags, more = match.groups()
    is_wrong = version == _NO_VERSION or (version == _THIS_VERSION and more)
    if is_wrong or trace_id == _NO_TRACE_ID or span_id == _NO_SPAN_ID:
        return NO_TRACE
    known = int(flags, 16) & _KNOWN_FLAGS
    return Trace(f"{_THIS_VERSION}-{trace_id}-{span_id}-{known:02x}", _state(state) if state else "")


def trace_in(given: Mapping[str, str]) -> Trace:
    """Return the trace that headers, metadata or a query name."""
    parent = given.get(PARENT)
    return read_trace(parent, given.get(STATE, "")) if parent else NO_TRACE


def trace_headers(trace: Trace) -> tuple[tuple[str, str], ...]:
    """Return a trace as headers; none for no trace."""
    if not trace:
        return ()
    parent = (PARENT, trace.parent)
    return (parent, (STATE, trace.state)) if trace.state else (parent,)


def _state(text: str) -> str:
    if len(text) > _MOST_READ_CHARS:
        return ""
    members = [stripped for member in text.split(",") if (stripped := member.strip(" \t"))]
    if len(members) > _MOST_MEMBERS:
        return ""
    keys: set[str] = set()
    for member in members:
        match = _MEMBER.fullmatch(member)
        if match is None or match[1] in keys:
            return ""
        keys.add(match[1])
    return ",".join(_fitting(members))


def _fitting(members: list[str]) -> list[str]:
    over = len(",".join(members)) - MOST_STATE_CHARS
    for at in reversed(range(len(members))):
        if over > 0 and len(members[at]) > _LONG_MEMBER_CHARS:
            over -= len(members.pop(at)) + 1
    while over > 0:
        over -= len(members.pop()) + 1
    return members
