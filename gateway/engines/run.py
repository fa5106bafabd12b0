"""One utterance at the engine: its segments one after the other, a step at a time, on one clock of samples.

A step is made by one thread at a time, and what it makes is handed to `tell`. Other threads may call `say`, `end` and `drop` meanwhile.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from gateway.engines.messages import Answer, Audio, Failed, Finished, Marker, Say, TimedWord, Words
from gateway.engines.voice import EngineVoice, Manner, Piece, Sound, SpokenWords, UnknownVoiceError
from legato.domain.errors import Reason

_LOG = logging.getLogger(__name__)
_DONE = object()
"""What the steps of a segment give once there are no more."""


class Run:
    """One run, as a worker began it with `Begin`.

    Args:
        number: the worker's number for it.
        voice: which speaks it.
        manner: how it is spoken.
        tell: takes each answer; called from the thread that makes the step.
    """

    def __init__(
        self, number: int, voice: EngineVoice, manner: Manner, tell: Callable[[Answer], None]
    ) -> None:
        self.number = number
        self.samples = 0
        self._voice = voice
        self._manner = manner
        self._tell = tell
        self._segments: deque[Say] = deque()
        self._steps: Iterator[None] | None = None
        self._segment = 0
        self._base = 0
        self._ended = False
        self._over = False

    @property
    def has_work(self) -> bool:
        """Whether another step has work to do."""
        return not self._over and (self._steps is not None or bool(self._segments) or self._ended)

    @property
    def over(self) -> bool:
        """Whether the run is over."""
        return self._over

    @property
    def seconds(self) -> float:
        """Seconds of audio that it has produced."""
        return self.samples / self._voice.sample_rate_hz

    @property
    def first_step_s(self) -> float:
        """Estimated cost of its first step, in seconds."""
        return self._voice.first_step_s

    def say(self, say: Say) -> None:
        """Add a segment."""
        self._segments.append(say)

    def end(self) -> None:
        """No more segments."""
        self._ended = True

    def drop(self) -> None:
        """Drop the run: nobody listens. A running step ends at its next piece."""
        self._over = True

    def step(self) -> None:
        """Do a bounded piece of work: some audio, the end of a segment, or the end of the run. Never raises."""
        try:
            self._advance()
        except UnknownVoiceError as error:
            self._fail(Reason.UNKNOWN_VOICE, str(error))
        except Exception:  # noqa: BLE001 - whatever a voice does, the others go on
            _LOG.exception("the voice %s failed", self._voice.name)
            self._fail(Reason.VENDOR_REJECTED, f"the voice {self._voice.name} failed")

    def _advance(self) -> None:
        if self._steps is None and self._segments:
            say = self._segments.popleft()
            self._segment, self._base = say.segment, self.samples
            manner = self._manner.of(say.delivery)
            if say.pronunciations or say.emphases:
                manner = replace(manner, pronunciations=say.pronunciations, emphases=say.emphases)
            self._steps = self._voice.speak(say.text, manner, self._take)
        if self._steps is not None:
            if next(self._steps, _DONE) is None or self._over:
                return
            self._steps = None
            self._tell(Marker(self.number, self._segment))
        if self._ended and not self._segments:
            self._over = True
            self._tell(Finished(self.number))

    def _take(self, piece: Piece) -> bool:
        if self._over:
            return False
        if isinstance(piece, Sound):
            self.samples += len(piece.data) // 2
            self._tell(Audio(self.number, piece.data))
        else:
            self._tell(Words(self.number, self._segment, self._timed(piece)))
        return True

    def _timed(self, spoken: SpokenWords) -> tuple[TimedWord, ...]:
        base = self._base
        return tuple(
            TimedWord(word.start, word.end, base + word.start_sample, base + word.end_sample)
            for word in spoken.words
        )

    def _fail(self, reason: Reason, message: str) -> None:
        if not self._over:
            self._over = True
            self._tell(Failed(self.number, reason, message))
