"""A conversation with a gateway: utterances are begun on it, and one connection carries them all."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from types import TracebackType
from typing import Self

from legato.domain.audio import AudioFormat
from legato.domain.events import Begin, Cancel, Configure, Open, Pause, Ping, Played, Prewarm, Resume
from legato.domain.replies import Opened
from legato.domain.speech import Position, UtteranceOptions
from legato_client.conversation import Conversation, Notice
from legato_client.errors import ConnectionLostError
from legato_client.link import Link
from legato_client.tuning import Tuning
from legato_client.utterance import Utterance
from legato_client.wire import Dial


class Speech:
    """What `connect` returns: `async with connect(url) as speech`.

    Entering waits until the gateway has opened the stream. Leaving cancels what is still being said; if the block raised
    or was cancelled, it does not wait for the gateway.

    Args:
        dial: makes a connection.
        opening: the stream's defaults.
        tuning: how connections behave.
    """

    def __init__(self, dial: Dial, opening: Open, tuning: Tuning) -> None:
        self._conversation = Conversation(opening, tuning.bounds)
        self._link = Link(self._conversation, dial, tuning)
        self._tuning = tuning
        self._tasks = asyncio.TaskGroup()
        self._supervisor: asyncio.Task[None] | None = None
        self._pings = 0

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            SpeechError: the gateway refuses: the key, the voice, the format, or another stream.
            ConnectionLostError: it cannot be reached, after all attempts.
            RuntimeError: it was entered before.
        """
        if self._supervisor is not None:
            raise RuntimeError("a conversation can be entered only once: call connect(...) for another one")
        await self._tasks.__aenter__()
        self._supervisor = self._tasks.create_task(self._link.run(), name="legato-client-supervisor")
        try:
            await self._link.opened()
        except BaseException:
            await self._leave(at_once=True)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye and release everything."""
        await self._leave(at_once=kind is not None)

    # --- saying ------------------------------------------------------------------------------------------------------

    def begin(
        self,
        *,
        voice: str = "",
        language: str = "",
        options: UtteranceOptions | None = None,
        track: int = 0,
        position: Position = Position.APPEND,
        interruptible: bool = True,
    ) -> Utterance:
        """Begin an utterance. Arguments not given take the stream's defaults.

        Args:
            voice: name of a voice.
            language: BCP 47 tag.
            options: how it is read.
            track: utterances of one track sound one after the other; tracks are independent.
            position: where it is placed in its track.
            interruptible: whether a cancel that is not forced ends it.
        """
        return self.begin_as(
            Begin(
                utterance_id=self._conversation.fresh_id(),
                track=track,
                voice=voice,
                language=language,
                options=options or UtteranceOptions(),
                position=position,
                interruptible=interruptible,
            )
        )

    def begin_as(self, begin: Begin) -> Utterance:
        """Begin an utterance from its message: with an id of the program's own, or a trace context.

        Raises:
            TypeError, ValueError: no message could carry it, or an utterance with this id is open.
            RuntimeError: the conversation was not entered, or was left.
        """
        self._check_inside()
        return Utterance(self._link, *self._link.begin(begin))

    def say(
        self,
        text: str | AsyncIterable[str],
        *,
        voice: str = "",
        language: str = "",
        options: UtteranceOptions | None = None,
        track: int = 0,
        position: Position = Position.APPEND,
        interruptible: bool = True,
    ) -> Utterance:
        """Begin an utterance, as `begin` does, and say a text, or the tokens of a source as they come.

        Args:
            text: a whole text, or an async iterable such as a language model's answer. If that raises, the utterance is
                cancelled and iterating it raises the same error. Once the utterance is cancelled or fails, the iterable is
                stopped where it waits, by `CancelledError`, and an async generator is closed.
            voice: name of a voice; empty for the stream's.
            language: BCP 47 tag; empty for the stream's.
            options: how it is read.
            track: utterances of one track sound one after the other; tracks are independent.
            position: where it is placed in its track.
            interruptible: whether a cancel that is not forced ends it.

        Raises:
            TypeError: `text` is neither.
            TypeError, ValueError: no message could carry another argument.
            RuntimeError: the conversation was not entered, or was left.
        """
        if not isinstance(text, str | AsyncIterable):
            raise TypeError(f"expected a str or an async iterable of str, got {type(text).__name__}")
        utterance = self.begin(
            voice=voice,
            language=language,
            options=options,
            track=track,
            position=position,
            interruptible=interruptible,
        )
        name = f"legato-client-feeder-{utterance.id}"
        utterance.fed_by(self._tasks.create_task(_feed(utterance, text), name=name))
        return utterance

    async def speak(
        self,
        text: str | AsyncIterable[str],
        *,
        voice: str = "",
        language: str = "",
        options: UtteranceOptions | None = None,
        track: int = 0,
    ) -> bytes:
        """Say a text and return all its audio, in the stream's format. A call that is cancelled, say by a time-out, cancels it.

        A text that has nothing to say is no error: it has no audio, and the `warnings` of an utterance that was begun with `say` tell of it.

        Raises:
            UtteranceError, SpeechError, ConnectionLostError: it failed.
        """
        async with self.say(text, voice=voice, language=language, options=options, track=track) as utterance:
            return b"".join([audio.data async for audio in utterance])

    # --- steering ----------------------------------------------------------------------------------------------------

    async def cancel(
        self,
        track: int | None = None,
        *,
        fade_ms: int = 0,
        force: bool = False,
        played_sample: int | None = None,
    ) -> None:
        """Barge-in on one track, or on all: ends every utterance begun there so far. What begins later is spoken."""
        self._link.tell(Cancel(track=track, fade_ms=fade_ms, force=force, played_sample=played_sample))

    async def pause(self, track: int = 0) -> None:
        """Stop audio on a track; the gateway holds it for at most `limits.pause_max_ms`."""
        self._link.tell(Pause(track))

    async def resume(self, track: int = 0) -> None:
        """Continue at the exact sample at which the track was paused."""
        self._link.tell(Resume(track))

    async def played(self, sample: int, track: int = 0) -> None:
        """Report that the listener has heard the track up to this sample, on the clock of `AudioChunk.sample_offset`.

        The clock belongs to the connection: after a reconnect it starts at 0 again.
        """
        self._link.tell(Played(sample, track))

    async def configure(
        self,
        *,
        voice: str | None = None,
        language: str | None = None,
        options: UtteranceOptions | None = None,
        max_lead_ms: int | None = None,
    ) -> None:
        """Set new defaults for utterances that begin later. The audio format cannot change."""
        self._link.tell(Configure(voice, language, options or UtteranceOptions(), max_lead_ms))

    async def prewarm(self, voice: str = "") -> None:
        """Have the gateway get a line ready for this voice; empty for the stream's."""
        self._link.tell(Prewarm(voice))

    async def ping(self) -> float:
        """Ping the gateway. Returns the seconds until its answer.

        Raises:
            ConnectionLostError: the connection broke before the answer came.
            RuntimeError: the conversation was not entered, or was left.
        """
        self._check_inside()
        self._pings += 1
        payload, losses, start = f"p{self._pings}", self._link.losses, self._tuning.clock()
        unanswered = self._conversation.unanswered
        self._link.tell(Ping(payload))
        try:
            await self._link.bell.until(lambda: payload not in unanswered or self._link.losses > losses)
            if payload in unanswered:
                raise ConnectionLostError("the connection broke before the answer to a ping came")
        finally:
            unanswered.discard(payload)
        return self._tuning.clock() - start

    # --- what is known -----------------------------------------------------------------------------------------------

    @property
    def opened(self) -> Opened:
        """What the gateway said when it opened the stream: id, format, limits. From the latest connection.

        Raises:
            RuntimeError: the conversation was not entered.
        """
        opened = self._conversation.opened
        if opened is None:
            raise RuntimeError("known only inside `async with connect(...) as speech:`")
        return opened

    @property
    def audio_format(self) -> AudioFormat:
        """The format of all audio of this stream."""
        return self.opened.audio_format

    @property
    def connected(self) -> bool:
        """Whether a connection is open now. If there is none, the next utterance makes one."""
        return self._conversation.greeted

    @property
    def notices(self) -> Sequence[Notice]:
        """The last hundred warnings, refusals and `GoAway`s that concern the stream as a whole."""
        return tuple(self._conversation.notices)

    # --- entering and leaving -----------------------------------------------------------------------------------------------------

    def _check_inside(self) -> None:
        if self._supervisor is None:
            raise RuntimeError("nothing can be said before `async with connect(...) as speech:`")
        if self._link.closing:
            raise RuntimeError("nothing can be said after the block of `async with connect(...)`")

    async def _leave(self, *, at_once: bool) -> None:
        supervisor = self._supervisor
        assert supervisor is not None, "left without having been entered"
        self._link.feeders.stop_all()
        answered = self._link.close()
        try:
            if answered and not at_once:
                await asyncio.wait({supervisor}, timeout=2 * self._tuning.close_timeout_s)
        finally:
            supervisor.cancel()
            # Passed no error: what the block raised must leave it as it is, not inside an exception group.
            await self._tasks.__aexit__(None, None, None)
            self._link.left()


async def _feed(utterance: Utterance, text: str | AsyncIterable[str]) -> None:
    try:
        if isinstance(text, str):
            await utterance.send(text)
        else:
            await _feed_tokens(utterance, text)
        await utterance.end()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Not this task was cancelled but one that the source awaits: nothing else would report that no more text comes.
        utterance.fail_source(RuntimeError("the source of the text was cancelled"))
    except Exception as error:  # noqa: BLE001 - whatever the program's own source raises is for whoever iterates
        if utterance.takes_text:
            utterance.fail_source(error)
        else:  # how it ended when it was stopped is no error of what was said
            told = {"message": "a source of text that was stopped raised", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)


async def _feed_tokens(utterance: Utterance, tokens: AsyncIterable[str]) -> None:
    try:
        async for token in tokens:
            if not utterance.takes_text:
                return
            await utterance.send(token)
    finally:
        if isinstance(tokens, AsyncGenerator):
            await tokens.aclose()
