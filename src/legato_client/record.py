"""One utterance as its client knows it: what was sent, what came back, how it ended."""

from collections import deque
from dataclasses import dataclass, field

from legato.domain.errors import SpeechError
from legato.domain.events import Begin, Cancel, End, Flush, Text
from legato.domain.receipt import Receipt
from legato.domain.replies import (
    AudioChunk,
    Flushed,
    HeardMethod,
    Seam,
    UtteranceCancelled,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceStarted,
    Warned,
    WordSpoken,
)
from legato_client.errors import Trouble, UtteranceError

Ending = UtteranceFinished | UtteranceCancelled | UtteranceFailed
"""The one terminal reply of an utterance."""

Told = AudioChunk | UtteranceStarted | WordSpoken | Flushed | Seam | Warned | Ending
"""What the gateway says about an utterance."""


@dataclass(slots=True, eq=False)
class UtteranceRecord:
    """What is known about an utterance.

    Args:
        begin: how it began, with the stream's defaults at that moment filled in.
        told: its text so far; forgotten once it sounds, since only until then can it be said again on a new connection.
        attempts: how many connections it has been sent on.
        held: it waits for the next connection.
        text_ended: no more text may come.
        cancelled: the program has cancelled it.
        fenced: its audio is dropped.
        sounded: audio of it has come.
        audio: audio that has come and has not been taken.
        words: every word reported so far.
        seams: every seam reported so far.
        flushed: answers, by flush id.
        warnings: every warning so far.
        refused: why one of its messages was refused; raised by the next `send`.
        started: its place on the track's clock.
        ending: its terminal reply.
        trouble: why it failed.
        first_text_at: when its first text was handed to the transport, monotonic seconds.
        first_audio_at: when the bytes of its first audio were read.
    """

    begin: Begin
    told: list[Text | Flush | End] = field(default_factory=list)
    attempts: int = 0
    held: bool = False
    text_ended: bool = False
    cancelled: bool = False
    fenced: bool = False
    sounded: bool = False
    audio: deque[AudioChunk] = field(default_factory=deque)
    words: list[WordSpoken] = field(default_factory=list)
    seams: list[Seam] = field(default_factory=list)
    flushed: dict[str, Flushed] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    refused: SpeechError | None = None
    started: UtteranceStarted | None = None
    ending: Ending | None = None
    trouble: Trouble | None = None
    first_text_at: float | None = None
    first_audio_at: float | None = None

    @property
    def utterance_id(self) -> str:
        """Its name in the stream."""
        return self.begin.utterance_id

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.ending is not None or self.trouble is not None

    @property
    def text(self) -> str:
        """All its text; empty once it has sounded."""
        return "".join(part.text for part in self.told if isinstance(part, Text))

    @property
    def waiting_bytes(self) -> int:
        """Bytes of audio that have come and have not been taken."""
        return sum(len(chunk.data) for chunk in self.audio)

    def is_cut_by(self, cancel: Cancel) -> bool:
        """Whether this cancel ends it."""
        if not (cancel.force or self.begin.interruptible):
            return False
        if cancel.utterance_id:
            return self.utterance_id == cancel.utterance_id
        return cancel.track is None or self.begin.track == cancel.track

    def retold(self) -> list[Begin | Text | Flush | End]:
        """All its messages, for a new connection; adjacent texts are joined."""
        parts: list[Begin | Text | Flush | End] = [self.begin]
        for part in self.told:
            last = parts[-1]
            if isinstance(part, Text) and isinstance(last, Text):
                parts[-1] = Text(part.utterance_id, last.text + part.text)
            else:
                parts.append(part)
        return parts

    def cancel_unsounded(self) -> None:
        """End it without the gateway: no audio of it has come, so nothing was heard."""
        self.ending = UtteranceCancelled(
            utterance_id=self.utterance_id,
            heard="",
            sent_unheard="",
            never_sent=self.text,
            truncate_at_sample=0,
            method=HeardMethod.WRITE_TIMES,
            receipt=Receipt(no_audio="cancelled"),
        )

    def end_with(self, error: Trouble) -> None:
        """End it without the gateway, by an error; one that the program has cancelled and that has not sounded is just cancelled."""
        if self.cancelled and not self.sounded:
            self.cancel_unsounded()
        else:
            self.trouble = error

    def hear(self, reply: Told, now: float) -> None:
        """Take a reply about it; `now` is when the reply's bytes were read."""
        match reply:
            case AudioChunk():
                self._hear_audio(reply, now)
            case WordSpoken():
                self.words += [] if self.fenced else [reply]
            case UtteranceStarted():
                self.started = reply
            case Flushed():
                self.flushed[reply.flush_id] = reply
            case Seam():
                self.seams.append(reply)
            case Warned():
                self.warnings.append(reply)
            case UtteranceFailed():
                self.ending = reply
                self.trouble = UtteranceError(reply.error, reply.unspoken, reply.receipt)
            case _:
                self.ending = reply

    def _hear_audio(self, chunk: AudioChunk, now: float) -> None:
        if not self.sounded:
            self.sounded = True
            self.first_audio_at = now
            self.told.clear()
        if not self.fenced:
            self.audio.append(chunk)

    def drop_audio(self) -> int:
        """Fence it: audio that waits, and any still to come, is dropped. Returns the bytes that waited."""
        self.fenced = True
        waiting = 0 if self.over else self.waiting_bytes
        self.audio.clear()
        return waiting
