from legato.domain.audio import AudioFormat, Encoding
from legato.faces.extras import lacking

OPUS = AudioFormat(Encoding.OPUS, 48_000, 64)


def test_the_extra_is_named():
    assert lacking(OPUS, ()) == " without an extra of the gateway (pip install 'legato[codecs]')"
    mp3 = AudioFormat(Encoding.MP3, 24_000, 128)
    assert lacking(mp3, {Encoding.OPUS}) == " without an extra of the gateway (pip install 'legato[mp3]')"


def test_nothing_is_said_where_no_extra_would_help():
    assert lacking(None, ()) == ""
    assert lacking(AudioFormat(Encoding.WAV, 24_000), ()) == ""
    assert lacking(OPUS, None) == ""
