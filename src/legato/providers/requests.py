"""Runs that a vendor speaks as HTTP requests: one for each segment, answered in order, one run at a time.

Rules:
- A turn is a request; the end of its answer's body ends it.
- An answer that ends well with far less audio than its text takes was cut short on the way: a proxy that loses the vendor ends a body
  of unknown length as if it were whole.
- An unsuccessful answer is read to its end, since the vendor's own code is in it, and fails the run; an endless one, as far as any code is read.
- Only closing its connection stops a request: a cancelled run counts until its answers have ended. A caller that breaks one off
  drops the connection, or reports its end (`ResponseEnd`).
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from legato.domain.events import Audio, Failed, Lost, VendorEvent
from legato.domain.text import Reading, TextLevel
from legato.domain.vendors import (
    HttpRequest,
    Incoming,
    Outgoing,
    ResponseEnd,
    ResponseHead,
    Transport,
    VendorLimits,
    VendorTraits,
)
from legato.ports import LineRequest
from legato.providers.bodies import Body, encoded
from legato.providers.status_codes import Reasons, closing, refusal
from legato.providers.turns import Told, Turns

_MAX_ERROR = 1 << 16


class Endpoint(Protocol):
    """What one vendor's endpoint is asked, and what its answers mean."""

    def begin(self, request: LineRequest) -> None:
        """Begin another run."""

    def requests(self, segment: int, reading: Reading) -> Sequence[HttpRequest]:
        """The requests that speak a segment of that run, at least one."""

    def body(self, head: ResponseHead, given_ms: Callable[[], float]) -> Body:
        """How the body of a successful answer is read; `given_ms` tells how much audio the run has given so far."""


def request_traits(limits: VendorLimits, *, traceparent: bool, word_times: bool = False) -> VendorTraits:
    """The traits of a vendor that takes a request for each segment, and whose voices read numbers themselves.

    Args:
        limits: what the vendor allows.
        traceparent: whether each request carries the trace that it belongs to.
        word_times: whether its answers have word times.
    """
    return VendorTraits(
        Transport.HTTP,
        limits,
        TextLevel.CLEANED,
        word_times=word_times,
        marks=True,
        takes_traceparent=traceparent,
    )


class Requests:
    """One connection.

    Args:
        vendor: its name, for messages.
        sample_rate_hz: rate of the audio.
        reasons: what the vendor's own codes mean.
        endpoint: the vendor's endpoint.
    """

    def __init__(self, vendor: str, sample_rate_hz: int, reasons: Reasons, endpoint: Endpoint) -> None:
        self._vendor = vendor
        self._bytes_per_ms = sample_rate_hz * 2 / 1000
        self._reasons = reasons
        self._endpoint = endpoint
        self._turns = Turns(sample_rate_hz)
        self._run = 0
        self._body: Body | None = None
        self._refusing: ResponseHead | None = None
        self._words = b""

    @property
    def open_runs(self) -> int:
        """Runs that have begun, and have neither finished nor failed with all their answers in."""
        return self._turns.open_runs

    def greet(self, now: float) -> Sequence[Outgoing]:
        """No frames."""
        return ()

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """No frames: text makes a request."""
        self._run = run
        self._turns.begin(run)
        self._endpoint.begin(request)
        return ()

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """A request, or several if the segment is too long for one."""
        if not self._turns.lives(run):
            return ()
        requests = self._endpoint.requests(segment, reading)
        for _ in requests[:-1]:
            self._turns.ask_part(run)
        self._turns.said(run, segment, reading.text, is_whole=len(requests) == 1)
        self._turns.ask(run)
        return requests

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """No frames: the last answer finishes the run, or `hear(b"")` does."""
        if self._turns.lives(run):
            self._turns.end(run)
        return ()

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """No frames: only closing the connection stops a run."""
        if self._turns.lives(run):
            self._turns.cancel(run)
        return ()

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """No frames."""
        return ()

    def hear(self, frame: Incoming, now: float) -> Told:
        """The oldest answer: its head, its body, its end."""
        if isinstance(frame, ResponseHead):
            return self._headed(frame)
        if isinstance(frame, ResponseEnd):
            return self._ended()
        if not isinstance(frame, bytes):
            return ()
        if not frame:
            return self._turns.settled(self._run)
        if self._refusing is not None:
            self._words = (self._words + frame)[:_MAX_ERROR]
            return self._refuse() if len(self._words) == _MAX_ERROR else ()
        return () if self._body is None else self._told(self._body.feed(frame))

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """An unsuccessful answer."""
        return refusal(self._vendor, answer, body, self._reasons)

    def broke(self, code: int, words: str) -> Failed | Lost:
        """A connection that closed."""
        return closing(self._vendor, code, words, {})

    def _headed(self, head: ResponseHead) -> Told:
        if 100 <= head.status < 200:
            return ()
        self._body = self._refusing = None
        if not 200 <= head.status < 300:
            self._refusing, self._words = head, b""
        elif self._turns.in_turn:
            self._body = encoded(self._vendor, head) or self._endpoint.body(head, self._given_ms)
        return ()

    def _ended(self) -> Told:
        told: list[tuple[int, VendorEvent]] = []
        if self._refusing is not None:
            told += self._refuse()
        elif self._body is not None:
            told += self._told(self._body.end())
        self._body = self._refusing = None
        return (*told, *self._turns.turn_ended())

    def _refuse(self) -> Told:
        head, self._refusing = self._refusing, None
        return () if head is None else self._turns.fail(self.refused(head, self._words))

    def _told(self, events: Sequence[VendorEvent]) -> Told:
        told: list[tuple[int, VendorEvent]] = []
        for event in events:
            if isinstance(event, Audio):
                told += self._turns.audio(event.data)
            elif isinstance(event, Failed):
                told += self._turns.fail(event)
                self._body = None
            else:
                told += self._turns.tell(event)
        return told

    def _given_ms(self) -> float:
        return self._turns.given_bytes(self._turns.in_turn) / self._bytes_per_ms
