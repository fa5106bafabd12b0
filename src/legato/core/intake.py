"""What clients send: accepted, or refused with a named error. The rules of the stream are in docs/architecture.md."""

import difflib
from dataclasses import replace

from legato.core.delivering import is_said
from legato.core.room import expected_s
from legato.core.sizer import Sizer
from legato.core.state import StreamState, Track
from legato.core.timeline import Timeline
from legato.core.utterance import Input, Life, PendingFlush, Utterance
from legato.domain.effects import Cut, OpenText, SetFormat, Warm
from legato.domain.errors import Reason, SpeechError, listed
from legato.domain.events import (
    Begin,
    Configure,
    End,
    Flush,
    Open,
    Ping,
    Played,
    Prewarm,
    Refused,
    Segmented,
    Text,
)
from legato.domain.facts import StreamOpened, UtteranceBegun
from legato.domain.languages import is_language_tag, language_tag
from legato.domain.receipt import Stage
from legato.domain.replies import Opened, Pong, Warned
from legato.domain.speech import Position, StreamLimits, Voice


def opened(state: StreamState, event: Open, now: float) -> None:
    """The first message: set the stream's defaults."""
    if state.opened:
        state.refuse(SpeechError(Reason.BAD_ORDER, "Open was sent twice; use Configure to change defaults"))
        return
    language = language_tag(event.language)
    voice = _voice(state, event.voice or state.catalogue.default_voice, language)
    if isinstance(voice, SpeechError):
        state.refuse(voice)
        return
    state.opened = True
    state.opened_at = state.idle_since = now
    state.audio_format = event.audio_format
    state.voice, state.language = voice.name, language
    state.finish_when_heard = event.finish_when_heard
    most = max(state.limits.max_open_utterances, event.waiting_turns or 0)
    state.limits = replace(state.limits, max_open_utterances=most)
    state.options, state.trace = event.options, (event.traceparent, event.tracestate)
    state.max_lead_ms = state.limits.max_lead_ms if event.max_lead_ms is None else event.max_lead_ms
    state.do(SetFormat(event.audio_format))
    made = event.audio_format
    state.tell(Opened(state.stream_id, made, _told_limits(state), made.codec_delay))
    state.do(Warm(voice.routes[0], language or voice.languages[0], state.principal))
    codec = f"{made.encoding}@{made.sample_rate_hz}"
    state.note(StreamOpened(state.stream_id, state.principal.name, state.face, codec, *state.trace))


def begun(state: StreamState, event: Begin, now: float) -> Utterance | None:
    """Begin an utterance, or refuse with a named error."""
    error = _cannot_begin(state, event)
    if error is None:
        language = language_tag(event.language) or state.language
        voice = _voice(state, event.voice or state.voice, language)
        if isinstance(voice, Voice):
            return _add(state, event, voice, language or voice.languages[0], now)
        error = voice
    if event.utterance_id not in state.utterances and event.utterance_id not in state.gone:
        state.remember(event.utterance_id, None)
    error.utterance_id = event.utterance_id
    state.refuse(error)
    return None


def text(state: StreamState, event: Text, now: float) -> None:
    """More text. An unknown id begins an utterance with the stream's defaults."""
    utterance = state.utterances.get(event.utterance_id)
    if utterance is None and _is_late(state, event.utterance_id, "Text"):
        return
    error = _cannot_append(state, utterance, event)
    if error is not None:
        if utterance is None:  # what is refused begins nothing: an empty utterance would block the next
            state.remember(event.utterance_id, None)
        state.refuse(error)
        return
    utterance = utterance or begun(state, Begin(event.utterance_id), now)
    if utterance is not None and event.text:
        _append(state, utterance, event.text, now)


def flush(state: StreamState, event: Flush, now: float) -> None:
    """Speak all held text now."""
    utterance = state.utterances.get(event.utterance_id)
    if utterance is None:
        if not _is_late(state, event.utterance_id, "Flush"):
            state.refuse(unknown(event.utterance_id))
        return
    if utterance.input is not Input.OPEN:
        state.refuse(_after_end(utterance.id, "Flush"))
        return
    utterance.flushes.append(PendingFlush(event.flush_id))
    utterance.cut_at = now
    state.do(Cut(utterance.id, flush=True))


def end(state: StreamState, event: End, now: float) -> None:
    """No more text. A second End changes nothing."""
    utterance = state.utterances.get(event.utterance_id)
    if utterance is None:
        if event.utterance_id not in state.gone:
            state.refuse(unknown(event.utterance_id))
        elif state.gone[event.utterance_id] is not Life.FINISHED:
            state.late_messages += 1
        return
    end_text(state, utterance, now)


