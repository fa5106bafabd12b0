"""Google's `StreamingSynthesize` on gRPC: a configuration, then text as it comes; audio without a header comes back.

Rules:
- A call is one utterance: texts flow into each other, and half-closing ends it. A call whose text stops coming is aborted.
- The voice is chosen by name; `model_name`, prompts and pronunciations are read and have no effect.
- Messages are read and written by hand: `streaming_config` = 1 {`voice` = 1 {`language_code` = 1, `name` = 2}, `streaming_audio_config` = 4
  {`audio_encoding` = 1, `sample_rate_hertz` = 2, `speaking_rate` = 3}}, `input` = 2 {`text` = 1, `markup` = 5}; the answer's `audio_content` = 1.

Source: the vendor's client library.
"""

import re
import struct
from collections.abc import Collection, Mapping, Sequence

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.protobuf_wire import data
from legato.domain.replies import Reply
from legato.domain.speech import UtteranceOptions
from legato.domain.traces import NO_TRACE, trace_in
from legato.faces.bearer import bearer_key
from legato.faces.errors import bad_frame, unknown_voice
from legato.faces.grpc_calls import (
    Fields,
    farewell,
    inside,
    number_in,
    read,
    refused,
    words_in,
)
from legato.faces.numbers import number_within
from legato.faces.rates import format_at
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

METHODS = tuple(
    f"/google.cloud.texttospeech.{version}.TextToSpeech/StreamingSynthesize" for version in ("v1", "v1beta1")
)
_SPOKEN = "speech"
_ENCODINGS = {0: Encoding.PCM_S16LE, 7: Encoding.PCM_S16LE, 5: Encoding.MULAW, 6: Encoding.ALAW}
_NAMES = {Encoding.PCM_S16LE: "PCM", Encoding.MULAW: "MULAW", Encoding.ALAW: "ALAW"}
_USUAL_HZ = 24_000
_SPEEDS = (0.25, 2.0)
_VENDORS_OWN = re.compile(r"[a-z]{2,3}-[A-Z0-9]{2,3}-\S+")
_CODES = {
    Reason.UNKNOWN_VOICE: "INVALID_ARGUMENT",
    Reason.TEXT_TOO_LONG: "INVALID_ARGUMENT",
    Reason.IDLE_TIMEOUT: "ABORTED",
}


class GoogleSpeech:
    """One object per call.

    Args:
        _: id of the call, which the dialect never tells its client.
        voices: names in the catalogue.
    """

    name = "google"
    eager = True
    """Every message is spoken as it comes: the dialect has no flush."""

    def __init__(self, _: str, voices: Collection[str]) -> None:
        self._voices = voices
        self._trace = NO_TRACE
        self._is_configured = False

    @property
    def headers(self) -> Mapping[str, str]:
        """No headers."""
        return {}

    def key(self, head: RequestHead) -> str:
        """An access token, or an API key."""
        return bearer_key(head) or head.headers.get("x-goog-api-key", "")

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
        """Audio; the dialect has no message for the rest."""
        return (data(1, reply.data),) if isinstance(reply, replies.AudioChunk) and reply.data else ()

    def refuse(self, error: SpeechError) -> Refusal:
        """Never called: a gRPC call ends with a status."""
        return refused(error)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """The code and message of the call's status."""
        return farewell(error, _CODES)

    def _understand(self, request: Fields) -> Sequence[events.ClientEvent]:
        configured = self._is_configured
        if (1 in request) is configured:
            raise bad_frame("the first message must have a streaming_config, and no other may")
        self._is_configured = True
        if not configured:
            return self._begin(inside(request, 1))
        said = inside(request, 2)
        words = without_surrogates(words_in(said, 1) or words_in(said, 5))
        return (events.Text(_SPOKEN, words),) if words else ()

    def _begin(self, config: Fields) -> Sequence[events.ClientEvent]:
        voice, audio = inside(config, 1), inside(config, 4)
        opened = events.Open(
            self._voice(words_in(voice, 2)),
            _format_of(audio),
            language=words_in(voice, 1),
            options=UtteranceOptions(speed=_speed_of(audio)),
            max_lead_ms=-1,
            traceparent=self._trace.parent,
            tracestate=self._trace.state,
        )
        return (opened, events.Begin(_SPOKEN))

    def _voice(self, asked: str) -> str:
        if not asked or asked in self._voices:
            return asked
        if _VENDORS_OWN.fullmatch(asked):
            return ""
        raise unknown_voice(asked, self._voices)


def _format_of(audio: Fields) -> AudioFormat:
    encoding, rate = number_in(audio, 1), number_in(audio, 2)
    known = _ENCODINGS.get(encoding)
    if known is None:
        raise SpeechError(
            Reason.UNKNOWN_FORMAT,
            f"audio_encoding {encoding} is not supported; supported: {', '.join(_NAMES.values())}",
        )
    usual_hz = _USUAL_HZ if known is Encoding.PCM_S16LE else 8_000
    return format_at(
        known, rate or usual_hz, named=f"audio_encoding {_NAMES[known]}", field="sample_rate_hertz"
    )


def _speed_of(audio: Fields) -> float | None:
    raw = audio.get(3)
    if not isinstance(raw, bytes) or len(raw) != 8:
        return None
    return number_within(_SPEEDS, struct.unpack("<d", raw)[0], "speaking_rate")
