"""What Locust is told about a turn: its statistics, its charts and its CSV are made from this."""

from collections.abc import Iterator
from typing import Any

from loadtest.swarm import figures
from loadtest.swarm.records import TurnRecord

_BYTES_PER_S = 48_000


def requests_of(turn: TurnRecord) -> Iterator[dict[str, Any]]:
    """Yield the arguments of `events.request.fire`, times in milliseconds: once for the turn, and once for each other figure it has."""
    yield _request(
        turn,
        f"{turn.shape}: first audio",
        turn.first_audio_s or 0.0,
        response_length=int(turn.audio_s * _BYTES_PER_S),
        exception=TurnFailedError(turn.error) if turn.failed else None,
    )
    for name, values in (
        ("ttfb_speakable", figures.ttfb_speakable([turn])),
        ("phrase: end to end", figures.end_to_end([turn])),
        ("cancel", figures.cancels([turn])),
    ):
        for value in values:
            yield _request(turn, name, value)


class TurnFailedError(Exception):
    """A turn failed; the message says why."""


def _request(turn: TurnRecord, name: str, value_s: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - Locust's own arguments
    told: dict[str, Any] = {"response_length": 0, "exception": None, "context": {}}
    return {"request_type": str(turn.kind), "name": name, "response_time": value_s * 1e3, **told, **more}
