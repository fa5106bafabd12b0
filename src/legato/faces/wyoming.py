"""Wyoming, the TCP protocol of home voice assistants: text in, s16le audio out, no keys and no TLS of its own.

Rules:
- `synthesize` is one utterance and ends with `audio-stop`; `synthesize-start`, `-chunk` and `-stop` together are one, which ends with
  `audio-stop` and `synthesize-stopped`. Both also follow an error, so that no client waits for ever.
- A `synthesize` within an open stream repeats the whole text for servers that cannot stream: it is ignored.
- All audio of a connection has one format.
- A client that wants no more hangs up: there is no message for it. Messages about other services (microphones, wake words) are ignored.
- A message that cannot be read ends the connection, once everything before it is spoken.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.speech import UtteranceOptions
from legato.faces.errors import REFUSED_AT_BEGIN, bad_frame
from legato.faces.surrogates import without_surrogates
from legato.faces.wyoming_frames import FrameReader, Message, UnreadableError, frame
from legato.faces.wyoming_info import info, voice_for
from legato.ports import Accepted, Refusal, RequestHead, VoiceDirectory

FORMAT = AudioFormat(Encoding.PCM_S16LE, 22_050)
_SOUND = {"rate": FORMAT.sample_rate_hz, "width": 2, "channels": 1}
_INFO, _PONG = "info", "pong:"
_MOST_WAITING = 64
"""Requests that may wait for the one before them; all are answered in order."""
_ENDING = REFUSED_AT_BEGIN | {Reason.BAD_FRAME}
"""A request that is refused for one of these has ended."""


@dataclass(slots=True)
class _Request:
    """One utterance as its client knows it."""

    streams: bool
    sounds: bool = False


class WyomingSpeech:
    """One object per connection.

    Args:
        directory: the voices, listed for clients and searched for one that speaks a language.
        key: presented on behalf of all clients, which have none of their own; empty for none.
        names: voices that may be asked for; `None` for those of the directory.
    """

    name = "wyoming"

    def __init__(
        self, directory: VoiceDirectory, key: str = "", names: Collection[str] | None = None
    ) -> None:
        self._directory = directory
        self._key = key
        self._names = names
        self._reader = FrameReader()
        self._requests: dict[str, _Request] = {}
        self._serial = 0
        self._stream = ""
        """The utterance whose chunks are coming."""
        self._is_over = False
        """Whether that utterance was refused, or has ended before its text: its chunks are ignored."""
        self._is_open = False

    @property
    def headers(self) -> Mapping[str, str]:
        """No headers."""
        return {}

    def key(self, head: RequestHead) -> str:
        """The key presented on behalf of all clients."""
        del head
        return self._key

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Accept: everything is in the messages."""
        del head
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What these bytes mean, wherever they are cut. Never raises."""
        found: list[events.ClientEvent] = []
        try:
            for message in self._reader.feed(frame.encode() if isinstance(frame, str) else frame):
                found += self._heard(message)
        except UnreadableError as error:
            found += (events.Refused(bad_frame(str(error))), events.HalfClosed())
        return found

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Frames that carry the reply."""
        if isinstance(reply, replies.Pong):
            return (self._answer(reply.payload),)
        if isinstance(reply, replies.StreamError):
            return self._refused(reply.error)
        name = getattr(reply, "utterance_id", "")
        request = self._requests.get(name)
        if request is None:
            return ()
        if isinstance(reply, replies.AudioChunk):
            return (*self._begun(request), frame("audio-chunk", _SOUND, reply.data)) if reply.data else ()
        if isinstance(reply, replies.UtteranceStarted):
            return self._begun(request)
        if isinstance(reply, replies.UtteranceFinished):
            return (*self._begun(request), *self._stopped(name))
        if isinstance(reply, replies.UtteranceFailed):
            return (_error(reply.error), *self._stopped(name))
        if isinstance(reply, replies.UtteranceCancelled):
            return self._stopped(name)
        return ()

    def refuse(self, error: SpeechError) -> Refusal:
        """The error as the only frame."""
        return Refusal(error.properties.http_status, {}, _error(error), error.reason)

    # --- from the client

    def _heard(self, message: Message) -> Sequence[events.ClientEvent]:
        kind, data = message.kind, message.data
        try:
            if kind == "describe":
                return (events.Ping(_INFO),)
            if kind == "ping":
                return (events.Ping(_PONG + str(data.get("text") or "")),)
            if kind == "synthesize":
                return () if self._stream else self._whole(data)
            if kind == "synthesize-start":
                return self._start(data)
            if kind == "synthesize-chunk":
                return self._chunk(data)
            if kind == "synthesize-stop":
                return self._stop()
        except SpeechError as error:
            return (events.Refused(error),)
        return ()

    def _whole(self, data: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        name = self._new(streams=False)
        return (*self._begin(name, data), events.End(name))

    def _start(self, data: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        ended = self._stop() if self._stream else ()
        self._stream, self._is_over = self._new(streams=True), False
        try:
            return (*ended, *self._begin(self._stream, data))
        except SpeechError as error:
            self._is_over = True
            return (*ended, events.Refused(error))

    def _chunk(self, data: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        if not self._stream:
            raise SpeechError(Reason.BAD_ORDER, "synthesize-chunk must come after synthesize-start")
        if self._is_over:
            return ()
        return (events.Text(self._stream, _text(data)),)

    def _stop(self) -> Sequence[events.ClientEvent]:
        if not self._stream:
            raise SpeechError(Reason.BAD_ORDER, "synthesize-stop must come after synthesize-start")
        name, self._stream = self._stream, ""
        return () if self._is_over else (events.End(name),)

    def _new(self, *, streams: bool) -> str:
        self._serial += 1
        name = str(self._serial)
        self._requests[name] = _Request(streams)
        return name

    def _begin(self, name: str, data: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        try:
            text = "" if self._requests[name].streams else _text(data)
            voice, language = voice_for(self._directory, data.get("voice"), self._names)
        except SpeechError as error:
            error.utterance_id = name
            raise
        options = UtteranceOptions(ssml=data.get("text_format") == "ssml" or None)
        opening = events.Open("", FORMAT, max_lead_ms=-1, waiting_turns=_MOST_WAITING)
        opened = () if self._is_open else (opening,)
        self._is_open = True
        said = (events.Text(name, text),) if text else ()
        return (*opened, events.Begin(name, voice=voice, language=language, options=options), *said)

    # --- to the client

    def _answer(self, payload: str) -> bytes:
        if payload == _INFO:
            return frame("info", info(self._directory))
        text = payload.removeprefix(_PONG)
        return frame("pong", {"text": text} if text else None)

    def _begun(self, request: _Request) -> Sequence[bytes]:
        if request.sounds:
            return ()
        request.sounds = True
        return (frame("audio-start", _SOUND),)

    def _refused(self, error: SpeechError) -> Sequence[bytes]:
        name = error.utterance_id
        if not name:
            return (_error(error),)
        if name not in self._requests:
            return ()
        if error.reason not in _ENDING:
            return (_error(error),)
        return (_error(error), *self._stopped(name))

    def _stopped(self, name: str) -> Sequence[bytes]:
        request = self._requests.pop(name)
        self._is_over = self._is_over or name == self._stream
        end = (frame("audio-stop"),)
        return (*end, frame("synthesize-stopped")) if request.streams else end


def _text(data: Mapping[str, Any]) -> str:
    text = data.get("text")
    if not isinstance(text, str):
        raise bad_frame("text must be a string")
    return without_surrogates(text)


def _error(error: SpeechError) -> bytes:
    return frame("error", {"text": error.message, "code": error.reason.value})
