"""NVIDIA Riva's speech synthesis on gRPC: `SynthesizeOnline`, a stream of requests, and `Synthesize`, a single one.

Rules:
- A call is one utterance. Each request is a piece of text that is spoken at once; the end of the requests ends it. An older
  client sends one request and reads a stream: that is the same call.
- The first request decides voice, language, encoding and rate; these fields are ignored in later ones.
- Word times are sent to clients that ask for them, in milliseconds from the call's first sample.
- Dictionaries, zero-shot prompts and custom configurations are read and have no effect.
- Messages are read and written by hand: a request's `text` = 1, `language_code` = 2, `encoding` = 3, `sample_rate_hz` = 4, `voice_name` = 5,
  `enable_word_time_offsets` = 9; the answer's `audio` = 1, `meta` = 2 {`text` = 1, `words` = 9 {`word` = 1, `start_time` = 2, `end_time` = 3}}.

Sources: the vendor's protocol files, its client library.
"""

from collections.abc import Collection, Mapping, Sequence

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.protobuf_wire import data, text, whole
from legato.domain.replies import Reply
from legato.domain.speech import UtteranceOptions
from legato.domain.traces import NO_TRACE, trace_in
from legato.faces.bearer import bearer_key
from legato.faces.errors import unknown_voice
from legato.faces.grpc_calls import (
    Fields,
    farewell,
    number_in,
    read,
    refused,
    words_in,
)
from legato.faces.rates import format_at
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead, VoiceDirectory

SERVICE = "/nvidia.riva.tts.RivaSpeechSynthesis"
_SPOKEN = "speech"
_ENCODINGS = {1: Encoding.PCM_S16LE, 3: Encoding.MULAW, 20: Encoding.ALAW}
_NAMES = {Encoding.PCM_S16LE: "LINEAR_PCM", Encoding.MULAW: "MULAW", Encoding.ALAW: "ALAW"}
_USUAL_HZ = 22_050
_CODES = {Reason.UNKNOWN_VOICE: "INVALID_ARGUMENT", Reason.TEXT_TOO_LONG: "INVALID_ARGUMENT"}


class RivaSpeech:
    """`SynthesizeOnline`, one object per call.

    Args:
        _: id of the call, which the dialect never tells its client.
        voices: names in the catalogue.
    """

    name = "riva"

    def __init__(self, _: str, voices: Collection[str]) -> None:
        self._voices = voices
        self._format: AudioFormat | None = None
        self._trace = NO_TRACE
        self._start = 0
        self._is_timed = False

    @property
    def headers(self) -> Mapping[str, str]:
        """No headers."""
        return {}

    def key(self, head: RequestHead) -> str:
        """The bearer key; empty for none, since clients of a self-hosted Riva may have none."""
        return bearer_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Accept: everything is in the messages."""
        self._trace = trace_in(head.headers)
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What a request means. Never raises."""
        try:
            return self._understand(read(frame))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Messages that carry the reply."""
        if isinstance(reply, replies.AudioChunk):
            return (data(1, reply.data),) if reply.data else ()
        if isinstance(reply, replies.UtteranceStarted):
            self._start = reply.start_sample
        if isinstance(reply, replies.WordSpoken) and self._is_timed:
            return (data(2, data(9, self._word(reply))),)
        return ()

    def refuse(self, error: SpeechError) -> Refusal:
        """Never called: a gRPC call ends with a status."""
        return refused(error)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """The code and message of the call's status."""
        return farewell(error, _CODES)

    # --- from the client

    def _understand(self, request: Fields) -> Sequence[events.ClientEvent]:
        begun = () if self._format is not None else self._begin(request)
        said = without_surrogates(words_in(request, 1))
        if not said.strip():
            return begun
        return (*begun, events.Text(_SPOKEN, said), events.Flush(_SPOKEN))

    def _begin(self, request: Fields) -> Sequence[events.ClientEvent]:
        self._format, self._is_timed = _format_of(request), bool(number_in(request, 9))
        opened = events.Open(
            _voice(words_in(request, 5), self._voices),
            self._format,
            language=words_in(request, 2),
            options=UtteranceOptions(words=self._is_timed),
            max_lead_ms=-1,
            traceparent=self._trace.parent,
            tracestate=self._trace.state,
        )
        return (opened, events.Begin(_SPOKEN))

    # --- to the client

    def _word(self, word: replies.WordSpoken) -> bytes:
        return text(1, word.word) + self._ms(2, word.start_sample) + self._ms(3, word.end_sample)

    def _ms(self, number: int, sample: int) -> bytes:
        assert self._format is not None, "a request comes first"
        return whole(number, max(0, round(self._format.ms(sample - self._start))))


class RivaSynthesis(RivaSpeech):
    """`Synthesize`: one request, one answer with all of the audio."""

    def __init__(self, request_id: str, voices: Collection[str]) -> None:
        super().__init__(request_id, voices)
        self._audio = bytearray()
        self._words = b""

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What the request means. Never raises."""
        told = super().parse(frame)
        if any(isinstance(event, events.Refused) for event in told):
            return told
        return (*told, events.End(_SPOKEN), events.HalfClosed())

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """The answer, once everything is spoken."""
        if isinstance(reply, replies.AudioChunk):
            self._audio += reply.data
        elif isinstance(reply, replies.WordSpoken) and self._is_timed:
            self._words += data(9, self._word(reply))
        elif isinstance(reply, replies.UtteranceFinished):
            return (data(1, bytes(self._audio)) + (data(2, self._words) if self._words else b""),)
        else:
            return super().render(reply)
        return ()


def config(directory: VoiceDirectory) -> bytes:
    """The answer to `GetRivaSynthesisConfig`: each voice as a model of its first language."""
    models = []
    for info in directory.voices():
        voice = info.voice
        told = {"language_code": voice.languages[0], "voice_name": voice.name, "type": "single"}
        entries = b"".join(data(2, text(1, name) + text(2, value)) for name, value in told.items())
        models.append(data(1, text(1, voice.name) + entries))
    return b"".join(models)


def _format_of(request: Fields) -> AudioFormat:
    encoding, rate = number_in(request, 3), number_in(request, 4) or _USUAL_HZ
    known = _ENCODINGS.get(encoding or 1)
    if known is None:
        raise SpeechError(
            Reason.UNKNOWN_FORMAT,
            f"encoding {encoding} is not supported; supported: {', '.join(_NAMES.values())}",
        )
    return format_at(known, rate, named=f"encoding {_NAMES[known]}", field="sample_rate_hz")


def _voice(asked: str, voices: Collection[str]) -> str:
    if not asked or asked in voices:
        return asked
    if "." in asked and "-" in asked.partition(".")[0]:
        return ""  # a voice of the vendor's means the default voice
    raise unknown_voice(asked, voices)
