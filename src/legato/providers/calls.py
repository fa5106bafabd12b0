"""Runs that a vendor speaks as gRPC calls: one call a run, which ends with its audio.

Rules:
- Whoever carries the call opens one for each run, at its first message, and says how it ended (`CallEnded`).
- Where one segment's audio ends is not told: all but the first are joined to the one before, and the markers come with the end.
- Nothing but cancelling the call stops a run: whoever carries it does that, and nothing of it comes any more. So a cancelled run counts
  no longer; one that has failed counts until its call has ended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker, VendorEvent
from legato.domain.protobuf_wire import NoMessageError
from legato.domain.text import Reading
from legato.domain.vendors import CallEnded
from legato.providers.alignment import Alignment
from legato.providers.status_codes import call_ended

Told = Sequence[tuple[int, VendorEvent]]


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


class Calls:
    """The calls of one channel, one at a time.

    Args:
        vendor: for messages.
        read: what a message of the vendor means, for this call.
    """

    def __init__(self, vendor: str, read: Callable[[Call, bytes], Sequence[VendorEvent]]) -> None:
        self._vendor = vendor
        self._read = read
        self._call: Call | None = None

    @property
    def open_runs(self) -> int:
        """One while a call is open."""
        return 0 if self._call is None else 1

    def begin(self, run: int) -> None:
        """A call begins, and nothing of the one before it comes any more."""
        self._call = Call(run)

    def of_run(self, run: int) -> Call | None:
        """The call, while it is heard and its text has not ended."""
        call = self._call
        return None if call is None or call.run != run or call.silent or call.ended else call

    def said(self, call: Call, segment: int, reading: Reading) -> None:
        """A segment was sent."""
        call.segments.append(segment)
        call.alignment.said(segment, reading)

    def cancel(self, run: int) -> None:
        """The run is heard no more, and its call is over."""
        if self._call is not None and self._call.run == run:
            self._call = None

    def hear(self, frame: object) -> Told:
        """A message of the vendor, or the call's end."""
        call = self._call
        if call is None:
            return ()
        if isinstance(frame, CallEnded):
            return self._ended(call, frame)
        if not isinstance(frame, bytes) or call.silent:
            return ()
        try:
            events = self._read(call, frame)
        except NoMessageError:
            call.silent = True
            events = (Failed(Reason.VENDOR_REJECTED, f"{self._vendor} sent what is no message"),)
        joins = [Joined(segment) for segment in call.segments[max(call.joined, 1) :]] if events else []
        call.joined = len(call.segments) if events else call.joined
        return [(call.run, event) for event in (*joins, *events)]

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
