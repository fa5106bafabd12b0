"""A conversation with a gateway, without any I/O: what to say next, and what was said.

    begin, tell       the program speaks               -> the outbox
    next_command      a wire takes the next message, `sent` stamps it
    hear              a wire brings a reply            -> the records of the utterances
    lost, reopen      a connection ended; the next one begins

Rules.
1. Commands leave in the order in which they were told.
2. After a cancel nothing more of the utterance is handed out (with a fade: nothing after its terminal reply).
3. An utterance that has not sounded when its connection ends is said again, whole, on the next one, once; one that has
   sounded ends with the error. Nothing is ever heard twice.
4. After a `GoAway` new utterances wait for the next connection, unless the stream was merely idle: they end that.
5. What waits is bounded on both sides: `room` says whether text should be sent, `full` that replies should not be read.
"""

from collections import deque
from collections.abc import Iterable

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Begin, Cancel, Configure, End, Flush, Open, Pause, Ping, Played, Resume, Text
from legato.domain.replies import AudioChunk, GoAway, Opened, Pong, StreamError, Warned
from legato.domain.speech import Position
from legato_client.bounds import Bounds, Level
from legato_client.defaults import configured, settled
from legato_client.errors import Trouble
from legato_client.outbox import Outbox
from legato_client.pauses import Pauses
from legato_client.record import Told, UtteranceRecord
from legato_client.replies import Incoming, StreamEnded
from legato_client.requests import Command

MAX_ATTEMPTS = 2
"""Connections that an utterance is sent on: if the second one ends too, the utterance itself may well be the cause."""

Notice = Warned | StreamError | GoAway
"""What the gateway says about the stream as a whole."""

_MESSAGE_ONLY = frozenset({Reason.TEXT_TOO_LONG, Reason.TEXT_AFTER_END})
_RETOLD_BY_REOPEN = Open | Configure | Pause | Resume | Played


