"""What the listeners of the relay benchmark ask for, and how often."""

from dataclasses import dataclass, replace

from loadtest.listeners import Load

W1 = Load("W1", 100, chunk_ms=40, pace=1)
W2 = Load("W2", 100, chunk_ms=20, pace=4)

# Beside the table.
CANCELLED = replace(W2, name="cancel", streams=500, cancel_ms=300, audio_ms=2_000)
CANCELLED_GRPC = replace(CANCELLED, streams=200)
FULL_HOUSE = replace(W1, name="1,000", streams=1_000, first_ms=80)
CONVERSATIONS = replace(W2, name="conversations", streams=1_000, first_ms=80, period_ms=7_500)
"""As agents talk: 3 s of speech, then 4.5 s in which the other side speaks."""
IDLE = Load("idle", 1_000, chunk_ms=40, pace=1, period_ms=1_000_000, warm_ms=1_000, measure_ms=1_000)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run. Of loads what tells most comes first: where time is short, the last are left out.

    Args:
        loads: under which everybody is measured, round by round.
        rounds: how often.
        once: loads that are looked at once, behind the rounds.
        beside: who is asked what else, behind the first round.
        most_s: no load is begun that would end later than so long after the start.
    """

    loads: tuple[Load, ...]
    rounds: int
    once: tuple[Load, ...]
    beside: tuple[tuple[str, Load], ...]
    most_s: float


def _alone(load: Load) -> Load:
    """One stream speaks short utterances, or there would be too few of them."""
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
