"""Facts as log lines: a line for each stream and utterance, with the ids that find its trace. No user text: no fact holds any."""

import logging
from dataclasses import fields
from functools import cache

from structlog.typing import FilteringBoundLogger

from gateway.telemetry.correlation import Context
from legato.domain import facts
from legato.domain.errors import Reason


class LogLines:
    """A sink of facts that writes lines.

    Levels: `info` for streams and utterances, `warning` for what failed, `error` for bugs, `debug` for the rest.
    """

    def __init__(self, logger: FilteringBoundLogger) -> None:
        self._logger = logger

    def take(self, fact: facts.Fact, context: Context) -> None:
        """One fact."""
        level = _level(fact)
        if not self._logger.is_enabled_for(level):
            return
        event, values = _named(type(fact).__name__), _values(fact)
        if trace_id := context.trace_of(fact):
            values["trace_id"] = trace_id
        if isinstance(fact, facts.UtteranceEnded):
            values |= {"face": context.face, "principal": context.principal}
        self._logger.log(level, event, **values)


def _level(fact: facts.Fact) -> int:
    if isinstance(fact, facts.UtteranceEnded):
        return logging.WARNING if fact.outcome == "failed" else logging.INFO
    if isinstance(fact, facts.StreamOpened | facts.StreamClosed):
        return logging.INFO
    if isinstance(fact, facts.BugFound):
        return logging.ERROR
    return logging.WARNING if _is_serious(fact) else logging.DEBUG


def _is_serious(fact: facts.Fact) -> bool:
    if isinstance(fact, facts.AttemptMade):
        return bool(fact.reason)
    if isinstance(fact, facts.BreakerMoved):
        return True
    return isinstance(fact, facts.MessageRefused) and fact.reason is Reason.INTERNAL


@cache
def _named(kind: str) -> str:
    """`UtteranceEnded` as `utterance ended`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()


def _values(fact: facts.Fact) -> dict[str, object]:
    values: dict[str, object] = {}
    for field in fields(fact):
        value = getattr(fact, field.name)
        if field.name == "receipt":
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
        elif field.name.endswith("_s"):
            values[f"{field.name[:-2]}_ms"] = _ms(value)
        elif field.name != "traceparent":
            values[field.name] = getattr(value, "value", value)
    return values


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 2)
