"""Runs that a vendor speaks as gRPC calls: one call per run, which ends with its audio.

Rules:
- The caller opens a call for each run, at its first message, and says how it ended (`CallEnded`).
- The vendor does not tell where one segment's audio ends: all but the first are joined to the one before, and the markers come at the end.
- A call that ends well with far too little audio for its text was not spoken whole: a service that takes one request a call ignores the others.
- Only cancelling the call stops a run: the caller does that, and nothing more of the call arrives. So a cancelled run no longer counts;
  one that has failed counts until its call has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from legato.core.least_audio import shortfall, sure_chars
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker, VendorEvent
from legato.domain.protobuf_wire import NoMessageError
from legato.domain.speech import NOTHING_ASKED, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import CallEnded, HalfClose, Incoming, Outgoing, ResponseHead
from legato.ports import LineRequest
from legato.providers.alignment import Alignment
from legato.providers.status_codes import call_ended, closing, refusal, unreadable
from legato.providers.whole_samples import WholeSamples

Told = Sequence[tuple[int, VendorEvent]]
_REASONS = {"RESOURCE_EXHAUSTED": Reason.VENDOR_QUOTA}


@dataclass(slots=True)
class Call:
    """One run's call.

    Args:
        run: its number.
        segments: those said so far.
        joined: how many of them need no `Joined`, or have had it.
        ended: whether its text is complete.
        silent: whether it has failed.
        given_bytes: bytes of audio given so far.
        samples: joins the bytes of its audio.
        options: what the run asks for.
        sure_chars: how many characters of its segments are sure to sound.
        speed: the greatest speed that any of them asks for.
        alignment: when its words sound.
    """

    run: int
    segments: list[int] = field(default_factory=list)
    joined: int = 0
    ended: bool = False
    silent: bool = False
    given_bytes: int = 0
    samples: WholeSamples = field(default_factory=WholeSamples)
    options: UtteranceOptions = NOTHING_ASKED
    sure_chars: int = 0
    speed: float = 1.0
    alignment: Alignment = field(default_factory=Alignment)


class Method(Protocol):
    """What one vendor's method is sent, and what its messages mean."""

    def begin(self, request: LineRequest) -> Sequence[Outgoing]:
        """Messages that open another call; none if its first input does."""

    def inputs(self, reading: Reading) -> Sequence[Outgoing]:
        """Messages that speak a segment of that call; none if it is kept for the end."""

    def rest(self) -> Sequence[Outgoing]:
        """Messages with what was kept, now that the text is complete."""

    def blank(self) -> Sequence[Outgoing]:
        """Messages that keep a call open while it waits for text; none if it needs none."""

    def read(self, call: Call, message: bytes) -> Sequence[VendorEvent]:
        """What a message means.

        Raises:
            NoMessageError: it is not a message.
        """


class Calls:
    """One channel, one call at a time. Implements `ports.Provider`.

    Args:
        vendor: its name, for messages.
        method: the vendor's method.
        sample_rate_hz: rate of the audio.
    """

    def __init__(self, vendor: str, method: Method, sample_rate_hz: int) -> None:
        self._vendor = vendor
        self._bytes_per_s = sample_rate_hz * 2
        self._method = method
        self._call: Call | None = None

    @property
    def open_runs(self) -> int:
        """One while a call is open."""
        return 0 if self._call is None else 1

    def greet(self, now: float) -> Sequence[Outgoing]:
        """No frames."""
        return ()

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """Messages that open a call; nothing more of the one before it arrives."""
        self._call = Call(run, options=request.options)
        return self._method.begin(request)

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """An input, or several if the segment is too long for one."""
        call = self._taking_text()
        if call is None or call.run != run:
            return ()
        call.segments.append(segment)
        call.sure_chars += sure_chars(reading.text)
        call.speed = max(call.speed, call.options.delivered(reading.delivery).speed or 1.0)
        call.alignment.said(segment, reading)
        return self._method.inputs(reading)

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """What was kept, then the half-close."""
        call = self._taking_text()
        if call is None or call.run != run:
            return ()
        call.ended = True
        return (*self._method.rest(), HalfClose())

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """No frames: only cancelling the call stops it. The run is no longer heard."""
        if self._call is not None and self._call.run == run:
            self._call = None
        return ()

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """What keeps a call open while it waits for text."""
        return () if self._taking_text() is None else self._method.blank()

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """An answer that is not gRPC."""
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
            events = (unreadable(self._vendor, "a malformed message"),)
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
            failed = shortfall(call.sure_chars, call.given_bytes / self._bytes_per_s, call.speed)
            if failed is not None:
                return ((call.run, failed),)
            markers = [(call.run, Marker(segment)) for segment in call.segments]
            return [*markers, (call.run, Finished())]
        if ended.code == "OK":
            return ((call.run, Lost(f"{self._vendor} ended the call before its text had ended")),)
        return ((call.run, call_ended(self._vendor, ended)),)


def sounded(call: Call, data: bytes) -> Sequence[VendorEvent]:
    """Audio of a call, in whole samples."""
    data = call.samples.take(data)
    if not data:
        return ()
    call.given_bytes += len(data)
    return (Audio(data),)
