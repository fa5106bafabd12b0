"""ElevenLabs' text-to-dialogue WebSocket, which its v3 and v4 models use: several contexts at once, each with one or more voices.

Rules:
- A context begins with the message that names its `voices`, and sounds on a track of its own. Each of its `inputs` names one of them.
- What one voice says in a row is an utterance. Another voice, or `new_turn`, ends it and begins the next one, which sounds after it.
- `flush` speaks what is held. `close_context` ends the text: all of it is spoken, then comes `is_final`. Clients interrupt in this way too,
  and leave the rest unheard, so that nothing here tells the two apart.
- Every message sent for a context has its `context_id`. An error that ends a context is followed by its `is_final`; what else it had to
  say is cancelled at once (`prompted`). The others go on; the vendor would close the socket. Later messages for such a context
  are ignored, up to one that closes it or names its voices anew.
- Times count from where the operator has chosen, over all utterances of a context. There are none unless `sync_alignment` asks for them.
- `close_socket` ends every context; when they have been spoken, the socket closes with 1000.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from legato.domain import events, replies
from legato.domain.audio import AudioFormat
from legato.domain.errors import Reach, Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import trace_in
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_alignment import Aligner, CharTimes, ContextClock
from legato.faces.elevenlabs_books import FINAL, MOST_CONTEXTS, UNKNOWN, Broken, free_track
from legato.faces.elevenlabs_dialogue_inputs import DialogueInput, inputs_of, voices_of
from legato.faces.elevenlabs_dialogue_waiting import WaitingTurns
from legato.faces.elevenlabs_frames import encoded, timed
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.errors import REFUSED_AT_BEGIN, bad_frame
from legato.faces.joins import Joiner
from legato.faces.json_objects import read_object
from legato.faces.numbers import is_set
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

MOST_TURNS = 64
"""Utterances that the session takes at once; further ones wait here."""


@dataclass(slots=True)
class _Context:
    name: str
    serial: str
    track: int
    voices: Mapping[str, str]
    """The gateway's voice for each id that the client has registered."""
    writing: str = ""
    """The utterance that takes text; empty between two."""
    voice_id: str = ""
    """Who speaks it."""
    joiner: Joiner = field(default_factory=Joiner)
    clock: ContextClock = field(default_factory=ContextClock)
    turns: int = 0
    """Utterances without a terminal event."""
    is_closed: bool = False


@dataclass(slots=True)
class _Turn:
    context: _Context
    aligner: Aligner


