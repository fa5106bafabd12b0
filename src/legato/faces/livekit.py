"""The WebSocket of LiveKit's inference gateway: JSON both ways, audio as base64, sentences in, one turn after the other.

Rules:
- `session.create` comes first and fixes the audio format. Every message to the client has the `session_id`: with the first one of a turn,
  whichever it is, clients open their segment.
- A turn ends with `session.flush`, and is answered once: with `done` behind its audio, even if it was empty, or with an `error`.
- A sentence that asks for another voice or manner than the one before is an utterance of its own within the turn.
- An `error` ends the turn that it concerns, for a message that cannot be understood the one that is being written: its audio stops and it
  is cancelled at once (`prompted`), its text is dropped up to its flush. Clients leave the connection then, or go on with the next turn.
- There is no message to interrupt: clients leave the connection.
"""

import base64
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import NO_TRACE, trace_in
from legato.faces.bearer import bearer_key
from legato.faces.errors import REFUSED_AT_BEGIN, bad_frame
from legato.faces.json_objects import read_object
from legato.faces.livekit_requests import (
    Manner,
    Wishes,
    error_fields,
    format_of,
    manner_of,
    refusal,
    wishes,
)
from legato.faces.livekit_turns import Turn, turn_name
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

_MOST_TURNS = 64
"""Turns that may wait to be spoken."""
_ENDS = replies.UtteranceFinished | replies.UtteranceCancelled | replies.UtteranceFailed


