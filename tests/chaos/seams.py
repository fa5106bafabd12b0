"""What R6 promises of the matrix: behind a death that is told at once the other route is heard within 150 ms, at 95 of 100 deaths."""

from collections.abc import Iterable, Sequence

from tests.chaos.stage import Result

GAP_MS = 150.0
TOLD_AT_ONCE = frozenset({"reset", "eof", "close 1011", "truncated JSON", "quota", "unavailable"})
"""Deaths that somebody tells of; the others have to be waited for."""


def gaps_ms(results: Iterable[Result]) -> list[float]:
    """Of deaths that were told at once while a voice was heard, in order of length: silence at the listener's playback clock."""
    return sorted(
        result.faulty.gap_ms
        for result in results
        if result.case.fault in TOLD_AT_ONCE and result.case.moment in {"during", "between"} and result.fired
    )


def p95_ms(gaps: Sequence[float]) -> float:
    """That 95 of 100 do not exceed."""
    return gaps[max(-(-len(gaps) * 95 // 100) - 1, 0)] if gaps else 0.0


def told(gaps: Sequence[float]) -> str:
    """The judgement in one line."""
    wrong = "" if p95_ms(gaps) <= GAP_MS else ": NOT WELL"
    return f"seams: {len(gaps)} deaths told at once, gap p95 {p95_ms(gaps):.0f} ms of {GAP_MS:.0f}{wrong}"
