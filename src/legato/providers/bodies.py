"""The bodies of HTTP answers: raw samples, a WAV file, or lines of text that carry audio.

Rules (R17):
- A body may be cut anywhere, even inside a header, a line or a sample.
- A body that begins with "RIFF" is a WAV file, whatever its content type; the header is removed. Several files may follow each other.
- A body that begins like another kind of file, or like a page, is taken for one: played as samples it would be noise.
- A WAV file that ends before its declared length was cut short on the way; one that goes on behind it, with what is no chunk, has a
  wrong length. Either fails, since words would be lost unnoticed. A tenth of a second is ignored: not every writer counts exactly.
- A body that cannot be read gives one `Failed`, and the rest of it is ignored.
"""

import codecs
import re
import struct
from collections.abc import Callable, Sequence
from typing import Protocol

from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, VendorEvent
from legato.domain.vendors import ResponseHead

Events = Sequence[VendorEvent]
_MAX_HEADER = 1 << 16
_MAX_LINE = 1 << 23
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_PCM, _EXTENSIBLE = 1, 0xFFFE
_MARK_BYTES, _MARKS_BEGIN = 4, b"ROIf\x1a<{"
_STRANGERS = (
    (re.compile(rb"OggS"), "an Ogg file"),
    (re.compile(rb"ID3[\x02-\x04]"), "an MP3 file"),
    (re.compile(rb"fLaC"), "a FLAC file"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "a WebM file"),
    (re.compile(rb"<(!do|htm|\?xm)", re.IGNORECASE), "a page"),
    (re.compile(rb'\{("[a-z]{2}|\s"[a-z]|\s\s[" ])'), "JSON"),
)
"""Speech begins almost silently; as samples, these beginnings would reach a quarter of full scale and more."""
_MOST_DECLARED = 1 << 25
"""Ten minutes at 24 kHz, more than any request gives. A writer that streams does not know the length: it writes 0, or a greater guess."""
_UNMISSED_S = 0.1


class Body(Protocol):
    """One answer's body."""

    def feed(self, data: bytes) -> Events:
        """What more of the body means."""

    def end(self) -> Events:
        """What the body's end means."""


class Samples:
    """s16le mono samples, raw or as a WAV file.

    Args:
        vendor: its name, for messages.
        sample_rate_hz: rate that a WAV file must have.
    """

    def __init__(self, vendor: str, sample_rate_hz: int) -> None:
        self._vendor = vendor
        self._rate = sample_rate_hz
        self._unmissed_bytes = int(sample_rate_hz * 2 * _UNMISSED_S)
        self._head: bytes | None = b""
        self._left = -1
        self._tail = b""
        self._is_length_known = False
        self._surplus_bytes = 0
        """Bytes behind the samples that are no chunk."""
        self._failed = False
        """Whether the rest of the body is ignored."""

    def feed(self, data: bytes) -> Events:
        """Samples as they are, once it is known whether they are in a file."""
        if self._head is None and self._left < 0:
            return (Audio(data),)
        told: list[VendorEvent] = []
        while data:
            found, data = self._part(data)
            told += found
        return tuple(told)

    def end(self) -> Events:
        """What was held back is samples after all, unless it is a header that does not end."""
        head, self._head = self._head, None
        if not head:
            return self._measured()
        if head[:4] == b"RIFF":
            return (self._wrong("ended its answer inside the header of a WAV file"),)
        return (Audio(head),)

    def _part(self, data: bytes) -> tuple[Events, bytes]:
        """Return what the beginning of these bytes means, and the bytes left to be looked at."""
        if self._head is not None:
            return self._opening(data)
        if self._left < 0:
            return (Audio(data),), b""
        if self._failed:
            self._surplus_bytes += len(data)
            return (), b""
        if not self._left:
            return (), self._behind(data)
        sound, rest = data[: self._left], data[self._left :]
        self._left -= len(sound)
        return (Audio(sound),), rest

    def _behind(self, data: bytes) -> bytes:
        """Skip the chunks after the samples; return the start of another file, since some vendors send one for each sentence."""
        self._tail += data
        while len(self._tail) >= _CHUNK.size:
            if self._tail.startswith(b"RIFF"):
                head, self._tail, self._head = self._tail, b"", b""
                return head
            _, size = _CHUNK.unpack_from(self._tail)
            if size > _MAX_HEADER:
                self._failed = True  # not a chunk: where another file would begin is unknown
                self._surplus_bytes = len(self._tail)
                return b""
            size += _CHUNK.size + size % 2
            if len(self._tail) < size:
                return b""
            self._tail = self._tail[size:]
        return b""

    def _opening(self, data: bytes) -> tuple[Events, bytes]:
        head = self._head = (self._head or b"") + data
        if len(head) < _MARK_BYTES and head[:1] in _MARKS_BEGIN:
            return (), b""
        if not head.startswith(b"RIFF"):
            strange = next((name for mark, name in _STRANGERS if mark.match(head)), "")
            if strange:
                return self._give_up(f"sent {strange} where samples are expected"), b""
            self._head = None
            return (Audio(head),), b""
        return self._header(head)

    def _header(self, head: bytes) -> tuple[Events, bytes]:
        at = 12
        while at + _CHUNK.size <= len(head) and at <= _MAX_HEADER:
            name, size = _CHUNK.unpack_from(head, at)
            at += _CHUNK.size
            if name == b"data":
                self._head = None
                self._is_length_known = 0 < size <= _MOST_DECLARED
                self._left = size if self._is_length_known else -1
                return (), head[at:]
            if name == b"fmt " and at + _FORMAT.size <= len(head):
                mistake = self._mistake(*_FORMAT.unpack_from(head, at))
                if mistake:
                    return self._give_up(mistake), b""
            at += size + size % 2
        if at > _MAX_HEADER:  # also while it is only declared: gigabytes would be waited for
            return self._give_up("sent a WAV file whose header does not end"), b""
        return (), b""

    def _mistake(self, kind: int, channels: int, rate: int, *rest: int) -> str:
        if kind not in {_PCM, _EXTENSIBLE} or channels != 1 or rest[-1] != 16:
            return "sent a WAV file that is not 16-bit mono"
        if rate != self._rate:
            return _other_rate(rate, self._rate)
        return ""

    def _measured(self) -> Events:
        """Return the failure of a file that is much shorter or longer than it says; nothing for any other."""
        if not self._is_length_known or max(self._left, self._surplus_bytes) <= self._unmissed_bytes:
            return ()
        if self._left:
            return (
                Failed(Reason.VENDOR_LOST, f"{self._vendor} ended a WAV file before its declared length"),
            )
        return (self._wrong("sent more sound than its WAV file declares"),)

    def _give_up(self, words: str) -> Events:
        self._head, self._left, self._failed = None, 0, True
        self._is_length_known = False  # the failure is told once
        return (self._wrong(words),)

    def _wrong(self, words: str) -> Failed:
        return Failed(Reason.VENDOR_REJECTED, f"{self._vendor} {words}")


