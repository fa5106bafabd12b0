"""The fast path: audio that comes while an utterance sounds and nothing else is due is written at once and whole.

What `emission` would decide about such a chunk is known before it comes, so it needs no event and no effect. A `Passage` is the permission
for this: it is granted after an event, and ends with the next event of any kind. It keeps the counters as `emission` does, and tells how
much of what comes next may be gathered. A chunk that must wait, or with which something must be told, does not pass: it takes the slow path.
"""

import math

from legato.core.state import StreamState, Track
from legato.core.utterance import Run, RunState, Utterance

AUDIBLE_GAP_S = 0.001
"""A shorter underrun is not reported."""
_ACQUIRING = RunState.ACQUIRING  # looking up an enum member is slow
LEAST_S = 0.02
"""No chunk is cut shorter than this: one frame of a framed codec."""
STAYS = (0, 0, 0)
"""The audio does not pass."""


class Passage:
    """Permission for the audio of one lease to pass.

    Args:
        state: the stream's state.
        track: the track on which it sounds.
        head: the utterance that sounds there.
        run: the run of the lease.
    """

    __slots__ = ("_clock", "_head", "_rate_hz", "_run", "_sizer", "_state", "_track", "lease")

    def __init__(self, state: StreamState, track: Track, head: Utterance, run: Run) -> None:
        self._state = state
        self._track = track
        self._clock = track.clock
        self._head = head
        self._run = run
        self._sizer = head.sizer
        self._rate_hz = state.rate_hz
        self.lease = run.lease

    def take(self, held: int, now: float) -> tuple[int, int, int]:
        """Count held samples as written now.

        Args:
            held: samples that wait, including those that just came.
            now: monotonic seconds.

        Returns:
            How many are written, the offset of the first of them, and how many of those that come next may be gathered; `STAYS` if
            they may not pass, in which case nothing is counted.
        """
        state, clock = self._state, self._clock
        if state.outlet_paused:
            return self._keep(held)
        lead_s = clock.due_end - now
        if lead_s < -AUDIBLE_GAP_S:
            return STAYS
        room_s = max(state.outlet_room_s, LEAST_S)
        samples, gatherable, until_lead = self._sizer.passes(held, lead_s, room_s)
        if not samples:
            return STAYS
        head, offset = self._head, clock.written
        clock.wrote(samples, now)
        head.written += samples
        head.chunks += 1
        self._run.produced += held - head.held
        head.held = held - samples
        state.outlet_room_s -= samples / self._rate_hz
        self._track.look_again_at = clock.due_end - until_lead if gatherable else None
        return samples, offset, gatherable

    def _keep(self, held: int) -> tuple[int, int, int]:
        """Count what came while the outlet is shut: until it opens only too much of it would change anything."""
        state, head, run = self._state, self._head, self._run
        most = min(state.settings.held_high_ms * self._rate_hz / 1000, run.most_held)
        if held >= most:
            return STAYS
        run.produced += held - head.held
        head.held = held
        self._track.look_again_at = None
        return 0, 0, math.ceil(most - held)

    def lapse(self, now: float) -> None:
        """Stop waiting for a chunk to grow if it is due and none of it has come: what comes next is decided on as soon as it comes."""
        track = self._track
        if not self._head.held and track.look_again_at is not None and now >= track.look_again_at:
            track.look_again_at = None


class WordedPassage(Passage):
    """A permission that ends at the next word whose time is already known: the client must be told of the word first.

    Args:
        until: sample of the utterance at which the word begins.
    """

    __slots__ = ("_until",)

    def __init__(self, state: StreamState, track: Track, head: Utterance, run: Run, until: int) -> None:
        super().__init__(state, track, head, run)
        self._until = until

    def take(self, held: int, now: float) -> tuple[int, int, int]:
        """As in any other passage, up to the word."""
        passes = self._state.outlet_paused or self._head.written + held <= self._until
        return super().take(held, now) if passes else STAYS


def passage(state: StreamState, track: Track, lease: int) -> Passage | None:
    """The permission for the audio that comes next on this lease, if nothing else is awaited; else `None`."""
    head = track.queue[0] if track.queue else None
    run = None if head is None else head.run
    if head is None or run is None or run.lease != lease or not run.awaited or run.paused:
        return None
    if run.state is _ACQUIRING or not _sounds(head) or _waits(track):
        return None
    if _owes(head):
        return None
    if head.words_due:
        return WordedPassage(state, track, head, run, head.words_due[0].start_sample)
    return Passage(state, track, head, run)


def _sounds(head: Utterance) -> bool:
    """Whether its start has been told and stamped, its first audible sample was written, and no silence is withheld."""
    return head.stamps.closed and head.ttfa_s is not None and not head.withheld


def _waits(track: Track) -> bool:
    """Whether audio may not be written yet, or text waits for room or for a time."""
    if track.paused_at is not None or track.sounding or track.release_at is not None:
        return True
    return any(utterance.unsaid for utterance in track.queue)


def _owes(head: Utterance) -> bool:
    """Whether something is to be told at a certain place in the audio."""
    return bool(head.seam or (head.flushes and head.flushes[0].end_sample >= 0))
