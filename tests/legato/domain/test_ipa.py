import pytest

from legato.domain.ipa import sounds_of, tied, untied


@pytest.mark.parametrize(
    ("sound", "joined"),
    [
        ("m", "m"),
        ("tʃ", "t͡ʃ"),
        ("t͡ʃ", "t͡ʃ"),
        ("t͜ʃ", "t͡ʃ"),
        ("ˈtʃ", "ˈt͡ʃ"),
        ("ˈ", "ˈ"),
        ("tʰ", "tʰ"),
        ("ɑ̃ː", "ɑ̃ː"),
        ("aːɪ", "aː͡ɪ"),
    ],
)
def test_the_signs_of_a_sound_are_tied_once(sound, joined):
    assert tied(sound) == joined
    assert tied(joined) == joined


@pytest.mark.parametrize("sound", ["t͡ʃ", "t͜ʃ", "tʃ"])
def test_a_sound_can_be_untied(sound):
    assert untied(sound) == "tʃ"


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("mɛtˈfɔɹmɪn", ["m", "ɛ", "t", "ˈ", "f", "ɔ", "ɹ", "m", "ɪ", "n"]),
        ("tʃaɪː", ["tʃ", "aɪː"]),
        ("kʰæ.t͡s", ["kʰ", "æ", "t͡s"]),
    ],
)  # fmt: skip
def test_a_word_is_cut_into_its_sounds(word, sounds):
    assert sounds_of(word) == sounds
