"""Keeps a conversation connected: dials, writes, reads, and dials again.

One task supervises and reads; for each connection another task writes. Only these two touch the wire, so the program's
own tasks can be cancelled at any await without harm to the stream.
"""

import asyncio
from collections.abc import Callable

from legato.domain.errors import SpeechError
from legato.domain.events import Begin, Cancel
from legato.domain.replies import AudioChunk, GoAway, Opened, StreamError, Warned
from legato_client.backoff import Backoff
from legato_client.bell import Bell
from legato_client.conversation import Conversation
from legato_client.errors import ConnectionLostError, Trouble, may_retry, retry_after_s
from legato_client.feeders import Feeders
from legato_client.record import UtteranceRecord
from legato_client.requests import Command, check
from legato_client.tuning import Tuning
from legato_client.wire import Dial, Received, Wire


class Link:
    """The way between a conversation and the gateway.

    Args:
        conversation: what is said and heard.
        dial: makes a connection.
        tuning: how it behaves.
    """

    def __init__(self, conversation: Conversation, dial: Dial, tuning: Tuning) -> None:
        self.conversation = conversation
        self.clock = tuning.clock
        self.bell = Bell()
        self.feeders = Feeders()
        self.trouble: Trouble | None = None
        self.losses = 0
        self._dial = dial
        self._tuning = tuning
        self._bells: dict[str, Bell] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closing = False
        self._eager = True

    # --- for the program ---------------------------------------------------------------------------------------------

    def begin(self, begin: Begin) -> tuple[UtteranceRecord, Bell]:
        """Begin an utterance; the bell rings whenever anything about it changes.

        Raises:
            TypeError, ValueError: no message could carry it, or one with this id is open.
            RuntimeError: this is not the event loop of the conversation.
        """
        self._check_loop()
        check(begin)
        record = self.conversation.begin(begin)
        bell = self._bells[record.utterance_id] = Bell()
        self._ring_all()
        self.feeders.stop_unwanted()
        return record, bell

    def tell(self, command: Command) -> None:
        """Send a command.

        Raises:
            TypeError, ValueError: no message could carry it.
            RuntimeError: this is not the event loop of the conversation.
        """
        self._check_loop()
        check(command)
        self.conversation.tell(command)
        if isinstance(command, Cancel):
            self._ring_all()
            self.feeders.stop_unwanted()
        else:
            self.bell.ring()

    async def room(self) -> None:
        """Wait until text may be sent without piling up."""
        await self.bell.until(lambda: self.conversation.room)

    def take(self, record: UtteranceRecord) -> AudioChunk | None:
        """The next audio of an utterance, if any is waiting."""
        was_full = self.conversation.full
        chunk = self.conversation.take(record)
        if was_full and not self.conversation.full:
            self.bell.ring()
        return chunk

    async def opened(self) -> None:
        """Wait for the first connection.

        Raises:
            SpeechError: the gateway refuses.
            ConnectionLostError: it cannot be reached.
        """
        await self.bell.until(lambda: self.conversation.greeted or self.trouble)
        if self.trouble is not None:
            raise self.trouble

    # --- the supervisor ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect whenever there is reason to, until `close`."""
        self._loop = asyncio.get_running_loop()
        backoff = Backoff(self._tuning.retry)
        while await self._wanted():
            error, greeted = await self._attend()
            self._lost(error)
            backoff = Backoff(self._tuning.retry) if greeted else backoff
            delay_s = backoff.failed(self._tuning.chance(), retry_after_s(error))
            if may_retry(error) and not backoff.exhausted:
                # Nobody needs a stream that was closed because it was idle: reconnect only when it is wanted.
                self._eager = not self.conversation.idle
                await self._pause(error, delay_s)
            else:
                backoff = Backoff(self._tuning.retry)
                self._abandon(error)

    def close(self) -> bool:
        """Say goodbye; `run` returns once the gateway has answered. Returns False if there is nobody to say it to."""
        self.closing = True
        if self.conversation.has_open_utterances:
            self.conversation.tell(Cancel(force=True))
        self._ring_all()
        return self.conversation.greeted

    def left(self) -> None:
        """Nothing more will come: everything that still waits ends with an error."""
        error = ConnectionLostError("the conversation was closed", may_retry=False)
        self._lost(error)
        self._abandon(error)

    def _check_loop(self) -> None:
        """Refuse a call from elsewhere: the tasks of this loop would not wake for it, and the caller would wait for ever."""
        if self._loop is not None and not _is_here(self._loop):
            raise RuntimeError(
                "a conversation belongs to the event loop in which it was entered: "
                "from another thread, use asyncio.run_coroutine_threadsafe(..., loop)"
            )

    async def _wanted(self) -> bool:
        await self.bell.until(lambda: self.closing or self._eager or self.conversation.wants_connection)
        return not self.closing

    async def _pause(self, error: Trouble, delay_s: float) -> None:
        if self.closing:
            return
        if self._eager and (on_retry := self._tuning.on_retry) is not None:
            self._tell_program("on_retry", lambda: on_retry(error, delay_s))
        await self._tuning.sleep(delay_s)

    async def _attend(self) -> tuple[Trouble, bool]:
        """Serve one connection from dial to end. Returns why it ended, and whether it was ever `Opened`."""
        self._eager = False
        try:
            wire = await self._dial()
        except (SpeechError, ConnectionLostError) as refusal:
            return refusal, False
        self.conversation.reopen(self.clock())
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self._write(wire), name="legato-client-writer")
                error = await self._read(wire)
                writer.cancel()
        finally:
            await wire.close()
        return error, self.conversation.greeted

    async def _read(self, wire: Wire) -> Trouble:
        try:
            async with asyncio.timeout(self._tuning.open_timeout_s) as patience:
                while not self.conversation.ended_with:
                    await self.bell.until(lambda: self.closing or not self.conversation.full)
                    received = await wire.receive()
                    if received is None:
                        return ConnectionLostError("the gateway ended the stream")
                    if isinstance(received.reply, Opened):
                        patience.reschedule(None)
                    self._hear(received)
                    if wire.owes:
                        self.bell.ring()
                return self.conversation.ended_with
        except TimeoutError:
            return ConnectionLostError("the gateway did not open the stream in time")
        except (SpeechError, ConnectionLostError) as error:
            return error

    def _hear(self, received: Received) -> None:
        reply = received.reply
        utterance_id = self.conversation.hear(reply, received.read_at)
        if utterance_id:
            self._ring(utterance_id)
            return
        self.bell.ring()
        on_notice = self._tuning.on_notice
        if on_notice is not None and isinstance(reply, GoAway | StreamError | Warned):
            self._tell_program("on_notice", lambda: on_notice(reply))

    def _tell_program(self, name: str, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - the program's own error; no reason to end what is being said
            told = {"message": f"{name} raised", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)

    async def _write(self, wire: Wire) -> None:
        conversation = self.conversation
        try:
            while True:
                await self.bell.until(lambda: conversation.has_commands or self._done or wire.owes)
                command = conversation.next_command()
                if command is None and self._done:
                    break
                if command is None:
                    # One acknowledgement for all that was read during the previous one: reading never waits for it.
                    await wire.acknowledge()
                    continue
                self.bell.ring()
                conversation.sent(command, self.clock())
                await wire.send(command)
            await wire.finish()
            await self._tuning.sleep(self._tuning.close_timeout_s)
            await wire.close()
        except ConnectionLostError:
            return  # the reader sees the same end, with its reason

    @property
    def _done(self) -> bool:
        return self.closing or self.conversation.wants_to_move

    def _lost(self, error: Trouble) -> None:
        self.losses += 1
        self._ring_over(self.conversation.lost(error))

    def _abandon(self, error: Trouble) -> None:
        self.trouble = error
        self._ring_over(self.conversation.abandon(error))

    def _ring(self, utterance_id: str) -> None:
        if bell := self._bells.get(utterance_id):
            bell.ring()
        if not self.conversation.knows(utterance_id):
            self._bells.pop(utterance_id, None)
            self.bell.ring()
            self.feeders.stop_unwanted()

    def _ring_over(self, utterance_ids: list[str]) -> None:
        for utterance_id in utterance_ids:
            self._ring(utterance_id)
        self.bell.ring()

    def _ring_all(self) -> None:
        self._ring_over(list(self._bells))


def _is_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return not loop.is_running()  # between two `run_until_complete`, and not in another thread
