"""Downstream: what leaves for the client, and when. Within a track audio leaves in order and never overlaps."""

from legato.core.ending import finish, heard_whole_at
from legato.core.passing import AUDIBLE_GAP_S, LEAST_S
from legato.core.state import StreamState, Track
from legato.core.utterance import PendingSeam, Utterance
from legato.domain.effects import EmptyEncoder, Gather, GiveSilence, Pad, Write
from legato.domain.facts import Spliced, Underran
from legato.domain.receipt import Stage
from legato.domain.replies import Flushed, Seam, UtteranceStarted, WordSpoken

_LEAST_MARGIN_S = 0.06
"""What waits leaves at this lead even where the sizer's safety margin is smaller: it has yet to be encoded and written."""
_EPSILON_S = 1e-6  # clocks are floats: what is due at the requested time must count as due


def emit(state: StreamState, track: Track, now: float) -> None:
    """Write what may be written, answer flushes, finish what is done, and move on to the next in line."""
    track.look_again_at = None
    _finish_heard(state, track, now)
    while track.queue:
        head = track.queue[0]
        complete = head.audio_complete
        if complete and (head.held or head.started):
            _fill_last_frame(state, head)
        if head.flushes:
            _answer_flushes(state, track, head)
        if head.started:
            _tell_marks(state, head, head.written)
        if head.held:
            held_up = track.paused_at is not None or state.outlet_paused
            if held_up or not _write_some(state, track, head, now) or head.held:
                return  # `Written` continues: only then is it known whether the outlet takes another chunk
            continue
        if head.started:
            _await_more(state, track, head, now)
        if not (complete and _written_whole(state, track, head, now)):
            return


def _written_whole(state: StreamState, track: Track, head: Utterance, now: float) -> bool:
    if head.started and state.encoder_lags and not head.encoder_over:
        head.encoder_over = True
        state.do(EmptyEncoder(head.id, over=True))
        return False  # only then is it known how many messages there were
    if head.started and not head.stamps.closed:
        return False  # its first write is decided but not yet performed: the receipt waits for the stamp
    waits = state.finish_when_heard and not state.half_closed and head.started
    if waits and now < heard_whole_at(state, track, head):
        track.queue.popleft()
        track.sounding.append(head)
    else:
        finish(state, track, head, now)
    return True


def _finish_heard(state: StreamState, track: Track, now: float) -> None:
    while track.sounding:
        first = track.sounding[0]
        if now < heard_whole_at(state, track, first) and not state.half_closed:
            return
        finish(state, track, first, now)


def _fill_last_frame(state: StreamState, head: Utterance) -> None:
    missing = -head.produced % state.frame_samples
    if missing:
        state.do(Pad(head.id, missing))
        head.held += missing


def _await_more(state: StreamState, track: Track, head: Utterance, now: float) -> None:
    """Nothing is held: see that the listener has what there is by the time it would run dry."""
    if head.withheld and head.run is not None:
        if _runs_dry(track, head, now):
            head.withheld = 0
            state.do(GiveSilence(head.run.lease))
    elif head.run is not None and head.run.awaited:
        _expect_more(state, track, head, now)
    elif _encoder_holds_some(state, head) and not head.audio_complete and _runs_dry(track, head, now):
        _empty_encoder(state, head)  # the end of the last word: the next text may be long in coming


def _runs_dry(track: Track, head: Utterance, now: float) -> bool:
    """Whether the listener is about to run dry; if not, the track is looked at again when that is so."""
    margin_s = max(head.sizer.safety_s, _LEAST_MARGIN_S)
    if track.clock.lead_s(now) <= margin_s + _EPSILON_S:
        return True
    track.look_again_at = track.clock.lead_falls_to(margin_s)
    return False


def _encoder_holds_some(state: StreamState, head: Utterance) -> bool:
    return state.encoder_lags and head.emptied_at != head.written


def _empty_encoder(state: StreamState, head: Utterance) -> None:
    head.emptied_at = head.written
    state.do(EmptyEncoder(head.id))


def _write_some(state: StreamState, track: Track, head: Utterance, now: float) -> bool:
    lead_s = track.clock.lead_s(now)
    waiting_for_more = head.run is not None and bool(head.run.awaited)
    room = max(state.outlet_room_s, LEAST_S) * state.rate_hz
    offered = head.held if head.held <= room else round(room)  # as much as the outlet takes in one chunk
    if head.flushes and head.flushes[0].end_sample >= 0:
        offered = min(offered, _until_flush(state, head))
    complete = not waiting_for_more or offered < head.held  # a chunk cut to the room gains nothing by waiting
    samples, ask_again_at_lead = head.sizer.offer(offered, lead_s, complete=complete)
    if samples:
        _write(state, track, head, now, samples)
        if head.flushes:
            _answer_flushes(state, track, head)
        return True
    if ask_again_at_lead >= 0:
        track.look_again_at = track.clock.lead_falls_to(ask_again_at_lead)
    if waiting_for_more:
        _expect_more(state, track, head, now)
    return False


