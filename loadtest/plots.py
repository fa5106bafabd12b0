"""Draws the figures of docs/performance.md from the results of the relay benchmark.

    python -m loadtest.plots [FILE] [--to FOLDER]

A row that is INVALID is not drawn, and is named. The same runs give the same bytes.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from operator import methodcaller
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loadtest.contenders import ROOT
from loadtest.relay_loads import CANCELLED
from loadtest.relay_rows import Cell
from loadtest.relay_runs import FILE, QUICK_FILE, Runs
from loadtest.relay_targets import FEWEST, carried, cost_above_idle

FOLDER = ROOT / "docs" / "figures"
SHARES = ("p50", "p95", "p99")
COLOURS = {
    "nginx": "#0f7b6c",
    "Envoy": "#0b6e99",
    "Legato": "#d9730d",
    "Envoy gRPC": "#6940a5",
    "Legato gRPC": "#ad1a72",
}
WORKLOADS = {"W1": "W1: 40 ms chunks, real time", "W2": "W2: 20 ms chunks, four times real time"}
TICKS_MS = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "legato",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e5e5e5",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_Value = Callable[[Cell], float]


def rows() -> Iterator[str]:
    """Draw the figures of the last full run; yield lines that say what was drawn."""
    return drawn(FILE, FOLDER)


def quick_rows() -> Iterator[str]:
    """Do the same for the last quick run."""
    return drawn(QUICK_FILE, FOLDER)


def drawn(file: Path, folder: Path) -> Iterator[str]:
    """Draw all figures that these runs have data for; yield lines that say which, and what is not in them."""
    try:
        runs = Runs.read(file)
    except FileNotFoundError:
        yield f'  {file} not found: make bench BENCH_ARGS="relay" writes it'
        return
    except ValueError as error:
        yield f"  {file} cannot be read: {error}"
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in FIGURES.items():
        with mpl.rc_context(STYLE):
            figure = draw(runs)
            if figure is None:
                yield f"  {name}.svg: nothing to draw, it has no valid run"
                continue
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
        yield f"  {folder / name}.svg"
        if folder == FOLDER:
            yield f"    for docs/performance.md: ![{CAPTIONS[name]}](figures/{name}.svg)"
    yield from _not_drawn(runs)


def _not_drawn(runs: Runs) -> Iterator[str]:
    for cell in runs.cells:
        if cell.name in COLOURS and (cell.invalid or cell.noisy):
            said = f"not drawn, {cell.invalid}" if cell.invalid else "drawn, although noisy"
            yield f"  {cell.load.name}, {cell.load.streams} streams, {cell.name}: {said}"


def costs(runs: Runs) -> Figure | None:
    """Draw the CPU for 1,000 seconds of audio: bars, by workload and number of streams."""
    figure, panels = _panels(1, 2, 3.4)
    some = [
        _bars(axes, _by_streams(runs, workload), lambda cell: cell.cost)
        for axes, workload in zip(panels, WORKLOADS, strict=True)
    ]
    for axes, about in zip(panels, WORKLOADS.values(), strict=True):
        axes.set(title=about, xlabel="streams")
    panels[0].set_ylabel("CPU-seconds for 1,000 s of audio")
    return _finished(figure, panels) if any(some) else None


def added(runs: Runs) -> Figure | None:
    """Draw what is added to the time to first byte: lines over streams, a panel for each workload and percentile."""
    figure, panels = _panels(2, 3, 5.4)
    some = False
    for number, axes in enumerate(panels):
        workload, share = list(WORKLOADS)[number // 3], SHARES[number % 3]
        some |= _lines(axes, runs, workload, methodcaller("added_ms", share))
        axes.set(title=f"{workload}: {share}", xlabel="streams" if number > 2 else "")
    panels[0].set_yscale("symlog", linthresh=TICKS_MS[1])  # shared by all panels
    least, most = panels[0].get_ylim()
    panels[0].set_yticks([ms for ms in TICKS_MS if ms < most], minor=False)
    panels[0].set_ylim(min(0.0, least), 1.3 * most)
    panels[0].yaxis.set_major_formatter("{x:g}")
    for axes in (panels[0], panels[3]):
        axes.set_ylabel("added TTFB, ms")
    return _finished(figure, panels) if some else None


def cost_of_a_stream(runs: Runs) -> Figure | None:
    """Draw the CPU for 1,000 seconds of audio less what idling takes: lines over streams, flat if the cost of a stream is constant."""
    figure, panels = _panels(1, 2, 3.4)
    some = False
    for axes, (workload, about) in zip(panels, WORKLOADS.items(), strict=True):
        some |= _lines(axes, runs, workload, lambda cell: cost_above_idle(runs, cell), FEWEST)
        axes.set_ylim(bottom=0)
        axes.set(title=about, xlabel="streams")
    panels[0].set_ylabel("CPU-seconds for 1,000 s of audio,\nwithout what it takes idle")
    return _finished(figure, panels) if some else None


def cancels(runs: Runs) -> Figure | None:
    """Draw how long a cancel takes: bars, a group for each percentile."""
    cells = [cell for cell in runs.cells if cell.load.name == CANCELLED.name and not cell.invalid]
    if not cells:
        return None
    figure, panels = _panels(1, 1, 3.4)
    for number, cell in enumerate(cells):
        heights = [cell.median(methodcaller("ms", "cancel_ms", share)) for share in SHARES]
        where = [at + (number - (len(cells) - 1) / 2) * 0.8 / len(cells) for at in range(len(SHARES))]
        label = f"{cell.name}, {cell.load.streams} streams"
        bars = panels[0].bar(where, heights, 0.8 / len(cells), label=label, color=COLOURS[cell.name])
        panels[0].bar_label(bars, fmt="%.1f", padding=2)
    panels[0].set_xticks(range(len(SHARES)), SHARES)
    panels[0].set(ylabel="from the cancel to its answer, ms")
    return _finished(figure, panels)


FIGURES: dict[str, Callable[[Runs], Figure | None]] = {
    "cost": costs,
    "added-ttfb": added,
    "cost-of-a-stream": cost_of_a_stream,
    "cancel": cancels,
}
CAPTIONS = {
    "cost": "CPU-seconds for 1,000 seconds of audio, by contender and number of streams",
    "added-ttfb": "Added time to the first byte, p50, p95 and p99, over the number of streams",
    "cost-of-a-stream": "CPU for 1,000 seconds of audio without what an idle process takes, over the number of streams",
    "cancel": "From a cancel to its answer, p50, p95 and p99",
}


def _panels(down: int, across: int, inches: float) -> tuple[Figure, list[Axes]]:
    """Return a figure and its panels, which share one y scale."""
    figure = Figure(figsize=(9.6 if across > 1 else 5.2, inches), layout="constrained")
    first = figure.add_subplot(down, across, 1)
    others = [
        figure.add_subplot(down, across, number, sharey=first) for number in range(2, down * across + 1)
    ]
    return figure, [first, *others]


def _finished(figure: Figure, panels: Sequence[Axes]) -> Figure:
    """Add one legend for all panels, above them."""
    known: dict[str, Artist] = {}
    for axes in panels:
        handles, labels = axes.get_legend_handles_labels()
        known.update(zip(labels, handles, strict=True))
    figure.legend(
        handles=list(known.values()), labels=list(known), loc="outside upper center", ncols=5, frameon=False
    )
    return figure


def _by_streams(runs: Runs, workload: str) -> dict[int, list[Cell]]:
    counts = sorted({cell.load.streams for cell in runs.cells if cell.load.name == workload})
    everyone = [cell for name in COLOURS for cell in carried(runs, workload, name)]
    return {
        count: [cell for cell in everyone if cell.load.streams == count]
        for count in counts
        if count >= FEWEST
    }


def _bars(axes: Axes, groups: dict[int, list[Cell]], value: _Value) -> bool:
    width = 0.8 / len(COLOURS)
    for number, (name, colour) in enumerate(COLOURS.items()):
        found = [
            (at + (number - (len(COLOURS) - 1) / 2) * width, value(cell))
            for at, cells in enumerate(groups.values())
            for cell in cells
            if cell.name == name
        ]
        if found:
            where, heights = zip(*found, strict=True)
            bars = axes.bar(where, heights, width, label=name, color=colour)
            axes.bar_label(bars, fmt="%.1f", padding=1, fontsize=5.5)
    axes.set_xticks(range(len(groups)), [f"{count:,}" for count in groups])
    axes.grid(visible=False, axis="x")
    return any(groups.values())


def _lines(axes: Axes, runs: Runs, workload: str, value: _Value, fewest: int = 1) -> bool:
    some = False
    for name, colour in COLOURS.items():
        cells = [cell for cell in carried(runs, workload, name) if cell.load.streams >= fewest]
        if cells:
            counts = [cell.load.streams for cell in cells]
            axes.plot(
                counts, [value(cell) for cell in cells], marker="o", ms=3, lw=1.2, label=name, color=colour
            )
            some = True
    counts = sorted({cell.load.streams for cell in runs.cells if cell.load.name == workload})
    axes.set_xscale("log")
    axes.set_xticks([count for count in counts if count >= fewest], minor=False)
    axes.tick_params(axis="x", labelsize=7)
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
    return some


def main(given: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtest.plots", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument(
        "file", nargs="?", type=Path, default=FILE, help=f"file with the runs (default: {FILE})"
    )
    parser.add_argument("--to", type=Path, default=FOLDER, help=f"folder for the figures (default: {FOLDER})")
    arguments = parser.parse_args(given)
    for line in drawn(arguments.file, arguments.to):
        print(line)


if __name__ == "__main__":
    main()
