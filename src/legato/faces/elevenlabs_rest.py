"""ElevenLabs' speech over plain HTTP: one text, and audio as bytes, or as JSON with the times of its characters.

Rules:
- Times count from the beginning of the audio, in seconds.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from legato.domain import events, replies
from legato.domain.audio import AudioFormat
from legato.domain.errors import SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import trace_in
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_alignment import Aligner, CharTimes, TimeBase, joined
from legato.faces.elevenlabs_answers import Answer, timed_audio
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.errors import bad_frame
from legato.faces.json_objects import read_object
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

_SPOKEN = "speech"


class ElevenLabsRest:
    """`POST /v1/text-to-speech/{voice_id}` and the three paths below it, one object per request.

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
        self._head: RequestHead | None = None
        self._voice = ""
        self._format: AudioFormat | None = None
        self._aligner: Aligner | None = None
        self._answer = Answer.AUDIO
        self._wav_head = b""
        """The bytes before the first audio, until it comes."""
        self._whole: list[bytes] = []
        self._times: list[CharTimes | None] = []
        self._over = False

    @property
    def headers(self) -> Mapping[str, str]:
        """The content type and the request's id."""
        return self._headers

    def key(self, head: RequestHead) -> str:
        """The key, from the headers or the query."""
        return requests.client_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read path and query."""
        try:
            self._format, self._wav_head = requests.file_format_of(head.query, self._switches)
            self._voice = requests.voice_of(head, self._voices)
        except SpeechError as error:
            return self.refuse(error)
        self._head = head
        self._answer = Answer.at(head.path)
        self._aligner = Aligner(self._format.sample_rate_hz, TimeBase.CONTEXT)
        self._headers["content-type"] = self._answer.content_type(self._format, self._wav_head)
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """The whole conversation, or its refusal. Never raises."""
        try:
            return self._read(read_object(frame))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Audio, or audio and times. There is no message for the rest; an error just cuts the response off."""
        if self._over:
            return ()
        if isinstance(reply, replies.UtteranceFailed | replies.UtteranceCancelled | replies.StreamError):
            self._over = True
        elif isinstance(reply, replies.AudioChunk):
            return self._audio(reply)
        elif isinstance(reply, replies.UtteranceFinished):
            self._over = True
            return self._finished()
        elif isinstance(reply, replies.WordSpoken) and self._aligner is not None and self._answer.is_timed:
            self._aligner.spoken(reply)
        return ()

    def refuse(self, error: SpeechError) -> Refusal:
        """The error as the vendor's JSON."""
        return requests.refusal(error, self._request_id)

    # --- from the client

    def _read(self, body: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        assert self._head is not None, "open comes first"
        assert self._format is not None, "open comes first"
        assert self._aligner is not None, "open comes first"
        text, language = body.get("text"), requests.language_of(body)
        if not isinstance(text, str) or not text.strip():
            raise bad_frame("text must be a non-empty string")
        text = without_surrogates(text)
        self._answer.check_length(len(text))
        self._headers["character-cost"] = str(len(text))
        self._aligner.typed(text)
        trace = trace_in(self._head.headers)
        opened = events.Open(
            self._voice,
            self._format,
            language=language,
            options=requests.options_of(self._head.query, words=self._answer.is_timed),
            max_lead_ms=-1,
            traceparent=trace.parent,
            tracestate=trace.state,
        )
        begun = events.Begin(_SPOKEN, options=requests.speed_of(body.get("voice_settings")))
        return (opened, begun, events.Text(_SPOKEN, text), events.End(_SPOKEN), events.HalfClosed())

    # --- to the client

    def _audio(self, chunk: replies.AudioChunk) -> Sequence[bytes | str]:
        head, self._wav_head = self._wav_head, b""
        data = head + chunk.data if head else chunk.data
        if not self._answer.is_timed:
            return (data,) if data else ()
        assert self._format is not None, "open comes first"
        assert self._aligner is not None, "open comes first"
        times = self._aligner.take_encoded(chunk.sample_offset + chunk.held, chunk.data, self._format)
        if self._answer is Answer.TIMED_LINES:
            return (timed_audio(data, times),)
        self._whole.append(data)
        self._times.append(times)
        return ()

    def _finished(self) -> Sequence[bytes | str]:
        if not self._answer.is_timed or self._aligner is None:
            return ()
        times = self._aligner.rest()
        if self._answer is Answer.TIMED_WHOLE:
            return (timed_audio(b"".join(self._whole), joined([*self._times, times])),)
        return () if times is None else (timed_audio(b"", times),)
