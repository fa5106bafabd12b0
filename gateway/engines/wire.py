"""What gateway workers and the engine process say to each other over a Unix socket: a pure codec.

A frame is its length, its kind and its run, then the kind's own fields; all numbers little-endian:

    u32 length of what follows | u8 kind | u32 run | fields

    worker -> engine                                         engine -> worker
    1 BEGIN   engine voice language tenant: text;            64 HELLO    u16 version; u16 count, then for each voice:
              f32 speed pitch volume; i32 priority;                      engine name languages: text; u32 sample rate
              u8 suspect
    2 SAY     u32 segment; f32 rate pitch volume;            65 AUDIO    the rest is s16le
              language: text; twice: u16 count, then for     66 WORDS    u32 segment; then for each word:
              each run u32 start end and its IPA, or                     u32 start end; u64 start_sample end_sample
              its stress: text; the rest is UTF-8            67 MARKER   u32 segment
    3 END                                                    68 FINISHED
    4 CANCEL                                                 69 FAILED   f32 retry after (negative: unknown);
    5 PAUSE                                                              reason message: text
    6 RESUME                                                 70 QUEUED
                                                             71 TRIED

A text field is u16 length and UTF-8; the languages of a voice are parted by spaces. Runs are numbered by the worker;
HELLO has run 0. Anything else is a `WireError`, and the connection ends: both sides come from one release.
"""

import struct
from collections.abc import Callable, Sequence
from typing import Any

from gateway.engines.messages import (
    VERSION,
    Audio,
    Begin,
    Cancel,
    End,
    Failed,
    Finished,
    Hello,
    Marker,
    Message,
    OfferedVoice,
    Pause,
    Queued,
    Resume,
    Say,
    TimedWord,
    Tried,
    Words,
)
from legato.domain.delivery import Delivery, Emphasis, Stress
from legato.domain.errors import Reason
from legato.domain.text import Pronunciation

MOST_BYTES = 1 << 22  # more than a minute of sound; texts are far smaller

_LENGTH = struct.Struct("<I")
_HEAD = struct.Struct("<BI")
_WORD = struct.Struct("<IIQQ")
_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")
_F32 = struct.Struct("<f")
_MANNER = struct.Struct("<fffi?")
_DELIVERY = struct.Struct("<fff")
_RUN = struct.Struct("<II")
_MOST_RUNS = 0xFFFF


class WireError(Exception):
    """The other side does not speak this protocol."""