def _until_flush(state: StreamState, head: Utterance) -> int:
    """Samples up to the end of the next flush, in whole frames: no chunk has audio from both sides of it."""
    end = head.flushes[0].end_sample
    return end + -end % state.frame_samples - head.written


def _expect_more(state: StreamState, track: Track, head: Utterance, now: float) -> None:
    """Have audio that would only wait gathered, instead of reported chunk by chunk."""
    assert head.run is not None, "an utterance that expects more audio has a run"
    samples, until_lead = head.sizer.gatherable(head.held, track.clock.lead_s(now))
    if samples > 0:
        state.do(Gather(head.run.lease, samples))
        track.look_again_at = track.clock.lead_falls_to(until_lead)


def _write(state: StreamState, track: Track, head: Utterance, now: float, samples: int) -> None:
    offset = track.clock.written
    first = not head.started
    if first:
        head.started = True
        head.start_sample = offset
        head.stamps.stamp(Stage.TURN_WAIT, now)
        state.tell(UtteranceStarted(head.id, head.ordinal, track.number, head.generation, offset))
    gap_s = track.clock.wrote(samples, now)
    if first:
        head.due_at = track.clock.heard_at(offset)
    if head.written and gap_s > AUDIBLE_GAP_S:
        state.note(Underran(state.stream_id, head.id, gap_s))
    if head.seam is not None:
        head.seam.gap_s += min(gap_s, max(now - head.seam.owed_at, 0.0))
    if not first:
        _tell_marks(state, head, head.written + samples)
    if head.ttfa_s is None:
        _take_ttfa(head, now, samples)
    head.held -= samples
    head.written += samples
    state.outlet_room_s -= samples / state.rate_hz  # other tracks may write before the outlet itself reports
    head.chunks += 1
    state.do(Write(head.begin.utterance_id, samples, offset, first=first, more=head.held > 0))


def _tell_marks(state: StreamState, head: Utterance, written: int) -> None:
    """Tell the words that are due, and the seam among them once it is passed."""
    if head.words_due:
        _tell_words(state, head, written)
    if head.seam is not None and written > head.seam.at_sample:
        _tell_seam(state, head, head.seam)
        _tell_words(state, head, written)


def _tell_seam(state: StreamState, head: Utterance, seam: PendingSeam) -> None:
    head.seam = None
    state.tell(Seam(head.id, seam.word, seam.gap_s * 1000, seam.from_route, head.last_route, seam.method))
    state.note(Spliced(state.stream_id, head.id, seam.from_route, head.last_route, seam.method, seam.gap_s))


def _take_ttfa(head: Utterance, now: float, samples: int) -> None:
    begun = head.stamps.first_text
    audible = 0 <= head.audible_at < head.written + samples
    if audible and begun is not None:
        head.ttfa_s = now - begun


def _tell_words(state: StreamState, head: Utterance, written: int) -> None:
    """Tell the words that begin in what is written, or whose audio is all there. The others may be lost with the line, and told anew."""
    awaits = head.run is not None and bool(head.run.awaited)
    border = head.flushes[0].end_sample if head.flushes else -1
    seam = head.seam
    waits = seam is not None and (awaits or head.held > 0 or written > seam.at_sample)
    while head.words_due:
        word = head.words_due[0]
        if 0 <= border <= word.start_sample:
            return  # they are told after the answer to the flush
        if waits and seam is not None and word.end_sample > seam.at_sample:
            return  # who says them is told first
        if awaits and word.start_sample >= written and word.end_sample > head.produced:
            return
        head.words_due.popleft()
        state.tell(
            WordSpoken(
                head.id,
                head.text[word.source_start : word.source_end],
                head.start_sample + word.start_sample,
                head.start_sample + word.end_sample,
                word.source_start,
                word.source_end,
                word.method,
            )
        )


def _answer_flushes(state: StreamState, track: Track, head: Utterance) -> None:
    while head.flushes and 0 <= head.flushes[0].end_sample <= head.written:
        if head.started:
            _tell_marks(state, head, head.written)
        flush = head.flushes.popleft()
        start = head.start_sample if head.started else track.clock.written
        is_last = not (head.held or head.unsaid or (head.run is not None and head.run.awaited))
        if is_last and _encoder_holds_some(state, head):
            _empty_encoder(state, head)
        state.tell(Flushed(head.id, flush.flush_id, start + flush.end_sample))
