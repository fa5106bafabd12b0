import pytest

from gateway.engines.ipa import MOST_CHARS, in_inventory, narrowed

ENGLISH = set(
    "pbtdk\u0261mn\u014bfv\u03b8\u00f0sz\u0283\u0292hl\u0279jw i\u026ae\u025b\u00e6a\u0251\u0254o\u028au\u028c\u0259\u025c\u02c8\u02cc\u02d0y\u0281"
)


@pytest.mark.parametrize(
    ("written", "narrow"),
    [
        ("\u0283\u026a\u02c8v\u0254\u02d0n", "\u0283\u026av\u02c8\u0254\u02d0n"),
        ("/\u02c8si\u02d0.kw\u0259l/", "s\u02c8i\u02d0kw\u0259l"),
        ("[d\u0361\u0292\u026af]", "d\u0292\u026af"),
        ("\u02a7\u026ap", "t\u0283\u026ap"),
        ("g\u025dl", "\u0261\u025c\u02d0l"),
        ("'str\u00e6p:", "str\u02c8\u00e6p\u02d0"),
        ("  a   b ", "a b"),
        ("", ""),
        ("x" * (MOST_CHARS + 1), ""),
        ("\u02a6" * (MOST_CHARS // 2), "ts" * (MOST_CHARS // 2)),
        ("\u02a6" * (MOST_CHARS // 2 + 1), ""),
    ],
)
def test_one_way_of_writing(written, narrow):
    assert narrowed(written) == narrow


@pytest.mark.parametrize(
    ("ipa", "language", "phonemes"),
    [
        ("k\u0259\u02c8ro\u028an\u0259", "en-US", "k\u0259\u0279\u02c8o\u028an\u0259"),
        ("\u02c8n\u0259\u028a", "en-GB", "n\u02c8o\u028a"),
        ("\u0281y", "fr", "\u0281y"),
        ("\u0281y", "en-US", None),
        ("\u0273a", "fr", None),
        ("", "en", None),
    ],
)
def test_a_voice_says_what_it_has_all_sounds_of(ipa, language, phonemes):
    assert in_inventory(ipa, ENGLISH, language) == phonemes