def end_text(state: StreamState, utterance: Utterance, now: float) -> None:
    """Close an utterance's text; the client or the core itself may ask for it."""
    if utterance.input is Input.OPEN:
        utterance.input = Input.ENDING
        utterance.idle_wait_ms = None
        utterance.cut_at = now
        state.do(Cut(utterance.id, end=True))


def segmented(state: StreamState, event: Segmented, now: float) -> None:
    """The text front end has answered."""
    utterance = state.utterances.get(event.utterance_id)
    if utterance is None:
        return
    for segment in event.segments:
        for name in segment.ignored:
            what = f"<{name}> is ignored: its text is spoken as usual"
            state.tell(Warned("ssml_ignored", what, utterance.id))
        if is_said(state, utterance, segment):
            if not utterance.known_segments:
                utterance.stamps.stamp(Stage.TEXT_WAIT, utterance.cut_at)
                utterance.stamps.stamp(Stage.SEGMENT, now)
            utterance.unsaid.append(segment)
            utterance.unsaid_chars += len(segment.raw)
            utterance.known_segments += 1
    utterance.front_pending_chars = event.pending_chars
    utterance.idle_wait_ms = event.idle_wait_ms if utterance.input is Input.OPEN else None
    if event.closed:
        utterance.input = Input.COMPLETE
    for waiting in utterance.flushes:
        if waiting.after_segments < 0:
            waiting.after_segments = utterance.known_segments
    utterance.settle_flushes()


def played(state: StreamState, event: Played, now: float) -> None:
    """The client reports the listener's position."""
    track = state.tracks.get(event.track)
    known = not event.sample if track is None else track.clock.played(event.sample, now)
    if not known and not _filled(state, track, event.sample):
        sent = 0 if track is None else track.clock.written
        state.tell(
            Warned(
                "played_clamped",
                f"Played names sample {event.sample}, but only {sent} were sent on track {event.track}",
            )
        )


def _filled(state: StreamState, track: Track | None, sample: int) -> bool:
    """Whether a position beyond what was sent can be in the silence, always less than half a second, that emptying an encoder adds."""
    return track is not None and state.encoder_lags and sample <= track.clock.written + state.rate_hz // 2


def configure(state: StreamState, event: Configure) -> None:
    """New defaults for utterances that begin later."""
    language = state.language if event.language is None else language_tag(event.language)
    voice = _voice(state, event.voice or state.voice, language)
    if isinstance(voice, SpeechError):
        state.refuse(voice)
        return
    state.voice, state.language = voice.name, language
    state.options = event.options.over(state.options)
    if event.max_lead_ms is not None:
        state.max_lead_ms = event.max_lead_ms


def prewarm(state: StreamState, event: Prewarm) -> None:
    """Get a line ready."""
    voice = _voice(state, event.voice or state.voice, "")
    if isinstance(voice, SpeechError):
        state.refuse(voice)
    else:
        state.do(Warm(voice.routes[0], state.language or voice.languages[0], state.principal))


def ping(state: StreamState, event: Ping) -> None:
    """Answer a ping."""
    state.tell(Pong(event.payload))


def refused(state: StreamState, event: Refused) -> None:
    """The face could not read a message. What it was is not known, so nothing ends."""
    state.refuse(event.error)


def _told_limits(state: StreamState) -> StreamLimits:
    return replace(state.limits, max_lead_ms=state.max_lead_ms)


