"""The results of the rehearsals in words: which went wrong and why, a line for each cell, and a line for all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tests.chaos.cases import VENDORS
from tests.chaos.stage import Result

COLUMNS = (
    "vendor", "fault", "moment", "cases", "fired", "lost", "repeated", "gap p50", "gap p95", "errors", "recovery",
)  # fmt: skip
RECOVERY_MS = 1_000
ADRIFT = 5
"""How many more words may be heard twice at a seam of a vendor that does not tell where a text ends: the place is estimated from where the
run began, by the usual length of words, and these tones have lengths by chance. Of 32,000 deaths anywhere in three such sentences 76 %
repeated at most four words, 91 % five, and all at most eight: these, and the three of `hearing.BEARABLE`. It still shows where a text is
begun again."""


def why_not(result: Result, *, timed: bool = True) -> str:
    """Return what is wrong with a result; empty for nothing. On a shared machine its duration says little, so pass `timed=False`."""
    told = (result.faulty, result.after)
    adrift = 0 if VENDORS[result.case.vendor].marks else ADRIFT
    wrongs = {
        "broken": bool(result.broken),
        "not fired": not result.fired,
        "lost": any(heard.lost for heard in told),
        "disordered": any(heard.disordered for heard in told),
        "no end": not all(heard.terminal for heard in told),
        "error": any(heard.error for heard in told),
        "repeated": any(heard.repeated > heard.bearable + adrift * heard.seams for heard in told),
        "slow to recover": timed and result.after.ttfb_ms > RECOVERY_MS,
    }
    return ", ".join(name for name, wrong in wrongs.items() if wrong)


def describe(result: Result) -> str:
    """Return a result in one line."""
    return f"{result.case.name}: {result.broken or f'{result.faulty} then {result.after}'}"


def table(results: Iterable[Result]) -> Iterator[str]:
    """Yield a line for each cell, after a heading."""
    cells: dict[tuple[str, str, str], list[Result]] = defaultdict(list)
    for result in results:
        cells[result.case.vendor, result.case.fault, result.case.moment].append(result)
    rows = [COLUMNS, *((*place, *_figures(cell)) for place, cell in sorted(cells.items()))]
    widths = [max(len(row[n]) for row in rows) for n in range(len(COLUMNS))]
    return ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)


def _figures(cell: Sequence[Result]) -> tuple[str, ...]:
    gaps = sorted(result.faulty.gap_ms for result in cell)
    return (
        str(len(cell)),
        str(sum(result.fired for result in cell)),
        str(sum(result.faulty.lost + result.after.lost for result in cell)),
        str(sum(result.faulty.repeated for result in cell)),
        f"{gaps[len(gaps) // 2]:.0f}",
        f"{gaps[-1 - len(gaps) // 20]:.0f}",
        str(sum(bool(result.faulty.error or result.after.error) for result in cell)),
        f"{max(result.after.ttfb_ms for result in cell):.0f}",
    )


def totals(results: Sequence[Result], took_s: float, bad: int) -> str:
    """Return the whole table in one line."""
    if not results:
        return "no such case"
    told = [heard for result in results for heard in (result.faulty, result.after)]
    gaps = sorted(result.faulty.gap_ms for result in results)
    return (
        f"{len(results)} cases, {len(told)} utterances in {took_s:.0f} s: "
        f"{sum(result.fired for result in results)} fired, {sum(heard.lost for heard in told)} words lost, "
        f"{sum(heard.repeated for heard in told)} repeated (at most {max(heard.repeated for heard in told)} in one), "
        f"gap p50 {gaps[len(gaps) // 2]:.0f} p95 {gaps[-1 - len(gaps) // 20]:.0f} ms, "
        f"{sum(bool(heard.error) for heard in told)} errors, {sum(not heard.terminal for heard in told)} without an end, "
        f"recovery at most {max(result.after.ttfb_ms for result in results):.0f} ms, {bad} failed"
    )
