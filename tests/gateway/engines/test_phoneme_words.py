import pytest

from gateway.engines.phoneme_words import assign, written_words

ALONE = {
    "one": "wˈʌn", "of": "ˈʌv", "the": "ðˈə", "best": "bˈɛst", "25": "twˈɛnti fˈaɪv", "cats": "kˈæts", "a": "ˈeɪ",
    "new": "nˈuː", "so": "sˈoʊ", "mm": "",
}  # fmt: skip


def phonemise(word):
    return [list(ALONE[word])]


def heard(text, *sentences):
    rows = [list(sentence) for sentence in sentences]
    words = assign(text, rows, phonemise)
    return [
        (text[word.start : word.end], "".join(rows[word.sentence][word.first : word.last])) for word in words
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One, two.", ["One", "two"]),
        ("(really) don't 'quote' state-of-the-art", ["really", "don't", "quote", "state-of-the-art"]),
        ("— … !", []),
        ("Größe 世界 $25.50", ["Größe", "世界", "25.50"]),
    ],
)
def test_written_words_are_without_their_marks(text, words):
    assert [text[start:end] for start, end in written_words(text)] == words


def test_as_many_words_heard_as_written_are_the_same_words():
    assert heard("one new best", "wˌʌn nuː bˈɛst.") == [("one", "wˌʌn"), ("new", "nuː"), ("best", "bˈɛst")]


def test_words_spoken_as_one_are_parted():
    assert heard("one of the best", "wˈʌn ʌvðə bˈɛst.") == [
        ("one", "wˈʌn"),
        ("of", "ʌv"),
        ("the", "ðə"),
        ("best", "bˈɛst"),
    ]


def test_a_figure_read_as_two_words_stays_one():
    assert heard("25 cats", "twˈɛnti fˈaɪv kˈæts.") == [("25", "twˈɛnti fˈaɪv"), ("cats", "kˈæts")]


def test_a_figure_is_not_taken_for_a_word_because_the_count_is_right():
    # Three written, three spoken: but "of the" is one of them and "25" two.
    assert heard("of the 25", "ʌvðə twˈɛnti fˈaɪv.") == [("of", "ʌv"), ("the", "ðə"), ("25", "twˈɛnti fˈaɪv")]


def test_a_word_that_sounds_otherwise_in_its_sentence_has_what_lies_between():
    assert heard("so a new one of the", "sˈoʊ ɐ nˈuː wˌʌn ʌvðə.") == [
        ("so", "sˈoʊ"),
        ("a", "ɐ"),
        ("new", "nˈuː"),
        ("one", "wˌʌn"),
        ("of", "ʌv"),
        ("the", "ðə"),
    ]


def test_words_do_not_reach_into_the_next_sentence():
    assert heard("so 25. new", "sˈoʊ twˈɛnti fˈaɪv.", "nˈuː.") == [
        ("so", "sˈoʊ"),
        ("25", "twˈɛnti fˈaɪv"),
        ("new", "nˈuː"),
    ]


def test_a_word_without_a_sound_is_left_out():
    assert heard("mm of the cats", "ʌvðə kˈæts.") == [("of", "ʌv"), ("the", "ðə"), ("cats", "kˈæts")]


@pytest.mark.parametrize(("text", "sentences"), [("", []), ("...", [["."]]), ("one", []), ("one", [["."]])])
def test_silence_has_no_words(text, sentences):
    assert assign(text, sentences, phonemise) == []
