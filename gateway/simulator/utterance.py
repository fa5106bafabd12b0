"""One utterance of a simulated vendor: text in, audio out at the script's pace, faults at their byte.

Rules:
- Text is buffered until a flush or the end, or, if the script says so, the end of a sentence. If the client wants every message spoken at
  once, it is spoken up to its last blank, so that no word is cut in two.
- A piece begins when its first byte is due and the piece before it is done; chunks follow at the script's pace.
- A chunk never extends beyond the byte at which a fault fires.
- The words that begin in a chunk are told before it.
- One that is cancelled is silent at once, and over when its end is confirmed, `closing_ms` later.
"""

import math
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from gateway.simulator.armed_faults import ArmedFaults
from gateway.simulator.contexts import StreamContext
from gateway.simulator.endings import Account
from gateway.simulator.faults import Armed, Scene
from gateway.simulator.lasting_effects import LastingEffects
from gateway.simulator.log import Saw
from gateway.simulator.piece import Piece
from gateway.simulator.voices import Speech
from gateway.simulator.word_times import WordTimes
from legato.domain import replies
from legato.domain.errors import SpeechError
from legato.domain.replies import HeardMethod

_SENTENCE = re.compile(r"[.!?…][\"'”’)]*\s+")
Strike = Callable[["Utterance", Armed], None]
"""Carries out a fault in this utterance."""


@dataclass(frozen=True, slots=True)
class Closing:
    """An utterance that the client has cancelled, and whose end is not confirmed yet.

    Args:
        at: when it is.
        played_sample: the listener's position, told with the cancel.
    """

    at: float
    played_sample: int | None


