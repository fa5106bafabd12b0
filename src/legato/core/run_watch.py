"""How long to wait for one run at a vendor: for its first audio, for audio in between, for the end. Time is an argument.

Rules:
1. For text with something to say the vendor owes sound; a marker pays for the segments up to it, `finished` for all.
2. While nothing has sounded since it came to owe sound again, `first_audio_s` holds; afterwards `between_audio_s`.
3. A vendor that never sent a marker cannot say that it has paid: it certainly owes only while its audio is shorter than the
   fastest voice needs for the text. What it may owe beyond that is waited for once the text is complete, for `finish_s`.
4. Time during which the run is paused does not count.
5. Text that owed sound and ended with none, or with less than it can possibly take, is a failure, not an end. It is measured from the run's
   beginning: sound that came before a marker may belong to what comes after it.
6. A run that has given about as much sound as its text takes, but has yet to say so, is waited for while that sounds: a marker may
   come late, and the listener misses nothing until that sound, and what comes before it, runs out. Only the time that another route
   needs to begin is held in reserve. Text sent to the run at that point is allowed the time of a first one.
7. Sound that drips in at less than a tenth of real time is no sound: a listener hears nothing but its gaps.
8. Sound that goes on for many times as long as the slowest voice needs for the text has no end: the run has failed.
9. A vendor that says it is busy with others is not silent: after the first audio that time does not count. Before it, it does.
"""

import math
from collections import deque

from legato.core.least_audio import LEAST_S_PER_CHAR, shortfall
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.facts import RunWait
from legato.domain.vendors import VendorLimits

_GIVEN_S_PER_CHAR = 0.03
"""With this much sound the text may have been spoken completely."""
_RESERVE_S = 0.8
"""Another route gives its first sound within this."""
_MOST_S, _MOST_S_PER_CHAR = 60.0, 4.0
"""Ten times what the slowest voice takes, at a quarter of its speed and with pauses in its markup."""
_SLOWEST = 0.1
"""Seconds of sound per second: less is as good as none."""


