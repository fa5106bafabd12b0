"""Deepgram's speak WebSocket (v2, Flux): turns one after the other, each with an id, and barge-in that reports what was heard.

Rules:
- `Connected` comes first. `Speak` begins a turn if none is open, `Flush` ends it; an empty `Flush` is an empty turn.
- A turn that is spoken ends with `SpeechMetadata`, one that is interrupted with `SpeechInterrupted`: exactly one of them, and
  nothing of the turn after it. `Flushed` only says that the flush was received.
- `Interrupt` stops every open turn. Its offset counts the session's audio that was played, without what earlier interrupts
  cut off. Each offset must be beyond the one before.
- `Close` lets the rest be spoken; `SessionMetadata` comes last, then the socket closes with 1000.
- A turn that fails is reported as `Error`, and the socket closes: `over` tells the server. A message that cannot be understood is
  answered with a `Warning` and has no other effect; the vendor would close. A turn for which there is no room gets a `Warning` and no audio.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legato.domain import events, replies
from legato.domain.errors import Reach, Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.speech import UtteranceOptions
from legato.domain.traces import trace_in
from legato.faces import deepgram_v2_requests as requests
from legato.faces.deepgram_markup import InlineMarkup
from legato.faces.deepgram_models import model_uuid
from legato.faces.deepgram_requests import (
    MOST_TURNS,
    client_key,
    message_of,
    one_line,
    selected,
    stream_format_of,
    warning,
)
from legato.faces.deepgram_v2_interrupts import Interrupts
from legato.faces.deepgram_v2_turns import Turn, Turns
from legato.faces.errors import REFUSED_AT_BEGIN, bad_frame
from legato.faces.numbers import number
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead


@dataclass(frozen=True, slots=True)
class DeepgramV2Switches:
    """Behaviours on which sources disagree.

    Args:
        flushed_is_last: whether `Flushed` comes after the `SpeechMetadata` of its turn, not as soon as the `Flush` is received.
    """

    flushed_is_last: bool = False


class DeepgramV2Speak:
    """`GET /v2/speak`, one object per connection.

    Args:
        request_id: goes back as `dg-request-id` and in `Connected`; the ids of turns are derived from it.
        voices: names in the catalogue.
        switches: behaviours on which sources disagree.
    """

    name = "deepgram"

    def __init__(
        self, request_id: str, voices: Collection[str], switches: DeepgramV2Switches | None = None
    ) -> None:
        self._request_id = request_id
        self._voices = voices
        self._switches = switches or DeepgramV2Switches()
        self._model = ""
        self._known: Turns | None = None
        self._markup = InlineMarkup()
        self._opened = False
        self._writing = ""
        """The utterance that `Speak` adds to; empty between turns."""
        self._left_out: Turn | None = None
        """The turn that is being written, if there was no room for it."""
        self._interrupts = Interrupts()
        self._closing = False
        self._failed: SpeechError | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id."""
        return {"dg-request-id": self._request_id}

    @property
    def over(self) -> bool:
        """Whether an error was sent, so that the server closes the socket."""
        return self._failed is not None

    def key(self, head: RequestHead) -> str:
        """The key, from the header or the subprotocols."""
        return client_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read the query; a bad one fails the handshake."""
        try:
            audio_format = stream_format_of(head.query)
            voice = requests.voice_of(head.query, self._voices)
            options = requests.options_of(head.query)
        except SpeechError as error:
            return self.refuse(error)
        self._known = Turns(self._request_id, audio_format)
        self._model = head.query["model"]
        trace = trace_in(head.headers)
        event = events.Open(
            voice,
            audio_format,
            options=options,
            traceparent=trace.parent,
            tracestate=trace.state,
            waiting_turns=MOST_TURNS,
        )
        return Accepted({**self.headers, **selected(head)}, (event,))

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What a message means; nothing after `Close`. Never raises."""
        if self._closing or self.over:
            return ()
        try:
            return self._understand(message_of(frame))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Frames that carry the reply."""
        if self.over:
            return ()
        if isinstance(reply, replies.AudioChunk):
            return self._audio(reply)
        return [frame if isinstance(frame, str) else json.dumps(frame) for frame in self._told(reply)]

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response to a failed handshake."""
        return requests.refusal(error, self._request_id)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """The vendor's close code, and a reason that begins with the vendor's own code."""
        error = self._failed or error
        if error is None:
            return 1000, ""
        _, _, close, code = requests.ERRORS[error.reason]
        return close, f"{code}: {one_line(error.message)}" if code else ""

    # --- from the client

    def _understand(self, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        kind = message.get("type")
        if kind == "Speak":
            return self._speak(message.get("text"))
        if kind == "Flush":
            return self._flush()
        if kind == "Interrupt":
            return self._interrupt(message.get("playback_offset"))
        if kind == "Configure":
            return self._configure(message)
        if kind == "Close":
            return self._close()
        raise bad_frame("type must be one of Speak, Flush, Interrupt, Configure, Close")

    def _speak(self, text: object) -> Sequence[events.ClientEvent]:
        if not isinstance(text, str):
            raise bad_frame("text must be a string")
        if self._left_out is not None:
            return ()
        begun = self._begin()
        self._turns.written(self._current, len(text))
        return (*begun, events.Text(self._writing, self._markup.feed(without_surrogates(text))))

    def _begin(self) -> Sequence[events.ClientEvent]:
        if self._turns.get(self._writing) is not None:
            return ()
        self._writing = self._turns.begin()
        return (events.Begin(self._writing),)

    def _flush(self) -> Sequence[events.ClientEvent]:
        if self._left_out is not None:
            turn, self._left_out, self._markup = self._left_out, None, InlineMarkup()
            turn.flushed = True
            told = (_flushed(turn), *self._ended(turn))
            return [_say_now(message) for message in (told[1:] if self._switches.flushed_is_last else told)]
        begun, rest = self._begin(), self._markup.rest()
        begun = (*begun, events.Text(self._writing, rest)) if rest else begun
        turn, ended = self._current, events.End(self._writing)
        turn.flushed, turn.latest_chars = True, len(rest)
        self._writing = ""
        if self._switches.flushed_is_last:
            return (*begun, ended)
        return (*begun, ended, _say_now(_flushed(turn)))

    @property
    def _turns(self) -> Turns:
        assert self._known is not None, "open comes first"
        return self._known

    @property
    def _current(self) -> Turn:
        turn = self._turns.get(self._writing)
        assert turn is not None, "a turn was begun"
        return turn

    def _interrupt(self, offset: object) -> Sequence[events.ClientEvent]:
        ms = None if offset is None else requests.playback_ms(offset)
        if offset is not None and ms is None:
            return _warn(
                "INVALID_INTERRUPT_OFFSET", 'playback_offset must be {"type": "time_ms", "value": …}'
            )
        mistake = self._interrupts.mistake(ms, self._turns.names)
        if mistake is not None:
            return _warn(*mistake)
        self._writing, self._markup, self._left_out = "", InlineMarkup(), None
        self._interrupts.begin(ms, self._turns.names)
        return (events.Cancel(played_sample=None if ms is None else self._turns.sample_at(ms)),)

    def _configure(self, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        if message.get("speed") is None:
            return (_say_now({"type": "ConfigureSuccess", "applied": {}}),)
        value = message["speed"]
        mistake = requests.speed_mistake(value)
        if mistake is not None:
            code, description = mistake
            failure = {"type": "ConfigureFailure", "code": code, "field": "speed", "value": value}
            return (_say_now({**failure, "description": description}),)
        speed = number(value)
        success = {"type": "ConfigureSuccess", "applied": {"speed": speed}}
        return (events.Configure(options=UtteranceOptions(speed=speed)), _say_now(success))

    def _close(self) -> Sequence[events.ClientEvent]:
        self._closing = True
        rest = self._markup.rest() if self._turns.get(self._writing) is not None else ""
        if rest:
            return (events.Text(self._writing, rest), events.HalfClosed())
        if self._turns.names:
            return (events.HalfClosed(),)
        return (_say_now(self._turns.totals()), events.HalfClosed())

    # --- to the client

    def _audio(self, chunk: replies.AudioChunk) -> Sequence[bytes | str]:
        turn = self._turns.get(chunk.utterance_id)
        if turn is None or not chunk.data:
            return ()
        self._turns.heard(turn, len(chunk.data))
        return (*[json.dumps(frame) for frame in self._started(turn)], chunk.data)

    def _started(self, turn: Turn) -> Sequence[Mapping[str, object]]:
        if turn.started:
            return ()
        turn.started = True
        return ({"type": "SpeechStarted", "speech_id": turn.speech_id},)

    def _told(self, reply: Reply) -> Sequence[Mapping[str, object] | str]:
        if isinstance(reply, replies.Opened):
            self._opened = True
            return (self._connected(),)
        if isinstance(reply, replies.Pong):
            return (reply.payload,)
        if isinstance(reply, replies.UtteranceFinished):
            return self._finished(reply.utterance_id)
        if isinstance(reply, replies.UtteranceCancelled):
            return self._cancelled(reply)
        if isinstance(reply, replies.UtteranceFailed):
            return self._broken(reply.error) if reply.utterance_id in self._turns.names else ()
        if isinstance(reply, replies.StreamError):
            return self._refused(reply.error)
        return requests.warned(reply)

    def _connected(self) -> Mapping[str, object]:
        return {
            "type": "Connected",
            "request_id": self._request_id,
            "model_name": self._model,
            "model_version": "1",
            "model_uuids": [model_uuid(self._model)],
        }

    def _finished(self, utterance_id: str) -> Sequence[Mapping[str, object] | str]:
        turn = self._turns.end(utterance_id)
        self._interrupts.reported(utterance_id)
        return () if turn is None else (*self._ended(turn), *self._last())

    def _ended(self, turn: Turn) -> Sequence[Mapping[str, object]]:
        metadata = {"type": "SpeechMetadata", **self._turns.counts(turn)}
        flushed = (_flushed(turn),) if turn.flushed and self._switches.flushed_is_last else ()
        return (*self._started(turn), metadata, *flushed)

    def _cancelled(self, reply: replies.UtteranceCancelled) -> Sequence[Mapping[str, object] | str]:
        turn = self._turns.end(reply.utterance_id)
        self._interrupts.reported(reply.utterance_id)
        if turn is None:
            return ()
        told: dict[str, object] = {"type": "SpeechInterrupted", "audio_played_ms": self._turns.played_ms}
        if self._interrupts.offset_ms is not None:
            told["audio_played_ms"] = self._interrupts.offset_ms
            told["text_spoken"] = reply.heard
            told["text_remaining"] = reply.sent_unheard + reply.never_sent
        told["metadata"] = self._turns.counts(turn)
        self._interrupts.settle(self._turns)
        return (*self._started(turn), told, *self._last())

    def _last(self) -> Sequence[Mapping[str, object]]:
        return (self._turns.totals(),) if self._closing and not self._turns.names else ()

    def _refused(self, error: SpeechError) -> Sequence[Mapping[str, object]]:
        told = warning(requests.ERRORS[error.reason][3], error.message)
        lost = error.reason in REFUSED_AT_BEGIN and error.utterance_id in self._turns.names
        stream = error.properties.reach is Reach.STREAM and not error.utterance_id
        if error.reason is Reason.TOO_MANY_UTTERANCES and error.utterance_id in self._turns.names:
            return (told, *self._leave_out(error))
        if self._left_out is not None and error.reason is Reason.UNKNOWN_UTTERANCE:
            return ()  # text of the turn that is left out
        if lost or stream or not self._opened:
            return self._broken(error)
        if error.reason is Reason.TEXT_TOO_LONG:
            self._turns.refused(error.utterance_id)
        return (told,)

    def _leave_out(self, error: SpeechError) -> Sequence[Mapping[str, object]]:
        """Leave a turn unspoken: it ends, as an empty one, at its `Flush`."""
        turn = self._turns.leave_out(error.utterance_id)
        if turn.flushed:
            return self._ended(turn)
        self._left_out = turn
        return ()

    def _broken(self, error: SpeechError) -> Sequence[Mapping[str, object]]:
        self._failed = error
        code = requests.ERRORS[error.reason][3] or "NET-0000"
        return ({"type": "Error", "code": code, "description": error.message},)


def _say_now(message: Mapping[str, object]) -> events.Ping:
    """The session answers a ping at once with what it carries: here, the message itself."""
    return events.Ping(json.dumps(message))


def _warn(code: str, message: str) -> Sequence[events.ClientEvent]:
    return (_say_now(warning(code, message)),)


def _flushed(turn: Turn) -> Mapping[str, object]:
    return {"type": "Flushed", "speech_id": turn.speech_id}
