"""Facts as log lines: a line for each stream and utterance, with the ids that lead to its trace. No user text: facts hold none."""

import logging
import math
import time
from collections import Counter
from dataclasses import fields
from functools import cache
from typing import Protocol, get_args

from gateway.telemetry.correlation import Context
from legato.domain import facts
from legato.domain.errors import Reason
from legato.ports import Clock

_LEVELS = {
    facts.StreamOpened: logging.INFO,
    facts.StreamClosed: logging.INFO,
    facts.BugFound: logging.ERROR,
    facts.BreakerMoved: logging.WARNING,
}
"""Levels of the facts whose level is always the same and not `debug`."""
_WEIGHED = frozenset({facts.UtteranceEnded, facts.AttemptMade, facts.AttemptEnded, facts.MessageRefused})
"""Facts whose level depends on what they say."""
_REASONS = frozenset(Reason)
_OURS = frozenset({Reason.INTERNAL, Reason.OVERLOADED})
"""Refusals that are neither the client's fault nor part of a shutdown."""
_TELL_AGAIN_S = 60.0


class EventLog(Protocol):
    """Takes log lines: a logger of structlog, or `logs.EventLogger`."""

    def is_enabled_for(self, level: int) -> bool:
        """Whether a line of this level would be written."""

    def log(self, level: int, event: str, **values: object) -> None:
        """Write a line."""


class LogLines:
    """A sink of facts that writes lines.

    Levels: `info` for streams and utterances, `warning` for what failed, `error` for bugs, `debug` for the rest. A gateway that is full
    turns many away every second: of those refused at the door for one reason, a line a minute is a `warning`.

    Args:
        logger: takes the lines.
        clock: monotonic seconds.
    """

    def __init__(self, logger: EventLog, clock: Clock = time.monotonic) -> None:
        self._logger = logger
        self._clock = clock
        self._told_at: dict[tuple[Reason, str], float] = {}
        self._untold: Counter[tuple[Reason, str]] = Counter()

    def take(self, fact: facts.Fact, context: Context) -> None:
        """Write the line of a fact, if its level is enabled."""
        kind = type(fact)
        level = _level(fact) if kind in _WEIGHED else _LEVELS.get(kind, logging.DEBUG)
        untold = 0
        if level == logging.WARNING and isinstance(fact, facts.MessageRefused) and not fact.stream_id:
            level, untold = self._at_the_door(fact)
        if not self._logger.is_enabled_for(level):
            return
        event, values = _named(kind.__name__), _values(fact)
        if untold:
            values["more"] = untold
        if trace_id := context.trace_of(fact):
            values["trace_id"] = trace_id
        if isinstance(fact, facts.UtteranceEnded):
            values |= {"face": context.face, "principal": context.principal}
        self._logger.log(level, event, **values)

    def _at_the_door(self, fact: facts.MessageRefused) -> tuple[int, int]:
        """Return the level, and for a `warning` how many like it were none since the last one."""
        kind, now = (fact.reason, fact.face), self._clock()
        if now < self._told_at.get(kind, -math.inf) + _TELL_AGAIN_S:
            self._untold[kind] += 1
            return logging.DEBUG, 0
        self._told_at[kind] = now
        return logging.WARNING, self._untold.pop(kind, 0)


def _level(fact: facts.Fact) -> int:
    if isinstance(fact, facts.UtteranceEnded):
        return logging.WARNING if fact.outcome == "failed" else logging.INFO
    if isinstance(fact, facts.AttemptMade):
        return logging.WARNING if fact.reason else logging.DEBUG
    if isinstance(fact, facts.AttemptEnded):
        return logging.WARNING if fact.outcome in _REASONS else logging.DEBUG
    if isinstance(fact, facts.MessageRefused):
        return logging.WARNING if fact.reason in _OURS else logging.DEBUG
    return logging.DEBUG


@cache
def _named(kind: str) -> str:
    """`UtteranceEnded` as `utterance ended`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()


_OF_TRACES = frozenset({"traceparent", "tracestate"})
_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind) if field.name not in _OF_TRACES)
    for kind in get_args(facts.Fact)
}


def _values(fact: facts.Fact) -> dict[str, object]:
    values: dict[str, object] = {}
    for name in _NAMES[type(fact)]:
        value = getattr(fact, name)
        if name == "receipt":
            values |= {
                "route": value.route,
                "ttfb_ms": _ms(value.ttfb_s),
                "ttfb_speakable_ms": _ms(value.ttfb_speakable_s),
                "queued": value.queued,
                "chars": value.accepted_chars,
                "audio_ms": round(1000 * value.audio_samples / value.sample_rate_hz)
                if value.audio_samples
                else 0,
                "attempts": value.attempts,
            }
        elif name.endswith("_s"):
            values[f"{name[:-2]}_ms"] = _ms(value)
        else:
            values[name] = getattr(value, "value", value)
    return values


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 2)
