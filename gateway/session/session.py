"""The session: one stream's loop. It feeds events to the core and performs its effects; it decides nothing.

Everything is synchronous: an event is handled completely before the next, and events that arise while effects are performed
wait in a queue. Time comes from the clock it is given; it is woken by the alarm it is given.

A session that has heard `Closed` breaks all its reference cycles, so that it is freed at once: to find it, the garbage collector
would have to look at every object of every stream.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from gateway.session.faults import broken
from gateway.session.hearing import Hearing
from gateway.session.leases import ON_LEASES, Leased, Leases
from gateway.session.services import SessionServices
from gateway.session.speaker import Speaker, stand_in
from legato.core.stream import Stream
from legato.domain import effects, events, replies
from legato.domain.audio import AudioFormat
from legato.domain.errors import Reason
from legato.domain.events import ClientEvent, Event
from legato.domain.facts import BugFound, CancelServed
from legato.domain.receipt import Stage
from legato.domain.replies import AudioChunk
from legato.domain.speech import Principal
from legato.ports import Alarm, Outlet


class Session:
    """One stream, between its server and its lines. Implements `ports.SessionPort`.

    Args:
        services: what sessions share.
        principal: who asks.
        face: the client's dialect, for telemetry.
        outlet: the way to the client.
        alarm: wakes this session.
    """

    def __init__(
        self, services: SessionServices, principal: Principal, face: str, outlet: Outlet, alarm: Alarm
    ) -> None:
        self.stream_id = services.stream_ids()
        self._services = services
        self._clock = services.clock
        self._principal = principal
        self._outlet = outlet
        self._alarm = alarm
        self._core = Stream(
            self.stream_id,
            principal,
            face,
            services.catalogue,
            services.limits,
            services.core,
            services.shared,
        )
        self._format: AudioFormat | None = None
        self._speakers: dict[str, Speaker] = {}
        self._leases = Leases(services.lines, self._handle, self._said)
        self._hearing = Hearing(self._leases, self._speakers, self._handle, self._stamp, self._pass_on)
        self._leases.listener = self._hearing
        self._waiting: deque[Event] = deque()
        self._running = False
        self._is_over = False
        self._outlet_paused = False
        self._room_is_old = False
        """Audio was written without an event since the core was last told how much the outlet takes."""
        self._cancel_read_at: float | None = None
        """When the message was read that is being obeyed, if it can cancel something."""
        self.tick()  # a stream that is never opened must time out as well

    @property
    def closed(self) -> bool:
        """Whether the stream is over."""
        return self._core.closed

    @property
    def open_utterances(self) -> int:
        """Utterances without a terminal event."""
        return self._core.open_utterances

    # --- what comes from the server and the lines

    def feed(self, event: ClientEvent) -> None:
        """One event from the client."""
        if type(event) is events.Cancel or type(event) is events.Begin:  # a Begin may replace others
            self._cancel_read_at = self._clock()
        elif type(event) is events.Closed:
            self._is_over = True
        self._core.takes(self._outlet.room_ms)  # much may have been read since audio was last written
        self._handle(event)

    def drained(self) -> None:
        """The outlet has fallen below its low watermark."""
        if self._outlet_paused:
            self._outlet_paused = False
            self._core.takes(self._outlet.room_ms)
            if self._core.reopens() and not self._running:
                return
            # What was gathered could wait while the outlet was shut. To report it may write all that waited, or shut the outlet again.
            self._hearing.report_gathered()
            if self._running or not (self._outlet_paused or self._core.reopens()):
                self._handle(events.OutletDrained())

    def tick(self) -> None:
        """The alarm has rung."""
        self._cancel_read_at = None  # what time ends, such as a pause, nobody has asked for
        self._handle(events.Tick())

    def _said(self, leased: Leased) -> None:
        """A segment was handed to its line; the first of an utterance is stamped."""
        speaker = self._speakers[leased.utterance_id]
        if not speaker.said:
            speaker.said = True
            self._stamp(leased.utterance_id, Stage.SEND)

    # --- the loop

    def _handle(self, event: Event) -> None:
        if self._running:
            self._waiting.append(event)
            return
        if self._hearing.waits:
            self._hearing.report_gathered()
        if self._room_is_old:
            self._look_for_room()
        self._waiting.append(event)
        self._running, self._hearing.may_gather = True, False
        try:
            while self._waiting:
                for effect in self._core.handle(self._waiting.popleft(), self._clock()):
                    perform = ON_LEASES.get(type(effect))
                    if perform is not None:
                        perform(self._leases, effect)
                    else:
                        self._PERFORM[type(effect)](self, effect)
            self._alarm.set(self._core.deadline())
        except Exception as bug:  # noqa: BLE001 - a bug ends this stream loudly, and no other
            self._break(bug)
        finally:
            self._running, self._hearing.may_gather = False, True
        if self._is_over:
            self._let_go()

    def _let_go(self) -> None:
        self._running = True  # whatever still comes is queued and never handled
        self._leases.close()
        self._hearing.close()

    def _break(self, bug: Exception) -> None:
        self._services.observer.note(BugFound.of("session", bug))
        self._waiting.clear()
        self._leases.let_all_go()
        self._speakers.clear()
        try:
            for effect in self._core.handle(events.Closed(Reason.INTERNAL), self._clock()):
                if isinstance(effect, effects.Note):
                    self._note(effect)
        except Exception as another:  # noqa: BLE001 - what broke the core can break its end too
            self._services.observer.note(BugFound.of("session", another))
            self._is_over = True  # such a core is asked nothing more
            self._let_go()
        self._alarm.set(None)
        error = broken()
        self._outlet.write(replies.StreamError(error))
        self._outlet.close(error)

    def _release(self, effect: effects.Release) -> None:
        speaker = self._speakers.get(self._leases.utterance_of(effect.lease))
        if speaker is not None:
            speaker.end_run()
        self._leases.release(effect)

    # --- effects on text

    def _open_text(self, effect: effects.OpenText) -> None:
        assert self._format is not None, "the stream is open"
        tenant = self._principal.tenant
        front = self._services.front_ends(effect.language, effect.options, effect.voice, tenant)
        self._speakers[effect.utterance_id] = Speaker(front, self._format, levelled=effect.levelled)

    def _acquire(self, effect: effects.Acquire) -> None:
        self._leases.acquire(effect, self._speakers[effect.request.utterance_id].front.pronunciations)

    def _cut(self, effect: effects.Cut) -> None:
        speaker = self._speakers.get(effect.utterance_id)
        if speaker is None:
            return
        speaker.front.set_lead(effect.lead_ms)
        segments = speaker.cut(effect.text, effect.idle_ms, flush=effect.flush, end=effect.end)
        wait_ms = None if effect.end else speaker.front.idle_wait_ms
        self._waiting.append(
            events.Segmented(
                effect.utterance_id, tuple(segments), speaker.front.pending_chars, wait_ms, closed=effect.end
            )
        )

    # --- effects on the client's side

    def _gather(self, effect: effects.Gather) -> None:
        assert self._format is not None, "the stream is open"
        self._hearing.gather(effect, self._format.sample_rate_hz)

    def _write(self, effect: effects.Write) -> None:
        speaker = self._speakers[effect.utterance_id]
        place, data = speaker.next(effect.samples, first=effect.first)
        if effect.first:
            self._stamp(effect.utterance_id, Stage.ENCODE)
        is_first = self._send(effect.utterance_id, speaker, place, data)
        # An encoder may give its first bytes with the last write: without this event nothing would end the utterance.
        if is_first or effect.first or effect.more:
            self._waiting.append(events.Written(effect.utterance_id))

    def _empty_encoder(self, effect: effects.EmptyEncoder) -> None:
        speaker = self._speakers.get(effect.utterance_id)
        if speaker is None:
            return
        is_first = self._send(effect.utterance_id, speaker, *speaker.rest(over=effect.over))
        if is_first or effect.over:
            self._waiting.append(events.Written(effect.utterance_id))

    def _pad(self, effect: effects.Pad) -> None:
        self._speakers[effect.utterance_id].pipe.pad(effect.samples)

    def _give_silence(self, effect: effects.GiveSilence) -> None:
        speaker = self._speakers.get(self._leases.utterance_of(effect.lease))
        if speaker is not None:
            pipe = speaker.pipe
            pipe.release()  # what is still withheld is leading silence, which nobody is to hear: it does not count
            self._waiting.append(events.Sampled(effect.lease, pipe.available, pipe.audible_at))

    def _fade(self, effect: effects.Fade) -> None:
        speaker = self._speakers[effect.utterance_id]
        self._send(effect.utterance_id, speaker, *speaker.fade_out(effect.samples))

    def _send(self, utterance_id: str, speaker: Speaker, place: tuple[int, int], data: bytes) -> bool:
        """Write encoded audio, unless the encoder holds all of it back. Returns whether it is the utterance's first; that is stamped."""
        if data:
            chunk = AudioChunk(utterance_id, speaker.ordinal, speaker.generation, place[0], data, place[1])
            self._outlet.write(chunk)
        if speaker.lags:
            speaker.messages += bool(data)
            self._core.encoded(utterance_id, speaker.withheld, speaker.messages)
        self._core.takes(self._outlet.room_ms)
        if self._outlet.paused and not self._outlet_paused:
            self._outlet_paused = True
            self._core.shuts()
        if not (data and speaker.nothing_sent):
            return False
        speaker.nothing_sent = False
        self._stamp(utterance_id, Stage.WRITE)
        return True

    def _pass_on(self, leased: Leased, speaker: Speaker, samples: int) -> bool:
        """Write what came if the core lets it pass, with no other decision. Returns whether the core knows of it, written or not."""
        if self._running:
            return False
        outlet = self._outlet
        try:
            written, offset, gathers = self._core.passes(leased.lease, samples, self._clock())
            if not (written or gathers) and self._room_is_old:
                self._look_for_room()
                written, offset, gathers = self._core.passes(leased.lease, samples, self._clock())
            if written:
                self._room_is_old = True
                if speaker.lags:
                    self._send(leased.utterance_id, speaker, *speaker.next(written, first=False))
                else:
                    data = speaker.take(written, first=False)
                    chunk = AudioChunk(leased.utterance_id, speaker.ordinal, speaker.generation, offset, data)
                    outlet.write(chunk)
            elif not gathers:
                return False
        except Exception as bug:  # noqa: BLE001 - as in the loop
            self._running = True
            self._break(bug)
            self._running = self._is_over
            return True
        if outlet.paused and not self._outlet_paused:
            self._outlet_paused = True
            self._core.shuts()
        if gathers:
            self._hearing.allow(leased, gathers, speaker.rate_hz)
            self._alarm.set(self._core.deadline())
        return True

    def _look_for_room(self) -> None:
        self._room_is_old = False
        self._core.takes(self._outlet.room_ms)

    def _stamp(self, utterance_id: str, stage: Stage) -> None:
        fact = self._core.stamp(utterance_id, stage, self._clock())
        if fact is not None:
            self._services.observer.note(fact)

    def _drop_audio(self, effect: effects.DropAudio) -> None:
        speaker = self._speakers.get(effect.utterance_id)
        if speaker is not None:
            speaker.pipe.drop(keep=effect.keep)

    def _forget(self, effect: effects.Forget) -> None:
        if (speaker := self._speakers.pop(effect.utterance_id, None)) is not None:
            speaker.close()

    def _emit(self, effect: effects.Emit) -> None:
        reply = effect.reply
        if type(reply) is replies.UtteranceStarted:
            speaker = self._speakers[reply.utterance_id]
            speaker.ordinal, speaker.generation = reply.ordinal, reply.generation
            speaker.begins_at = reply.start_sample
        elif type(reply) is replies.UtteranceFinished and self._format is not None:
            for chunk in stand_in(reply, self._format, self._services.silence_ms):
                self._outlet.write(chunk)
        self._outlet.write(reply)
        if type(reply) is replies.UtteranceCancelled and self._cancel_read_at is not None:
            took_s = self._clock() - self._cancel_read_at
            self._services.observer.note(CancelServed(self.stream_id, reply.utterance_id, took_s))

    def _note(self, effect: effects.Note) -> None:
        self._services.observer.note(effect.fact)

    def _set_format(self, effect: effects.SetFormat) -> None:
        self._format = effect.audio_format

    def _close_stream(self, effect: effects.CloseStream) -> None:
        self._outlet.close(effect.error)

    _PERFORM: ClassVar[Mapping[type, Callable[["Session", Any], None]]] = {
        effects.OpenText: _open_text,
        effects.Cut: _cut,
        effects.Acquire: _acquire,
        effects.Release: _release,
        effects.Gather: _gather,
        effects.Write: _write,
        effects.EmptyEncoder: _empty_encoder,
        effects.Pad: _pad,
        effects.GiveSilence: _give_silence,
        effects.Fade: _fade,
        effects.DropAudio: _drop_audio,
        effects.Forget: _forget,
        effects.Emit: _emit,
        effects.Note: _note,
        effects.SetFormat: _set_format,
        effects.CloseStream: _close_stream,
    }
    """What performs each effect. On the class, since methods bound to a session would keep it alive."""
