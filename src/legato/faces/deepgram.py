"""Deepgram's speak WebSocket (v1): no ids, one buffer of text, raw audio back.

Rules:
- A `Flush` ends an utterance; the next `Speak` begins the next one. An empty `Flush` is an empty utterance, so that its `Flushed`
  comes in its turn. Every `Flush` gets exactly one `Flushed`, even after an error, unless a `Clear` has dropped it.
- `Clear` cancels everything; its `Cleared` comes after the last audio.
- `Close` ends the text: what is left is spoken, then the socket closes with 1000.
- A message that cannot be understood is answered with a `Warning` and has no other effect; the vendor would close the socket.
- Warnings have the field names that the vendor's older clients read, and those that its newer clients read.
"""

import json
from collections.abc import Collection, Mapping, Sequence

from legato.domain import events, replies
from legato.domain.errors import Reach, Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import trace_in
from legato.faces.deepgram_markup import InlineMarkup
from legato.faces.deepgram_models import model_uuid
from legato.faces.deepgram_requests import (
    ERRORS,
    MOST_TURNS,
    client_key,
    message_of,
    one_line,
    options_of,
    refusal,
    selected,
    stream_format_of,
    voice_of,
    warning,
)
from legato.faces.errors import REFUSED_AT_BEGIN, bad_frame
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

_FLUSHED, _CLEARED = "flushed", "cleared"


class DeepgramSpeak:
    """`GET /v1/speak`, one object per connection.

    Args:
        request_id: goes back as `dg-request-id` and in `Metadata`.
        voices: names in the catalogue.
    """

    name = "deepgram"

    def __init__(self, request_id: str, voices: Collection[str]) -> None:
        self._request_id = request_id
        self._voices = voices
        self._model = ""
        self._serial = 0
        self._sequence = 0
        self._buffering = False
        self._markup = InlineMarkup()
        self._flushing: set[str] = set()
        self._not_begun: set[str] = set()

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id."""
        return {"dg-request-id": self._request_id}

    def key(self, head: RequestHead) -> str:
        """The key, from the header or the subprotocols."""
        return client_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read the query; a bad one fails the handshake."""
        try:
            opened = self._opened(head)
        except SpeechError as error:
            return self.refuse(error)
        return Accepted({**self.headers, **selected(head)}, (opened,))

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What a message means. Never raises."""
        try:
            return self._understand(message_of(frame))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Frames that carry the reply."""
        if isinstance(reply, replies.AudioChunk):
            return (reply.data,) if reply.data else ()
        if isinstance(reply, replies.Opened):
            return (self._metadata(),)
        if isinstance(reply, replies.UtteranceFinished | replies.UtteranceFailed):
            return self._ended(reply)
        if isinstance(reply, replies.UtteranceCancelled):
            self._flushing.discard(reply.utterance_id)
        if isinstance(reply, replies.Pong):
            return (self._numbered("Cleared" if reply.payload == _CLEARED else "Flushed"),)
        if isinstance(reply, replies.StreamError):
            return self._refused(reply.error)
        if isinstance(reply, replies.Warned):
            return (json.dumps(warning(reply.code, reply.message)),)
        if isinstance(reply, replies.GoAway):
            return (json.dumps(warning("NET-0003", f"this connection closes within {reply.in_s:.0f} s")),)
        return ()

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response to a failed handshake."""
        return refusal(error, self._request_id)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """The vendor's close code, and a reason that begins with the vendor's own code."""
        if error is None:
            return 1000, ""
        _, _, close, code = ERRORS[error.reason]
        return close, f"{code}: {one_line(error.message)}" if code else ""

    # --- from the client

    def _opened(self, head: RequestHead) -> events.Open:
        query = head.query
        audio_format = stream_format_of(query)
        voice = voice_of(query, self._voices)
        self._model = query.get("model", "") or "default"
        trace = trace_in(head.headers)
        return events.Open(
            voice,
            audio_format,
            options=options_of(query),
            traceparent=trace.parent,
            tracestate=trace.state,
            waiting_turns=MOST_TURNS,
        )

    def _understand(self, message: Mapping[str, object]) -> Sequence[events.ClientEvent]:
        kind = message.get("type")
        if kind == "Speak":
            return self._speak(message.get("text"))
        if kind == "Flush":
            return self._flush()
        if kind == "Clear":
            self._buffering = False
            self._markup = InlineMarkup()
            return (events.Cancel(), events.Ping(_CLEARED))
        if kind == "Close":
            return (*self._rest(), events.HalfClosed())
        raise bad_frame("type must be one of Speak, Flush, Clear, Close")

    def _speak(self, text: object) -> Sequence[events.ClientEvent]:
        if not isinstance(text, str):
            raise bad_frame("text must be a string")
        return (*self._begin(), events.Text(self._current, self._markup.feed(without_surrogates(text))))

    def _rest(self) -> Sequence[events.ClientEvent]:
        rest = self._markup.rest()
        return (events.Text(self._current, rest),) if rest else ()

    def _begin(self) -> Sequence[events.ClientEvent]:
        if self._buffering:
            return ()
        self._buffering = True
        self._serial += 1
        return (events.Begin(self._current),)

    def _flush(self) -> Sequence[events.ClientEvent]:
        begun = (*self._begin(), *self._rest())
        self._buffering = False
        if self._current in self._not_begun:
            self._not_begun.discard(self._current)
            return (events.Ping(_FLUSHED),)
        self._flushing.add(self._current)
        return (*begun, events.End(self._current))

    @property
    def _current(self) -> str:
        return str(self._serial)

    # --- to the client

    def _metadata(self) -> str:
        return json.dumps(
            {
                "type": "Metadata",
                "request_id": self._request_id,
                "model_name": self._model,
                "model_version": "1",
                "model_uuid": model_uuid(self._model),
            }
        )

    def _ended(self, reply: replies.UtteranceFinished | replies.UtteranceFailed) -> Sequence[str]:
        told = () if isinstance(reply, replies.UtteranceFinished) else (self._error(reply.error),)
        return (*told, *self._flushed(reply.utterance_id))

    def _flushed(self, utterance_id: str) -> Sequence[str]:
        if utterance_id not in self._flushing:
            # It ended by itself (idle, or an error): the next text begins a new one.
            self._buffering = self._buffering and utterance_id != self._current
            return ()
        self._flushing.discard(utterance_id)
        return (self._numbered("Flushed"),)

    def _refused(self, error: SpeechError) -> Sequence[str]:
        if error.properties.reach is Reach.STREAM and error.reason is not Reason.SHUTTING_DOWN:
            return (self._error(error),)
        flushed: Sequence[str] = ()
        if error.reason in REFUSED_AT_BEGIN and error.utterance_id:
            if error.utterance_id in self._flushing:
                flushed = self._flushed(error.utterance_id)
            else:
                self._not_begun.add(error.utterance_id)
        return (json.dumps(warning(ERRORS[error.reason][3], error.message)), *flushed)

    def _numbered(self, kind: str) -> str:
        number = self._sequence
        self._sequence += 1
        return json.dumps({"type": kind, "sequence_id": number})

    def _error(self, error: SpeechError) -> str:
        _, err_code, _, code = ERRORS[error.reason]
        return json.dumps(
            {
                "type": "Error",
                "err_code": err_code,
                "err_msg": error.message,
                "code": code,
                "description": error.message,
                "request_id": self._request_id,
            }
        )
