"""The short way: audio that comes while an utterance sounds and nothing else is due is written at once and whole.

What `emission` would decide of each such chunk is known before it comes, so that it needs no event and no effect: the numbers are
kept here as they are kept there, and so is the leave to gather what comes next. A passage is given behind an event and ends with the
next one, whatever that is; where a chunk is to wait, or something is to be told of it, it does not pass and takes the long way.
"""

from legato.core.state import StreamState, Track
from legato.core.utterance import Run, RunState, Utterance

AUDIBLE_GAP_S = 0.001
"""An underrun that is told."""
_ACQUIRING = RunState.ACQUIRING  # a member of an enum is dear to find
LEAST_S = 0.02
"""No chunk is cut to less: one frame of a framed codec."""
STAYS = (0, 0, 0)
"""Audio does not pass."""


class Passage:
    """Leave to pass for the audio of one lease.

    Args:
        state: of the stream.
        track: where it sounds.
        head: the utterance that sounds there.
        run: of the lease.
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
        """Take note that held samples are written now.

        Args:
            held: samples that wait, with those that came.
            now: monotonic seconds.

        Returns:
            How many are, the offset of the first of them, and how many of those that come next may be gathered. None where they may
            not pass, and nothing is taken note of.
        """
        state, clock = self._state, self._clock
        lead_s = clock.due_end - now
        if lead_s < -AUDIBLE_GAP_S or state.outlet_paused:
            return STAYS
        samples = self._sizer.passes(held, lead_s, max(state.outlet_room_s, LEAST_S))
        rest, patience, until_lead = held - samples, 0, 0.0
        lead_s += samples / self._rate_hz
        if samples and (rest or lead_s > self._sizer.safety_s):  # at real time there is nothing to gather
            patience, until_lead = self._sizer.patience(rest, lead_s)
        if not samples or (rest and not patience):
            return STAYS
        head, offset = self._head, clock.written
        clock.wrote(samples, now)
        head.written += samples
        head.chunks += 1
        self._run.produced += held - head.held
        head.held = rest
        state.outlet_room_s -= samples / self._rate_hz
        self._track.look_again_at = clock.due_end - until_lead if patience else None
        return samples, offset, patience


class WordedPassage(Passage):
    """Leave that ends where a word begins whose time is known already: it is told first.

    Args:
        until: sample of the utterance, as the word's.
    """

    __slots__ = ("_until",)

    def __init__(self, state: StreamState, track: Track, head: Utterance, run: Run, until: int) -> None:
        super().__init__(state, track, head, run)
        self._until = until

    def take(self, held: int, now: float) -> tuple[int, int, int]:
        """As any other leave, up to the word."""
        return STAYS if self._head.written + held > self._until else super().take(held, now)


def passage(state: StreamState, track: Track, lease: int) -> Passage | None:
    """Leave for what comes next of this lease, where nothing but its audio is awaited; else `None`."""
    head = track.queue[0] if track.queue else None
    run = None if head is None else head.run
    if head is None or run is None or run.lease != lease or not run.said or run.paused:
        return None
    if run.state is _ACQUIRING or not _sounds(head) or _waits(track):
        return None
    if _owes(head):
        return None
    if head.words_due:
        return WordedPassage(state, track, head, run, head.words_due[0].start_sample)
    return Passage(state, track, head, run)


def _sounds(head: Utterance) -> bool:
    """Its beginning has been told, stamped and heard of."""
    return head.stamps.closed and head.ttfa_s is not None and not head.withheld


def _waits(track: Track) -> bool:
    """Something may not be written, or text waits, for a lead or a time."""
    if track.paused_at is not None or track.sounding or track.release_at is not None:
        return True
    return any(utterance.unsaid for utterance in track.queue)


def _owes(head: Utterance) -> bool:
    """Something is to be told at a place in the audio."""
    return bool(head.seam or (head.flushes and head.flushes[0].end_sample >= 0))
