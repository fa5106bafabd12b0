"""ElevenLabs' text-to-dialogue WebSocket, which its v3 and v4 models use: several contexts at once, each with one or more voices.

Rules:
- A context begins with the message that names its `voices`, and sounds on a track of its own. Each of its `inputs` names one of them.
- What one voice says in a row is an utterance. Another voice, or `new_turn`, ends it and begins the next one, which sounds after it.
- `flush` speaks what is held, and is answered with the end of the turn's audio; the end of the utterance is told again only if it had more to
  say: Bolna takes it for that of its next turn. `close_context` ends the text: all of it is spoken, then comes `is_final`. Clients interrupt in this way too,
  and leave the rest unheard, so that nothing here tells the two apart.
- Every message sent for a context has its `context_id`. An error that ends a context is followed by its `is_final`; what else it had to
  say is cancelled at once (`prompted`). The others go on; the vendor would close the socket. Later messages for such a context
  are ignored, up to one that closes it or names its voices anew.
- Times count from where the operator has chosen, over all utterances of a context. There are none unless `sync_alignment` asks for them.
- `close_socket` ends every context; when they have been spoken, the socket closes with 1000.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from legato.domain import events
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import trace_in
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_alignment import Aligner
from legato.faces.elevenlabs_books import FINAL, MOST_CONTEXTS, UNKNOWN, free_track
from legato.faces.elevenlabs_dialogue_answers import DialogueAnswers
from legato.faces.elevenlabs_dialogue_book import MOST_TURNS, DialogueBook, DialogueContext, DialogueTurn
from legato.faces.elevenlabs_dialogue_inputs import DialogueInput, inputs_of, voices_of
from legato.faces.elevenlabs_frames import encoded
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.errors import bad_frame
from legato.faces.joins import Joiner
from legato.faces.json_objects import read_object
from legato.faces.numbers import is_set
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead


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
        self._is_timed = False
        self._serial = 0
        self._book = DialogueBook()
        self._answers = DialogueAnswers(self._book)
        self._closing = False

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id."""
        return {"request-id": self._request_id}

    @property
    def over(self) -> bool:
        """Whether an error has ended the stream, so that the server closes the socket."""
        return self._answers.failed is not None

    def key(self, head: RequestHead) -> str:
        """The key, from the headers or the query."""
        return requests.client_key(head)

    def late_key(self, frame: bytes | str) -> str:
        """The key, from the first message."""
        return requests.message_key(frame)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read the query; a bad one fails the handshake."""
        try:
            audio_format = requests.format_of(head.query, self._switches)
        except SpeechError as error:
            return self.refuse(error)
        self._book.audio_format = audio_format
        self._is_timed = is_set(head.query.get("sync_alignment"))
        trace = trace_in(head.headers)
        opened = events.Open(
            "",
            audio_format,
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
            name = self._context(message)
            self._understand(name, message, understood)
        except SpeechError as error:
            error.utterance_id = error.utterance_id or (UNKNOWN + name if name else "")
            understood.append(events.Refused(error))
        return self._book.waiting.passed(understood)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Messages that carry the reply."""
        return [] if self.over else [encoded(message) for message in self._told(reply)]

    def prompted(self) -> Sequence[events.ClientEvent]:
        """The end of what failed contexts had to say, since nobody would hear it, and turns for which there is room now.

        The last turn is cancelled first, so that none moves up meanwhile.
        """
        dropped, self._book.dropped = self._book.dropped[::-1], []
        cancelled = [events.Cancel(one) for one in dropped if one in self._book.turns]
        return [*cancelled, *self._book.waiting.due()]

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response to a failed handshake."""
        return requests.refusal(error, self._request_id)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """Close code 1000, or that of the error."""
        return requests.farewell(self._answers.failed or error)

    def _told(self, reply: Reply) -> Sequence[Mapping[str, object]]:
        return self._answers.told(reply)

    # --- from the client

    def _context(self, message: Mapping[str, Any]) -> str:
        """The context that a message is for; empty for none."""
        asked = message.get("context_id")
        return "" if asked is None else requests.context_named(asked)

    def _understand(
        self, name: str, message: Mapping[str, Any], understood: list[events.ClientEvent]
    ) -> None:
        """Add what a message means; what was added before a mistake holds."""
        if is_set(message.get("close_socket")):
            understood += self._close_all()
            return
        if not name:
            raise bad_frame("context_id is required")
        context = self._book.named.get(name)
        closes = is_set(message.get("close_context"))
        if context is None:
            registers = message.get("voices") is not None
            ignored = not registers and (closes or is_set(message.get("keep_alive")))
            if closes or registers:
                self._book.broken.discard(name)
            if ignored or name in self._book.broken:
                return
            voices = voices_of(message.get("voices"), self._voices)
            understood += self._room()
            context = self._add(name, voices)
        else:
            self._book.named[name] = self._book.named.pop(name)
        try:
            inputs = inputs_of(message.get("inputs"), context.voices)
            understood += chain.from_iterable(self._say(context, one) for one in inputs)
        finally:
            if closes:  # the client waits for the end, also where its inputs are wrong
                understood += self._close(context)
        if closes or not context.writing:
            return
        if is_set(message.get("flush")):
            understood.append(self._flush(context.writing))
        elif is_set(message.get("keep_alive")):
            understood.append(events.Text(context.writing, ""))

    def _room(self) -> Sequence[events.ClientEvent]:
        """Make room for one more context: clients forget some, and the vendor ends these in time."""
        if len(self._book.live) < MOST_CONTEXTS:
            return ()
        silent = next((one for one in self._book.named.values() if not one.turns), None)
        if silent is None:
            told = f"{MOST_CONTEXTS} contexts are open; close one before the next"
            raise SpeechError(Reason.TOO_MANY_UTTERANCES, told)
        return self._close(silent)

    def _add(self, name: str, voices: Mapping[str, str]) -> DialogueContext:
        self._serial += 1
        taken = {context.track for context in self._book.live.values()}
        context = DialogueContext(name, f"c{self._serial}", free_track(taken), voices)
        self._book.named[name] = self._book.live[context.serial] = context
        return context

    def _say(self, context: DialogueContext, said: DialogueInput) -> Iterator[events.ClientEvent]:
        another = said.voice_id != context.voice_id and said.text.strip()
        if context.writing and (said.new_turn or another):
            yield events.End(context.writing)
            context.writing = ""
        if not context.writing:
            if not said.text.strip():
                return
            yield self._begin(context, said.voice_id)
        text = context.joiner.add(without_surrogates(said.text))
        turn = self._book.turns[context.writing]
        turn.aligner.typed(text)
        turn.unflushed = turn.unflushed or bool(text.strip())
        yield events.Text(context.writing, text)

    def _flush(self, utterance_id: str) -> events.Flush:
        turn = self._book.turns[utterance_id]
        turn.unflushed = False
        turn.flushes += 1
        return events.Flush(utterance_id)

    def _begin(self, context: DialogueContext, voice_id: str) -> events.Begin:
        assert self._book.audio_format is not None, "open comes first"
        self._serial += 1
        context.writing, context.voice_id, context.joiner = str(self._serial), voice_id, Joiner()
        context.turns += 1
        base = self._switches.alignment.known()
        aligner = Aligner(self._book.audio_format.sample_rate_hz, base, context.clock)
        self._book.turns[context.writing] = DialogueTurn(context, aligner)
        return events.Begin(context.writing, context.track, voice=context.voices[voice_id])

    def _close(self, context: DialogueContext) -> Sequence[events.ClientEvent]:
        context.is_closed = True
        self._book.named.pop(context.name, None)
        if not context.turns:
            return (events.Ping(FINAL + context.serial),)
        return (events.End(context.writing),) if context.writing else ()

    def _close_all(self) -> Sequence[events.ClientEvent]:
        self._closing = True
        ended = [self._close(one) for one in tuple(self._book.named.values())]
        return (*chain.from_iterable(ended), events.HalfClosed())
