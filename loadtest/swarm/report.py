"""The report of a run: as text for the terminal, and as a page with the plots."""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from loadtest.swarm import figures
from loadtest.swarm.loop_lag import LoopLag
from loadtest.swarm.plots import Line, Plot, svg
from loadtest.swarm.records import Kind, Records, TurnRecord
from loadtest.swarm.scenarios import Scenario
from loadtest.swarm.verdict import Judgement, Targets, beats_of
from loadtest.swarm.watch import Sample

STEPS = 60
"""The most points of a line over time; each stands for at least a second."""
SHARES = (*tuple(number / 200 for number in range(1, 200)), 0.999)
Of = Callable[[Iterable[TurnRecord]], list[float]]
FIGURES: dict[str, Of] = {
    "ttfb_speakable": figures.ttfb_speakable,
    "first audio of a phrase": figures.first_audio,
    "end to end of a phrase": figures.end_to_end,
    "cancel": figures.cancels,
}


@dataclass(frozen=True, slots=True)
class Run:
    """All that is known of a run.

    Args:
        scenario: the scenario that was played.
        targets: what must hold.
        judgement: whether it did.
        records: the generator's records.
        samples: what the processes used.
        about: what ran where, for the head of the report.
        lag: how punctual the gateway's loop was; `None` for one that was not started here.
        stopped: it was stopped before its end.
    """

    scenario: Scenario
    targets: Targets
    judgement: Judgement
    records: Records
    samples: Sequence[Sample]
    about: str
    lag: LoopLag | None = None
    stopped: bool = False

    @property
    def verdict(self) -> str:
        """The verdict in a word."""
        return "STOPPED" if self.stopped else self.judgement.verdict.name


def text(run: Run) -> Iterator[str]:
    """Yield the lines for the terminal."""
    yield run.about
    for finding in run.judgement.findings:
        yield f"  {'ok    ' if finding.met else 'MISSED'} {finding.stage:<14} {finding.target:<44} {finding.value}"
    for error, count in errors(run.records):
        yield f"  {count} × {error}"
    yield from (f"  {line}" for line in busy(run))
    for limit in run.judgement.generator if run.scenario.judged else ():
        yield f"  THE GENERATOR WAS THE LIMIT: {limit}"
    yield from run.judgement.remarks
    ended = f" in the first {run.scenario.lasts_s:.0f} s" if run.stopped else ""
    yield f"{run.verdict}: {run.scenario.name}, {len(run.records.turns):,} turns{ended}"


def busy(run: Run) -> Iterator[str]:
    """Yield how busy the generator, the gateway, the vendors and the machine were."""
    beats = [beat for stage in run.scenario.judged for beat in beats_of(run.records, stage)]
    if beats:
        lag_ms = figures.percentile([beat.lag_s for beat in beats], 0.95) * 1e3
        cpu = figures.percentile([beat.cpu for beat in beats], 0.5)
        yield f"generator: {cpu:.0%} of a core (p50), loop lag {lag_ms:.0f} ms (p95 of the worst of each second)"
    late = [turn.late_s for turn in run.records.turns]
    if late:
        yield f"turns started late by {figures.percentile(late, 0.99) * 1e3:.1f} ms (p99)"
    if run.samples:
        gateway, vendors, machine = (
            figures.percentile([getattr(sample, name) for sample in run.samples], 0.5)
            for name in ("gateway", "vendors", "machine")
        )
        memory_mb = run.samples[-1].gateway_mb
        ours = f"gateway {gateway:.0%} of a core, {memory_mb:.0f} MB; vendors {vendors:.0%} of a core; "
        whole = f"machine {machine:.0%} busy in total (p50)"
        yield ours + whole if _is_ours(run) else f"this {whole}"
    if run.lag is not None:
        yield str(run.lag)


def _is_ours(run: Run) -> bool:
    """Whether the gateway was started here: what one uses that runs elsewhere is not known."""
    return any(sample.gateway_mb for sample in run.samples)


def errors(records: Records) -> list[tuple[str, int]]:
    """Return how often each error was seen, the most frequent first."""
    counts: dict[str, int] = {}
    for turn in records.turns:
        if turn.failed:
            counts[turn.error] = counts.get(turn.error, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])