def _voice(state: StreamState, name: str, language: str) -> Voice | SpeechError:
    voices = state.catalogue.voices
    voice = voices.get(name)
    if voice is None:
        near = difflib.get_close_matches(name, voices, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        return SpeechError(
            Reason.UNKNOWN_VOICE, f"there is no voice {name!r}{hint} The voices are {listed(voices)}"
        )
    if language and not voice.speaks(language):
        able = [other for other in voices if voices[other].speaks(language)]
        told = f"voices that do: {listed(able)}" if able else _spoken_by_none(language)
        return SpeechError(Reason.UNKNOWN_VOICE, f"the voice {name!r} does not speak {language!r}; {told}")
    return voice


def _spoken_by_none(language: str) -> str:
    return "no voice here does" if is_language_tag(language) else "expected a tag such as 'en' or 'de-AT'"


def _cannot_begin(state: StreamState, event: Begin) -> SpeechError | None:
    used = event.utterance_id in state.utterances or event.utterance_id in state.gone
    if used and state.gone.get(event.utterance_id, Life.LIVE) is not None:
        return SpeechError(
            Reason.BAD_ORDER,
            f"the utterance id {event.utterance_id!r} was already used; ids must be unique within a stream",
        )
    if state.draining_until is not None or state.half_closed:
        return SpeechError(
            Reason.SHUTTING_DOWN, "the stream is closing: no new utterance can begin", retry_after_s=1.0
        )
    most = state.limits.max_open_utterances
    if state.counted(replaced=event.track if event.position is Position.REPLACE else None) >= most:
        return SpeechError(
            Reason.TOO_MANY_UTTERANCES,
            f"{most} utterances are open, which is the limit; end or cancel one first",
        )
    return None


def _add(state: StreamState, event: Begin, voice: Voice, language: str, now: float) -> Utterance:
    track = state.track(event.track)
    state.begun += 1
    state.gone.pop(event.utterance_id, None)
    rate = state.rate_hz
    utterance = Utterance(
        begin=event,
        ordinal=state.begun,
        generation=track.generation,
        voice=voice,
        language=language,
        options=event.options.over(state.options),
        begun_at=now,
        timeline=Timeline(rate),
        sizer=Sizer(state.settings.chunks, rate, state.max_lead_ms, state.frame_samples),
        last_text_at=now,
    )
    state.speak_in(utterance, voice)
    state.utterances[utterance.id] = utterance
    if event.position is Position.NEXT and track.queue:
        track.queue.insert(1, utterance)
    else:
        track.queue.append(utterance)
    state.goaway_sent = False
    levelled = len(voice.routes) > 1 or bool(voice.fallback)
    state.do(OpenText(utterance.id, language, utterance.options, levelled, voice.name))
    trace = (event.traceparent, event.tracestate) if event.traceparent else state.trace
    state.note(UtteranceBegun(state.stream_id, utterance.id, voice.name, *trace))
    return utterance


def _cannot_append(state: StreamState, utterance: Utterance | None, event: Text) -> SpeechError | None:
    if utterance is not None and utterance.input is not Input.OPEN:
        return _after_end(utterance.id, "Text")
    limits, chars = state.limits, len(event.text)
    accepted = 0 if utterance is None else utterance.accepted_chars
    if accepted + chars > limits.max_utterance_chars:
        most, what = limits.max_utterance_chars, "one utterance"
    elif state.pending_chars + chars > limits.max_pending_chars:
        most, what = limits.max_pending_chars, "the stream's unspoken text"
    else:
        return None
    told = f"a text of {chars} characters exceeds the limit of {most} for {what}"
    if accepted or state.pending_chars:
        told = f"{chars} more characters would exceed the limit of {most} for {what}; text accepted earlier is still spoken"
    return SpeechError(
        Reason.TEXT_TOO_LONG,
        told,
        utterance_id=event.utterance_id,
    )


def _append(state: StreamState, utterance: Utterance, more: str, now: float) -> None:
    utterance.parts.append(more)
    utterance.accepted_chars += len(more)
    utterance.last_text_at = utterance.cut_at = now
    utterance.idle_served_ms = 0
    utterance.stamps.begin(now)
    lead_s = expected_s(state, state.track(utterance.begin.track), now)
    state.do(Cut(utterance.id, more, lead_ms=lead_s * 1000))


def _is_late(state: StreamState, utterance_id: str, what: str) -> bool:
    """Whether a message names an utterance that is over: dropped and counted if that was cut short, else refused."""
    if utterance_id not in state.gone:
        return False
    life = state.gone[utterance_id]
    if life is None:
        state.refuse(
            SpeechError(
                Reason.UNKNOWN_UTTERANCE,
                f"the utterance {utterance_id!r} was refused when it began; begin it again with Begin",
                utterance_id=utterance_id,
            )
        )
    elif life is Life.FINISHED:
        state.refuse(_after_end(utterance_id, what))
    else:
        state.late_messages += 1
    return True


def unknown(utterance_id: str) -> SpeechError:
    """The error for an id that was never begun."""
    return SpeechError(
        Reason.UNKNOWN_UTTERANCE,
        f"no utterance {utterance_id!r} was begun on this stream; Begin or Text begins one",
        utterance_id=utterance_id,
    )


def _after_end(utterance_id: str, what: str) -> SpeechError:
    return SpeechError(
        Reason.TEXT_AFTER_END,
        f"{what} came after the End of {utterance_id!r}; more text needs a new utterance",
        utterance_id=utterance_id,
    )
