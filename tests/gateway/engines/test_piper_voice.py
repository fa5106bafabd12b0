import numpy as np
import pytest

from gateway.engines.piper_voice import PiperVoice
from gateway.engines.voice import Manner, Sound, SpokenWords, UnknownVoiceError
from legato.domain.text import Pronunciation

pytestmark = pytest.mark.voice
TEXT = "One of the best ships in the world left the harbour at 25 knots."


def spans(text, spoken):
    return [text[word.start : word.end] for word in spoken.words]


def level(spoken):
    samples = np.frombuffer(b"".join(spoken.sounds), "<i2").astype(float)
    return float(np.sqrt(np.mean(samples**2)))


def test_it_says_what_it_is(joe):
    assert (joe.name, joe.sample_rate_hz, joe.languages) == ("joe", 22_050, ("en-US",))


def test_sound_comes_in_pieces_a_short_one_first(joe, say):
    spoken = say(joe, TEXT)
    assert isinstance(spoken.pieces[0], Sound)
    lengths = [len(data) // 2 for data in spoken.sounds]
    assert lengths[0] == 16 * 256
    assert lengths[:-1] == sorted(lengths[:-1])
    assert spoken.samples > 2 * 22_050


def test_every_word_has_its_time(joe, say):
    spoken = say(joe, TEXT)
    assert spans(TEXT, spoken) == TEXT.rstrip(".").split(" ")
    edges = [edge for word in spoken.words for edge in (word.start_sample, word.end_sample)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= spoken.samples


def test_a_word_is_where_its_sound_is(joe, say):
    # The comma's pause lies between the two words that the times name.
    spoken = say(joe, "Yes, no.")
    samples = np.abs(np.frombuffer(b"".join(spoken.sounds), "<i2").astype(int))
    yes, no = spoken.words
    loudness = [samples[word.start_sample : word.end_sample].mean() for word in (yes, no)]
    rest = np.concatenate([samples[: yes.start_sample], samples[no.end_sample :]]).mean()
    assert min(loudness) > 3 * rest


def test_several_sentences_go_on_counting(joe, say):
    text = "Dr. Smith said so. A new one!"
    spoken = say(joe, text)
    assert spans(text, spoken) == ["Dr", "Smith", "said", "so", "A", "new", "one"]
    onsets = [word.start_sample for word in spoken.words]
    assert onsets == sorted(onsets)
    assert spoken.words[-1].end_sample <= spoken.samples


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_to_say_gives_nothing(joe, say, text):
    assert say(joe, text).pieces == []


@pytest.mark.parametrize("word", ["a." * 200, "s'" * 70])
def test_no_word_overflows_the_buffers_of_the_phonemiser(joe, say, word):
    """Each of these ended the process, and with it what everybody else was hearing."""
    assert say(joe, f"Before {word}", enough=1).samples


def test_it_stops_when_no_more_is_wanted(joe, say):
    assert len(say(joe, TEXT, enough=1).pieces) == 1
    stopped = say(joe, TEXT, enough=2)
    assert isinstance(stopped.pieces[-1], SpokenWords)
    assert len(stopped.pieces) == 2


def test_it_can_be_left_between_two_pieces(joe):
    steps = joe.speak(TEXT, Manner(), lambda _: True)
    next(steps)
    steps.close()


def test_speed_and_volume(joe, say):
    usual, fast, soft = (
        say(joe, TEXT, manner) for manner in (Manner(), Manner(speed=1.6), Manner(volume=-12))
    )
    assert fast.samples < 0.8 * usual.samples  # the voice draws its lengths anew each time
    assert level(soft) == pytest.approx(level(usual) / 4, rel=0.2)


def test_too_loud_is_clipped_and_does_not_wrap(joe, say):
    loud = np.frombuffer(b"".join(say(joe, "Stop!", Manner(volume=40)).sounds), "<i2")
    assert loud.max() == 32767
    assert loud.min() == -32767


@pytest.mark.parametrize("language", ["", "en", "en-GB", "EN-us"])
def test_any_english_is_its_own(joe, say, language):
    assert say(joe, "No.", Manner(language=language)).samples


def test_another_language_is_refused_by_name(joe, say):
    with pytest.raises(UnknownVoiceError, match="speaks en-US, not 'de'"):
        say(joe, "Nein.", Manner(language="de"))


def test_a_directory_without_a_voice_is_said_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        PiperVoice(tmp_path)


def test_a_pronunciation_is_followed_and_every_word_has_its_time(joe, say):
    text = "I say Siobhan now, and [[so]] on."
    pronounced = (Pronunciation(6, 13, "\u0283\u026a\u02c8v\u0254\u02d0n"),)
    spoken = say(joe, text, Manner(pronunciations=pronounced))
    usual = say(joe, text)
    assert b"".join(spoken.sounds) != b"".join(usual.sounds)
    assert spans(text, spoken) == spans(text, usual) == ["I", "say", "Siobhan", "now", "and", "so", "on"]
    onsets = [word.start_sample for word in spoken.words]
    assert onsets == sorted(onsets)


def test_phonemes_that_the_voice_has_not_are_left_out(joe):
    manner = Manner(
        pronunciations=(Pronunciation(0, 1, "\u0281\u00f8"), Pronunciation(2, 3, "\u02c8bi\u02d0"))
    )
    assert [one.ipa for one in joe._pronounced(manner)] == ["b\u02c8i\u02d0"]
