"""What R6 promises for the matrix: after a death that is noticed at once the other route is heard within 150 ms, in 95 of 100 deaths."""

from collections.abc import Iterable, Sequence

from tests.chaos.stage import Result

GAP_MS = 150.0
TOLD_AT_ONCE = frozenset({"reset", "eof", "close 1011", "truncated JSON", "quota", "unavailable"})
"""Deaths that the connection or the vendor reports; the others are only noticed by a time-out."""


def gaps_ms(results: Iterable[Result]) -> list[float]:
    """Return the silences at the listener's playback clock after deaths that were noticed at once while a voice was heard, shortest first."""
    return sorted(
        result.faulty.gap_ms
        for result in results
        if result.case.fault in TOLD_AT_ONCE and result.case.moment in {"during", "between"} and result.fired
    )


def p95_ms(gaps: Sequence[float]) -> float:
    """Return the gap that 95 of 100 do not exceed."""
    return gaps[max(-(-len(gaps) * 95 // 100) - 1, 0)] if gaps else 0.0


def told(gaps: Sequence[float]) -> str:
    """Return the judgement in one line."""
    wrong = "" if p95_ms(gaps) <= GAP_MS else ": FAILED"
    return f"seams: {len(gaps)} deaths told at once, gap p95 {p95_ms(gaps):.0f} ms of {GAP_MS:.0f}{wrong}"
