import pytest

from gateway.app.text_data import text_data
from legato.text import sounds
from legato.text.frontend import FrontEnd
from legato.text.openers import WAIT
from legato.text.settings import TextSettings

MARKED = "I <<m|ɛ|t|f>> you, <<ˈ|dʒ|ə|m|ˈ|b|ə|l|aɪ|ə>>."


def segments(*tokens, ssml=False):
    front = FrontEnd(text_data("en"), TextSettings(ssml=ssml))
    found = []
    for token in tokens:
        found += front.feed(token)
    return [*found, *front.end()]


@pytest.mark.parametrize("ssml", [False, True])
@pytest.mark.parametrize("tokens", [(MARKED,), tuple(MARKED)])
def test_sounds_are_a_pronunciation_and_spelled_for_voices_that_take_none(tokens, ssml):
    (segment,) = segments(*tokens, ssml=ssml)
    for reading in (segment.spoken, segment.cleaned):
        assert reading.text == "I metf you, juhmbuhlyeuh."
        assert [one.ipa for one in reading.pronunciations] == ["mɛtf", "ˈd͡ʒəmˈbəla͡ɪə"]


@pytest.mark.parametrize("written", ["tʃ|ɪ|n", "t͡ʃ|ɪ|n", "t͜ʃ|ɪ|n"])
def test_a_sound_is_tied_once_however_it_was_written(written):
    assert sounds.read(written) == ("chin", "t͡ʃɪn")


@pytest.mark.parametrize(
    "text", ["<<bonjour>>", "1<<n|m>>k", "<<a|1>>", "<<a |b>>", "<< a|b>>", "<<" + "a|" * 50 + "b>>"]
)
def test_what_only_looks_like_sounds_is_text(text):
    assert sounds.mark(text, text.index("<"), final=False) is None


def test_a_mark_is_waited_for_while_it_may_come():
    whole = "<<m|ɛ|t|f>>"
    assert [sounds.mark(whole[:end], 0, final=False) for end in range(2, len(whole))] == [WAIT] * (
        len(whole) - 2
    )
    assert sounds.mark("<<m|ɛ", 0, final=True) is None


@pytest.mark.parametrize("ssml", [False, True])
@pytest.mark.parametrize("split", [list, lambda text: [text]])
@pytest.mark.parametrize(
    ("written", "said", "ipa"),
    [
        ("Take /mɛtˈfɔɹmɪn/.", "Take metfawrmin.", ["mɛtˈfɔɹmɪn"]),
        ("(/ʃɪp/, /ʃ/)", "(ship, sh)", ["ʃɪp", "ʃ"]),
        ("Go to /ˌnuː ˈjɔːk/!", "Go to noo yawk!", ["ˌnuː ˈjɔːk"]),
        ("Say /'mɛt.t͡sə:/!", "Say mettsuh!", ["ˈmɛt.t͡səː"]),
    ],
)
def test_ipa_between_slashes_is_a_pronunciation(split, ssml, written, said, ipa):
    (segment,) = segments(*split(written), ssml=ssml)
    assert segment.spoken.text.rstrip(".") == said.rstrip(".")
    assert [one.ipa for one in segment.spoken.pronunciations] == ipa


@pytest.mark.parametrize(
    "text",
    [
        "either/or", "a/ʃ/b", "/usr/bin/", "/help", "// ʃ/", "/ ʃ /", "/ʃ or not/", "/kæt/", "/ʃ",
        "/ʃ2/", "https://a.example/?q=/ʃ/", "https://a.example//ʃ/", "/" + "ʃ" * 61 + "/",
    ],
)  # fmt: skip
def test_what_only_looks_like_ipa_is_text(text):
    found = [sounds.slashed(text, at, final=True) for at, char in enumerate(text) if char == "/"]
    assert not any(found)


def test_a_slash_is_waited_for_while_ipa_may_follow():
    whole = "/ˌnuː ˈjɔːk/"
    assert {sounds.slashed(whole[:end], 0, final=False) for end in range(1, len(whole))} == {WAIT}
    assert sounds.slashed("/help ", 0, final=False) is None
    assert sounds.slashed("/usr/", 0, final=False) is None
    assert sounds.slashed("/" + "ʃ" * 61, 0, final=False) is None
    assert sounds.slashed("/ʃ", 0, final=True) is None