class RunWatch:
    """Watches one run.

    Args:
        limits: how long each kind of wait may last.
        marks: this vendor is known to send markers.
        first_audio_s: how long to wait for the first audio, if that is known of the route; by default as the limits say.
        heard_from: monotonic seconds until which the listener still hears earlier audio.
    """

    __slots__ = (
        "_audio_s", "_began_at", "_chars", "_ended", "_first_audio_s", "_got_s", "_heard_from", "_limits", "_marked_s", "_marks", "_owed", "_paused_at",
        "_since", "_sounding", "_sure_chars", "awaited",
    )  # fmt: skip

    def __init__(
        self,
        limits: VendorLimits,
        *,
        marks: bool = False,
        first_audio_s: float | None = None,
        heard_from: float = 0.0,
    ) -> None:
        self._limits = limits
        self._first_audio_s = limits.first_audio_s if first_audio_s is None else first_audio_s
        self._heard_from = heard_from
        self._marks = marks
        self._chars = 0
        self._sure_chars = 0
        self._owed: deque[tuple[int, int]] = deque()
        self._audio_s = 0.0
        self._marked_s = 0.0
        self._got_s = 0.0
        self._began_at = 0.0
        self._since = 0.0
        self._sounding = False
        self._ended = False
        self._paused_at: float | None = None
        self.awaited: RunWait = ""
        """What is waited for."""

    def said(self, now: float, segment: int, chars: int, sure_chars: int = 0) -> None:
        """A segment was sent.

        Args:
            now: monotonic seconds.
            segment: its index.
            chars: how many of its characters are to be heard; 0 if the vendor owes nothing for it.
            sure_chars: how many of these are sure to take their time (`least_audio`).
        """
        if not chars:
            return
        if not self._owes() or (self._sounding and self._seems_given()):
            self._since = now
            self._sounding = False
        self._chars += chars
        self._owed.append((segment, sure_chars))

    def audio(self, now: float, seconds: float) -> None:
        """Sound has come."""
        if not self._audio_s:
            self._began_at = max(now, self._heard_from)
        self._audio_s += seconds
        self._got_s += seconds
        if not self._sounding or self._got_s >= _SLOWEST * (now - self._since):
            self._since = now
            self._got_s = 0.0
        self._sounding = True

    def marker(self, now: float, segment: int) -> Failed | None:
        """All audio up to the end of this segment has come. Returns why the run has failed, if there was none, or too little."""
        self._marks = True
        paid = bool(self._owed) and self._owed[0][0] <= segment
        failed = self._settled(segment)
        if paid and failed is not None:
            return failed
        self._marked_s = self._audio_s
        self._since = now
        self._sounding = False
        return None

    def ended(self, now: float) -> None:
        """No more text will come."""
        self._ended = True
        # A vendor without markers may keep the last text until it knows that no more comes; one with markers speaks each segment.
        if not (self._marks and self._owed):
            self._since = max(self._since, now)

    def finished(self) -> Failed | None:
        """The vendor says that all audio has come. Returns why that is a failure, if it is one."""
        return self._settled(math.inf) if self._chars else None

    def paused(self, now: float) -> None:
        """The run is paused: nothing is awaited."""
        if self._paused_at is None:
            self._paused_at = now

    def resumed(self, now: float) -> None:
        """The run goes on: what was awaited gets the time that was left."""
        if self._paused_at is not None:
            self._since += now - max(self._paused_at, self._since)
            self._paused_at = None

    def queued(self, now: float) -> None:
        """The vendor says that the run waits behind others."""
        if self._audio_s:
            self._since = max(self._since, now)

    def restarted(self, now: float) -> None:
        """All that was sent before the first audio is sent again, on another connection."""
        self._paused_at = None
        self._since = now

    @property
    def is_between_segments(self) -> bool:
        """Whether it has sounded, and a marker has come for all of that sound."""
        return 0 < self._audio_s == self._marked_s

    def deadline(self) -> float | None:
        """When the run has failed unless something comes; `None` while nothing is awaited."""
        if self._is_endless():
            self.awaited = "finish"
            return self._since
        awaited, limit_s = self._awaits()
        self.awaited = awaited
        if not limit_s:
            return None
        at = self._since + limit_s
        if awaited == "between_audio" and self._seems_given():
            # A run is heard no earlier than it came, nor than what precedes it was heard: its sound lasts at least until then.
            at = max(at, self._began_at + self._audio_s - _RESERVE_S)
        return at

    def overdue(self, now: float) -> Failed | None:
        """Why the run has failed by now, if it has."""
        deadline = self.deadline()
        if deadline is None or now < deadline:
            return None
        if self._is_endless():
            return Failed(
                Reason.VENDOR_TIMEOUT, "the vendor goes on giving audio long after the end of the text"
            )
        if self.awaited == "finish":
            return Failed(Reason.VENDOR_TIMEOUT, "the vendor did not end the run after its last audio")
        said = "no audio came for the text" if self.awaited == "first_audio" else "no more audio came"
        return Failed(Reason.VENDOR_TIMEOUT, f"{said} within the limit")

    def _awaits(self) -> tuple[RunWait, float]:
        """What is waited for, as in `awaited`, and for how many seconds; 0 for no limit."""
        if self._paused_at is not None:
            return "", 0.0
        if not self._owes():
            return ("finish", self._limits.finish_s) if self._ended else ("", 0.0)
        if self._sounding:
            return "between_audio", self._limits.between_audio_s
        return "first_audio", self._first_audio_s

    def _settled(self, until: float) -> Failed | None:
        """Settle the segments up to this one. Returns why the run has failed, if it has."""
        while self._owed and self._owed[0][0] <= until:
            self._sure_chars += self._owed.popleft()[1]
        if not self._audio_s:
            return Failed(Reason.VENDOR_EMPTY, "the vendor ended the text without any audio")
        return shortfall(self._sure_chars, self._audio_s)

    def _is_endless(self) -> bool:
        return self._audio_s > _MOST_S + self._chars * _MOST_S_PER_CHAR

    def _seems_given(self) -> bool:
        return self._audio_s >= self._chars * _GIVEN_S_PER_CHAR

    def _owes(self) -> bool:
        if self._marks:
            return bool(self._owed)
        return self._audio_s < self._chars * LEAST_S_PER_CHAR
