"""Runs that a vendor speaks as gRPC calls: one call a run, which ends with its audio.

Rules:
- Whoever carries the call opens one for each run, at its first message, and says how it ended (`CallEnded`).
- Where one segment's audio ends is not told: all but the first are joined to the one before, and the markers come with the end.
- Nothing but cancelling the call stops a run: whoever carries it does that, and nothing of it comes any more. So a cancelled run counts
  no longer; one that has failed counts until its call has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker, VendorEvent
from legato.domain.protobuf_wire import NoMessageError
from legato.domain.text import Reading
from legato.domain.vendors import CallEnded, HalfClose, Incoming, Outgoing, ResponseHead
from legato.ports import LineRequest
from legato.providers.alignment import Alignment
from legato.providers.status_codes import call_ended, closing, refusal

Told = Sequence[tuple[int, VendorEvent]]
_REASONS = {"RESOURCE_EXHAUSTED": Reason.VENDOR_QUOTA}


@dataclass(slots=True)
class Call:
    """One run's call.

    Args:
        run: its number.
        segments: said so far.
        joined: how many of them it was said of where they begin.
        ended: its text is complete.
        silent: it has failed.
        given_bytes: of audio.
        half: of a sample.
        alignment: of its words.
    """

    run: int
    segments: list[int] = field(default_factory=list)
    joined: int = 0
    ended: bool = False
    silent: bool = False
    given_bytes: int = 0
    half: bytes = b""
    alignment: Alignment = field(default_factory=Alignment)


class Method(Protocol):
    """What one vendor's method is sent, and what its messages are."""

    def begin(self, request: LineRequest) -> Sequence[Outgoing]:
        """Another call: what opens it; none where its first input does."""

    def inputs(self, reading: Reading) -> Sequence[Outgoing]:
        """What speaks a segment of that call; none where it is kept for the end."""

    def rest(self) -> Sequence[Outgoing]:
        """What was kept: the text is complete."""

    def blank(self) -> Sequence[Outgoing]:
        """What keeps a call open that waits for text; none where nothing has to."""

    def read(self, call: Call, message: bytes) -> Sequence[VendorEvent]:
        """What a message means.

        Raises:
            NoMessageError: it is none.
        """


class Calls:
    """One channel, one call at a time. Implements `ports.Provider`.

    Args:
        vendor: for messages.
        method: the vendor's.
    """

    def __init__(self, vendor: str, method: Method) -> None:
        self._vendor = vendor
        self._method = method
        self._call: Call | None = None

    @property
    def open_runs(self) -> int:
        """One while a call is open."""
        return 0 if self._call is None else 1

    def greet(self, now: float) -> Sequence[Outgoing]:
        """Nothing."""
        return ()

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """A call begins, and nothing of the one before it comes any more."""
        self._call = Call(run)
        return self._method.begin(request)

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """An input, or several where the segment is too long for one."""
        call = self._taking_text()
        if call is None or call.run != run:
            return ()
        call.segments.append(segment)
        call.alignment.said(segment, reading)
        return self._method.inputs(reading)

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """The half-close, and before it what was kept."""
        call = self._taking_text()
        if call is None or call.run != run:
            return ()
        call.ended = True
        return (*self._method.rest(), HalfClose())

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """Nothing: only cancelling the call does. The run is heard no more."""
        if self._call is not None and self._call.run == run:
            self._call = None
        return ()

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """What a call needs that waits for text."""
        return () if self._taking_text() is None else self._method.blank()

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """An answer that is no gRPC."""
        return refusal(self._vendor, answer, body, _REASONS)

    def broke(self, code: int, words: str) -> Failed | Lost:
        """A channel that closed."""
        return closing(self._vendor, code, words, {})

    def hear(self, frame: Incoming, now: float) -> Told:
        """A message of the vendor, or the call's end."""
        call = self._call
        if call is None:
            return ()
        if isinstance(frame, CallEnded):
            return self._ended(call, frame)
        if not isinstance(frame, bytes) or call.silent:
            return ()
        try:
            events = self._method.read(call, frame)
        except NoMessageError:
            call.silent = True
            events = (Failed(Reason.VENDOR_REJECTED, f"{self._vendor} sent what is no message"),)
        joins = [Joined(segment) for segment in call.segments[max(call.joined, 1) :]] if events else []
        call.joined = len(call.segments) if events else call.joined
        return [(call.run, event) for event in (*joins, *events)]

    def _taking_text(self) -> Call | None:
        """The call, while it is heard and its text has not ended."""
        call = self._call
        return None if call is None or call.silent or call.ended else call

    def _ended(self, call: Call, ended: CallEnded) -> Told:
        self._call = None
        if call.silent:
            return ()
        if ended.code == "OK" and call.ended:
            markers = [(call.run, Marker(segment)) for segment in call.segments]
            return [*markers, (call.run, Finished())]
        if ended.code == "OK":
            return ((call.run, Lost(f"{self._vendor} ended the call before its text had ended")),)
        return ((call.run, call_ended(self._vendor, ended)),)


def sounded(call: Call, data: bytes) -> Sequence[VendorEvent]:
    """Audio of a call, in whole samples."""
    if call.half or len(data) & 1:
        data = call.half + data
        cut = len(data) & ~1
        call.half, data = data[cut:], data[:cut]
    if not data:
        return ()
    call.given_bytes += len(data)
    return (Audio(data),)
