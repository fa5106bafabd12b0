"""Plots as SVG, written by hand: lines in one colour each, with axes, a legend and nothing else."""

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 760, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 24, 34, 34
_COLOURS = ("#0b6e99", "#d9730d", "#ad1a72", "#0f7b6c", "#6940a5", "#787774")


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Args:
        name: its name in the legend.
        points: x and y, x rising.
    """

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture.

    Args:
        title: title above it.
        x: label of the x axis.
        y: label of the y axis.
        lines: lines in the order of the legend; one without points is left out.
        limit: level at which a line is drawn across, if any.
        bands: stretches of x to shade: from, to, name.
    """

    title: str
    x: str
    y: str
    lines: Sequence[Line]
    limit: float | None = None
    bands: Sequence[tuple[float, float, str]] = ()


def svg(plot: Plot) -> str:
    """Return the plot as an HTML element."""
    lines = [line for line in plot.lines if line.points]
    xs = [x for line in lines for x, _ in line.points] or [0.0]
    ys = [y for line in lines for _, y in line.points] + ([] if plot.limit is None else [plot.limit])
    frame = _Frame(min(0.0, *xs), max(xs), nice(max(ys, default=1.0)))
    parts = [
        *_bands(plot, frame),
        *_axes(plot, frame),
        *_limit(plot, frame),
        *(_curve(line, number, frame) for number, line in enumerate(lines)),
        *_legend(lines),
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(plot.title)}">'
        + "".join(parts)
        + "</svg>"
    )


def nice(value: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is not below the value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class _Frame:
    from_x: float
    to_x: float
    top_y: float

    def x(self, value: float) -> float:
        """Return the horizontal position of a value."""
        span = max(self.to_x - self.from_x, 1e-9)
        return _LEFT + (min(max(value, self.from_x), self.to_x) - self.from_x) / span * (
            WIDTH - _LEFT - _RIGHT
        )

    def y(self, value: float) -> float:
        """Return the vertical position of a value."""
        return HEIGHT - _BOTTOM - value / self.top_y * (HEIGHT - _TOP - _BOTTOM)


def _curve(line: Line, number: int, frame: _Frame) -> str:
    points = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in line.points)
    colour = _COLOURS[number % len(_COLOURS)]
    return f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>'


def _axes(plot: Plot, frame: _Frame) -> Iterator[str]:
    for fifth in range(6):
        level = frame.top_y * fifth / 5
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{frame.y(level):.1f}" y2="{frame.y(level):.1f}"/>'
        yield f'<text x="{_LEFT - 6}" y="{frame.y(level) + 4:.1f}" text-anchor="end">{level:g}</text>'
    for at in _round_numbers(frame):
        yield f'<text x="{frame.x(at):.1f}" y="{HEIGHT - _BOTTOM + 15}" text-anchor="middle">{at:g}</text>'
    yield f'<text x="{WIDTH - _RIGHT}" y="{HEIGHT - 4}" text-anchor="end">{html.escape(plot.x)}</text>'
    yield f'<text class="title" x="{_LEFT}" y="14">{html.escape(plot.title)} ({html.escape(plot.y)})</text>'


def _round_numbers(frame: _Frame) -> Iterator[float]:
    step = nice((frame.to_x - frame.from_x) / 5)
    for number in range(math.ceil(frame.from_x / step), math.floor(frame.to_x / step) + 1):
        yield round(number * step, 9)


def _limit(plot: Plot, frame: _Frame) -> Iterator[str]:
    if plot.limit is not None:
        y = frame.y(plot.limit)
        yield f'<line class="limit" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _bands(plot: Plot, frame: _Frame) -> Iterator[str]:
    for from_x, to_x, name in plot.bands:
        left, right = frame.x(from_x), frame.x(to_x)
        yield (
            f'<rect class="band" x="{left:.1f}" y="{_TOP}" width="{max(0.0, right - left):.1f}" '
            f'height="{HEIGHT - _TOP - _BOTTOM}"><title>{html.escape(name)}</title></rect>'
        )


def _legend(lines: Sequence[Line]) -> Iterator[str]:
    at = float(_LEFT)
    for number, line in enumerate(lines):
        colour = _COLOURS[number % len(_COLOURS)]
        yield f'<rect x="{at:.0f}" y="20" width="10" height="3" fill="{colour}"/>'
        yield f'<text x="{at + 14:.0f}" y="26">{html.escape(line.name)}</text>'
        at += 24 + 6.2 * len(line.name)
