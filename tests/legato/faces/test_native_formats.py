import pytest

from legato.domain.audio import EXTRAS, OFFERED, AudioFormat, Encoders, Encoding, offered
from legato.domain.errors import Reason, SpeechError
from legato.faces.native_formats import NUMBERS, read_format, unknown_format, write_format
from legato.v1 import audio_pb2


def asked(encoding, hz=0, kbps=0, installed=frozenset(EXTRAS)):
    number = audio_pb2.Encoding.Value(f"ENCODING_{encoding}")
    message = audio_pb2.AudioFormat(encoding=number, sample_rate_hz=hz, bit_rate_kbps=kbps)
    return read_format(message, installed)


def refused(*args, **named):
    with pytest.raises(SpeechError) as caught:
        asked(*args, **named)
    assert caught.value.reason is Reason.UNKNOWN_FORMAT
    return caught.value.message


def test_every_encoding_has_a_number_of_its_own():
    assert set(NUMBERS) == set(Encoding)
    assert sorted(NUMBERS.values()) == sorted(audio_pb2.Encoding.values())[1:]


@pytest.mark.parametrize(
    "made", [*offered(EXTRAS), AudioFormat(Encoding.MP3, 24_000, 160)], ids=lambda one: str(one.encoding)
)
def test_what_is_written_is_read_again(made):
    assert read_format(write_format(made), EXTRAS) == made


def test_the_bit_rate_that_is_asked_for_is_taken():
    assert asked("OPUS", 24_000, 96) == AudioFormat(Encoding.OPUS, 24_000, 96)
    assert asked("MP3", 8_000, 8) == AudioFormat(Encoding.MP3, 8_000, 8)


def test_a_bit_rate_that_does_not_go_with_the_rates_is_refused_with_those_that_do():
    assert refused("MP3", 8_000, 128) == (
        "bit_rate_kbps 128 is not supported; with ENCODING_MP3 at 8000 Hz it must be 0 (the usual) or 8, 16, 24, 32, 40, 48, 56, 64"
    )
    assert "with ENCODING_OPUS at 48000 Hz it must be 0 (the usual) or 4 to 256" in refused("OPUS", kbps=300)
    assert "with ENCODING_AAC at 24000 Hz it must be 0 (the usual) or 4 to 192" in refused("AAC", kbps=1)
    assert "with ENCODING_FLAC at 24000 Hz it must be 0, since it has no bit rate" in refused("FLAC", kbps=64)
    assert "with ENCODING_MULAW at 8000 Hz it must be 0, since" in refused("MULAW", kbps=64)


def test_a_sample_rate_that_does_not_go_with_the_encoding_is_refused_with_those_that_do():
    for installed in (EXTRAS, ()):
        told = refused("OPUS", 44_100, installed=installed)
        assert told.startswith(
            "ENCODING_OPUS at 44100 Hz is not supported; supported: ENCODING_PCM_S16LE at 8000,"
        )
        assert "ENCODING_OPUS at 8000, 16000, 24000, 48000 Hz" in told
        assert ("ENCODING_MP3" in told) is bool(installed)


@pytest.mark.parametrize("encoding", EXTRAS)
def test_an_encoding_without_its_extra_is_refused_with_the_extra_and_what_is_offered(encoding):
    others = set(EXTRAS) - {encoding}
    told = refused(encoding.name, installed=others)
    assert told.startswith(
        f"ENCODING_{encoding.name} is not supported without an extra of the gateway "
        f"(pip install 'legato[{EXTRAS[encoding]}]'); supported: ENCODING_PCM_S16LE at 8000,"
    )
    assert all(f"ENCODING_{one.encoding.name} at" in told for one in OFFERED)
    assert all(f"ENCODING_{one.name} at" in told for one in others)
    assert f"ENCODING_{encoding.name} at" not in told


def test_an_extra_that_does_not_work_is_refused_with_the_cause():
    broken = Encoders({Encoding.MP3}, {Encoding.OPUS: "ImportError: libavcodec.so.62"})
    told = refused("OPUS", installed=broken)
    assert "since the gateway's extra legato[codecs] does not work (ImportError: libavcodec.so.62)" in told


def test_where_no_extra_is_used_none_is_named():
    told = refused("OPUS", installed=None)
    assert told.startswith("ENCODING_OPUS is not supported; supported: ENCODING_PCM_S16LE")
    assert "extra" not in unknown_format("no", None).message
