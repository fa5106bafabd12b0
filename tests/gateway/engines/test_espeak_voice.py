import threading

import numpy as np
import pytest

from gateway.engines.voice import Manner, Sound, UnknownVoiceError
from legato.domain.delivery import Emphasis, Stress
from legato.domain.text import Pronunciation

pytestmark = pytest.mark.voice
OVERFLOWING = [
    ("en-us", "a." * 400),
    ("ru", "\u0448." * 400),
    ("en-us", "s'" * 300),
    ("fr", "'s" * 300),
    ("en-us", "ness" * 75),
    ("en", "edly" * 100),
    ("de", "un" * 300),
]
"""A language, and a word in it."""


def written(text, spoken):
    return [text[word.start : word.end] for word in spoken.words]


def test_it_says_what_it_is(espeak):
    assert (espeak.name, espeak.sample_rate_hz) == ("espeak", 22_050)
    assert espeak.languages[0] == "en-us"
    assert len(set(espeak.languages)) == len(espeak.languages) > 100


def test_every_language_speaks(espeak, say):
    silent = [tag for tag in espeak.languages if not say(espeak, "1 2", Manner(language=tag)).samples]
    assert silent == []


@pytest.mark.parametrize("many", OVERFLOWING)
def test_no_word_overflows_the_buffers_of_the_library(espeak, say, many):
    """Each of these ended the process, and with it what everybody else was hearing."""
    language, word = many
    text = f"Before {word} after."
    spoken = say(espeak, text, Manner(language=language))
    assert written(text, spoken)[0] == "Before"
    assert text[: spoken.words[-1].end].endswith("after")


def test_a_cut_word_sounds_without_a_pause(espeak, say):
    word = "ha" * 80
    alone = say(espeak, word)
    assert len(alone.words) == 3
    assert say(espeak, f"{word}.").samples == pytest.approx(alone.samples, rel=0.01)


def test_first_sound_is_a_short_piece_and_later_ones_grow(espeak, say):
    spoken = say(espeak, "The quick brown fox jumps over the lazy dog near the old river bank.")
    assert isinstance(spoken.pieces[0], Sound)
    lengths = list(map(len, spoken.sounds))
    assert lengths[0] < 6_000
    assert max(lengths) < 30_000
    assert len(lengths) < 14


def test_word_times_are_whole_and_in_order(espeak, say):
    text = "Die Größe des Hauses, Käthe. Zweiter Satz mit 25 Wörtern!"
    spoken = say(espeak, text, Manner(language="de-DE"))
    assert written(text, spoken) == [
        "Die", "Größe", "des", "Hauses", "Käthe", "Zweiter", "Satz", "mit", "25", "Wörtern",
    ]  # fmt: skip
    edges = [edge for word in spoken.words for edge in (word.start_sample, word.end_sample)]
    assert edges == sorted(edges)
    assert edges[-1] <= spoken.samples


def test_a_word_is_where_its_sound_is(espeak, say):
    spoken = say(espeak, "Tick, tock.")
    samples = np.abs(np.frombuffer(b"".join(spoken.sounds), "<i2").astype(int))
    tick, tock = spoken.words
    assert samples[tick.end_sample + 10 : tock.start_sample].max() < 40  # the comma's pause
    assert samples[tick.start_sample : tick.end_sample].max() > 1_000
    assert samples[tock.start_sample : tock.end_sample].max() > 1_000


def test_words_that_are_read_as_one_share_their_time(espeak, say):
    text = "And there are more."
    assert written(text, say(espeak, text)) == ["And", "there are", "more"]


def test_a_language_without_spaces_has_its_words(espeak, say):
    text = "你好世界，我是程序员。"
    words = written(text, say(espeak, text, Manner(language="zh")))
    assert "".join(words) == text.replace("，", "").replace("。", "")
    assert len(words) > 4


def test_characters_beyond_the_first_plane_count_as_one(espeak, say):
    text = "🙂🙂 then words"
    assert written(text, say(espeak, text))[-2:] == ["then", "words"]


def test_a_long_text_is_spoken_in_bounded_steps(espeak):
    sentence = "This is a sentence of some length, and others follow after it. "
    text, samples, words, steps = sentence * 20, 0, [], []

    def take(piece):
        nonlocal samples
        if isinstance(piece, Sound):
            samples += len(piece.data) // 2
        else:
            words.extend(piece.words)
        return True

    steps.extend(samples for _ in espeak.speak(text, Manner(), take))
    assert len(steps) > 5
    assert [text[word.start : word.end] for word in words] == [part.strip(".,") for part in text.split()]
    onsets = [word.start_sample for word in words]
    assert onsets == sorted(onsets)
    assert onsets[-1] < samples
    assert steps == sorted(set(steps))
    assert steps[-1] < samples


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_to_say_gives_nothing(espeak, say, text):
    assert say(espeak, text).pieces == []


@pytest.mark.parametrize("enough", [1, 2, 3])
def test_it_stops_when_no_more_is_wanted(espeak, say, enough):
    assert len(say(espeak, "One two three four five six seven. " * 20, enough=enough).pieces) == enough


