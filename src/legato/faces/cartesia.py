"""Cartesia's WebSocket: many contexts at once on one socket, JSON both ways, audio as base64.

Rules:
- A context is an utterance on a track of its own, so that contexts can sound at the same time. Its id may be used again once its
  text has ended: that is a new utterance, after the one before.
- `continue` says that more text follows; without it the text ends. A context is done when all its audio is written.
- The first message of a socket fixes `output_format`; a context that asks for another one is refused by name.
- An error ends its context for the client: nothing more of it is sent, and it is cancelled at once (`prompted`).
- If an error or a `cancel` ends a context before its text has ended, its later messages are dropped, up to the one that ends the text:
  clients write on until they have read of the end, and would take a second `done`, or audio, of the ended context for another one's.
- To clients before version 2025-11-04 an error before the end of the text is sent without `done`, which they would ignore. The `done`
  that they wait for comes with the end of their text.
- `cancel` also stops what already sounds, and is answered with `done`; the vendor lets it go on. Sources do not say whether the vendor
  sends `done` as well, so there is a switch.
"""

import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import NO_TRACE
from legato.faces.cartesia_formats import OutputFormat, read_format
from legato.faces.cartesia_frames import Context, done_frame, error_frame
from legato.faces.cartesia_requests import (
    NEWEST,
    Caller,
    caller_of,
    client_key,
    read_request,
    refusal,
    transcript_of,
    voice_of,
)
from legato.faces.errors import REFUSED_AT_BEGIN, bad_frame
from legato.faces.json_objects import read_object
from legato.faces.numbers import is_set
from legato.ports import Accepted, Refusal, RequestHead

_CONTAINERS = ("raw",)
_MAX_ID = 256
_MOST_BROKEN = 64
"""Ids of ended contexts that are kept, since messages may still come for them."""


@dataclass(frozen=True, slots=True)
class CartesiaSwitches:
    """Behaviours on which sources disagree.

    Args:
        confirms_cancel: whether a cancelled context ends with `done`; if not, nothing more of it is sent.
    """

    confirms_cancel: bool = True


