"""NVIDIA Riva's SynthesizeOnline: one bidirectional call per run, a request for each segment, raw samples back.

Rules:
- Every request repeats the configuration; audio comes request by request, in order; half-closing ends the text.
- An older service takes one request and then streams: the run's text is kept and sent whole at its end.
- Word times are newer than the public description of the service: a switch asks for them, and they are read wherever they come.
- Text with a delivery of its own is sent as an SSML document of its own, in `prosody`. Models differ in whether they take that:
  FastPitch's voices do, those of Magpie do not.
- A request lists its pronunciations as "word  ipa,word  ipa", after the route's own; a name of several words has none.
- Messages are written by hand: `text` = 1, `language_code` = 2, `encoding` = 3, `sample_rate_hz` = 4, `voice_name` = 5,
  `custom_dictionary` = 7, `enable_word_time_offsets` = 9; the answer's `audio` = 1, `meta` = 2 {`words` = 9 {`word` = 1, `start_time` = 2,
  `end_time` = 3}}.

Sources: the vendor's protocol files, its client library.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from legato.domain.delivery import Takes
from legato.domain.events import VendorEvent, Words
from legato.domain.protobuf_wire import fields, text, whole
from legato.domain.speech import NOTHING_ASKED, Route, UtteranceOptions
from legato.domain.text import Reading, TextLevel
from legato.domain.vendors import (
    Outgoing,
    Place,
    Transport,
    VendorLimits,
    VendorTraits,
)
from legato.ports import LineRequest
from legato.providers.alignment import Timed, TimesFrom
from legato.providers.calls import Call, Calls, sounded
from legato.providers.pieces import pieces
from legato.providers.route_options import TEXT, Between, Kinds, checked, clamped, rate_of

URL = "grpc://localhost:50051"
LIMITS = VendorLimits(first_audio_s=5.0, between_audio_s=3.0, message_chars=400)
METHOD = "/nvidia.riva.tts.RivaSpeechSynthesis/SynthesizeOnline"
_VENDOR = "riva"
_KINDS: Kinds = {
    "language_code": TEXT,
    "sample_rate": Between(8_000, 48_000, whole=True),
    "custom_dictionary": TEXT,
}
_WITHOUT_PROSODY = "magpie"
_RATES = (0.25, 2.5)
_PITCHES = (-12.0, 11.0)
_VOLUMES = (-13.0, 8.0)
_VOICE_HZ = 160.0
_MOST_HZ = 150.0
_LINEAR_PCM = 1
_PARTS = re.compile(r"[\s,]")


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        bidirectional: the service takes many requests in one call; older versions take a single request.
        word_times: word times are requested.
        word_unit_ms: the length of the unit of these times.
        word_times_count_from: the call's first sample, or the message's own audio.
        pronunciations: the model takes IPA in its dictionary.
        prosody: SSML's `prosody` is sent to the voices that are known to take it.
        traceparent: each call carries the trace that it belongs to.
    """

    bidirectional: bool = True
    word_times: bool = False
    word_unit_ms: float = 1.0
    word_times_count_from: TimesFrom = TimesFrom.START
    pronunciations: bool = True
    prosody: bool = True
    traceparent: bool = True


