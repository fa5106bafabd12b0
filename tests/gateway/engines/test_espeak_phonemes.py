import pytest

from gateway.engines.espeak_library import EspeakError, espeak_library
from gateway.engines.espeak_phonemes import mnemonics

pytestmark = pytest.mark.voice


@pytest.mark.parametrize(
    ("voice", "ipa", "written"),
    [
        ("gmw/en-US", "\u0283\u026a\u02c8v\u0254\u02d0n", "SIv'O:n"),
        ("gmw/en-US", "t\u0259\u02c8me\u026ato\u028a", "t@m'eItoU"),
        ("gmw/en-US", "b\u0281\u0254\u0303", "brO~"),
        ("gmw/de", "\u02c8\u0283t\u0281a\u02d0s\u0259", "Str'a:s@"),
        ("roa/fr", "b\u0254\u0303\u0292u\u0281", "bO~Zur"),
        ("roa/es", "\u02c8pero", "p'eRo"),
        ("gmw/en-US", "\u01c0a", None),
        ("gmw/en-US", "]] k", "k"),
        ("gmw/en-US", "", None),
    ],
)
def test_a_pronunciation_in_the_voices_own_phonemes(voice, ipa, written):
    assert mnemonics(voice, ipa) == written


def test_what_is_written_sounds_as_asked():
    written = mnemonics("gmw/en-US", "\u0283\u026a\u02c8v\u0254\u02d0n")
    assert espeak_library().phonemes("gmw/en-US", f"[[{written}]]") == "\u0283\u026av\u02c8\u0254\u02d0n"


def test_there_must_be_such_a_voice():
    with pytest.raises(EspeakError, match="no voice 'nobody'"):
        mnemonics("nobody", "a")
