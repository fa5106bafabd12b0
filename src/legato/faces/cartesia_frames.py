"""Cartesia's answers as JSON objects, the same over WebSocket and as server-sent events.

Every one of them has `type`, `context_id`, `done` and `status_code`: clients stumble if one is missing.
"""

import base64
from dataclasses import dataclass, field

from legato.domain import replies
from legato.domain.errors import SpeechError
from legato.faces.cartesia_formats import OutputFormat
from legato.faces.cartesia_markup import SpellMarks
from legato.faces.cartesia_requests import ERRORS, Caller, error_object
from legato.faces.joins import Joiner

Frame = dict[str, object]
_PARTIAL = 206


@dataclass(slots=True)
class Context:
    """One generation as its client knows it.

    Args:
        context_id: as the client names it.
        utterance_id: as the gateway names it.
        output: the audio format.
        track: which of the stream's tracks it sounds on.
        voice: the voice that it began with.
        first_flush: `flush_id` of what sounds before the first flush.
    """

    context_id: str
    utterance_id: str
    output: OutputFormat | None = None
    track: int = 0
    voice: str = ""
    first_flush: int = 1
    joiner: Joiner = field(default_factory=Joiner)
    marks: SpellMarks = field(default_factory=SpellMarks)
    start_sample: int = 0
    flushes: int = 0
    flushes_done: int = 0
    is_begun: bool = False
    takes_text: bool = True
    has_failed: bool = False
    """Whether an error has ended it for its client: nothing more of it is sent."""
    is_cancelled: bool = False
    """Whether it was also cancelled, after such an error."""

    def frame(self, reply: replies.Reply) -> Frame | None:
        """The frame that carries a reply; `None` if the dialect has no message for it."""
        if isinstance(reply, replies.AudioChunk):
            return self._chunk(reply) if reply.data else None
        if isinstance(reply, replies.UtteranceStarted):
            self.start_sample = reply.start_sample
        if isinstance(reply, replies.WordSpoken):
            return self._words(reply)
        if isinstance(reply, replies.Flushed):
            flushed = self._flush_id
            self.flushes_done += 1
            return self._told("flush_done", flush_id=flushed, flush_done=True)
        if isinstance(reply, replies.UtteranceFinished | replies.UtteranceCancelled):
            return done_frame(self.context_id)
        return None

    def _chunk(self, reply: replies.AudioChunk) -> Frame:
        assert self.output is not None, "it has begun"
        data = base64.b64encode(self.output.sound(reply.data)).decode()
        # How long a model took is not known here: a voice may be a splice of two.
        return self._told("chunk", data=data, step_time=0.0, flush_id=self._flush_id)

    def _words(self, reply: replies.WordSpoken) -> Frame:
        times = {
            "words": [reply.word],
            "start": [self._seconds(reply.start_sample)],
            "end": [self._seconds(reply.end_sample)],
        }
        return self._told("timestamps", word_timestamps=times, flush_id=self._flush_id)

    @property
    def _flush_id(self) -> int:
        return self.first_flush + self.flushes_done

    def _seconds(self, sample: int) -> float:
        assert self.output is not None, "it has begun"
        return round((sample - self.start_sample) / self.output.audio_format.sample_rate_hz, 4)

    def _told(self, kind: str, **more: object) -> Frame:
        return {**_frame(kind, self.context_id, is_done=False), **more}


def done_frame(context_id: str) -> Frame:
    """The end of a context."""
    return _frame("done", context_id, is_done=True)


def _frame(kind: str, context_id: str, *, is_done: bool) -> Frame:
    return {"type": kind, "context_id": context_id, "done": is_done, "status_code": _PARTIAL}


def error_frame(error: SpeechError, context_id: str, request_id: str, caller: Caller) -> Frame:
    """An error as the client's version has it, with `done`: it ends its context."""
    status, title, _ = ERRORS[error.reason]
    told: Frame = {"type": "error", "context_id": context_id, "done": True, "status_code": status}
    told = {**told, **error_object(error, request_id)}
    return told if caller.reads_objects else {**told, "error": f"{title}: {error.message}"}