class CartesiaSpeech:
    """`GET /tts/websocket`, one object per connection.

    Args:
        request_id: goes back in errors.
        voices: names in the catalogue.
        switches: behaviours on which sources disagree.
    """

    name = "cartesia"

    def __init__(
        self, request_id: str, voices: Collection[str], switches: CartesiaSwitches | None = None
    ) -> None:
        self._switches = switches or CartesiaSwitches()
        self._request_id = request_id
        self._voices = voices
        self._caller = Caller(NEWEST, NO_TRACE)
        self._output: OutputFormat | None = None
        self._contexts: dict[str, Context] = {}
        self._broken: dict[str, bool] = {}
        """Ids of contexts that ended before their text did, and whether they are still owed a `done`; the oldest first."""
        self._serial = 0

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id."""
        return {"x-request-id": self._request_id}

    def key(self, head: RequestHead) -> str:
        """The key; from here on errors have the shape of the client's version."""
        self._caller = caller_of(head)
        return client_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Accept: everything else is in the messages."""
        self._caller = caller_of(head)
        return Accepted(self.headers)

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What a message means. Never raises."""
        try:
            return self._understand(read_object(frame))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Frames that carry the reply."""
        if isinstance(reply, replies.StreamError):
            return self._refused(reply.error)
        if isinstance(reply, replies.Pong):
            return (json.dumps(done_frame(reply.payload)),)
        context = self._contexts.get(getattr(reply, "utterance_id", ""))
        if context is None:
            return ()
        ends = isinstance(
            reply, replies.UtteranceFinished | replies.UtteranceCancelled | replies.UtteranceFailed
        )
        if ends:
            del self._contexts[context.utterance_id]
        silent = isinstance(reply, replies.UtteranceCancelled) and not self._switches.confirms_cancel
        if context.has_failed or silent:
            return ()
        if isinstance(reply, replies.UtteranceFailed):
            self._break_off(context, by_error=True)
            return (self._failure(reply.error, context),)
        frame = context.frame(reply)
        return () if frame is None else (json.dumps(frame),)

    def prompted(self) -> Sequence[events.ClientEvent]:
        """The end of contexts that an error has ended for the client: nobody would hear the rest."""
        ended = [one for one in self._contexts.values() if one.has_failed and not one.is_cancelled]
        for context in ended:
            context.is_cancelled = True
        return [events.Cancel(one.utterance_id) for one in ended]

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response to a failed handshake."""
        return refusal(error, self._request_id, self._caller)

    # --- from the client

    def _understand(self, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        context_id = message.get("context_id")
        if context_id is not None and (not isinstance(context_id, str) or len(context_id) > _MAX_ID):
            raise bad_frame(f"context_id must be a string of at most {_MAX_ID} characters")
        if is_set(message.get("cancel")):
            return (*self._cancel(self._named(context_id)), *self._owed(context_id))
        if context_id in self._broken:
            if is_set(message.get("continue")):
                return ()
            owed = self._owed(context_id)
            del self._broken[context_id]
            return owed
        context = self._taking_text(context_id) or self._new(context_id)
        try:
            if context.is_begun:
                self._check_same(context, message)
                return self._said(context, message)
            return (*self._begin(context, message), *self._said(context, message))
        except SpeechError as error:
            context.takes_text = is_set(message.get("continue"))
            error.utterance_id = context.utterance_id
            raise

    def _cancel(self, contexts: Sequence[Context]) -> Sequence[events.ClientEvent]:
        for context in contexts:
            self._break_off(context, by_error=False)
        return [events.Cancel(context.utterance_id) for context in contexts]

    def _owed(self, context_id: str | None) -> Sequence[events.ClientEvent]:
        """The `done` that a context is still owed; the session answers a ping at once."""
        if context_id is None or not self._broken.get(context_id):
            return ()
        self._broken[context_id] = False
        return (events.Ping(context_id),)

    def _break_off(self, context: Context, *, by_error: bool) -> None:
        """End a context for its client. If its text has not ended, more of it may be on its way."""
        if context.takes_text:
            self._broken[context.context_id] = by_error and not self._caller.ends_with_errors
        if len(self._broken) > _MOST_BROKEN:
            del self._broken[next(iter(self._broken))]

    def _named(self, context_id: str | None) -> Sequence[Context]:
        return [c for c in self._contexts.values() if c.context_id == context_id]

    def _taking_text(self, context_id: str | None) -> Context | None:
        return next((c for c in self._named(context_id) if c.takes_text and not c.has_failed), None)

    def _new(self, context_id: str | None) -> Context:
        self._serial += 1
        namesakes = self._named(context_id)
        taken = {context.track for context in self._contexts.values()}
        free = next(number for number in itertools.count() if number not in taken)
        track = namesakes[0].track if namesakes else free
        name = context_id or f"{self._request_id}-{self._serial}"
        context = Context(name, str(self._serial), track=track, first_flush=self._caller.first_flush)
        self._contexts[context.utterance_id] = context
        return context

    def _begin(self, context: Context, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        transcript_of(message)
        request = read_request(message, self._voices, _CONTAINERS)
        self._check_format(request.output)
        opened: Sequence[events.ClientEvent] = ()
        if self._output is None:
            self._output = request.output
            trace = self._caller.trace
            opened = (
                events.Open(
                    "", request.output.audio_format, traceparent=trace.parent, tracestate=trace.state
                ),
            )
        context.output, context.voice, context.is_begun = request.output, request.voice, True
        begin = events.Begin(
            context.utterance_id,
            context.track,
            voice=request.voice,
            language=request.language,
            options=request.options,
        )
        return (*opened, begin)

    def _said(self, context: Context, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        name = context.utterance_id
        said: list[events.ClientEvent] = []
        flushes = is_set(message.get("flush"))
        # Without an id no message could continue it.
        ends = not (is_set(message.get("continue")) and message.get("context_id"))
        text = context.marks.feed(transcript_of(message)) + (context.marks.rest() if flushes or ends else "")
        text = context.joiner.add(text)
        if text:
            said.append(events.Text(name, text))
        if flushes:
            context.flushes += 1
            said.append(events.Flush(name, str(context.flushes)))
        if ends:
            context.takes_text = False
            said.append(events.End(name))
        return said

    def _check_same(self, context: Context, message: Mapping[str, Any]) -> None:
        if not transcript_of(message).strip():
            # The vendor's own client ends a context with a default voice and format, in which nothing is spoken.
            return
        if message.get("output_format") is not None:
            self._check_format(read_format(message["output_format"], _CONTAINERS))
        if message.get("voice") is not None and self._voice(message["voice"]) != context.voice:
            raise SpeechError(Reason.BAD_ORDER, "the voice of a context cannot change; begin another context")

    def _voice(self, asked: object) -> str | None:
        try:
            return voice_of(asked, self._voices)
        except SpeechError:
            return None

    def _check_format(self, output: OutputFormat) -> None:
        if self._output is not None and output != self._output:
            raise SpeechError(
                Reason.UNKNOWN_FORMAT,
                f"the first message of this connection asked for {self._output}, which applies to all its "
                "contexts; open another connection for another output_format",
            )

    # --- to the client

    def _refused(self, error: SpeechError) -> Sequence[str]:
        if not error.utterance_id:
            return (self._error(error, ""),)
        context = self._contexts.get(error.utterance_id)
        if context is None or context.has_failed:
            return ()
        context.has_failed = True
        if context.is_begun:
            self._break_off(context, by_error=True)
        if not context.is_begun or error.reason in REFUSED_AT_BEGIN:
            del self._contexts[context.utterance_id]
        return (self._failure(error, context),)

    def _failure(self, error: SpeechError, context: Context) -> str:
        return self._error(
            error, context.context_id, ends=self._caller.ends_with_errors or not context.takes_text
        )

    def _error(self, error: SpeechError, context_id: str, *, ends: bool = True) -> str:
        frame = error_frame(error, context_id, self._request_id, self._caller)
        return json.dumps({**frame, "done": ends})
