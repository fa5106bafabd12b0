"""A simulated vendor's side of one stream: client events in, replies out, limits enforced strictly, faults at their moment.

Rules:
- Utterances of one track sound one after the other; tracks sound at the same time.
- A violation closes the stream, as vendors do. One flush too many only gets a warning, and its text waits for the next flush.
- Faults that act on the socket wait until everything before them was handed to it.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from gateway.servers.websocket import WebSocketOutlet
from gateway.simulator.connection import SimulatedRequest
from gateway.simulator.contexts import StreamContext, VendorContext
from gateway.simulator.face import MARK
from gateway.simulator.faults import Armed, Scene
from gateway.simulator.limits import Window
from gateway.simulator.log import Saw
from gateway.simulator.script import Close, Down, Error, Moment, Plain
from gateway.simulator.utterance import Utterance
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import StreamLimits
from legato.domain.traces import Trace
from legato.ports import Alarm, Outlet

_SPEAKING: tuple[Moment, ...] = ("begin", "first_byte", "ms", "byte", "word", "segment")
_UNTIL_TOLD = AudioFormat(Encoding.PCM_S16LE, 24_000)


class SyntheticSession:
    """Implements `ports.SessionPort`.

    Args:
        vendor: what all streams of the vendor share.
        request: the request that opened the stream.
        outlet: the way to the client.
        alarm: wakes the session.
        take_down: takes the whole vendor down for this many milliseconds.
        left: called once, when the session is over.
    """

    def __init__(
        self,
        vendor: VendorContext,
        request: SimulatedRequest,
        outlet: Outlet,
        alarm: Alarm,
        take_down: Callable[[float], None],
        left: Callable[["SyntheticSession"], None],
    ) -> None:
        self._vendor = vendor
        self.request = request
        self._outlet = outlet
        self._alarm = alarm
        self._take_down = take_down
        self._left = left
        self._limits = vendor.limits
        self._scene = Scene(request.vendor, request.connection.number, request.key)
        self._stream = StreamContext(vendor, outlet, self._scene, _UNTIL_TOLD)
        self._voice = ""
        self._over = False
        self._half_closed = False
        self._tracks: dict[int, deque[Utterance]] = {}
        self._begun: set[str] = set()
        self._unflushed: list[Utterance] = []
        self._settled: Callable[[], None] | None = None
        self._opened_at = self._active_at = self._now()
        self._flushes = Window(self._limits.flushes, self._limits.window_s)
        self._chars = Window(self._limits.window_chars, self._limits.window_s)
        self._idle_faults = vendor.injector.armed(self._scene, "idle")

    @property
    def speaking(self) -> int:
        """How many utterances are open."""
        return len(self._live())

    # --- from the server ----------------------------------------------------------------------------------------------

    def feed(self, event: events.ClientEvent) -> None:
        """Take one event of the client, in order."""
        if self._over:
            return
        self._active_at = self._now()
        if (take := self._TAKES.get(type(event))) is not None:  # other events mean nothing to a vendor
            take(self, event)
        self._pump()

    def drained(self) -> None:
        """The outlet has room again."""
        settled, self._settled = self._settled, None
        if settled is not None:
            settled()
        self._pump()

    def tick(self) -> None:
        """The alarm has rung."""
        now = self._now()
        for at, act in self._deadlines():
            if not self._over and at <= now:
                act()
        self._pump()

    # --- events -------------------------------------------------------------------------------------------------------

    def _configure(self, event: events.Configure) -> None:
        self._voice = event.voice or self._voice

    def _ping(self, event: events.Ping) -> None:
        self._outlet.write(replies.Pong(event.payload))

    def _refused(self, event: events.Refused) -> None:
        self._reject(event.error, "protocol")

    def _open(self, event: events.Open) -> None:
        self._voice = event.voice
        self._scene = replace(self._scene, voice=event.voice)
        self._stream = StreamContext(
            self._vendor, self._outlet, self._scene, event.audio_format, self.request.eager
        )
        self._stream.note(self._scene, Saw.OPENED, trace=Trace(event.traceparent, event.tracestate))
        number = self._scene.connection
        self._outlet.write(replies.Opened(f"simulated-{number}", event.audio_format, StreamLimits()))

    def _begin(self, event: events.Begin) -> Utterance | None:
        self._begun.add(event.utterance_id)
        number = next(self._vendor.utterances)
        scene = replace(self._scene, utterance=number, voice=event.voice or self._voice)
        self._stream.note(scene, Saw.BEGUN)
        armed = self._vendor.injector.armed(scene, *_SPEAKING)
        at_once = [one for one in armed if one.fault.when.at == "begin"]
        later = [one for one in armed if one.fault.when.at != "begin"]
        most = self._limits.runs_per_line
        refusing = [one for one in at_once if one.fault.name == "context_limit"]
        if (most > 1 and len(self._live()) >= most) or any(map(self._vendor.injector.fire, refusing)):
            self._stream.note(scene, Saw.LIMIT, note="runs_per_line")
            self._outlet.write(replies.StreamError(self._full(event.utterance_id)))
            return None
        utterance = Utterance(
            event.utterance_id, event.track, scene, self._stream, later, self._strike, self._pump
        )
        self._tracks.setdefault(event.track, deque()).append(utterance)
        for one in at_once:
            if one not in refusing:
                self._strike(utterance, one)
        return utterance

    def _full(self, utterance_id: str) -> SpeechError:
        return SpeechError(
            Reason.TOO_MANY_UTTERANCES, "too many contexts are open", utterance_id=utterance_id
        )

    def _text(self, event: events.Text) -> None:
        utterance = self._find(event.utterance_id)
        if utterance is None and event.utterance_id not in self._begun:
            utterance = self._begin(events.Begin(event.utterance_id))
        if utterance is None or self._over:
            return  # it was refused, or is over
        most, size = self._limits.message_chars, len(event.text)
        if most and size > most:
            self._reject(SpeechError(Reason.TEXT_TOO_LONG, f"at most {most} characters"), "message_chars")
            return
        if not self._chars.take(size, self._now()):
            said = f"more than {self._limits.window_chars} characters in {self._limits.window_s:g} s"
            self._reject(SpeechError(Reason.QUOTA_EXCEEDED, said), "window_chars")
            return
        self._stream.note(utterance.scene, Saw.TEXT, size)
        utterance.add(event.text)

    def _speak(self, event: events.Flush | events.End) -> None:
        utterance = self._find(event.utterance_id)
        if utterance is None:
            return
        saw = Saw.FLUSHED if isinstance(event, events.Flush) else Saw.ENDED
        self._stream.note(utterance.scene, saw)
        if not self._flushes.take(1, self._now()):
            self._stream.note(utterance.scene, Saw.LIMIT, note="flushes")
            said = f"too many flushes: {self._limits.flushes} in {self._limits.window_s:g} s"
            self._outlet.write(replies.Warned("too_many_flushes", said, event.utterance_id))
            self._unflushed.append(utterance)
            return
        waiting, self._unflushed = self._unflushed, []
        for one in waiting:
            one.end()
        if isinstance(event, events.Flush):
            utterance.flush(event.flush_id)
        else:
            utterance.end()

    def _cancel(self, event: events.Cancel) -> None:
        for utterance in self._live():
            named = event.utterance_id
            if named == utterance.utterance_id or (not named and event.track in {None, utterance.track}):
                utterance.cancel(event.played_sample)

    def _half_close(self, _: events.HalfClosed) -> None:
        self._half_closed = True
        for utterance in self._live():
            utterance.end()

    # --- the run of time ----------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        now = self._now()
        for track, waiting in tuple(self._tracks.items()):
            while waiting and not self._over:
                waiting[0].give(now)
                if not waiting[0].over:
                    break
                waiting.popleft()
                self._active_at = now
            if not waiting:
                self._tracks.pop(track, None)
        if self._half_closed and not self._tracks and not self._over:
            self._outlet.close(None)
            self._end("asked")
        self._wake()

    def _wake(self) -> None:
        if self._over:
            self._alarm.set(None)
            return
        times = [at for at, _ in self._deadlines()]
        if not self._outlet.paused:
            heads = [waiting[0].due() for waiting in self._tracks.values() if waiting]
            times += [at for at in heads if at is not None]
        self._alarm.set(min(times, default=None))

    def _deadlines(self) -> list[tuple[float, Callable[[], None]]]:
        """Everything but audio that is due at some time, and what happens then."""
        limits, found = self._limits, list[tuple[float, Callable[[], None]]]()
        if limits.max_age_s:
            found.append((self._opened_at + limits.max_age_s, self._too_old))
        if not self._tracks:
            if limits.idle_s:
                found.append((self._active_at + limits.idle_s, self._too_idle))
            found += [
                (self._active_at + one.fault.when.value / 1000, partial(self._strike_idle, one))
                for one in self._idle_faults
            ]
        if limits.context_idle_s:
            found += [
                (one.text_at + limits.context_idle_s, one.expire) for one in self._live() if not one.ended
            ]
        return [(at, act) for at, act in found if math.isfinite(at)]

    def _too_old(self) -> None:
        said = "this connection has reached its maximum age"
        self._reject(SpeechError(Reason.SHUTTING_DOWN, said), "max_age_s")

    def _too_idle(self) -> None:
        self._stream.note(self._scene, Saw.LIMIT, note="idle_s")
        how = self._vendor.script.idle_drop
        if how == "close":
            self._outlet.close(SpeechError(Reason.IDLE_TIMEOUT, "the connection was idle for too long"))
            self._end("idle_s")
        else:
            self._cut("half_open" if how == "silent" else how, "idle_s", silent=True)

    # --- faults -------------------------------------------------------------------------------------------------------

    def _strike_idle(self, armed: Armed) -> None:
        self._idle_faults.remove(armed)
        if self._vendor.injector.fire(armed):
            self._act(armed, None)

    def _strike(self, utterance: Utterance, armed: Armed) -> None:
        if self._vendor.injector.fire(armed):
            self._act(armed, utterance)

    def _act(self, armed: Armed, utterance: Utterance | None) -> None:
        match armed.fault.do:
            case Close(close=code, reason=reason):
                self._hang_up(code, reason)
            case Down(down_ms=ms):
                self._cut("reset", "down", silent=utterance is None or not utterance.given)
                self._take_down(ms)
            case Plain(do="reset" | "eof" | "half_open" as how):
                self._cut(how, how, silent=utterance is None or not utterance.given)
            case Plain(do="truncate_json"):
                self.request.cut_json = True
            case Error(error=reason) if utterance is not None:
                utterance.fail(SpeechError(reason, "as the script says"))
            case deed if utterance is not None:
                utterance.effects.apply(deed, self._now())

    def _hang_up(self, code: int, reason: str) -> None:
        if isinstance(self._outlet, WebSocketOutlet):
            self._outlet.hang_up(code, reason)
        else:
            self._outlet.close(SpeechError(Reason.INTERNAL, reason or "as the script says"))
        self._end("close")

    def _cut(self, how: str, why: str, *, silent: bool) -> None:
        """Act on the socket, once everything written was handed to it; at once if no answer has begun."""
        connection = self.request.connection
        act = {"reset": connection.reset_behind, "eof": connection.end, "half_open": connection.freeze}[how]
        self._end(why)
        if isinstance(self._outlet, WebSocketOutlet) or not silent:
            self._outlet.write(MARK)
        if self._outlet.paused:
            self._settled = act
        else:
            act()

    # ------------------------------------------------------------------------------------------------------------------

    def _reject(self, error: SpeechError, limit: str) -> None:
        self._stream.note(self._scene, Saw.LIMIT, note=limit)
        self._outlet.close(error)
        self._end(limit)

    def _end(self, why: str) -> None:
        if not self._over:
            self._over = True
            for utterance in self._live():
                utterance.over = True
            self._tracks.clear()
            self._unflushed.clear()
            self._stream.note(self._scene, Saw.CLOSED, note=why)
            self._left(self)

    def _live(self) -> list[Utterance]:
        return [one for waiting in self._tracks.values() for one in waiting if not one.over]

    def _find(self, utterance_id: str) -> Utterance | None:
        return next((one for one in self._live() if one.utterance_id == utterance_id), None)

    def _now(self) -> float:
        return self._vendor.clock()

    _TAKES: ClassVar[Mapping[type, Callable[["SyntheticSession", Any], object]]] = {
        events.Open: _open,
        events.Begin: _begin,
        events.Text: _text,
        events.Flush: _speak,
        events.End: _speak,
        events.Cancel: _cancel,
        events.Ping: _ping,
        events.Configure: _configure,
        events.Refused: _refused,
        events.HalfClosed: _half_close,
        events.Closed: lambda self, _: self._end("client"),
    }
    """Of the class: methods bound to a session would be a cycle, and keep it and its outlet until a full garbage collection."""