class _Reader:
    """The fields of one frame, read from the front."""

    def __init__(self, data: bytes, run: int) -> None:
        self._data = data
        self._at = _HEAD.size
        self.run = run

    def fields(self, form: struct.Struct) -> tuple[Any, ...]:
        values = form.unpack_from(self._data, self._at)
        self._at += form.size
        return values

    def number(self, form: struct.Struct) -> int:
        return int(self.fields(form)[0])

    def text(self) -> str:
        return self._taken(self.number(_U16)).decode()

    def rest(self) -> bytes:
        return self._taken(len(self._data) - self._at)

    def words(self) -> tuple[TimedWord, ...]:
        return tuple(TimedWord(*fields) for fields in _WORD.iter_unpack(self.rest()))

    def end(self) -> None:
        if self._at != len(self._data):
            raise WireError(f"{len(self._data) - self._at} bytes too many")

    def _taken(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise WireError(f"expected {count} more bytes, found {len(taken)}")
        self._at += count
        return taken


def _utf8(text: str) -> bytes:
    return text.encode(errors="replace")  # half a surrogate pair has no bytes


def _text(value: str) -> bytes:
    data = _utf8(value)
    if len(data) > 0xFFFF:
        data = data[:0xFFFF].decode(errors="ignore").encode()  # not in the middle of a character
    return _U16.pack(len(data)) + data


def _pack_begin(begin: Begin) -> bytes:
    names = (begin.engine, begin.voice, begin.language, begin.tenant)
    return b"".join(map(_text, names)) + _MANNER.pack(
        begin.speed, begin.pitch, begin.volume, begin.priority, begin.suspect
    )


def _read_begin(reader: _Reader) -> Begin:
    engine, voice, language, tenant = (reader.text() for _ in range(4))
    return Begin(reader.run, engine, voice, language, tenant, *reader.fields(_MANNER))


def _pack_say(say: Say) -> bytes:
    delivery = say.delivery
    return b"".join(
        (
            _U32.pack(say.segment),
            _DELIVERY.pack(delivery.rate, delivery.pitch, delivery.volume),
            _text(delivery.language),
            _pack_runs([(one.start, one.end, one.ipa) for one in say.pronunciations]),
            _pack_runs([(one.start, one.end, one.stress.value) for one in say.emphases]),
            _utf8(say.text),
        )
    )


def _pack_runs(runs: Sequence[tuple[int, int, str]]) -> bytes:
    packed = (_RUN.pack(start, end) + _text(said) for start, end, said in runs[:_MOST_RUNS])
    return _U16.pack(min(len(runs), _MOST_RUNS)) + b"".join(packed)


def _read_say(reader: _Reader) -> Say:
    segment = reader.number(_U32)
    rate, pitch, volume = reader.fields(_DELIVERY)
    delivery = Delivery(rate, pitch, volume, language=reader.text())
    pronunciations = tuple(Pronunciation(*run) for run in _read_runs(reader))
    emphases = tuple(Emphasis(start, end, Stress(level)) for start, end, level in _read_runs(reader))
    return Say(reader.run, segment, reader.rest().decode(), delivery, pronunciations, emphases)


def _read_runs(reader: _Reader) -> list[tuple[int, int, str]]:
    runs = []
    for _ in range(reader.number(_U16)):
        start, end = reader.fields(_RUN)
        runs.append((start, end, reader.text()))
    return runs


def _pack_hello(hello: Hello) -> bytes:
    voices = (
        _text(voice.engine)
        + _text(voice.name)
        + _text(" ".join(voice.languages))
        + _U32.pack(voice.sample_rate_hz)
        for voice in hello.voices
    )
    return _U16.pack(hello.version) + _U16.pack(len(hello.voices)) + b"".join(voices)


def _read_hello(reader: _Reader) -> Hello:
    if (version := reader.number(_U16)) != VERSION:
        raise WireError(f"the other side speaks version {version}, this one {VERSION}")
    count = reader.number(_U16)
    return Hello(tuple(_read_voice(reader) for _ in range(count)), version)


def _read_voice(reader: _Reader) -> OfferedVoice:
    return OfferedVoice(reader.text(), reader.text(), tuple(reader.text().split()), reader.number(_U32))


def _pack_words(words: Words) -> bytes:
    timed = (_WORD.pack(word.start, word.end, word.start_sample, word.end_sample) for word in words.words)
    return _U32.pack(words.segment) + b"".join(timed)


def _pack_failed(failed: Failed) -> bytes:
    retry = -1.0 if failed.retry_after_s is None else failed.retry_after_s
    return _F32.pack(retry) + _text(failed.reason.value) + _text(failed.message)


def _read_failed(reader: _Reader) -> Failed:
    retry = float(reader.fields(_F32)[0])
    return Failed(reader.run, Reason(reader.text()), reader.text(), retry if retry >= 0 else None)


_KINDS: dict[int, tuple[type, Callable[[Any], bytes], Callable[[_Reader], Message]]] = {
    1: (Begin, _pack_begin, _read_begin),
    2: (Say, _pack_say, _read_say),
    3: (End, lambda _: b"", lambda r: End(r.run)),
    4: (Cancel, lambda _: b"", lambda r: Cancel(r.run)),
    5: (Pause, lambda _: b"", lambda r: Pause(r.run)),
    6: (Resume, lambda _: b"", lambda r: Resume(r.run)),
    64: (Hello, _pack_hello, _read_hello),
    65: (Audio, lambda audio: audio.data, lambda r: Audio(r.run, r.rest())),
    66: (Words, _pack_words, lambda r: Words(r.run, r.number(_U32), r.words())),
    67: (Marker, lambda marker: _U32.pack(marker.segment), lambda r: Marker(r.run, r.number(_U32))),
    68: (Finished, lambda _: b"", lambda r: Finished(r.run)),
    69: (Failed, _pack_failed, _read_failed),
    70: (Queued, lambda _: b"", lambda r: Queued(r.run)),
    71: (Tried, lambda _: b"", lambda r: Tried(r.run)),
}
_NUMBERS = {row[0]: number for number, row in _KINDS.items()}


def encode(message: Message) -> bytes:
    """The frame of a message. Texts in fields are cut at 65,535 bytes."""
    kind = _NUMBERS[type(message)]
    fields = _KINDS[kind][1](message)
    run = 0 if isinstance(message, Hello) else message.run
    return _LENGTH.pack(_HEAD.size + len(fields)) + _HEAD.pack(kind, run) + fields


def _decode(frame: bytes) -> Message:
    kind, run = _HEAD.unpack_from(frame)
    if kind not in _KINDS:
        raise WireError(f"unknown message {kind}")
    reader = _Reader(frame, run)
    try:
        message = _KINDS[kind][2](reader)
    except (struct.error, ValueError) as error:
        raise WireError(f"message {kind} is malformed: {error}") from error
    reader.end()
    return message


class Decoder:
    """Bytes as they come from the socket, cut anywhere, to messages."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are complete now.

        Raises:
            WireError: the bytes are none; the decoder is of no more use.
        """
        self._held += data
        messages: list[Message] = []
        at = 0
        while len(self._held) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._held, at)
            if not _HEAD.size <= length <= MOST_BYTES:
                raise WireError(f"a frame of {length} bytes; expected {_HEAD.size} to {MOST_BYTES}")
            end = at + _LENGTH.size + length
            if len(self._held) < end:
                break
            messages.append(_decode(bytes(self._held[at + _LENGTH.size : end])))
            at = end
        del self._held[:at]
        return messages
