"""Made-up turns."""

from loadtest.swarm.records import Kind, Outcome, TurnRecord
from loadtest.swarm.turns import Shape


def turn(due_s=0.0, **changed):
    """Return a phrase that went well."""
    usual = {
        "kind": Kind.GRPC,
        "shape": Shape.PHRASE,
        "outcome": Outcome.SPOKEN,
        "first_audio_s": 0.09,
        "end_to_end_s": 0.25,
        "ttfb_speakable_s": 0.085,
        "audio_s": 0.8,
    }
    return TurnRecord(due_s, **{**usual, **changed})