class Conversation:
    """The state of one conversation, over any number of connections.

    Args:
        opening: the stream's defaults.
        bounds: how much may wait.
    """

    def __init__(self, opening: Open, bounds: Bounds) -> None:
        self.opened: Opened | None = None
        self.ended_with: SpeechError | None = None
        self.notices: deque[Notice] = deque(maxlen=100)
        self.unanswered: set[str] = set()
        """Payloads of the pings that wait for their answer."""
        self.late_replies = 0
        self.connected = False
        self.greeted = False
        self.idle = False
        self._opening = opening
        self._outbox = Outbox(bounds.unsent_chars)
        self._unread = Level(bounds.unread_bytes)
        self._records: dict[str, UtteranceRecord] = {}
        self._pauses = Pauses()
        self._going = False
        self._numbered = 0

    # --- what waits --------------------------------------------------------------------------------------------------

    @property
    def room(self) -> bool:
        """Whether text may be sent without piling up."""
        return self._outbox.room

    @property
    def full(self) -> bool:
        """Whether so much audio waits to be taken that the wire should not be read."""
        return self._unread.high

    @property
    def has_commands(self) -> bool:
        """Whether a command waits for a wire."""
        return len(self._outbox) > 0

    @property
    def has_open_utterances(self) -> bool:
        """Whether any utterance is being said or waits to be."""
        return bool(self._records)

    @property
    def wants_connection(self) -> bool:
        """Whether something waits to be said and there is no connection to say it on."""
        return not self.connected and (self.has_open_utterances or self.has_commands)

    @property
    def wants_to_move(self) -> bool:
        """Whether this connection is going away, nothing on it is still being said, and something waits for the next one."""
        waiting = self._records.values()
        return self._going and bool(waiting) and all(record.held for record in waiting)

    def knows(self, utterance_id: str) -> bool:
        """Whether this utterance is not over."""
        return utterance_id in self._records

    # --- what the program says ---------------------------------------------------------------------------------------

    def fresh_id(self) -> str:
        """An utterance id that has not been given out."""
        self._numbered += 1
        return f"u{self._numbered}"

    def begin(self, begin: Begin) -> UtteranceRecord:
        """Begin an utterance.

        Raises:
            ValueError: one with this id is open.
        """
        if begin.utterance_id in self._records:
            raise ValueError(f"an utterance named {begin.utterance_id!r} is already open")
        if begin.position is Position.REPLACE:
            # The `Begin` itself cancels what it replaces, unless it waits for the next connection.
            self._cut(Cancel(track=begin.track), told=self._going)
        record = UtteranceRecord(settled(begin, self._opening), held=self._going or not self.connected)
        self._records[begin.utterance_id] = record
        self.idle = False
        if not record.held:
            record.attempts = int(self.greeted)
            self._outbox.put(begin)
        return record

    def tell(self, command: Command) -> None:
        """Send a command, now or once there is a connection. One for an utterance that is over is dropped."""
        match command:
            case Text() | Flush() | End():
                self._tell_utterance(command)
            case Cancel():
                self._cut(command, told=self.connected)
            case _:
                self._tell_stream(command)

    def take(self, record: UtteranceRecord) -> AudioChunk | None:
        """The next audio of an utterance, if any is waiting."""
        if not record.audio:
            return None
        chunk = record.audio.popleft()
        if not record.over:
            self._unread.fall(len(chunk.data))
        return chunk

    def drop(self, records: Iterable[UtteranceRecord]) -> None:
        """Nobody will take the audio of these utterances."""
        for record in records:
            self._unread.fall(record.drop_audio())

    # --- what the wire takes and brings ------------------------------------------------------------------------------

    def next_command(self) -> Command | None:
        """The next command for the wire, if there is one."""
        return self._outbox.take()

    def sent(self, command: Command, now: float) -> None:
        """A command is being handed to the transport."""
        if isinstance(command, Text) and command.text:
            record = self._records.get(command.utterance_id)
            if record and record.first_text_at is None:
                record.first_text_at = now
        elif isinstance(command, Pause):
            self._pauses.sent(command.track, now, self.opened)

    def hear(self, reply: Incoming, now: float) -> str:
        """Take a reply.

        Args:
            reply: the reply.
            now: when its bytes were read, monotonic seconds.

        Returns:
            Id of the utterance it concerns; empty for the stream.
        """
        match reply:
            case Opened():
                self._hear_opened(reply)
            case Pong():
                self.unanswered.discard(reply.payload)
            case StreamEnded():
                self.ended_with = reply.error
            case GoAway():
                self.idle = reply.reason == Reason.IDLE_TIMEOUT
                self._going = not self.idle
                self.notices.append(reply)
            case StreamError():
                return self._hear_refusal(reply)
            case Warned() if reply.utterance_id not in self._records:
                self.notices.append(reply)
            case _:
                return self._hear_utterance(reply, now)
        return ""

    # --- connections -------------------------------------------------------------------------------------------------

    def lost(self, error: Trouble) -> list[str]:
        """The connection ended. Returns the ids of the utterances that ended with it."""
        self.connected = self.greeted = self._going = False
        self.ended_with = None
        over = [record for record in self._records.values() if _ends(record, error)]
        for record in over:
            self._forget(record)
        self._outbox.empty()
        for record in self._records.values():
            self._outbox.hold(record.told)
        return [record.utterance_id for record in over]

    def reopen(self, now: float) -> None:
        """Say again everything that a new connection must know."""
        waiting = self._outbox.empty()
        self.connected = True
        self._outbox.put(self._opening)
        for track in self._pauses.retold(now, self.opened):
            self._outbox.put(Pause(track))
        for record in self._records.values():
            record.held = False
            for part in record.retold():
                self._outbox.put(part)
        for command in waiting:
            self._outbox.put(command)

    def abandon(self, error: Trouble) -> list[str]:
        """No connection can be had: utterances that wait end with the error. Returns their ids."""
        waiting = dict(self._records)
        for record in waiting.values():
            record.end_with(error)
        self._records.clear()
        self._outbox.empty()
        return list(waiting)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _tell_utterance(self, command: Text | Flush | End) -> None:
        record = self._records.get(command.utterance_id)
        if record is None or record.cancelled:
            return
        record.text_ended = record.text_ended or isinstance(command, End)
        if not record.sounded:
            record.told.append(command)
        if record.held:
            self._outbox.hold([command])
        else:
            self._outbox.put(command)

    def _cut(self, cancel: Cancel, *, told: bool) -> None:
        targets = self._targets(cancel)
        for record in targets:
            record.cancelled = True
            if record.held:
                self._outbox.unhold(record.told)
                record.cancel_unsounded()
                self._forget(record)
        if not cancel.fade_ms:
            self.drop(targets)
        if told:
            self._outbox.put(cancel)

    def _targets(self, cancel: Cancel) -> list[UtteranceRecord]:
        self._pauses.cut(cancel, self._records.values())
        return [record for record in self._records.values() if record.is_cut_by(cancel)]

    def _tell_stream(self, command: Command) -> None:
        match command:
            case Configure():
                self._opening = configured(self._opening, command)
            case Pause():
                self._pauses.pause(command.track)
            case Resume():
                self._pauses.resume(command.track)
            case Ping():
                self.unanswered.add(command.payload)
        if self.connected or not isinstance(command, _RETOLD_BY_REOPEN):
            self._outbox.put(command)

    def _forget(self, record: UtteranceRecord) -> None:
        # Audio that still waits no longer counts as unread: no more of it will come.
        self._unread.fall(record.waiting_bytes)
        del self._records[record.utterance_id]

    def _hear_opened(self, reply: Opened) -> None:
        self.opened = reply
        self.greeted = True
        for record in self._records.values():
            record.attempts += 1

    def _hear_utterance(self, reply: Told, now: float) -> str:
        record = self._records.get(reply.utterance_id)
        if record is None:
            self.late_replies += 1
            return ""
        record.hear(reply, now)
        if isinstance(reply, AudioChunk) and not record.fenced:
            self._unread.rise(len(reply.data))
        if record.over:
            self._forget(record)
        return reply.utterance_id

    def _hear_refusal(self, reply: StreamError) -> str:
        error = reply.error
        record = self._records.get(error.utterance_id)
        if record is None:
            self.notices.append(reply)
            if not self.greeted and not error.utterance_id:
                self.ended_with = error  # the Open itself was refused: nothing can be said here
            return ""
        if error.reason in _MESSAGE_ONLY or record.sounded:
            record.refused = error
        elif not record.held:  # what is held waits for the next connection
            self._begin_refused(record, error)
        return record.utterance_id

    def _begin_refused(self, record: UtteranceRecord, error: SpeechError) -> None:
        self._outbox.purge(record.utterance_id)
        if record.begin.position is Position.REPLACE:
            self._cut_by_name(record.begin.track)
        if error.reason is Reason.SHUTTING_DOWN and not record.cancelled:
            # It crossed a GoAway on the way.
            self._going = record.held = True
            self._outbox.hold(record.told)
            return
        record.end_with(error)
        self._forget(record)
        if error.reason is Reason.BAD_FRAME:
            # The Begin was not understood, yet text that follows it would begin an utterance with the stream's defaults.
            self._outbox.put(Cancel(record.utterance_id, force=True))

    def _cut_by_name(self, track: int) -> None:
        """A `Begin` that was refused replaced nothing: what it was to replace is cut here and sounds on there.

        It is named: another cancel of the track would reach what was begun since.
        """
        for other in self._records.values():
            if other.cancelled and other.begin.track == track:
                self._outbox.put(Cancel(other.utterance_id))


def _ends(record: UtteranceRecord, error: Trouble) -> bool:
    if record.cancelled or record.sounded or record.attempts >= MAX_ATTEMPTS:
        record.end_with(error)
    record.held = not record.over
    return record.over
