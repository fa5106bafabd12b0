"""What Locust is told."""

from loadtest.swarm.handover import TurnFailedError, requests_of
from loadtest.swarm.records import Kind, Outcome
from loadtest.swarm.turns import Shape
from tests.loadtest.swarm.turns_made import turn


def told(**changed):
    return {request["name"]: request for request in requests_of(turn(**changed))}


def test_a_turn_is_one_request_and_one_for_each_other_figure():
    every = told(kind=Kind.WEBSOCKET)
    assert {name: round(request["response_time"]) for name, request in every.items()} == {
        "phrase: first audio": 90,
        "ttfb_speakable": 85,
        "phrase: end to end": 250,
    }
    assert {request["request_type"] for request in every.values()} == {"WebSocket"}
    assert every["phrase: first audio"]["response_length"] == 38_400
    assert all(request["exception"] is None for request in every.values())


def test_a_cancel_has_its_own():
    every = told(shape=Shape.ANSWER, outcome=Outcome.CANCELLED, cancel_s=0.004, end_to_end_s=None)
    assert round(every["cancel"]["response_time"]) == 4
    assert "phrase: end to end" not in every


def test_a_failure_is_counted_once():
    every = told(outcome=Outcome.FAILED, error="vendor_lost", first_audio_s=None, ttfb_speakable_s=None)
    [request] = every.values()
    assert isinstance(request["exception"], TurnFailedError)
    assert str(request["exception"]) == "vendor_lost"
