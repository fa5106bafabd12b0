import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.faces.cartesia_formats import read_format

BOTH = ("raw", "wav")


def asked(encoding="pcm_s16le", rate=24_000, container="raw"):
    return {"container": container, "encoding": encoding, "sample_rate": rate}


def refused(value, containers=BOTH):
    with pytest.raises(SpeechError) as error:
        read_format(value, containers)
    return error.value


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
@pytest.mark.parametrize("encoding", ["pcm_s16le", "pcm_f32le"])
@pytest.mark.parametrize("container", BOTH)
def test_linear_sound_comes_at_every_rate_in_both_containers(container, encoding, rate):
    found = read_format(asked(encoding, rate, container), BOTH)
    assert (found.container, found.encoding, found.audio_format.sample_rate_hz) == (container, encoding, rate)
    assert str(found) == f"{container} {encoding} at {rate} Hz"


def test_floats_keep_every_value():
    values = [0, 1, -1, 32767, -32768, 1234]
    sound = read_format(asked("pcm_f32le"), BOTH).sound(struct.pack("<6h", *values))
    assert [one * 32768 for one in struct.unpack("<6f", sound)] == values


def test_only_linear_samples_in_a_wav_need_no_head_of_their_own():
    for encoding, rate, coding, bits in (
        ("pcm_f32le", 24_000, 3, 32),
        ("pcm_mulaw", 8_000, 7, 8),
        ("pcm_alaw", 16_000, 6, 8),
    ):
        head = read_format(asked(encoding, rate, "wav"), BOTH).head
        layout = struct.unpack_from("<HHIIHH", head, 20)
        assert layout == (coding, 1, rate, rate * bits // 8, bits // 8, bits)
    for value in (asked("pcm_f32le"), asked(container="wav"), asked()):
        assert read_format(value, BOTH).head == b""
    assert read_format(asked(), BOTH).sound(b"ab") == b"ab"
    assert read_format(asked(container="wav"), BOTH).content_type == "audio/wav"


def test_what_is_not_offered_is_refused_by_name_and_the_offer_is_told():
    assert "raw, wav" in refused(asked(container="mp3")).message
    assert "raw" in refused(asked(container="wav"), ("raw",)).message
    assert "pcm_alaw" in refused(asked("pcm_s24le", 8000, "wav")).message
    told = "output_format.sample_rate 24000 is not supported with encoding pcm_mulaw; supported: 8000, 16000"
    assert refused(asked("pcm_mulaw", 24000)).message == told
    told = (
        'output_format.encoding "mp3" with container wav is not supported; supported: pcm_s16le, pcm_f32le, '
    )
    assert refused(asked("mp3", 8000, "wav")).message == f"{told}pcm_mulaw, pcm_alaw"
    told = "output_format.sample_rate must be a whole number of Hz; got 8000.5"
    assert refused(asked(rate=8000.5)).message == told
    assert refused(asked(rate=12345)).reason is Reason.UNKNOWN_FORMAT
    for value in (None, "pcm", asked(rate=None), asked(rate=True), asked(rate="x"), asked(rate="²")):
        assert refused(value).reason is Reason.BAD_FRAME
    for rate in ("24000", 24_000.0):
        assert read_format(asked(rate=rate), BOTH).audio_format.sample_rate_hz == 24_000


def test_who_needs_an_extra_is_told_which():
    told = "is not supported without an extra of the gateway (pip install 'legato[mp3]'); supported: raw, wav"
    with pytest.raises(SpeechError) as refusal:
        read_format(asked(container="mp3"), BOTH, ())
    assert refusal.value.message == f'output_format.container "mp3" {told}'
    assert "extra" not in refused(asked(container="mp3")).message


WITH_MP3 = ("raw", "wav", "mp3")


@pytest.mark.parametrize(
    ("more", "rate", "kbps"),
    [
        ({}, 44_100, 128),
        ({"sample_rate": 24_000, "bit_rate": 64_000}, 24_000, 64),
        ({"bit_rate": None}, 44_100, 128),
    ],
)
def test_mp3_has_a_bit_rate_instead_of_an_encoding(more, rate, kbps):
    found = read_format({"container": "mp3", **more}, WITH_MP3)
    assert found.audio_format == AudioFormat(Encoding.MP3, rate, kbps)
    assert (found.content_type, found.head, found.sound(b"ab")) == ("audio/mpeg", b"", b"ab")


@pytest.mark.parametrize(
    "more", [{"bit_rate": 24_000}, {"bit_rate": 320_000}, {"bit_rate": 128_001}, {"sample_rate": 11_025}]
)
def test_mp3_that_cannot_be_made_is_refused_with_one_that_can(more):
    error = refused({"container": "mp3", **more}, WITH_MP3)
    assert error.reason is Reason.UNKNOWN_FORMAT
    assert "sample_rate 44100 with bit_rate 32000, 40000" in error.message
    told = 'output_format.bit_rate must be a whole number of bit/s; got "128k"'
    assert refused({"container": "mp3", "bit_rate": "128k"}, WITH_MP3).message == told


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(asked(), json_like)) | json_like)
def test_anything_else_is_an_error_with_a_name(value):
    with contextlib.suppress(SpeechError):
        read_format(value, BOTH)
