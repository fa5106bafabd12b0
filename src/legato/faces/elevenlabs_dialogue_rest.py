"""ElevenLabs' text-to-dialogue over plain HTTP: the lines of one or more voices, answered with audio, or with audio and times.

Rules:
- Lines that one voice says in a row are one utterance, in which a line break ends each line; the utterances sound one after the other.
- `voice_segments` say which characters of the same message are whose, and of which line: a line that sounds over several messages
  has a segment in each. The line breaks are in no message.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legato.domain import events, replies
from legato.domain.audio import AudioFormat
from legato.domain.errors import SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import NO_TRACE, trace_in
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_alignment import Aligner, CharTimes, ContextClock, TimeBase
from legato.faces.elevenlabs_answers import Answer, timed_audio
from legato.faces.elevenlabs_dialogue_inputs import objects_in
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.errors import bad_frame
from legato.faces.json_objects import read_object
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

_MOST_TURNS = 64
_LINE_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    """Its place in the request."""
    text: str
    voice_id: str
    """As the client has named it."""
    voice: str


_Char = tuple[str, int, int, _Line]
"""A character, when it starts and ends in ms, and the line it is from."""


class _Turn:
    """What one voice says in a row.

    Args:
        lines: at least one.
        aligner: its text is theirs.
    """

    def __init__(self, lines: Sequence[_Line], aligner: Aligner) -> None:
        self.aligner = aligner
        self.texts = [line.text + _LINE_BREAK for line in lines[:-1]] + [lines[-1].text]
        ends = itertools.accumulate(len(text) for text in self.texts)
        self._lines = list(zip(ends, lines, strict=True))
        self._told = 0
        for text in self.texts:
            aligner.typed(text)

    def chars(self, times: CharTimes | None) -> Sequence[_Char]:
        """The characters with these times, the next of the turn, without the line breaks between lines."""
        if times is None:
            return ()
        found = []
        for char, start, end in zip(times.chars, times.starts_ms, times.ends_ms, strict=True):
            self._told += 1
            while len(self._lines) > 1 and self._told > self._lines[0][0]:
                del self._lines[0]
            last, line = self._lines[0]
            if self._told < last or len(self._lines) == 1:
                found.append((char, start, end, line))
        return found


class ElevenLabsDialogueRest:
    """`POST /v1/text-to-dialogue` and the three paths below it, one object per request.

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
        self._answer = Answer.AUDIO
        self._turns: dict[str, _Turn] = {}
        """By utterance id: those without a terminal event."""
        self._wav_head = b""
        """The bytes before the first audio, until it comes."""
        self._whole: list[bytes] = []
        self._chars: list[_Char] = []
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
        except SpeechError as error:
            return self.refuse(error)
        self._trace = trace_in(head.headers)
        self._answer = Answer.at(head.path)
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
        if isinstance(reply, replies.UtteranceFailed | replies.UtteranceCancelled | replies.StreamError):
            self._over = True
        if self._over:
            return ()
        if isinstance(reply, replies.AudioChunk):
            return self._audio(reply)
        if not self._answer.is_timed:
            return ()
        if isinstance(reply, replies.WordSpoken):
            self._turns[reply.utterance_id].aligner.spoken(reply)
        elif isinstance(reply, replies.UtteranceFinished):
            return self._finished(self._turns.pop(reply.utterance_id))
        return ()

    def refuse(self, error: SpeechError) -> Refusal:
        """The error as the vendor's JSON."""
        return requests.refusal(error, self._request_id)

    # --- from the client

    def _read(self, body: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        assert self._format is not None, "open comes first"
        lines = self._lines(body.get("inputs"))
        opened = events.Open(
            "",
            self._format,
            language=requests.language_of(body),
            options=requests.options_of({}, words=self._answer.is_timed),
            max_lead_ms=-1,
            traceparent=self._trace.parent,
            tracestate=self._trace.state,
            waiting_turns=_MOST_TURNS,
        )
        length = sum(len(line.text) for line in lines)
        self._answer.check_length(length)
        self._headers["character-cost"] = str(length)
        told: list[events.ClientEvent] = [opened]
        grouped = [(voice, list(said)) for voice, said in itertools.groupby(lines, lambda line: line.voice)]
        if len(grouped) > _MOST_TURNS:
            raise bad_frame(f"the voices may take turns {_MOST_TURNS} times; here they take {len(grouped)}")
        clock = ContextClock()
        for number, (voice, said) in enumerate(grouped):
            name = str(number)
            turn = _Turn(said, Aligner(self._format.sample_rate_hz, TimeBase.CONTEXT, clock))
            self._turns[name] = turn
            told.append(events.Begin(name, voice=voice))
            told += [events.Text(name, text) for text in turn.texts]
            told.append(events.End(name))
        return (*told, events.HalfClosed())

    def _lines(self, inputs: object) -> Sequence[_Line]:
        lines = []
        for number, one in enumerate(objects_in(inputs)):
            text, voice_id = one.get("text"), one.get("voice_id")
            if not isinstance(text, str) or not isinstance(voice_id, str):
                raise bad_frame("inputs[].text and inputs[].voice_id must be strings")
            voice = requests.voice_named(voice_id, self._voices)
            lines.append(_Line(number, without_surrogates(text), voice_id, voice))
        if not any(line.text.strip() for line in lines):
            raise bad_frame("inputs must have a text that is not empty")
        return lines

    # --- to the client

    def _audio(self, chunk: replies.AudioChunk) -> Sequence[bytes | str]:
        assert self._format is not None, "open comes first"
        head, self._wav_head = self._wav_head, b""
        data = head + chunk.data if head else chunk.data
        if not self._answer.is_timed:
            return (data,) if data else ()
        turn = self._turns[chunk.utterance_id]
        chars = turn.chars(
            turn.aligner.take_encoded(chunk.sample_offset + chunk.held, chunk.data, self._format)
        )
        if self._answer is Answer.TIMED_LINES:
            return (_message(data, chars),)
        self._whole.append(data)
        self._chars += chars
        return ()

    def _finished(self, turn: _Turn) -> Sequence[str]:
        chars = turn.chars(turn.aligner.rest())
        if self._answer is Answer.TIMED_LINES:
            return (_message(b"", chars),) if chars else ()
        self._chars += chars
        return () if self._turns else (_message(b"".join(self._whole), self._chars),)


def _message(data: bytes, chars: Sequence[_Char]) -> str:
    times = None
    if chars:
        times = CharTimes(
            [char for char, *_ in chars],
            [start for _, start, *_ in chars],
            [end for _, _, end, _ in chars],
        )
    return timed_audio(data, times, voice_segments=_segments(chars))


def _segments(chars: Sequence[_Char]) -> Sequence[Mapping[str, object]]:
    segments = []
    for line, several in itertools.groupby(enumerate(chars), lambda placed: placed[1][3]):
        placed = list(several)
        (first, (_, start, *_)), (last, (_, _, end, _)) = placed[0], placed[-1]
        segments.append(
            {
                "voice_id": line.voice_id,
                "start_time_seconds": start / 1000,
                "end_time_seconds": end / 1000,
                "character_start_index": first,
                "character_end_index": last + 1,
                "dialogue_input_index": line.number,
            }
        )
    return segments