@pytest.mark.parametrize(
    ("manner", "identifier"),
    [
        (Manner(), "gmw/en-US"),
        (Manner(language="en"), "gmw/en"),
        (Manner(language="en-AU"), "gmw/en"),
        (Manner(language="de_AT"), "gmw/de"),
        (Manner(language="pt-BR"), "roa/pt-BR"),
        (Manner(language="zh"), "sit/cmn"),
        (Manner(voice="espeak", language="fr"), "roa/fr"),
        (Manner(voice="it", language="fr"), "roa/it"),
        (Manner(voice="en-us+f3"), "gmw/en-US+f3"),
        (Manner(voice="German"), "gmw/de"),
        (Manner(voice="gmw/de+m2"), "gmw/de+m2"),
    ],
)
def test_voices_are_found_by_name_or_language(espeak, manner, identifier):
    assert espeak._identifier(manner) == identifier


@pytest.mark.parametrize(
    "manner", [Manner(language="xx"), Manner(voice="nobody"), Manner(voice="en-us+nobody/x")]
)
def test_an_unknown_one_is_refused_by_name(espeak, say, manner):
    with pytest.raises(UnknownVoiceError, match=r"xx|nobody"):
        say(espeak, "a", manner)


def test_speed_pitch_and_volume(espeak, say):
    text = "One two three four."
    usual = say(espeak, text)
    assert say(espeak, text, Manner(speed=2.0)).samples < 0.6 * usual.samples
    own = pitch(say(espeak, "mama mama"))
    assert pitch(say(espeak, "mama mama", Manner(pitch=4))) == pytest.approx(own * 2 ** (4 / 12), rel=0.1)
    assert pitch(say(espeak, "mama mama", Manner(pitch=-4))) == pytest.approx(own * 2 ** (-4 / 12), rel=0.1)
    soft = say(espeak, text, Manner(volume=-20))
    assert loudest(soft) == pytest.approx(loudest(usual) / 10, rel=0.2)


def loudest(spoken):
    return int(np.abs(np.frombuffer(b"".join(spoken.sounds), "<i2").astype(int)).max())


def pitch(spoken):
    samples = np.frombuffer(b"".join(spoken.sounds), "<i2").astype(float)
    middle = samples[len(samples) // 3 : len(samples) // 3 + 4096]
    likeness = np.correlate(middle, middle, "full")[len(middle) - 1 :]
    lags = np.arange(22_050 // 200, 22_050 // 50)
    strong = lags[likeness[lags] > 0.8 * likeness[lags].max()]
    return 22_050 / (strong[0] + int(np.argmax(likeness[strong[0] : strong[0] + 10])))


def test_threads_take_turns(espeak, say):
    text = "One two three four five six seven eight nine ten."
    alone = say(espeak, text)
    results = []

    def speak():
        results.append(say(espeak, text))

    threads = [threading.Thread(target=speak) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [written(text, spoken) for spoken in results] == [written(text, alone)] * 4
    assert all(abs(spoken.samples - alone.samples) < 500 for spoken in results)


def alike(one, other):
    """The library adds a little noise and a few samples of its own each time."""
    return abs(one.samples - other.samples) < 60


def test_a_pronunciation_is_followed_and_words_keep_their_places(espeak, say):
    text = "I say tomato now, and so on."
    usual = say(espeak, text)
    spoken = say(espeak, text, Manner(pronunciations=(Pronunciation(6, 12, "\u02c8ti\u02d0"),)))
    assert spoken.samples < usual.samples - 1_000
    assert written(text, spoken) == written(text, usual)


def test_a_pronunciation_that_the_voice_has_not_is_left_out(espeak, say):
    text = "I say tomato now."
    spoken = say(espeak, text, Manner(pronunciations=(Pronunciation(6, 12, "\u01c0\u01c1"),)))
    assert alike(spoken, say(espeak, text))


def test_a_stressed_run_sounds_otherwise_and_words_keep_their_places(espeak, say):
    text = (
        "It is a really big one. Then another sentence, which is so long that it is a step of its own. " * 3
    )
    usual = say(espeak, text)
    spoken = say(espeak, text, Manner(emphases=(Emphasis(8, 18, Stress.STRONG),)))
    assert spoken.samples > usual.samples + 500
    assert written(text, spoken) == written(text, usual)


def test_words_of_another_language_are_said_by_a_voice_of_it(espeak, say):
    usual, french = say(espeak, "Bonjour"), say(espeak, "Bonjour", Manner(language="fr"))
    assert not alike(usual, french)
    assert alike(say(espeak, "Bonjour", Manner(words_language="fr-FR")), french)
    assert alike(say(espeak, "Bonjour", Manner(words_language="xx")), usual)
    female = say(espeak, "Bonjour", Manner("+f2", words_language="fr"))
    assert alike(female, say(espeak, "Bonjour", Manner("+f2", "fr")))
