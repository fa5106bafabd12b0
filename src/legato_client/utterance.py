"""One thing to say: text goes in as it is written, audio comes out as it is spoken."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Cancel, End, Flush, Text
from legato.domain.receipt import Receipt
from legato.domain.replies import (
    AudioChunk,
    Flushed,
    Seam,
    UtteranceCancelled,
    UtteranceFinished,
    UtteranceStarted,
    Warned,
    WordSpoken,
)
from legato_client.bell import Bell
from legato_client.halves import Halves
from legato_client.link import Link
from legato_client.record import Ending, UtteranceRecord


class Utterance:
    """Made by `Speech.begin`. Iterating it gives its audio.

        async for audio in utterance:
            player.write(audio.data)

    The iteration ends when everything was spoken or the utterance was cancelled, and raises the error that made it fail
    (`UtteranceError`, `SpeechError`, `ConnectionLostError`). If a text was refused and no `send` has raised that, it is
    raised after the audio of the accepted text. An utterance must be read or cancelled: once
    `Bounds.unread_bytes` of audio wait, nothing more is read from the whole stream. As a context manager it is cancelled if the
    block is left before its end, by `break`, `return` or an error:

        async with speech.say(text) as utterance:
            async for audio in utterance: ...

    Args:
        link: the way to the gateway.
        record: what is known about it.
        bell: rings when that changes.
    """

    def __init__(self, link: Link, record: UtteranceRecord, bell: Bell) -> None:
        self._link = link
        self._record = record
        self._bell = bell
        self._source_error: Exception | None = None
        self._halves = Halves()
        self._flushes = 0

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cancel it if it is not over, interruptible or not: nobody will take its audio. Do not wait for the gateway's answer."""
        self.abandon()

    # --- in ----------------------------------------------------------------------------------------------------------

    async def send(self, text: str) -> None:
        """Append text, cut anywhere: words and sentences need not be whole. After a cancel it is dropped.

        A cut may even fall between the halves of a surrogate pair; a half without its other one is said as U+FFFD. Waits while
        more than `Bounds.unsent_chars` of text is on its way.

        Raises:
            TypeError: it is not a `str`.
            SpeechError: `text_after_end`; `text_too_long` for more than the gateway ever accepts; or the gateway refused an earlier
                text, or the utterance itself.
            ConnectionLostError: the connection broke after the utterance had begun to sound.
        """
        self._check_can_send()
        text = self._halves.add(text)
        self._check_length(text)
        self._tell_text(text)
        await self._link.room()

    async def flush(self) -> str:
        """Ask for all text so far to be spoken now. Returns an id to wait for with `flushed`."""
        self._check_can_send()
        self._tell_text(self._halves.rest())
        self._flushes += 1
        flush_id = f"f{self._flushes}"
        self._link.tell(Flush(self.id, flush_id))
        return flush_id

    async def flushed(self, flush_id: str) -> Flushed | None:
        """Wait until the text before that flush has been spoken; its audio must be read meanwhile.

        Returns:
            Where its audio ends, or `None` if the utterance ended without an answer, for instance by a cancel.

        Raises:
            UtteranceError, SpeechError, ConnectionLostError: the utterance failed.
        """
        await self._bell.until(lambda: flush_id in self._record.flushed or self._record.over)
        answer = self._record.flushed.get(flush_id)
        if answer is None and self._record.trouble is not None:
            raise self._record.trouble
        return answer

    async def end(self) -> None:
        """No more text will come. A second call changes nothing."""
        if not self._record.text_ended:
            self._check_can_send()
            self._tell_text(self._halves.rest())
            self._link.tell(End(self.id))

    async def cancel(
        self, *, fade_ms: int = 0, force: bool = False, played_sample: int | None = None
    ) -> UtteranceCancelled | None:
        """Barge-in: from the moment of the call the iteration gives no more audio (with a fade: none after its tail).

        Args:
            fade_ms: at most this much of the audio not yet sent is faded out and sent, 0 to 200.
            force: cancels the utterance even if it began as not interruptible.
            played_sample: the listener's position on the track's clock, if known.

        Returns:
            What was heard, what was sent but not heard, and what was never sent; `None` if everything had been sent before
            the cancel came, or it had failed, which `wait` raises.

        Raises:
            ConnectionLostError: the connection broke, so it is not known what was heard.
        """
        if not self._record.over:
            self._link.tell(Cancel(self.id, fade_ms=fade_ms, force=force, played_sample=played_sample))
        await self._bell.until(lambda: self._record.over)
        if self._record.ending is None and self._record.trouble is not None:
            raise self._record.trouble
        return self._record.ending if isinstance(self._record.ending, UtteranceCancelled) else None

    # --- out ---------------------------------------------------------------------------------------------------------

    def __aiter__(self) -> "Utterance":
        return self

    async def __anext__(self) -> AudioChunk:
        record = self._record
        await self._bell.until(lambda: record.audio or record.over or record.fenced or self._source_error)
        chunk = self._link.take(record)
        if chunk is not None:
            return chunk
        if self._source_error is not None:
            raise self._source_error
        if record.trouble is not None and not record.cancelled:
            raise record.trouble
        if not record.cancelled:
            self._raise_refusal()  # of the last text: no later `send` has raised it
        raise StopAsyncIteration

    async def wait(self) -> UtteranceFinished | UtteranceCancelled:
        """Wait for the end, dropping the audio that comes.

        Raises:
            UtteranceError, SpeechError, ConnectionLostError: it failed, even if it was cancelled a moment before that was known.
        """
        async for _ in self:
            pass
        await self._bell.until(lambda: self._record.over)
        if self._record.trouble is not None:
            raise self._record.trouble
        ending = self._record.ending
        assert isinstance(ending, UtteranceFinished | UtteranceCancelled), "a failure comes with its trouble"
        return ending

    # --- what is known -----------------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """Its name in the stream."""
        return self._record.utterance_id

    @property
    def track(self) -> int:
        """The track it is spoken on."""
        return self._record.begin.track

    @property
    def over(self) -> bool:
        """Whether its terminal event has come, or its connection is gone."""
        return self._record.over

    @property
    def started(self) -> UtteranceStarted | None:
        """Where its audio starts on the track's clock; `None` until that is known."""
        return self._record.started

    @property
    def words(self) -> Sequence[WordSpoken]:
        """Every word whose times are known so far, if `UtteranceOptions.words` asked for them; the list grows."""
        return self._record.words

    @property
    def seams(self) -> Sequence[Seam]:
        """Every change of route inside it."""
        return self._record.seams

    @property
    def warnings(self) -> Sequence[Warned]:
        """The gateway's warnings about it."""
        return self._record.warnings

    @property
    def ending(self) -> Ending | None:
        """Its terminal event; `None` before that, or if the connection broke."""
        return self._record.ending

    @property
    def receipt(self) -> Receipt | None:
        """Where its time went, as measured by the gateway; `None` before its end."""
        return self._record.ending.receipt if self._record.ending else None

    @property
    def ttfb_s(self) -> float | None:
        """Seconds from handing over the first text to reading the first audio's bytes, as measured here; `None` before."""
        first_text, first_audio = self._record.first_text_at, self._record.first_audio_at
        return first_audio - first_text if first_text is not None and first_audio is not None else None

    # --- for `Speech` ------------------------------------------------------------------------------------------------

    @property
    def takes_text(self) -> bool:
        """Whether anything more of its source could be said."""
        return not (self._record.over or self._record.cancelled)

    def fed_by(self, feeder: asyncio.Task[None]) -> None:
        """This task gives it its text, and is cancelled once no more is taken."""
        self._link.feeders.add(feeder, self._record)

    def fail_source(self, error: Exception) -> None:
        """The source of its text failed: it is cancelled, and its iteration raises this error."""
        self._source_error = error
        self._link.tell(Cancel(self.id, force=True))
        self._bell.ring()

    def abandon(self) -> None:
        """Nobody will take its audio any more: it is cancelled, unless it already was or is over."""
        if self.takes_text:
            self._link.tell(Cancel(self.id, force=True))

    def _tell_text(self, text: str) -> None:
        if text:
            self._link.tell(Text(self.id, text))

    def _check_can_send(self) -> None:
        record = self._record
        if record.trouble is not None:
            raise record.trouble
        self._raise_refusal()
        if record.text_ended or (record.over and not record.cancelled and not _was_cancelled(record)):
            raise SpeechError(
                Reason.TEXT_AFTER_END,
                f"the text of {record.utterance_id!r} was ended; more text needs a new utterance",
                utterance_id=record.utterance_id,
            )

    def _check_length(self, text: str) -> None:
        """Refuse what the gateway would refuse in any case: sent, it could be more than a message may have, which ends the stream."""
        opened = self._link.conversation.opened
        most = min(opened.limits.max_pending_chars, opened.limits.max_utterance_chars) if opened else 0
        if self.takes_text and 0 < most < len(text):
            raise SpeechError(
                Reason.TEXT_TOO_LONG,
                f"a text of {len(text)} characters exceeds the limit of {most} for one text",
                utterance_id=self.id,
            )

    def _raise_refusal(self) -> None:
        """Raise a refusal once: the next message is accepted or refused for itself."""
        refused, self._record.refused = self._record.refused, None
        if refused is not None:
            raise refused


def _was_cancelled(record: UtteranceRecord) -> bool:
    return isinstance(record.ending, UtteranceCancelled)