class LiveKitSpeech:
    """`GET /v1/tts`, one object per connection.

    Args:
        request_id: the id of the session.
        voices: names in the catalogue.
    """

    name = "livekit"

    def __init__(self, request_id: str, voices: Collection[str]) -> None:
        self._session_id = request_id
        self._voices = voices
        self._trace = NO_TRACE
        self._query = Wishes()
        self._defaults = Wishes()
        self._rate_hz = 0
        self._is_open = False
        self._serial = 0
        self._turns: dict[str, Turn] = {}
        self._writing: Turn | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """The session's id, which is also the request's."""
        return {"x-request-id": self._session_id}

    def key(self, head: RequestHead) -> str:
        """The token, or the key."""
        return bearer_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Accept: everything but the model is in the messages."""
        self._trace = trace_in(head.headers)
        self._query = Wishes(model=head.query.get("model", ""))
        return Accepted(self.headers)

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What a message means. Never raises."""
        try:
            if not isinstance(frame, str):
                raise bad_frame("expected a text frame")
            return self._understand(read_object(frame))
        except SpeechError as error:
            if self._writing is not None:
                error.utterance_id = self._writing.name
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Frames that carry the reply."""
        if isinstance(reply, replies.AudioChunk):
            return self._audio(reply)
        if isinstance(reply, replies.Opened):
            self._is_open = True
            self._rate_hz = reply.audio_format.sample_rate_hz
            return (self._message("session.created"),)
        if isinstance(reply, replies.StreamError):
            return self._refused(reply.error)
        turn = self._turns.get(turn_name(getattr(reply, "utterance_id", "")))
        if turn is None:
            return ()
        if isinstance(reply, _ENDS):
            return self._ended(turn, reply)
        return () if turn.has_failed else self._told(turn, reply)

    def prompted(self) -> Sequence[events.ClientEvent]:
        """The end of turns that an error has ended for the client: nobody would hear the rest."""
        failed = [turn for turn in self._turns.values() if turn.has_failed and not turn.is_cancelled]
        for turn in failed:
            turn.is_cancelled = True
        return [events.Cancel(part) for turn in failed for part in turn.parts]

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response to a failed handshake."""
        return refusal(error, self._session_id)

    # --- from the client

    def _understand(self, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        kind = message.get("type")
        if kind == "session.create":
            return (self._create(message),)
        if kind not in ("input_transcript", "session.flush"):  # a list has no hash
            raise bad_frame("type must be one of session.create, input_transcript, session.flush")
        if not self._is_open:
            raise SpeechError(Reason.BAD_ORDER, f"{kind} needs a session.create before it that was accepted")
        return self._say(message) if kind == "input_transcript" else self._flush()

    def _create(self, message: Mapping[str, Any]) -> events.Open:
        if self._is_open:
            raise SpeechError(Reason.BAD_ORDER, "session.create was already sent; open another connection")
        audio_format = format_of(message)
        asked = wishes(message, message.get("extra"), self._query, "")
        manner = manner_of(asked, self._voices)
        self._defaults = asked
        return events.Open(
            manner.voice,
            audio_format,
            manner.language,
            traceparent=self._trace.parent,
            tracestate=self._trace.state,
            waiting_turns=_MOST_TURNS,
        )

    def _say(self, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        turn = self._current()
        if turn.has_failed:
            return ()
        text = message.get("transcript")
        if not isinstance(text, str):
            raise bad_frame("transcript must be a string")
        config = message.get("generation_config")
        asked = wishes(config, message.get("extra"), self._defaults, "generation_config.")
        manner = manner_of(asked, self._voices)
        said: list[events.ClientEvent] = []
        if turn.part is None or turn.part.manner != manner:
            said += [*self._end(turn), self._begin(turn, manner)]
        assert turn.part is not None, "it was begun"
        text = turn.part.add(without_surrogates(text))
        return (*said, events.Text(turn.writing, text)) if text else said

    def _flush(self) -> Sequence[events.ClientEvent]:
        turn = self._current()
        turn.is_flushed, self._writing = True, None
        if turn.has_failed:
            self._settle(turn)
            return ()
        begun = () if turn.part is not None else (self._begin(turn, manner_of(self._defaults, self._voices)),)
        return (*begun, *self._end(turn))

    def _current(self) -> Turn:
        if self._writing is None:
            self._serial += 1
            self._writing = Turn(str(self._serial))
            self._turns[self._writing.name] = self._writing
        return self._writing

    def _begin(self, turn: Turn, manner: Manner) -> events.Begin:
        begun = turn.begin(manner)
        return events.Begin(begun, voice=manner.voice, language=manner.language, options=manner.options)

    def _end(self, turn: Turn) -> Iterator[events.ClientEvent]:
        if turn.part is not None:
            rest = turn.part.rest()
            if rest:
                yield events.Text(turn.writing, rest)
            yield events.End(turn.writing)

    # --- to the client

    def _audio(self, chunk: replies.AudioChunk) -> Sequence[str]:
        turn = self._turns.get(turn_name(chunk.utterance_id))
        if turn is None or turn.has_failed or not chunk.data:
            return ()
        return (self._message("output_audio", audio=base64.b64encode(chunk.data).decode()),)

    def _told(self, turn: Turn, reply: Reply) -> Sequence[str]:
        if isinstance(reply, replies.UtteranceStarted) and turn.start_sample is None:
            turn.start_sample = reply.start_sample
        if isinstance(reply, replies.WordSpoken):
            return self._aligned(turn, reply)
        return ()

    def _aligned(self, turn: Turn, word: replies.WordSpoken) -> Sequence[str]:
        part = turn.parts.get(word.utterance_id)
        if part is None:
            return ()
        start, end = (
            round((sample - (turn.start_sample or 0)) / self._rate_hz, 4)
            for sample in (word.start_sample, word.end_sample)
        )
        told = {"word": part.spaced(word), "start": start, "end": end}
        return (self._message("output_alignment", words=[told]),)

    def _ended(
        self,
        turn: Turn,
        reply: replies.UtteranceFinished | replies.UtteranceCancelled | replies.UtteranceFailed,
    ) -> Sequence[str]:
        turn.parts.pop(reply.utterance_id, None)
        self._settle(turn)
        if turn.has_failed:
            return ()
        if isinstance(reply, replies.UtteranceFailed):
            turn.has_failed = True
            return (self._error(reply.error),)
        return (self._message("done"),) if turn.is_over else ()

    def _settle(self, turn: Turn) -> None:
        if turn.is_over:
            self._turns.pop(turn.name, None)

    def _refused(self, error: SpeechError) -> Sequence[str]:
        if not error.utterance_id:
            return (self._error(error),)
        turn = self._turns.get(turn_name(error.utterance_id))
        if turn is None or turn.has_failed:
            return ()
        turn.has_failed = True
        if error.reason in REFUSED_AT_BEGIN:
            turn.parts.pop(error.utterance_id, None)
            self._settle(turn)
        return (self._error(error),)

    def _error(self, error: SpeechError) -> str:
        return self._message("error", **error_fields(error))

    def _message(self, kind: str, **more: object) -> str:
        return json.dumps({"type": kind, "session_id": self._session_id, **more})