class Lines:
    """Lines of text, each with a meaning of its own.

    Args:
        vendor: its name, for messages.
        read: returns what a line means; called without the line's end, and never with an empty one.
    """

    def __init__(self, vendor: str, read: Callable[[bytes], Events]) -> None:
        self._vendor = vendor
        self._read = read
        self._parts: list[bytes] = []
        """The line that is not complete; in parts, as joining them at each would copy it as often as it has parts."""
        self._size = 0
        self._begun = False

    def feed(self, data: bytes) -> Events:
        """What the lines that are complete now mean."""
        self._size += len(data)
        self._parts.append(data)
        if b"\n" not in data:
            return self._too_long() if self._size > _MAX_LINE else ()
        *lines, rest = self._take().split(b"\n")
        self._parts, self._size = [rest], len(rest)
        return self._told(lines)

    def end(self) -> Events:
        """What the last line means, which may have no end."""
        return self._told([self._take()])

    def _take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts, self._size = [], 0
        return taken

    def _told(self, lines: Sequence[bytes]) -> Events:
        told: list[VendorEvent] = []
        for line in lines:
            if not self._begun:
                self._begun, line = True, line.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901 - not part of the line
            stripped = line.strip()
            if stripped:
                told += self._read(stripped)
        return told

    def _too_long(self) -> Events:
        self._take()
        return (Failed(Reason.VENDOR_REJECTED, f"{self._vendor} sent a line that is too long"),)


class Unreadable:
    """A body of a kind that is not read.

    Args:
        words: why, for the message.
    """

    def __init__(self, words: str) -> None:
        self._failed: Events = (Failed(Reason.VENDOR_REJECTED, words),)

    def feed(self, data: bytes) -> Events:
        """The failure, once."""
        failed, self._failed = self._failed, ()
        return failed

    def end(self) -> Events:
        """The failure, if the body was empty."""
        return self.feed(b"")


_SAMPLES = (
    "audio/pcm",
    "audio/l16",
    "audio/wav",
    "audio/x-wav",
    "audio/wave",
    "audio/vnd.wave",
    "audio/raw",
    "audio/x-pcm",
)


_OTHERS = ("audio/", "video/", "image/", "text/", "multipart/", "application/json", "application/xml")
_RATE = re.compile(r";\s*rate\s*=\s*\"?([0-9]{1,7})\b", re.IGNORECASE | re.ASCII)


def samples_or_not(vendor: str, content_type: str, sample_rate_hz: int) -> Body:
    """Return the body of an answer that should be samples; it fails, by name, if the content type says that it is something else."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _SAMPLES or not (kind.startswith(_OTHERS) or kind.endswith(("+json", "+xml"))):
        rate = _RATE.search(content_type)
        if kind.startswith("audio/") and rate is not None and int(rate[1]) != sample_rate_hz:
            return Unreadable(f"{vendor} {_other_rate(int(rate[1]), sample_rate_hz)}")
        return Samples(vendor, sample_rate_hz)
    return Unreadable(f"{vendor} answered with {_safe(kind)} where samples are expected")


_PLAIN = ("", "identity", "chunked")


def encoded(vendor: str, head: ResponseHead) -> Body | None:
    """Return the body of an answer that is compressed, though that was declined: its bytes would be noise. `None` for any other."""
    named = ",".join(head.headers.get(name, "") for name in ("content-encoding", "transfer-encoding"))
    coding = next((word for word in map(str.strip, named.lower().split(",")) if word not in _PLAIN), "")
    if not coding:
        return None
    return Unreadable(f"{vendor} answered in the content encoding {_safe(coding)}, which was not requested")


def _other_rate(given_hz: int, wanted_hz: int) -> str:
    return f"sent audio at {given_hz} Hz where {wanted_hz} is expected: set the route's sample_rate"


def _safe(word: str) -> str:
    """Return a header's word as it may stand in a message: bytes that are not UTF-8 are surrogates in it, which no client can be sent."""
    return ascii(word[:64])[1:-1]
