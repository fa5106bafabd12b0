"""What is done for every chunk and every token does not become twice as dear unnoticed.

A step's cost is a ratio: to a yardstick that is timed in turns with it, so that a slow machine, or a busy one, slows both. There are
three of them, since processors differ in what they are good at: on a Zen 5 a resampler took 2.7 loops and a reading of text 1.1, where
earlier machines took 1.4 and 0.67. `USUAL` holds the ratios; who makes a step cheaper lowers its number, who must make it dearer
raises it and says why. A number that has become twice too high fails as well: a doubling would pass below it. What was found is kept in
`var/test/costs.json`.
"""

import json
import re
import sys
import time
import timeit
from collections.abc import Callable

import numpy as np
import pytest

from loadtest import micro_audio, micro_faces, micro_text
from loadtest.rows import Step, fitting
from tests.loadtest.kept import keep

pytestmark = pytest.mark.alone

USUAL = {
    "encode mulaw 8000 Hz": 0.14,
    "intake, bytes": 0.05,
    "pipe as it comes 24000 -> 24000 Hz: push + take": 0.14,
    "pipe joined 24000 -> 24000 Hz: push + take": 0.165,
    "gRPC: read a token": 0.21,
    "gRPC: write 20 ms of audio": 0.15,
    "WebSocket: read a token": 0.075,
    "WebSocket: write 20 ms of audio": 0.037,
    "WebSocket: write a word": 0.085,
}
"""In loops."""
USUAL_PRODUCTS = {
    "resample 24000 -> 8000 Hz": 1.6,
    "resample 22050 -> 24000 Hz": 1.9,
    "pipe as it comes 24000 -> 8000 Hz: push + take": 1.75,
}
USUAL_READINGS = {
    "scanner, plain prose": 0.38,
    "scanner and reading, plain prose": 0.56,
    "scanner and reading, chat with numbers and links": 1.12,
    "scanner and reading, mathematics": 1.95,
}
DEARER = 1.75
"""Runs differ by a quarter, on a busy machine too; a doubling is beyond that."""
CHEAPER = 0.5
ROUNDS = 15
STEPS = {step.name: step for micro in (micro_audio, micro_faces, micro_text) for step in micro.steps()}


def loop():
    """Calls, attributes, small objects, bytes: what the steps are made of."""
    held, total = {}, 0
    for number in range(40):
        held[number & 7] = (number, bytes(8))
        total += len(held[number & 7][1]) + sum((number, total & 3))
    return total


_INPUT, _FILTER = np.linspace(-1.0, 1.0, 2_048), np.linspace(-1.0, 1.0, 298 * 64).reshape(298, 64)


def product():
    """Three stretches of input and the matrix of a filter, as large as those of a resampler."""
    return np.dot(np.ndarray((3, 298), np.float64, _INPUT, 0, (192 * 8, 8)), _FILTER)


_PROSE = "The quick brown fox can't wait: it jumps over the lazy dog, and then it goes home by itself. "
_PARTS = re.compile(r"(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)|(?P<gap>\s+)|(?P<mark>[^\w\s])")


def reading():
    """A pattern, slices of a text, and a table of its words."""
    seen, total = {}, 0
    for found in _PARTS.finditer(_PROSE):
        part = found.group()
        seen[part.lower()] = (found.lastgroup, found.start(), part.isalpha())
        total += len(part) + _PROSE.startswith(part, found.start())
    return total


YARDSTICKS = (
    {name: (loop, usual) for name, usual in USUAL.items()}
    | {name: (product, usual) for name, usual in USUAL_PRODUCTS.items()}
    | {name: (reading, usual) for name, usual in USUAL_READINGS.items()}
)


@pytest.fixture(autouse=True)
def unwatched():
    """Nobody counts lines meanwhile: that would cost more than the step."""
    watching = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(watching)


def least(*runs: Callable[[], object]) -> list[float]:
    """Seconds of CPU that a call of each takes, the least of many rounds in which they take turns."""
    timers = [timeit.Timer(run, timer=time.process_time) for run in runs]
    calls = [fitting(timer) for timer in timers]
    best = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for which, timer in enumerate(timers):
            best[which] = min(best[which], timer.timeit(calls[which]) / calls[which])
    return best


def ratio(step: Step, yardstick: Callable[[], object]) -> float:
    """What it costs, in turns of the yardstick."""
    call, turn = least(step.run, yardstick)
    return call / step.per / turn


@pytest.mark.parametrize("name", YARDSTICKS)
def test_it_costs_what_it_did(name):
    yardstick, usual = YARDSTICKS[name]
    found = ratio(STEPS[name], yardstick)
    keep(name, found, usual, DEARER * usual)
    assert found < DEARER * usual, f"{name} costs {found:.3g} {yardstick.__name__}s; it was {usual:g}"
    assert found > CHEAPER * usual, (
        f"{name} costs {found:.3g} {yardstick.__name__}s only: lower its number ({usual:g})"
    )


def test_a_doubling_is_found():
    step = STEPS["WebSocket: read a token"]

    def twice():
        step.run()
        step.run()

    once, doubled = least(step.run, twice)  # not beside its usual number, which is of one Python
    assert doubled > DEARER * once


def test_what_was_found_is_kept_for_comparison(tmp_path):
    path = tmp_path / "test" / "costs.json"
    keep("one", 1.23456, 1.0, 1.75, path)
    keep("two", 2.0, 2.0, 3.5, path)
    keep("one", 1.5, 1.0, 1.75, path)
    assert json.loads(path.read_text(encoding="utf-8"))["ratios"] == {
        "one": {"found": 1.5, "usual": 1.0, "most": 1.75},
        "two": {"found": 2.0, "usual": 2.0, "most": 3.5},
    }