@dataclass(frozen=True, slots=True)
class Riva:
    """The dialect.

    Args:
        url: grpc(s)://host:port.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    url: str = URL
    limits: VendorLimits = LIMITS
    switches: Switches = Switches()

    @property
    def traits(self) -> VendorTraits:
        """A call for each run; text is best sent as it is spoken, in words."""
        return VendorTraits(
            Transport.GRPC,
            self.limits,
            TextLevel.SPOKEN,
            word_times=self.switches.word_times,
            takes_traceparent=self.switches.traceparent,
        )

    def takes(self, route: Route) -> Takes:
        """Speed, pitch and volume with each request, if the model takes SSML."""
        return takes_of(route.voice, wanted=self.switches.prosody and self.switches.bidirectional)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """One channel for all voices of a rate."""
        rate = rate_of(checked(_VENDOR, route.options, _KINDS), 22_050)
        return Place(self.url, method=METHOD, sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """A bearer token in the metadata, for services that require one."""
        return {"authorization": f"Bearer {secret}"} if secret else {}

    def connect(self, place: Place) -> Calls:
        """A new channel."""
        rate = place.sample_rate_hz
        return Calls(_VENDOR, RivaMethod(rate, self.limits, self.switches), rate)


class RivaMethod:
    """`SynthesizeOnline`.

    Args:
        sample_rate_hz: rate of the audio.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    def __init__(self, sample_rate_hz: int, limits: VendorLimits, switches: Switches) -> None:
        self._rate = sample_rate_hz
        self._limits = limits
        self._switches = switches
        self._settings = b""
        self._kept: list[str] = []
        self._dictionary = ""
        self._options = NOTHING_ASKED
        self._prosody = False
        self._kept_words: dict[str, str] = {}

    def begin(self, request: LineRequest) -> Sequence[Outgoing]:
        """No messages: every request carries the settings."""
        self._kept, self._kept_words = [], {}
        options = request.route.options
        self._settings = (
            text(2, str(options.get("language_code") or request.language))
            + whole(3, _LINEAR_PCM)
            + whole(4, self._rate)
            + text(5, request.route.voice)
            + whole(9, int(self._switches.word_times))
        )
        self._dictionary = str(options.get("custom_dictionary", ""))
        self._options = request.options
        takes = takes_of(request.route.voice, wanted=self._switches.prosody and self._switches.bidirectional)
        self._prosody = takes.rate is not None
        return ()

    def inputs(self, reading: Reading) -> Sequence[Outgoing]:
        """A request, or several if the segment is too long; an older service gets it at the run's end."""
        words = self._words_of(reading)
        if not self._switches.bidirectional:
            self._kept.append(reading.text)
            self._kept_words.update(words)
            return ()
        asked = self._options.delivered(reading.delivery) if self._prosody else NOTHING_ASKED
        parts = pieces(reading.text, self._limits.message_chars)
        return [self._request(_in_prosody(part, asked), words) for part in parts]

    def rest(self) -> Sequence[Outgoing]:
        """All text, for an older service."""
        kept, self._kept = " ".join(self._kept), []
        return (self._request(kept, self._kept_words),) if kept else ()

    def blank(self) -> Sequence[Outgoing]:
        """No messages: the channel's ping does it."""
        return ()

    def read(self, call: Call, message: bytes) -> Sequence[VendorEvent]:
        """Audio, and word times if there are any."""
        by_message = self._switches.word_times_count_from is TimesFrom.MESSAGE
        offset_ms = call.given_bytes * 500.0 / self._rate if by_message else 0.0
        told: list[VendorEvent] = []
        for number, value in fields(message):
            if number == 1 and isinstance(value, bytes):
                told += sounded(call, value)
            elif number == 2 and isinstance(value, bytes):
                words = call.alignment.heard(self._times(value), offset_ms)
                told += [Words(words)] if words else []
        return told

    def _request(self, part: str, words: Mapping[str, str]) -> bytes:
        pairs = ",".join(f"{word}  {ipa}" for word, ipa in words.items())
        dictionary = ",".join(entry for entry in (self._dictionary, pairs) if entry)
        return text(1, part) + self._settings + text(7, dictionary)

    def _words_of(self, reading: Reading) -> Mapping[str, str]:
        if not self._switches.pronunciations:
            return {}
        found = ((reading.text[one.start : one.end], one.ipa) for one in reading.pronunciations)
        return {word: ipa for word, ipa in found if word and not _PARTS.search(word) and "," not in ipa}

    def _times(self, meta: bytes) -> Timed:
        words: list[str] = []
        starts: list[float] = []
        ends: list[float] = []
        for number, value in fields(meta):
            if number == 9 and isinstance(value, bytes):
                timing = dict(fields(value))
                word, start, end = timing.get(1), timing.get(2, 0), timing.get(3, 0)
                if isinstance(word, bytes) and isinstance(start, int) and isinstance(end, int):
                    words.append(word.decode(errors="replace"))
                    starts.append(start * self._switches.word_unit_ms)
                    ends.append(end * self._switches.word_unit_ms)
        return Timed(words, starts, ends)


def takes_of(voice: str, *, wanted: bool) -> Takes:
    """What this voice supports, if that is wanted."""
    if not wanted or _WITHOUT_PROSODY in voice.lower():
        return Takes()
    return Takes(_RATES, _PITCHES, _VOLUMES)


def _in_prosody(part: str, asked: UtteranceOptions) -> str:
    """Return the text, in SSML if anything is asked for; clamped, since values beyond the vendor's bounds would give no audio at all."""
    named = []
    rate = clamped(asked.speed, *_RATES)
    if rate is not None:
        named.append(f'rate="{round(100 * rate)}%"')
    if asked.pitch:
        hertz = _VOICE_HZ * (2 ** (asked.pitch / 12) - 1)
        named.append(f'pitch="{min(max(hertz, -_MOST_HZ), _MOST_HZ):+.0f}Hz"')
    if asked.volume:
        named.append(f'volume="{min(max(asked.volume, _VOLUMES[0]), _VOLUMES[1]):+.1f}dB"')
    return f"<speak><prosody {' '.join(named)}>{escape(part)}</prosody></speak>" if named else part
