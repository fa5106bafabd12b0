"""What written words sound like, roughly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.core.word_sounds import Sound, is_odd, sounds_of


def names(word, most_missing=0.45):
    return " ".join(sound.name for sound, missing in sounds_of(word) if missing <= most_missing)


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("she", "HUSH E"),
        ("success,", "HISS U THROAT E HISS"),
        ("city", "HISS I TONGUE I"),
        ("nation", "NASAL A HUSH E NASAL"),
        ("night", "NASAL I TONGUE"),
        ("wishing", "GLIDE I HUSH I NASAL"),
        ("queen", "THROAT GLIDE E NASAL"),
        ("box", "LIPS O THROAT HISS"),
        ("schön", "HUSH E NASAL"),
        ("yes", "RHOTIC E HISS"),
        ("beauty", "LIPS E TONGUE I"),
    ],
)
def test_letters_that_stand_for_one_sound_are_one(word, sounds):
    assert names(word) == sounds


def test_a_final_e_is_mostly_silent_but_not_where_it_is_the_only_vowel():
    assert names("tape") == "TONGUE A LIPS"
    assert (Sound.E, 0.7) in sounds_of("tape")
    assert (Sound.E, 0.5) in sounds_of("loved")
    assert names("be") == "LIPS E"


def test_capitals_are_named_and_figures_read():
    assert names("HTTP") == "E HUSH TONGUE I TONGUE I LIPS I"
    assert names("UFO") == "U E BREATH O"
    assert names("XY") == "E THROAT HISS GLIDE A I"
    assert names("Ctrl").startswith("THROAT I TONGUE I")
    assert names("7") == "HISS E BREATH E NASAL"
    assert len(sounds_of("42")) == len(sounds_of("4")) + len(sounds_of("2")) + 6
    assert names("PARIS") == names("paris")
    assert names("GitHub") == "THROAT I TONGUE ASPIRATE U LIPS"


@pytest.mark.parametrize("word", ["4512", "$5", "HTTP", "gRPC", "Ctrl", "a@b"])
def test_what_may_be_read_in_several_ways_is_odd(word):
    assert is_odd(word)


@pytest.mark.parametrize("word", ["Paris", "a", "l'eau", "well-known", "schön.", "слово"])
def test_plain_words_are_not(word):
    assert not is_odd(word)


@given(st.text(max_size=30))
def test_every_word_has_sounds(word):
    sounds = sounds_of(word)
    assert sounds
    assert all(isinstance(sound, Sound) and 0 <= missing < 1 for sound, missing in sounds)
