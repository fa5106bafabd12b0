"""ElevenLabs' multi-stream-input WebSocket: several contexts at once, each an utterance on a track of its own.

Rules:
- A context exists from its first message on; its utterance begins with the first text that is not blank. Its id may be used
  again as soon as it is closed.
- `voice_settings` without an id hold for every later context that brings none: Bolna greets so once for a connection.
- `close_context` lets flushed text be spoken, also if the same message flushes it. If some text was not flushed, it stops what is left
  of the context: that is how clients interrupt. A second one, while the context still sounds, also stops it: that is how they interrupt
  text that was complete. Either way the context has one `isFinal`, after its last audio.
- Every message sent, errors included, has the id in both spellings; either is read. A message without an id means the context
  `default`.
- An error of a context is sent with its id and followed by its `isFinal`; the others go on. The vendor would close the socket. Later
  messages for such a context are ignored, up to one that ends it (a flush, its close) or opens it anew (a blank text, or settings).
- Of the clients here, those that send `sync_alignment` take times as counted from the beginning of the context, the others add up the
  spans of the messages; what the operator has chosen holds for both.
- If there are too many contexts, the oldest that has said nothing makes room: the vendor drops such contexts in time.
- `close_socket` ends every context; when they have been spoken, the socket closes with 1000.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from legato.domain import events, hops, replies
from legato.domain.audio import AudioFormat
from legato.domain.errors import Reach, Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.speech import NOTHING_ASKED, UtteranceOptions
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_alignment import Aligner
from legato.faces.elevenlabs_books import FINAL, MOST_CONTEXTS, UNKNOWN, Broken, free_track
from legato.faces.elevenlabs_frames import audio_messages, encoded, final, last_words
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.errors import REFUSED_AT_BEGIN, bad_frame
from legato.faces.joins import Joiner
from legato.faces.json_objects import read_object
from legato.faces.numbers import is_set
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

DEFAULT_CONTEXT = "default"
_OPENING = ("voice_settings", "generation_config", "pronunciation_dictionary_locators")
"""Fields that only the first message of a context may have."""


@dataclass(slots=True)
class _Context:
    name: str
    utterance_id: str
    track: int
    aligner: Aligner
    options: UtteranceOptions
    joiner: Joiner = field(default_factory=Joiner)
    begun: bool = False
    unflushed: bool = False


class ElevenLabsMultiStream:
    """`GET /v1/text-to-speech/{voice_id}/multi-stream-input`, one object per connection.

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
        self._eager = False
        self._base = self._switches.alignment.known()
        self._options = NOTHING_ASKED
        self._serial = 0
        self._named: dict[str, _Context] = {}
        self._speaking: dict[str, _Context] = {}
        """By utterance id: every context that has had no `isFinal` yet, closed ones included."""
        self._broken = Broken()
        """Ids of contexts that have failed and have not been closed, the oldest first."""
        self._opened = False
        self._closing = False
        self._failed: SpeechError | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id."""
        return {"request-id": self._request_id}

    @property
    def eager(self) -> bool:
        """Whether each message is to be spoken at once (`auto_mode`), so that nothing may buffer the text."""
        return self._eager

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
        """Read path and query; a bad one fails the handshake."""
        try:
            opening = requests.opening(head, self._voices, self._switches)
        except SpeechError as error:
            return self.refuse(error)
        self._format = opening.audio_format
        self._eager = is_set(head.query.get("auto_mode"))
        self._base = self._switches.alignment.known(by_context=_reads_context(head))
        return Accepted(self.headers, (opening,))

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What a message means; nothing after `close_socket`. Never raises."""
        if self._closing or self.over:
            return ()
        try:
            message = read_object(frame)
            name = _name_of(message)
        except SpeechError as error:
            return (events.Refused(error),)
        try:
            return self._understand(name, message)
        except SpeechError as error:
            known = self._named.get(name)
            error.utterance_id = UNKNOWN + name if known is None else known.utterance_id
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Messages that carry the reply."""
        if self.over:
            return ()
        return [encoded(message) for message in self._told(reply)]

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response to a failed handshake."""
        return requests.refusal(error, self._request_id)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """Close code 1000, or that of the error."""
        return requests.farewell(self._failed or error)

    # --- from the client

    def _understand(self, name: str, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        if is_set(message.get("close_socket")):
            self._closing = True
            return (*self._forget_silent(), events.HalfClosed())
        if is_set(message.get("close_context")):
            self._broken.discard(name)
            return self._close(name, flushes=is_set(message.get("flush")))
        flushes = is_set(message.get("flush"))
        if name in self._broken and not _opens(message):
            if flushes:
                self._broken.discard(name)
            return ()
        text = message.get("text")
        if text is not None and not isinstance(text, str):
            raise bad_frame("text must be a string")
        if name not in self._named and not text and not flushes:
            return ()  # keeps the socket alive, or a context that has ended
        room = () if name in self._named else self._room()
        context = self._named.get(name) or self._add(name)
        if not context.begun and message.get("voice_settings") is not None:
            context.options = requests.speed_of(message["voice_settings"])
            if name == DEFAULT_CONTEXT:
                self._options = context.options
        said = (*room, *(self._say(context, text or "") if text or not flushes else ()))
        if not flushes or not context.begun:
            return said
        context.unflushed = False
        return (*said, events.Flush(context.utterance_id))

    def _room(self) -> Sequence[events.ClientEvent]:
        """Make room for one more context."""
        if len(self._speaking) < MOST_CONTEXTS:
            return ()
        silent = next((one for one in self._named.values() if not one.begun), None)
        if silent is None:
            told = f"{MOST_CONTEXTS} contexts are open; close one before the next"
            raise SpeechError(Reason.TOO_MANY_UTTERANCES, told)
        return self._close(silent.name)

    def _add(self, name: str) -> _Context:
        assert self._format is not None, "open comes first"
        self._broken.discard(name)
        self._serial += 1
        taken = {context.track for context in self._speaking.values()}
        aligner = Aligner(self._format.sample_rate_hz, self._base)
        context = _Context(name, str(self._serial), free_track(taken), aligner, self._options)
        self._named[name] = self._speaking[context.utterance_id] = context
        return context

    def _say(self, context: _Context, text: str) -> Sequence[events.ClientEvent]:
        begun: Sequence[events.ClientEvent] = ()
        if not context.begun:
            if not text.strip():
                return ()
            context.begun = True
            begun = (events.Begin(context.utterance_id, context.track, options=context.options),)
        if not text:  # keeps the context alive
            return (events.Text(context.utterance_id, ""),)
        text = context.joiner.add(without_surrogates(text))
        context.aligner.typed(text)
        context.unflushed = context.unflushed or bool(text.strip())
        return (*begun, events.Text(context.utterance_id, text))

    def _close(self, name: str, *, flushes: bool = False) -> Sequence[events.ClientEvent]:
        context = self._named.pop(name, None)
        if context is None:
            sounding = [one for one in self._speaking.values() if one.begun and one.name == name]
            return [events.Cancel(one.utterance_id) for one in sounding]
        if not context.begun:
            return (events.Ping(FINAL + context.utterance_id),)
        if context.unflushed and not flushes:
            return (events.Cancel(context.utterance_id),)
        return (events.End(context.utterance_id),)

    def _forget_silent(self) -> Sequence[events.ClientEvent]:
        silent = [one for one in self._named.values() if not one.begun]
        self._named.clear()
        return [events.Ping(FINAL + one.utterance_id) for one in silent]

    # --- to the client

    def _told(self, reply: Reply) -> Sequence[Mapping[str, object]]:
        if isinstance(reply, replies.Opened):
            self._opened = True
        elif isinstance(reply, replies.AudioChunk):
            return self._audio(reply)
        elif isinstance(reply, replies.WordSpoken):
            context = self._speaking.get(reply.utterance_id)
            if context is not None:
                context.aligner.spoken(reply)
        elif isinstance(reply, replies.UtteranceFinished | replies.UtteranceCancelled):
            return self._final(reply.utterance_id)
        elif isinstance(reply, replies.UtteranceFailed):
            return self._failure(reply.utterance_id, reply.error)
        elif isinstance(reply, replies.StreamError):
            return self._error(reply.error)
        elif isinstance(reply, replies.Pong) and reply.payload.startswith(FINAL):
            return self._final(reply.payload.removeprefix(FINAL))
        return ()

    def _audio(self, chunk: replies.AudioChunk) -> Sequence[Mapping[str, object]]:
        assert self._format is not None, "open comes first"
        context = self._speaking.get(chunk.utterance_id)
        if context is None:
            return ()
        messages = audio_messages(chunk, self._format, context.aligner)
        return [{**message, **_ids(context.name)} for message in messages]

    def _final(self, utterance_id: str) -> Sequence[Mapping[str, object]]:
        context = self._speaking.pop(utterance_id, None)
        if context is None:
            return ()
        if self._named.get(context.name) is context:
            del self._named[context.name]
        last = [{**message, **_ids(context.name)} for message in last_words(context.aligner)]
        return (*last, {**final(), **_ids(context.name)})

    def _failure(self, utterance_id: str, error: SpeechError) -> Sequence[Mapping[str, object]]:
        context = self._speaking.get(utterance_id)
        if context is None:
            return ()
        if self._named.get(context.name) is context:
            self._broken.add(context.name)
        told = {**requests.error_message(error), **_ids(context.name)}
        return (told, *self._final(utterance_id))

    def _error(self, error: SpeechError) -> Sequence[Mapping[str, object]]:
        if error.utterance_id.startswith(UNKNOWN):
            return self._stillborn(error.utterance_id.removeprefix(UNKNOWN), error)
        if error.reason in REFUSED_AT_BEGIN and error.utterance_id:
            return self._failure(error.utterance_id, error)
        context = self._speaking.get(error.utterance_id)
        if error.properties.reach is Reach.STREAM or not self._opened:
            self._failed = error
        elif error.utterance_id and context is None:
            return ()  # a late message for a context that is over
        ids = {} if context is None else _ids(context.name)
        return ({**requests.error_message(error), **ids},)

    def _stillborn(self, name: str, error: SpeechError) -> Sequence[Mapping[str, object]]:
        """Answer for a context that does not exist. If it was refused as it began, clients wait for its end as for any other's."""
        told = {**requests.error_message(error), **_ids(name)}
        if error.reason not in REFUSED_AT_BEGIN:
            return (told,)
        self._broken.add(name)
        return (told, {**final(), **_ids(name)})


def _reads_context(head: RequestHead) -> bool:
    """Whether a client takes times as counted from the beginning of its context. A gateway in front asks alike, but takes the message's."""
    return is_set(head.query.get("sync_alignment")) and hops.HEADER not in head.headers


def _name_of(message: Mapping[str, Any]) -> str:
    for spelling in ("context_id", "contextId"):
        value = message.get(spelling)
        if value is not None and value != "":
            return requests.context_named(value)
    return DEFAULT_CONTEXT


def _opens(message: Mapping[str, Any]) -> bool:
    """Whether this is how clients begin a context."""
    text = message.get("text")
    blank = isinstance(text, str) and text.isspace()
    return blank or any(message.get(name) is not None for name in _OPENING)


def _ids(name: str) -> dict[str, object]:
    return {"contextId": name, "context_id": name}
