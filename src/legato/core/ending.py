"""How utterances end: with exactly one terminal event each, and nothing after it."""

from legato.core.splicing import unsaid_from
from legato.core.state import StreamState, Track
from legato.core.utterance import Life, Run, RunState, Utterance
from legato.domain.effects import CancelLine, Fade, Forget, Release
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import AttemptEnded, Outcome, UtteranceEnded
from legato.domain.receipt import Receipt
from legato.domain.replies import (
    HeardMethod,
    UtteranceCancelled,
    UtteranceFailed,
    UtteranceFinished,
    Warned,
)


def finish(state: StreamState, track: Track, utterance: Utterance, now: float) -> None:
    """Everything was spoken and written."""
    if not utterance.written:
        state.tell(Warned("nothing_to_say", "the text contains nothing that can be spoken", utterance.id))
    receipt = _receipt(state, utterance, now, no_audio="empty")
    _leave(state, track, utterance, Life.FINISHED, now)
    state.tell(UtteranceFinished(utterance.id, receipt))
    _note(state, utterance, "finished", "", receipt)


def cancel(state: StreamState, track: Track, utterance: Utterance, now: float, fade_ms: int = 0) -> None:
    """Barge-in: stop at once, and report what was heard."""
    position = track.clock.position(now) - _codec_lag(state, track, utterance)
    start = utterance.start_sample if utterance.started else track.clock.written
    written = utterance.written
    _fade(state, track, utterance, now, fade_ms)
    sent = written - utterance.unsent
    played = min(max(position - start, 0), sent)
    heard_end, sent_end = utterance.timeline.split(played, sent)
    text = utterance.text
    receipt = _receipt(state, utterance, now, no_audio="cancelled", unheard=sent_end - heard_end)
    _leave(state, track, utterance, Life.CANCELLED, now)
    track.clock.discard(start, start + utterance.written, now)
    state.tell(
        UtteranceCancelled(
            utterance.id,
            text[:heard_end],
            text[heard_end:sent_end],
            text[sent_end:],
            start + played,
            HeardMethod.PLAYED if track.clock.acknowledged else HeardMethod.WRITE_TIMES,
            receipt,
        )
    )
    _note(state, utterance, "cancelled", "", receipt)


def fail(state: StreamState, track: Track, utterance: Utterance, now: float, error: SpeechError) -> None:
    """An error ends the utterance; the stream and its neighbours go on."""
    sent = utterance.written - utterance.unsent
    unsaid_at = unsaid_from(utterance.timeline, sent, state.rate_hz)
    if utterance.unsaid:
        unsaid_at = min(unsaid_at, utterance.unsaid[0].source_start)
    unspoken = utterance.text[unsaid_at:]
    receipt = _receipt(state, utterance, now, no_audio=error.reason.value)
    _leave(state, track, utterance, Life.FAILED, now)
    state.tell(UtteranceFailed(utterance.id, error, unspoken, receipt))
    _note(state, utterance, "failed", error.reason.value, receipt)


def abandon(
    state: StreamState, track: Track, utterance: Utterance, now: float, reason: Reason | None = None
) -> None:
    """End an utterance whose client is gone or, for this `reason`, its stream: stop vendor work, and tell nobody."""
    no_audio = "cancelled" if reason is None else reason.value
    receipt = _receipt(state, utterance, now, no_audio=no_audio)
    _leave(state, track, utterance, Life.CANCELLED if reason is None else Life.FAILED, now)
    if reason is None:
        _note(state, utterance, "cancelled", "client_gone", receipt)
    else:
        _note(state, utterance, "failed", reason.value, receipt)


def give_back(
    state: StreamState, utterance: Utterance, now: float, outcome: str, *, clean: bool, why: str = ""
) -> None:
    """Give the utterance's line back, stopping what it says.

    Args:
        state: the stream's state.
        utterance: whose line to give back; nothing happens if it has none.
        now: monotonic seconds.
        outcome: as in `AttemptEnded`.
        clean: the line may be used again.
        why: as in `AttemptEnded`.
    """
    run = utterance.run
    if run is None:
        return
    state.do(CancelLine(run.lease))
    let_go(state, utterance, run, now, outcome, clean=clean, why=why)


