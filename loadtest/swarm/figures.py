"""Figures computed from the records: exact percentiles, and their course over time."""

import math
from collections.abc import Callable, Iterable, Sequence

from loadtest.swarm.records import Outcome, TurnRecord
from loadtest.swarm.turns import Shape

PHRASE_S = 1.2
"""The most speech that a phrase may have for its end-to-end time to count."""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all values does not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no percentile of nothing")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def ttfb_speakable(turns: Iterable[TurnRecord]) -> list[float]:
    """Return the seconds of each turn that sounded, except for those that waited behind an earlier one."""
    return [turn.ttfb_speakable_s for turn in turns if turn.ttfb_speakable_s is not None and not turn.queued]


def first_audio(turns: Iterable[TurnRecord]) -> list[float]:
    """Return the seconds from the moment each phrase was due; a phrase is given whole, so it is speakable at once."""
    return [
        turn.first_audio_s
        for turn in turns
        if turn.shape is Shape.PHRASE and turn.first_audio_s is not None and not turn.queued
    ]


def end_to_end(turns: Iterable[TurnRecord]) -> list[float]:
    """Return the seconds of each phrase that is short enough and was spoken to its end."""
    return [
        turn.end_to_end_s
        for turn in turns
        if turn.shape is Shape.PHRASE
        and turn.outcome is Outcome.SPOKEN
        and turn.end_to_end_s is not None
        and turn.audio_s <= PHRASE_S
        and not turn.queued
    ]


def cancels(turns: Iterable[TurnRecord]) -> list[float]:
    """Return the seconds of each cancel."""
    return [turn.cancel_s for turn in turns if turn.cancel_s is not None]


def error_rate(turns: Sequence[TurnRecord]) -> float | None:
    """Return the share of turns that failed; `None` if there are none."""
    return sum(turn.failed for turn in turns) / len(turns) if turns else None


def between(turns: Iterable[TurnRecord], from_s: float, to_s: float) -> list[TurnRecord]:
    """Return the turns that were due in this interval."""
    return [turn for turn in turns if from_s <= turn.due_s < to_s]


def over_time(
    turns: Iterable[TurnRecord],
    of: Callable[[Iterable[TurnRecord]], list[float]],
    share: float,
    step_s: float,
) -> list[tuple[float, float]]:
    """Return a percentile for each step that has one, as pairs of the step's middle and the figure."""
    steps: dict[int, list[TurnRecord]] = {}
    for turn in turns:
        steps.setdefault(int(turn.due_s // step_s), []).append(turn)
    found = ((number, of(steps[number])) for number in sorted(steps))
    return [((number + 0.5) * step_s, percentile(values, share)) for number, values in found if values]
