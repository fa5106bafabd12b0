from legato.domain.audio import AudioFormat, Encoders, Encoding
from legato.faces.extras import lacking

OPUS = AudioFormat(Encoding.OPUS, 48_000, 64)


def test_the_extra_is_named():
    assert lacking(OPUS, ()) == " without an extra of the gateway (pip install 'legato[codecs]')"
    mp3 = AudioFormat(Encoding.MP3, 24_000, 128)
    assert lacking(mp3, {Encoding.OPUS}) == " without an extra of the gateway (pip install 'legato[mp3]')"


def test_an_extra_that_does_not_work_is_named_with_the_cause():
    broken = Encoders({Encoding.MP3}, {Encoding.OPUS: "ImportError: libopus.so.0"})
    assert lacking(OPUS, broken) == (
        ", since the gateway's extra legato[codecs] does not work (ImportError: libopus.so.0)"
    )
    assert "pip install" in lacking(AudioFormat(Encoding.FLAC, 24_000), broken)


def test_nothing_is_said_where_no_extra_would_help():
    assert lacking(None, ()) == ""
    assert lacking(AudioFormat(Encoding.WAV, 24_000), ()) == ""
    assert lacking(OPUS, None) == ""
