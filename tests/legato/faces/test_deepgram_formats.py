import pytest

from legato.domain.audio import EXTRAS, AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.faces.deepgram_formats import format_of

MP3, OPUS, FLAC, AAC = Encoding.MP3, Encoding.OPUS, Encoding.FLAC, Encoding.AAC


def found(installed=frozenset(EXTRAS), **query):
    return format_of(query, installed)[0]


def refused(installed=frozenset(EXTRAS), **query):
    with pytest.raises(SpeechError) as refusal:
        format_of(query, installed)
    assert refusal.value.reason is Reason.UNKNOWN_FORMAT
    return refusal.value.message


@pytest.mark.parametrize(
    ("query", "audio_format"),
    [
        ({"bit_rate": "32000"}, AudioFormat(MP3, 22_050, 32)),
        ({"encoding": "mp3", "sample_rate": "22050"}, AudioFormat(MP3, 22_050, 48)),
        ({"encoding": "opus", "container": "ogg", "bit_rate": "64000"}, AudioFormat(OPUS, 48_000, 64)),
        ({"encoding": "opus", "bit_rate": "4000", "sample_rate": "48000"}, AudioFormat(OPUS, 48_000, 4)),
        ({"encoding": "opus", "bit_rate": "12600"}, AudioFormat(OPUS, 48_000, 13)),
        ({"encoding": "opus", "bit_rate": "650000"}, AudioFormat(OPUS, 48_000, 256)),
        ({"encoding": "aac", "bit_rate": "192000"}, AudioFormat(AAC, 22_050, 192)),
        ({"encoding": "flac", "sample_rate": "8000"}, AudioFormat(FLAC, 8_000)),
        ({"encoding": "flac", "sample_rate": "22050", "bit_rate": "9"}, AudioFormat(FLAC, 22_050)),
    ],
)
def test_rates_and_bit_rates(query, audio_format):
    assert found(**query) == audio_format


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            {"bit_rate": "64000"},
            'bit_rate "64000" is not supported with encoding mp3; supported: 32000, 48000',
        ),
        ({"sample_rate": "24000"}, "sample_rate 24000 is not supported with encoding mp3; supported: 22050"),
        (
            {"container": "wav"},
            "encoding=mp3&container=wav (the default) is not supported; supported: encoding=lin",
        ),
        (
            {"encoding": "opus", "sample_rate": "24000"},
            "sample_rate 24000 is not supported with encoding opus; supported: 48000",
        ),
        (
            {"encoding": "opus", "container": "none"},
            "encoding=opus&container=none is not supported; supported: ",
        ),
        (
            {"encoding": "opus", "bit_rate": "3999"},
            'bit_rate "3999" is not supported with encoding opus; supported: 4000 to 650000',
        ),
        (
            {"encoding": "aac", "bit_rate": "64k"},
            'bit_rate "64k" is not supported with encoding aac; supported: 4000 to 192000',
        ),
        (
            {"encoding": "flac", "sample_rate": "11025"},
            "sample_rate 11025 is not supported with encoding flac; supported: 8000, 16000, 22050, 24000, ",
        ),
        ({"encoding": "vorbis"}, "encoding=vorbis is not supported; supported: "),
    ],
)
def test_what_is_not_offered_is_refused_with_what_is(query, told):
    assert refused(**query).startswith(told)


def test_what_is_offered_is_what_can_be_made():
    assert refused(encoding="x").endswith(
        "mp3&container=none, encoding=opus&container=ogg, encoding=flac&container=none, encoding=aac&container=none"
    )
    assert refused({MP3}, encoding="x").endswith("alaw&container=none, encoding=mp3&container=none")
    assert refused(None, encoding="x").endswith("encoding=alaw&container=none")


@pytest.mark.parametrize(
    ("encoding", "extra"),
    [("", "mp3"), ("mp3", "mp3"), ("opus", "codecs"), ("flac", "codecs"), ("aac", "codecs")],
)
def test_who_needs_an_extra_is_told_which(encoding, extra):
    lacks = f" is not supported without an extra of the gateway (pip install 'legato[{extra}]'); supported: "
    assert lacks in refused((), encoding=encoding)
    assert "extra" not in refused(None, encoding=encoding)