def page(run: Run) -> str:
    """Return the report as a self-contained HTML page."""
    told = "\n".join(html.escape(line) for line in text(run))
    body = "\n".join(f"<figure>{svg(plot)}</figure>" for plot in plots(run))
    verdict = run.verdict
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Load test: {verdict}</title><style>{_STYLE}</style>'
        f'<h1 class="{verdict.lower()}">{html.escape(run.scenario.name)}: {verdict}</h1>'
        f'<pre>{told}</pre>{body}<p><a href="locust.html">Locust report</a></p></html>'
    )


def plots(run: Run) -> Iterator[Plot]:
    """Yield the plots."""
    step_s = max(1.0, run.scenario.lasts_s / STEPS)
    bands = [(stage.judged_from_s, stage.to_s, stage.name) for stage in run.scenario.judged]
    limits = {"end to end of a phrase": run.targets.end_to_end_ms, "cancel": None}
    for name, of in FIGURES.items():
        lines = [
            Line(f"p{share:.0%}"[:-1], _in_ms(figures.over_time(run.records.turns, of, share, step_s)))
            for share in (0.5, 0.95, 0.99)
        ]
        limit = limits.get(name, run.targets.ttfb_ms)
        yield Plot(f"{name} over time", "s", "ms", lines, limit, bands)
    yield Plot("percentiles", "share of the turns", "ms", list(_distributions(run.records.turns)))
    yield Plot("ttfb_speakable by kind", "share of the turns", "ms", list(_by_kind(run.records.turns)))
    beats = run.records.beats
    yield Plot("streams", "s", "open", [Line("open", [(b.at_s, b.streams) for b in beats])], None, bands)
    yield Plot("turns", "s", "in a second", list(_rates(run.records.turns, step_s)), None, bands)
    lag = Line("worst loop lag", [(b.at_s, b.lag_s * 1e3) for b in beats])
    yield Plot("generator", "s", "ms", [lag], None, bands)
    yield Plot("processor", "s", "cores", list(_processors(run)), None, bands)


def _in_ms(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(at, value * 1e3) for at, value in points]


def _distribution(name: str, values: Sequence[float]) -> Line:
    ordered = sorted(values)
    return Line(
        name, [(share, figures.percentile(ordered, share) * 1e3) for share in SHARES] if ordered else []
    )


def _distributions(turns: Sequence[TurnRecord]) -> Iterator[Line]:
    return (_distribution(name, of(turns)) for name, of in FIGURES.items())


def _by_kind(turns: Sequence[TurnRecord]) -> Iterator[Line]:
    for kind in Kind:
        yield _distribution(kind, figures.ttfb_speakable(turn for turn in turns if turn.kind is kind))


def _rates(turns: Sequence[TurnRecord], step_s: float) -> Iterator[Line]:
    for name, failed in (("all", (True, False)), ("failed", (True,))):
        counts: dict[int, int] = {}
        for turn in turns:
            if turn.failed in failed:
                counts[int(turn.due_s // step_s)] = counts.get(int(turn.due_s // step_s), 0) + 1
        yield Line(name, [((step + 0.5) * step_s, counts[step] / step_s) for step in sorted(counts)])


def _processors(run: Run) -> Iterator[Line]:
    begun_s = run.records.begun_s or 0.0
    yield Line("generator", [(beat.at_s, beat.cpu) for beat in run.records.beats])
    for name in ("gateway", "vendors") if _is_ours(run) else ():
        yield Line(
            name,
            [
                (sample.at_s - begun_s, getattr(sample, name))
                for sample in run.samples
                if sample.at_s >= begun_s
            ],
        )


_STYLE = (
    "body{font:14px system-ui,sans-serif;max-width:800px;margin:2em auto;padding:0 1em;color:#222}"
    "pre{background:#f6f6f4;padding:1em;overflow-x:auto;font-size:12px}figure{margin:1.5em 0}svg{width:100%}"
    "svg text{font:11px system-ui,sans-serif;fill:#555}svg .title{font-weight:600;fill:#222}"
    ".grid{stroke:#e5e5e3}.limit{stroke:#c0392b;stroke-dasharray:5 4}.band{fill:#0b6e99;opacity:.05}"
    "h1.passed{color:#0f7b6c}h1.failed{color:#c0392b}h1.unproven,h1.stopped{color:#b7791f}"
)
