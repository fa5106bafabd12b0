"""ElevenLabs' text-to-dialogue over plain HTTP: the lines of one or more voices, answered with bytes of audio as they come.

Lines that one voice says in a row are one utterance, in which a line break ends each line; the utterances sound one after the other.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from legato.domain import events, replies
from legato.domain.audio import AudioFormat
from legato.domain.errors import SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import NO_TRACE, trace_in
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_dialogue_lines import objects_in
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.halves import whole
from legato.faces.json_objects import read_object
from legato.ports import Accepted, Refusal, RequestHead

_MOST_TURNS = 64
_LINE_BREAK = "\n"


class ElevenLabsDialogueRest:
    """`POST /v1/text-to-dialogue` and `/stream` below it, one object per request.

    Args:
        request_id: goes back as `request-id`.
        voices: names in the catalogue.
        switches: what the vendor leaves open.
    """

    name = "elevenlabs"

    def __init__(
        self, request_id: str, voices: Collection[str], switches: ElevenLabsSwitches | None = None
    ) -> None:
        self._voices = voices
        self._switches = switches or ElevenLabsSwitches()
        self._headers = {"request-id": request_id, "x-trace-id": request_id}
        self._request_id = request_id
        self._trace = NO_TRACE
        self._format: AudioFormat | None = None
        self._over = False

    @property
    def headers(self) -> Mapping[str, str]:
        """The content type and the request's id."""
        return self._headers

    def key(self, head: RequestHead) -> str:
        """The key, from the headers or the query."""
        return requests.client_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read the query."""
        try:
            self._format = requests.format_of(head.query, self._switches)
        except SpeechError as error:
            return self.refuse(error)
        self._trace = trace_in(head.headers)
        self._headers["content-type"] = requests.content_type(self._format)
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """The whole conversation, or its refusal. Never raises."""
        try:
            return self._read(read_object(frame))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Audio. There is no message for the rest; an error just cuts the response off."""
        if isinstance(reply, replies.UtteranceFailed | replies.UtteranceCancelled | replies.StreamError):
            self._over = True
        if self._over or not isinstance(reply, replies.AudioChunk) or not reply.data:
            return ()
        return (reply.data,)

    def idle(self) -> Sequence[bytes | str]:
        """No frames."""
        return ()

    def refuse(self, error: SpeechError) -> Refusal:
        """The error as the vendor's JSON."""
        return requests.refusal(error, self._request_id)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """Never called: this is not a WebSocket."""
        return requests.farewell(error)

    def _read(self, body: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        assert self._format is not None, "open comes first"
        lines = self._lines(body.get("inputs"))
        language = body.get("language_code")
        opened = events.Open(
            "",
            self._format,
            language=language if isinstance(language, str) else "",
            max_lead_ms=-1,
            traceparent=self._trace.parent,
            tracestate=self._trace.state,
            waiting_turns=_MOST_TURNS,
        )
        self._headers["character-cost"] = str(sum(len(text) for text, _ in lines))
        told: list[events.ClientEvent] = [opened]
        grouped = [(voice, list(said)) for voice, said in itertools.groupby(lines, lambda line: line[1])]
        if len(grouped) > _MOST_TURNS:
            raise requests.bad(
                f"the voices may take turns {_MOST_TURNS} times; here they take {len(grouped)}"
            )
        for number, (voice, said) in enumerate(grouped):
            name = str(number)
            told.append(events.Begin(name, voice=voice))
            told += [events.Text(name, text + _LINE_BREAK) for text, _ in said[:-1]]
            told.append(events.Text(name, said[-1][0]))
            told.append(events.End(name))
        return (*told, events.HalfClosed())

    def _lines(self, inputs: object) -> Sequence[tuple[str, str]]:
        lines = []
        for one in objects_in(inputs):
            text, voice_id = one.get("text"), one.get("voice_id")
            if not isinstance(text, str) or not isinstance(voice_id, str):
                raise requests.bad("inputs[].text and inputs[].voice_id must be strings")
            lines.append((whole(text), requests.voice_named(voice_id, self._voices)))
        if not any(text.strip() for text, _ in lines):
            raise requests.bad("inputs must have a text that is not empty")
        return lines