def let_go(
    state: StreamState,
    utterance: Utterance,
    run: Run,
    now: float,
    outcome: str,
    *,
    clean: bool,
    why: str = "",
) -> None:
    """Give back a line that says nothing more."""
    state.leases.pop(run.lease, None)
    state.do(Release(run.lease, clean))
    utterance.run = None
    if run.state is not RunState.ACQUIRING:
        audio_s = run.produced / state.rate_hz
        ended = AttemptEnded(
            state.stream_id,
            utterance.id,
            run.route.name,
            outcome,
            run.sent_chars if run.script is None else 0,
            audio_s,
            now - run.asked_at,
            why,
        )
        state.note(ended)


def _fade(state: StreamState, track: Track, utterance: Utterance, now: float, fade_ms: int) -> None:
    """Write a tail, only where something has left that could fade. What an encoder holds back leaves with it, and never without."""
    samples = min(utterance.held, state.rate_hz * fade_ms // 1000)
    sounding = utterance.started and track.head is utterance and track.paused_at is None
    if samples > 0 and sounding and not state.outlet_paused and utterance.written > utterance.unsent:
        state.do(Fade(utterance.id, samples, track.clock.written))
        track.clock.wrote(samples, now)
        utterance.written += samples
        utterance.unsent = 0
        utterance.chunks += 1


def heard_whole_at(state: StreamState, track: Track, utterance: Utterance) -> float:
    """Return when the listener has heard all that was written of an utterance, monotonic seconds."""
    at = track.clock.heard_at(utterance.start_sample + utterance.written)
    return at + _codec_lag(state, track, utterance) / state.rate_hz


def _codec_lag(state: StreamState, track: Track, utterance: Utterance) -> int:
    """By how many samples the listener is behind the clock: the encoder held the beginning back, and the decoder begins with silence."""
    assert state.audio_format is not None, "the stream is open"
    if track.clock.acknowledged or not state.encoder_lags:
        return 0
    left_at = utterance.stamps.first_byte_at
    held_s = 0.0 if left_at is None else max(left_at - utterance.due_at, 0.0)
    return round(held_s * state.rate_hz) + state.audio_format.codec_delay


def _leave(state: StreamState, track: Track, utterance: Utterance, life: Life, now: float) -> None:
    assert utterance.life is Life.LIVE, "exactly one terminal event"
    utterance.life = life
    give_back(state, utterance, now, "stopped", clean=True)
    state.do(Forget(utterance.id))
    (track.sounding if utterance in track.sounding else track.queue).remove(utterance)
    del state.utterances[utterance.id]
    state.remember(utterance.id, life)
    state.idle_since = now


def _receipt(
    state: StreamState, utterance: Utterance, now: float, *, no_audio: str, unheard: int = 0
) -> Receipt:
    stamps = utterance.stamps
    return Receipt(
        stages=stamps.stages(),
        ttfb_s=stamps.ttfb_s,
        ttfb_speakable_s=stamps.ttfb_speakable_s,
        ttfa_s=utterance.ttfa_s if stamps.closed else None,
        queued=utterance.queued,
        no_audio="" if stamps.closed else no_audio,  # an encoder may have held back all that was written
        route=utterance.last_route,
        attempts=utterance.attempts,
        line_reused=utterance.line_reused,
        accepted_chars=utterance.accepted_chars,
        sent_chars=utterance.sent_chars,
        cached_chars=utterance.cached_chars,
        unheard_chars=unheard,
        repeated_words=utterance.repeated_words,
        audio_samples=utterance.written - utterance.unsent,
        sample_rate_hz=state.rate_hz,
        chunks=utterance.chunks,
        total_s=now - utterance.begun_at,
    )


def _note(state: StreamState, utterance: Utterance, outcome: Outcome, reason: str, receipt: Receipt) -> None:
    state.note(UtteranceEnded(state.stream_id, utterance.id, utterance.voice.name, outcome, reason, receipt))
