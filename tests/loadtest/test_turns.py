"""Turns of one and of six seconds: from their costs, what an utterance takes and what each second of it does."""

import contextlib
import math
from types import SimpleNamespace

import pytest

from loadtest import relay_extras, turns
from loadtest.contenders import MissingError
from loadtest.listeners import Heard
from loadtest.rows import Row
from loadtest.turns import Turns, beside

COSTS_MS = {
    "Envoy": (1.0, 1.5),
    "Legato": (4.0, 1.2),
    "Envoy gRPC": (1.0, 1.0),
    "Legato gRPC": (5.0, 2.0),
}
"""Of an utterance, and of each second of its audio."""
IDLE_CORES = 0.02


def heard(load, utterance_ms, second_ms, *, spoken=1.0, foreign_s=0.0):
    window_s = load.period_ms * load.periods / 1000
    utterances = round(load.utterances * spoken)
    cpu_s = IDLE_CORES * window_s + utterances * (utterance_ms + second_ms * load.audio_ms / 1000) / 1000
    return Heard({"spoken": utterances, "failed": 0}, window_s, cpu_s, 0.1, cpu_s + 0.1 + foreign_s, 100.0)


class Clock:
    """Time passes where somebody sleeps; a child of it uses a fiftieth of a core."""

    def __init__(self):
        self.now_s = 100.0

    def monotonic(self):
        return self.now_s

    def sleep(self, seconds):
        self.now_s += seconds

    def cpu_s(self):
        return IDLE_CORES * self.now_s


@pytest.fixture
def house(monkeypatch):
    """Contenders that cost what the table says; what they were asked is noted."""
    asked = []
    clock = Clock()
    field = SimpleNamespace(
        contenders=[SimpleNamespace(name=name, child=clock) for name in COSTS_MS],
        of=lambda name: next(one for one in field.contenders if one.name == name),
    )

    @contextlib.contextmanager
    def everybody(ends_core, core, warm_lines):
        assert ends_core != core
        yield field

    def listen(_, contender, load):
        asked.append((contender.name, load.name, load.audio_ms))
        return heard(load, *COSTS_MS[contender.name])

    monkeypatch.setattr(turns, "cores", lambda: [0, 1])
    monkeypatch.setattr(turns, "everybody", everybody)
    monkeypatch.setattr(turns, "listen", listen)
    monkeypatch.setattr(relay_extras, "time", clock)
    return asked


def test_what_an_utterance_costs_is_told_apart_from_what_its_seconds_do(house):
    figures = {row.name: row for row in turns.rows(quick=True) if isinstance(row, Row)}
    for name, (utterance_ms, second_ms) in COSTS_MS.items():
        assert figures[f"W2 {name}: an utterance"].value == pytest.approx(utterance_ms, abs=0.2)
        assert figures[f"W2 {name}: each second"].value == pytest.approx(second_ms, rel=0.05)
    assert figures["W2, each second: Legato beside Envoy"].value == pytest.approx(0.8, rel=0.05)
    assert figures["W2, each second: Legato gRPC beside Envoy gRPC"].value == pytest.approx(2.0, rel=0.05)
    assert not any(row.mark for row in figures.values())


def test_everybody_is_asked_in_turns_in_both_lengths(house):
    list(turns.rows(quick=False))
    assert house[:4] == [
        ("Envoy", "W2", 1_000),
        ("Envoy", "W2", 6_000),
        ("Legato", "W2", 1_000),
        ("Legato", "W2", 6_000),
    ]
    assert len(house) == 2 * len(COSTS_MS) * turns.ROUNDS * 2
    assert {load for _, load, _ in house} == {"W1", "W2"}


def test_a_turn_has_as_many_seconds_as_its_formulas_say():
    """Short ones of 1 s with 2 s of silence behind each, twice in the window; long ones of 6 s without a pause."""
    asked = [
        (load.streams, load.audio_ms, load.period_ms, load.periods) for load in turns.both(turns.QUICK[0])
    ]
    assert asked == [(100, 1_000, 3_000, 2), (100, 6_000, 6_000, 1)]
    assert [(load.name, load.streams) for load in turns.FULL] == [("W2", 200), ("W1", 80)]


def test_what_an_utterance_and_a_second_cost_is_solved_from_both_lengths():
    """Of 100 short turns in 6 s 0.62 s of CPU, of 100 long ones 1.12, 0.12 of each idle: 5 and 10 ms a turn, so 1 ms a second and 4 for the rest."""
    short = Heard({"spoken": 100}, 6.0, 0.62, 0.1, 1.0, 100.0)
    long = Heard({"spoken": 100}, 6.0, 1.12, 0.1, 1.5, 100.0)
    both = Turns(short, long, IDLE_CORES)
    assert (both.second_ms, both.utterance_ms) == (pytest.approx(1.0), pytest.approx(4.0))


def test_where_nobody_spoke_there_is_no_figure():
    nobody = Turns(
        Heard({"spoken": 0}, 6.0, 0.12, 0.1, 0.5, 100.0), Heard({"spoken": 0}, 6.0, 0.12, 0.1, 0.5, 100.0), 0
    )
    told, row = beside("Legato beside Envoy", [nobody], [nobody])
    assert math.isnan(row.value)
    assert "nan x" in told


@pytest.mark.parametrize(
    ("said", "mark"), [({"spoken": 0.5}, "INVALID: 50% of the offered rate"), ({"foreign_s": 9.0}, "noisy")]
)
def test_a_run_that_is_no_figure_marks_the_ratio(said, mark):
    short, long = turns.both(turns.QUICK[0])
    fine = Turns(heard(short, 1, 1), heard(long, 1, 1), IDLE_CORES)
    house = SimpleNamespace(runs=iter((heard(short, 4, 1), heard(long, 4, 1, **said))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "listen", lambda *_: next(house.runs))
        poor = turns.asked(None, SimpleNamespace(name="Legato"), turns.QUICK[0], IDLE_CORES)
    assert poor.mark.startswith(mark)
    told, row = beside("Legato beside Envoy", [poor], [fine])
    assert (row.mark, told.endswith(row.mark)) == (poor.mark, True)


def test_without_its_tools_or_a_second_core_it_says_so(monkeypatch):
    monkeypatch.setattr(turns, "cores", lambda: [0])
    assert list(turns.rows(quick=True)) == [
        "  skipped: two cores are needed, one for client and vendor and one for the gateway between them"
    ]

    def missing(*_):
        raise MissingError("this benchmark needs nginx")

    monkeypatch.setattr(turns, "cores", lambda: [0, 1])
    monkeypatch.setattr(turns, "everybody", missing)
    assert list(turns.rows(quick=True)) == ["  skipped: this benchmark needs nginx"]