class Utterance:
    """One utterance.

    Args:
        utterance_id: the client's id.
        track: the track that it sounds on.
        scene: for the log and the faults.
        stream: what its stream has.
        armed: the faults that may fire in it.
        strike: carries out a fault.
        woken: called when a voice that did not answer at once has spoken.
    """

    def __init__(
        self,
        utterance_id: str,
        track: int,
        scene: Scene,
        stream: StreamContext,
        armed: list[Armed],
        strike: Strike,
        woken: Callable[[], None],
    ) -> None:
        self.utterance_id = utterance_id
        self.track = track
        self.scene = scene
        self.effects = LastingEffects.of(stream.vendor.script)
        self.text = ""
        self.text_at = stream.vendor.clock()
        self.ended = False
        self.over = False
        self.given = 0
        self._stream = stream
        self._strike = strike
        self._woken = woken
        self._begun_at = self.text_at
        self._spoken = 0
        self._pieces: deque[Piece] = deque()
        self._segments = 0
        self._chunks = 0
        self._first_at: float | None = None
        self._free_at = -math.inf
        self._chunk_at = -math.inf
        self._jitter = (-1, 0.0)
        self._words = WordTimes(utterance_id, stream, self.effects)
        self._trail = self._words.trail
        self._closing: Closing | None = None
        self._faults = ArmedFaults(armed, self._trail, self._bytes_per_s, self._width)

    # --- text ---------------------------------------------------------------------------------------------------------

    def add(self, text: str) -> None:
        """More text."""
        self.text += text
        self.text_at = self._now()
        end = self._said_until()
        if self.text[self._spoken : end].strip():
            self._ask(end, ())

    def _said_until(self) -> int:
        if self._stream.eager:
            return self.text.rfind(" ") + 1
        if self._stream.vendor.script.speak_at == "sentence":
            return max((found.end() for found in _SENTENCE.finditer(self.text, self._spoken)), default=0)
        return 0

    def flush(self, flush_id: str) -> None:
        """Speak the held text, and confirm after it."""
        self.text_at = self._now()
        self._ask(len(self.text), (flush_id,))

    def end(self) -> None:
        """No more text."""
        if not self.ended:
            self.ended = True
            if self._spoken < len(self.text):
                self._ask(len(self.text), ())

    def _ask(self, end: int, flushes: tuple[str, ...]) -> None:
        if self._closing is not None:
            return
        vendor = self._stream.vendor
        piece = Piece(self._spoken, self._now(), vendor.pacing.first_byte_s(), flushes)
        text, self._spoken = self.text[self._spoken : end], end
        self._pieces.append(piece)
        asking = True

        def ready(speech: Speech) -> None:
            piece.speech = speech
            if not asking:
                self._woken()

        serial = self.scene.utterance * 1000 + self._segments + len(self._pieces)
        vendor.voice.speak(text, self._stream.audio_format.sample_rate_hz, serial, ready)
        asking = False

    # --- audio --------------------------------------------------------------------------------------------------------

    def due(self) -> float | None:
        """When it next has something to do; `None` until something else happens."""
        if self.over:
            return None
        at = self._due()
        return None if at == math.inf else at

    def give(self, now: float) -> None:
        """Do everything that is due."""
        while not self.over and not (self._pieces and self._stream.outlet.paused):
            due = self._due()
            if due is None or due > now:
                return
            self._step(due)

    def _due(self) -> float | None:
        if self._closing is not None:
            return self._closing.at
        if not self._pieces:
            return self.effects.held_until if self.ended else None
        piece = self._pieces[0]
        if piece.speech is None:
            return None
        if piece.begun_at is None:
            at = max(piece.asked_at + piece.wait_s, self._free_at)
        elif not piece.left or self.effects.mute:
            at = self._chunk_at
        elif self.effects.drip_bytes_per_s:
            at = self._chunk_at + 1 / self.effects.drip_bytes_per_s
        else:
            at = piece.begun_at + self._pace(piece)
        return max(at, self.effects.held_until)

    def _pace(self, piece: Piece) -> float:
        if self._jitter[0] != self.given:  # draw once per chunk
            seconds = piece.given / self._bytes_per_s
            self._jitter = (self.given, self._stream.vendor.pacing.due_s(seconds))
        return self._jitter[1]

    def _step(self, due: float) -> None:
        if self._closing is not None:
            self._close(self._closing.played_sample)
            return
        if not self._pieces:
            self._finish()
            return
        piece = self._pieces[0]
        if piece.begun_at is None:
            self._begin(piece, due)
        if self._struck(self._faults.take(self.given)):
            return
        if piece.left and not self.effects.mute:
            self._chunk(piece, due)
        else:
            self._complete(piece)

    def _begin(self, piece: Piece, due: float) -> None:
        assert piece.speech is not None
        piece.begun_at = due
        piece.data = self._stream.encoder.encode(piece.speech.samples)
        if piece.data and self._stream.header:
            piece.data = self._stream.header + piece.data
            self._trail.lead = len(self._stream.header)
            self._stream.header = b""
        first = self.given + (self._trail.lead if not self.given else 0)
        self._trail.place(piece, first, self._width)
        self._chunk_at = due

    def _chunk(self, piece: Piece, due: float) -> None:
        size = min(piece.left, self._size(), self._faults.room(self.given))
        if self.effects.odd and size > 1 and size % 2 == 0:
            size -= 1
        now = self._now()
        if self._first_at is None:
            self._first_at = now
            self._start()
        self._words.tell(self.text, self.given + size)
        data = piece.data[piece.given : piece.given + size]
        offset = self._words.base + max(0, self.given - self._trail.lead) // self._width
        chunk = replies.AudioChunk(self.utterance_id, self.scene.utterance, 0, offset, data)
        self._stream.outlet.write(chunk)
        piece.given += size
        self.given += size
        self._chunks += 1
        self._chunk_at = due
        self._free_at = due + self._length_s(size)  # a next piece waits as long as a next chunk

    def _length_s(self, size: int) -> float:
        speed = self._stream.vendor.script.pace.speed
        return size / self._bytes_per_s / speed if speed else 0.0

    def _size(self) -> int:
        if self.effects.drip_bytes_per_s:
            return 1
        return max(1, int(self._stream.vendor.script.pace.chunk_ms * self._bytes_per_s / 1000))

    def _start(self) -> None:
        self._words.base = self._stream.ends.get(self.track, 0)
        started = replies.UtteranceStarted(
            self.utterance_id, self.scene.utterance, self.track, 0, self._words.base
        )
        self._stream.outlet.write(started)
        self._stream.note(self.scene, Saw.FIRST_BYTE)

    def _complete(self, piece: Piece) -> None:
        self._pieces.popleft()
        self._segments += 1
        if not self._pieces:
            self._words.tell_rest(self.text)
        end = self._close_clock()
        for flush_id in piece.flushes:
            self._stream.outlet.write(replies.Flushed(self.utterance_id, flush_id, end))
        self._struck(self._faults.take_behind(self._segments))

    # --- faults -------------------------------------------------------------------------------------------------------

    def _struck(self, due: list[Armed]) -> bool:
        """Carry out these faults; returns whether there were any."""
        for armed in due:
            if not self.over:
                self._strike(self, armed)
        return bool(due)

    # --- the end ------------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        self.over = True
        self._close_clock()
        self._stream.note(self.scene, Saw.FINISHED, self.given)
        self._stream.outlet.write(self._account().finished())

    def cancel(self, played_sample: int | None) -> None:
        """The client has cancelled it: it is silent from now on, and over once it is closed."""
        if self._closing is None:
            now = self._now()
            self.ended = True
            self._pieces.clear()
            self._closing = Closing(now + self._stream.vendor.script.closing_ms / 1000, played_sample)
            self.give(now)

    def _close(self, played_sample: int | None) -> None:
        self.over = True
        self._stream.note(self.scene, Saw.CANCELLED, self.given)
        end = self._close_clock()
        at = end if played_sample is None else min(max(played_sample, self._words.base), end)
        heard = self._trail.heard(self._trail.lead + (at - self._words.base) * self._width)
        method = HeardMethod.WRITE_TIMES if played_sample is None else HeardMethod.PLAYED
        self._stream.outlet.write(self._account().cancelled(heard, at, method))

    def fail(self, error: SpeechError) -> None:
        """It fails."""
        self.over = True
        self._stream.note(self.scene, Saw.DROPPED, self.given, error.reason.value)
        self._close_clock()
        heard = self._trail.heard(self.given)
        self._stream.outlet.write(self._account().failed(heard, error))

    def expire(self) -> None:
        """It got no text for too long: held text is dropped."""
        self._stream.note(self.scene, Saw.LIMIT, note="context_idle_s")
        self.text = self.text[: self._spoken]
        self.ended = True

    def _close_clock(self) -> int:
        """The end of its audio on the track's clock, where the next utterance begins."""
        if self._first_at is not None:
            self._stream.ends[self.track] = self._words.base + self.samples
        return self._stream.ends.get(self.track, 0)

    @property
    def samples(self) -> int:
        """Complete samples sent."""
        return max(0, self.given - self._trail.lead) // self._width

    def _account(self) -> Account:
        return Account(
            self.utterance_id,
            self.scene.voice,
            self.text,
            self._spoken,
            self.samples,
            self._stream.audio_format.sample_rate_hz,
            self._chunks,
            None if self._first_at is None else self._first_at - self._begun_at,
            self._now() - self._begun_at,
        )

    @property
    def _width(self) -> int:
        return self._stream.audio_format.bytes_per_sample

    @property
    def _bytes_per_s(self) -> int:
        return self._width * self._stream.audio_format.sample_rate_hz

    def _now(self) -> float:
        return self._stream.vendor.clock()
