import contextlib
import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.audio.wav import HeaderReader, soundless, wav_header
from legato.domain.audio import AudioFormat, Encoding

AUDIO = bytes(range(1, 41))


def chunk(name, body, size=None):
    return name + struct.pack("<I", len(body) if size is None else size) + body + b"\0" * (len(body) % 2)


def layout(coding=1, channels=1, rate=22_050, bits=16, more=b""):
    return struct.pack("<HHIIHH", coding, channels, rate, rate * 2, 2, bits) + more


def riff(*chunks):
    return b"RIFF\xff\xff\xff\xffWAVE" + b"".join(chunks)


def read(*pieces):
    reader = HeaderReader()
    return b"".join([*(reader.feed(piece) for piece in pieces), reader.finish()]), reader


HEADERS = {
    "our own": wav_header(22_050),
    "of a file": riff(chunk(b"fmt ", layout()), chunk(b"data", b"", len(AUDIO))),
    "of no length": riff(chunk(b"fmt ", layout()), chunk(b"data", b"", 0)),
    "of half the longest length": riff(chunk(b"fmt ", layout()), chunk(b"data", b"", 0x7FFF_FFFF)),
    "with other chunks": riff(
        chunk(b"JUNK", b"odd"), chunk(b"fmt ", layout()), chunk(b"LIST", b"x" * 26), chunk(b"data", b"", 0)
    ),
    "extensible": riff(
        chunk(b"fmt ", layout(0xFFFE, more=struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14))),
        chunk(b"data", b"", 0),
    ),
}


def test_our_header_is_44_bytes_that_the_standard_library_reads():
    header = wav_header(24_000)
    assert len(header) == 44
    assert header[4:8] == header[40:44] == b"\xff\xff\xff\xff"
    with wave.open(io.BytesIO(header + AUDIO)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_r17_a_header_goes_and_its_rate_is_kept_wherever_it_is_cut(header):
    data = header + AUDIO
    for at in range(len(data) + 1):
        audio, reader = read(data[:at], data[at:])
        assert audio == AUDIO
        assert reader.sample_rate_hz == 22_050


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_r17_byte_by_byte(header):
    data = header + AUDIO
    assert read(*(data[at : at + 1] for at in range(len(data))))[0] == AUDIO


def test_r17_a_header_is_taken_off_once():
    audio, _ = read(wav_header(8_000) + AUDIO + wav_header(8_000) + AUDIO)
    assert audio == AUDIO + wav_header(8_000) + AUDIO


def test_audio_that_goes_on_after_the_length_in_the_header_is_not_lost():
    header = riff(chunk(b"fmt ", layout()), chunk(b"data", b"", 10))
    audio, reader = read(header + AUDIO[:8], AUDIO[8:13], AUDIO[13:30], AUDIO[30:])
    assert audio == AUDIO
    assert reader.plain


def test_two_bytes_after_the_length_in_the_header_are_audio():
    assert read(riff(chunk(b"fmt ", layout()), chunk(b"data", b"", 38)) + AUDIO)[0] == AUDIO


@pytest.mark.parametrize("cut", range(9))
def test_a_list_of_tags_after_the_samples_is_not_played(cut):
    after = chunk(b"LIST", b"INFOISFT made by") + chunk(b"id3 ", b"tags")
    audio, _ = read(HEADERS["of a file"] + AUDIO + after[:cut], after[cut:], b"more")
    assert audio == AUDIO


@pytest.mark.parametrize("size", [1, 7, 16, 1_000])
def test_r17_a_list_of_tags_is_not_played_however_the_samples_before_it_are_cut(size):
    data = HEADERS["of a file"] + AUDIO + chunk(b"LIST", b"INFOISFT made by")
    assert read(*(data[at : at + size] for at in range(0, len(data), size)))[0] == AUDIO


@pytest.mark.parametrize(
    "raw", [b"", b"R", b"RIF", b"RIFX", b"RIFF1234", b"RIFF1234WAV", b"RIFF1234AVI LIST", b"\0\0\1\0", AUDIO]
)
def test_samples_without_a_header_are_untouched(raw):
    for at in range(len(raw) + 1):
        audio, reader = read(raw[:at], raw[at:])
        assert audio == raw
        assert reader.sample_rate_hz is None


def test_raw_audio_is_known_as_such_at_once():
    reader = HeaderReader()
    assert reader.feed(b"\0\1") == b"\0\1"
    assert reader.plain
    assert reader.feed(b"RIFF") == b"RIFF"


def test_a_header_that_breaks_off_is_no_audio():
    assert read(wav_header(8_000)[:40])[0] == b""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (riff(chunk(b"fmt ", layout(channels=2))), "coding 1, 2 channels, 16 bits"),
        (riff(chunk(b"fmt ", layout(coding=7, bits=8))), "coding 7, 1 channels, 8 bits"),
        (riff(chunk(b"fmt ", layout(coding=0xFFFE))), "coding 65534"),
        (riff(chunk(b"fmt ", b"short")), "a WAV format chunk of only 5 bytes"),
        (riff(chunk(b"data", AUDIO)), "its samples before its format"),
        (riff(chunk(b"LIST", b"", 1 << 30)), "1073741824 bytes of b'LIST' before its samples"),
    ],
)
def test_what_is_not_read_is_named(data, said):
    with pytest.raises(ValueError, match=said) as raised:
        read(data)
    assert str(raised.value).startswith(("WAV", "a WAV")), "that it cannot be used is said by who reports it"


@given(st.lists(st.binary(max_size=30), max_size=6), st.booleans())
def test_any_bytes_are_accepted_or_refused_by_one_error(pieces, riffed):
    run = [*([b"RIFF\0\0\0\0WAVE"] if riffed else []), *pieces]
    with contextlib.suppress(ValueError):  # the one error there may be
        assert len(read(*run)[0]) <= len(b"".join(run))


def test_the_header_of_floats_says_so():
    header = wav_header(44_100, floats=True)
    assert len(header) == 44
    assert struct.unpack_from("<HHIIHH", header, 20) == (3, 1, 44_100, 176_400, 4, 32)


@pytest.mark.parametrize(("encoding", "coding"), [(Encoding.ALAW, 6), (Encoding.MULAW, 7)])
def test_the_header_of_g711_says_so(encoding, coding):
    """Played as linear samples it would be noise."""
    assert struct.unpack_from("<HHIIHH", wav_header(8_000, encoding), 20) == (coding, 1, 8_000, 8_000, 1, 8)


def test_a_header_with_a_known_length_is_one_that_the_standard_library_reads():
    data = b"\x01\x00" * 480
    with wave.open(io.BytesIO(wav_header(48_000, Encoding.PCM_S16LE, data_bytes=len(data)) + data)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, 48_000)
        assert read.readframes(480) == data


def test_only_a_file_has_bytes_without_samples():
    assert list(soundless(AudioFormat(Encoding.WAV, 16_000))) == [wav_header(16_000)]
    assert list(soundless(AudioFormat(Encoding.MULAW, 8_000))) == []
