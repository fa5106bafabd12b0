"""The loads of the relay benchmark, and how often each is run."""

from dataclasses import dataclass, replace

from loadtest.listeners import Load

W1 = Load("W1", 100, chunk_ms=40, pace=1)
W2 = Load("W2", 100, chunk_ms=20, pace=4)

# Beside the table.
PROMISED = replace(W2, streams=200)
"""The load at which it is promised how little is added to the time to first byte."""
CANCELLED = replace(W2, name="cancel", streams=500, cancel_ms=300, audio_ms=2_000)
CANCELLED_GRPC = replace(CANCELLED, streams=200)
FULL_HOUSE = replace(W1, name="1,000", streams=1_000, first_ms=80)
CONVERSATIONS = replace(W2, name="conversations", streams=1_000, first_ms=80, period_ms=7_500)
"""The way agents talk: 3 s of speech, then 4.5 s in which the other side speaks."""
IDLE = Load("idle", 1_000, chunk_ms=40, pace=1, period_ms=1_000_000, warm_ms=1_000, measure_ms=1_000)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run. The most telling loads come first: if time is short, the last are left out.

    Args:
        loads: loads under which everybody is measured, round by round.
        rounds: number of rounds.
        once: loads that are run once, after the rounds.
        beside: further loads, run after the first round, each with the name of its contender.
        most_s: bound of the whole run: no load is begun that would end later than this after the start.
    """

    loads: tuple[Load, ...]
    rounds: int
    once: tuple[Load, ...]
    beside: tuple[tuple[str, Load], ...]
    most_s: float


def _alone(load: Load) -> Load:
    """Return the load with one stream, which speaks short utterances: there would be too few long ones."""
    return replace(load, streams=1, audio_ms=400, period_ms=500, periods=8)


FULL = Plan(
    loads=(
        replace(W2, streams=300),
        replace(W2, streams=100),
        replace(W1, streams=100),
        replace(W2, streams=500),
        replace(W1, streams=500),
    ),
    rounds=3,
    once=(
        replace(W2, streams=10, periods=2),
        replace(W1, streams=10, periods=2),
        replace(W2, streams=1_000),
        replace(W1, streams=1_000),
        _alone(W2),
        _alone(W1),
    ),
    beside=(
        ("direct", PROMISED),
        ("nginx", PROMISED),
        ("Legato", PROMISED),
        ("nginx", CANCELLED),
        ("Legato", CANCELLED),
        ("Legato gRPC", CANCELLED_GRPC),
        ("nginx", FULL_HOUSE),
        ("Legato", FULL_HOUSE),
        ("nginx", CONVERSATIONS),
        ("Legato", CONVERSATIONS),
    ),
    most_s=1_180,
)
QUICK = Plan(
    loads=(W2, W1),
    rounds=1,
    once=(),
    beside=(
        ("nginx", CANCELLED),
        ("Legato", CANCELLED),
        ("Legato gRPC", CANCELLED_GRPC),
        ("Legato", FULL_HOUSE),
    ),
    most_s=180,
)