class ElevenLabsDialogue:
    """`GET /v1/text-to-dialogue/multi-stream-input`, one object per connection.

    Args:
        request_id: goes back as `request-id`.
        voices: names in the catalogue.
        switches: what the vendor leaves open.
    """

    name = "elevenlabs"

    def __init__(
        self, request_id: str, voices: Collection[str], switches: ElevenLabsSwitches | None = None
    ) -> None:
        self._request_id = request_id
        self._voices = voices
        self._switches = switches or ElevenLabsSwitches()
        self._format: AudioFormat | None = None
        self._is_timed = False
        self._serial = 0
        self._named: dict[str, _Context] = {}
        """Contexts that take text, the one least recently heard of first."""
        self._live: dict[str, _Context] = {}
        """By serial: every context that has had no `is_final` yet."""
        self._turns: dict[str, _Turn] = {}
        self._waiting = WaitingTurns(MOST_TURNS)
        self._dropped: list[str] = []
        """Utterances of contexts that have failed, not yet cancelled."""
        self._broken = Broken()
        self._opened = False
        self._closing = False
        self._failed: SpeechError | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id."""
        return {"request-id": self._request_id}

    @property
    def over(self) -> bool:
        """Whether an error has ended the stream, so that the server closes the socket."""
        return self._failed is not None

    def key(self, head: RequestHead) -> str:
        """The key, from the headers or the query."""
        return requests.client_key(head)

    def late_key(self, frame: bytes | str) -> str:
        """The key, from the first message."""
        return requests.message_key(frame)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read the query; a bad one fails the handshake."""
        try:
            self._format = requests.format_of(head.query, self._switches)
        except SpeechError as error:
            return self.refuse(error)
        self._is_timed = is_set(head.query.get("sync_alignment"))
        trace = trace_in(head.headers)
        opened = events.Open(
            "",
            self._format,
            language=head.query.get("language_code", ""),
            options=requests.options_of({}, words=self._is_timed),
            traceparent=trace.parent,
            tracestate=trace.state,
            waiting_turns=MOST_TURNS,
        )
        return Accepted(self.headers, (opened,))

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What a message means; nothing after `close_socket`. Never raises."""
        if self._closing or self.over:
            return ()
        understood: list[events.ClientEvent] = []
        name = ""
        try:
            message = read_object(frame)
            asked = message.get("context_id")
            name = "" if asked is None else requests.context_named(asked)
            self._understand(name, message, understood)
        except SpeechError as error:
            error.utterance_id = error.utterance_id or (UNKNOWN + name if name else "")
            understood.append(events.Refused(error))
        return self._waiting.passed(understood)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Messages that carry the reply."""
        return [] if self.over else [encoded(message) for message in self._told(reply)]

    def prompted(self) -> Sequence[events.ClientEvent]:
        """The end of what failed contexts had to say, since nobody would hear it, and turns for which there is room now.

        The last turn is cancelled first, so that none moves up meanwhile.
        """
        dropped, self._dropped = self._dropped[::-1], []
        cancelled = [events.Cancel(one) for one in dropped if one in self._turns]
        return [*cancelled, *self._waiting.due()]

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response to a failed handshake."""
        return requests.refusal(error, self._request_id)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """Close code 1000, or that of the error."""
        return requests.farewell(self._failed or error)

    # --- from the client

    def _understand(
        self, name: str, message: Mapping[str, Any], understood: list[events.ClientEvent]
    ) -> None:
        """Add what a message means; what was added before a mistake holds."""
        if is_set(message.get("close_socket")):
            understood += self._close_all()
            return
        if not name:
            raise bad_frame("context_id is required")
        context = self._named.get(name)
        closes = is_set(message.get("close_context"))
        if context is None:
            registers = message.get("voices") is not None
            ignored = not registers and (closes or is_set(message.get("keep_alive")))
            if closes or registers:
                self._broken.discard(name)
            if ignored or name in self._broken:
                return
            voices = voices_of(message.get("voices"), self._voices)
            understood += self._room()
            context = self._add(name, voices)
        else:
            self._named[name] = self._named.pop(name)
        try:
            inputs = inputs_of(message.get("inputs"), context.voices)
            understood += chain.from_iterable(self._say(context, one) for one in inputs)
        finally:
            if closes:  # the client waits for the end, also where its inputs are wrong
                understood += self._close(context)
        if closes or not context.writing:
            return
        if is_set(message.get("flush")):
            understood.append(events.Flush(context.writing))
        elif is_set(message.get("keep_alive")):
            understood.append(events.Text(context.writing, ""))

    def _room(self) -> Sequence[events.ClientEvent]:
        """Make room for one more context: clients forget some, and the vendor ends these in time."""
        if len(self._live) < MOST_CONTEXTS:
            return ()
        silent = next((one for one in self._named.values() if not one.turns), None)
        if silent is None:
            told = f"{MOST_CONTEXTS} contexts are open; close one before the next"
            raise SpeechError(Reason.TOO_MANY_UTTERANCES, told)
        return self._close(silent)

    def _add(self, name: str, voices: Mapping[str, str]) -> _Context:
        self._serial += 1
        taken = {context.track for context in self._live.values()}
        context = _Context(name, f"c{self._serial}", free_track(taken), voices)
        self._named[name] = self._live[context.serial] = context
        return context

    def _say(self, context: _Context, said: DialogueInput) -> Iterator[events.ClientEvent]:
        another = said.voice_id != context.voice_id and said.text.strip()
        if context.writing and (said.new_turn or another):
            yield events.End(context.writing)
            context.writing = ""
        if not context.writing:
            if not said.text.strip():
                return
            yield self._begin(context, said.voice_id)
        text = context.joiner.add(without_surrogates(said.text))
        self._turns[context.writing].aligner.typed(text)
        yield events.Text(context.writing, text)

    def _begin(self, context: _Context, voice_id: str) -> events.Begin:
        assert self._format is not None, "open comes first"
        self._serial += 1
        context.writing, context.voice_id, context.joiner = str(self._serial), voice_id, Joiner()
        context.turns += 1
        aligner = Aligner(self._format.sample_rate_hz, self._switches.alignment, context.clock)
        self._turns[context.writing] = _Turn(context, aligner)
        return events.Begin(context.writing, context.track, voice=context.voices[voice_id])

    def _close(self, context: _Context) -> Sequence[events.ClientEvent]:
        context.is_closed = True
        self._named.pop(context.name, None)
        if not context.turns:
            return (events.Ping(FINAL + context.serial),)
        return (events.End(context.writing),) if context.writing else ()

    def _close_all(self) -> Sequence[events.ClientEvent]:
        self._closing = True
        ended = [self._close(one) for one in tuple(self._named.values())]
        return (*chain.from_iterable(ended), events.HalfClosed())

    # --- to the client

    def _told(self, reply: Reply) -> Sequence[Mapping[str, object]]:
        if isinstance(reply, replies.Opened):
            self._opened = True
        if isinstance(reply, replies.StreamError):
            return self._error(reply.error)
        if isinstance(reply, replies.Pong) and reply.payload.startswith(FINAL):
            context = self._live.get(reply.payload.removeprefix(FINAL))
            return () if context is None else self._final(context)
        turn = self._turns.get(getattr(reply, "utterance_id", ""))
        if turn is None:
            return ()
        if isinstance(reply, replies.AudioChunk):
            return self._audio(turn, reply)
        if isinstance(reply, replies.WordSpoken):
            turn.aligner.spoken(reply)
        elif isinstance(reply, replies.Flushed) and turn.context.serial in self._live:
            return (_turn_end(turn.context),)
        elif isinstance(reply, replies.UtteranceFinished | replies.UtteranceCancelled):
            return self._ended(reply.utterance_id, turn)
        elif isinstance(reply, replies.UtteranceFailed):
            self._end(reply.utterance_id)
            return self._failure(turn.context, reply.error)
        return ()

    def _audio(self, turn: _Turn, chunk: replies.AudioChunk) -> Sequence[Mapping[str, object]]:
        assert self._format is not None, "open comes first"
        if turn.context.serial not in self._live:
            return ()
        return [
            {"audio": data, **_times(times), "context_id": turn.context.name}
            for data, times in timed(chunk, self._format, turn.aligner)
        ]

    def _ended(self, utterance_id: str, turn: _Turn) -> Sequence[Mapping[str, object]]:
        self._end(utterance_id)
        context = turn.context
        context.turns -= 1
        if context.writing == utterance_id:
            context.writing = ""  # it ended by itself: the next text begins another
        if context.serial not in self._live:
            return ()
        rest = turn.aligner.rest()
        last = () if rest is None else ({"audio": None, **_times(rest), "context_id": context.name},)
        final = self._final(context) if context.is_closed and not context.turns else ()
        return (*last, _turn_end(context), *final)

    def _final(self, context: _Context) -> Sequence[Mapping[str, object]]:
        del self._live[context.serial]
        return ({"is_final": True, "context_id": context.name},)

    def _failure(self, context: _Context, error: SpeechError) -> Sequence[Mapping[str, object]]:
        if context.serial not in self._live:
            return ()
        if self._named.get(context.name) is context:
            del self._named[context.name]
            self._broken.add(context.name)
        rest = [name for name, turn in self._turns.items() if turn.context is context]
        for name in self._waiting.forget(rest):
            self._end(name)
        self._dropped += [name for name in rest if name in self._turns]
        told = {**requests.error_message(error), "context_id": context.name}
        return (told, *self._final(context))

    def _end(self, utterance_id: str) -> None:
        del self._turns[utterance_id]
        self._waiting.ended(utterance_id)

    def _error(self, error: SpeechError) -> Sequence[Mapping[str, object]]:
        message = requests.error_message(error)
        if error.utterance_id.startswith(UNKNOWN):
            name = error.utterance_id.removeprefix(UNKNOWN)
            told = {**message, "context_id": name}
            if any(context.name == name for context in self._live.values()):
                return (told,)
            self._broken.add(name)
            return (told, {"is_final": True, "context_id": name})
        turn = self._turns.get(error.utterance_id)
        if turn is not None and error.reason in REFUSED_AT_BEGIN:
            self._end(error.utterance_id)
            return self._failure(turn.context, error)
        if error.properties.reach is Reach.STREAM or not self._opened:
            self._failed = error
        elif error.utterance_id and turn is None:
            return ()
        return (message if turn is None else {**message, "context_id": turn.context.name},)


def _turn_end(context: _Context) -> Mapping[str, object]:
    return {"is_final_audio_for_turn": True, "context_id": context.name}


def _times(times: CharTimes | None) -> Mapping[str, object]:
    if times is None:
        return {}
    return {"alignment": times.in_snake_ms()}
