import pytest

from legato.core.word_weights import pause_s, spread, word_s


def test_longer_words_take_longer_and_function_words_are_short():
    assert word_s("extraordinary") > word_s("order") > word_s("the") > 0


def test_a_word_that_comes_again_takes_as_long():
    long = "very" * 20
    for word in ("again", "the", long):
        assert word_s(word) == word_s(word) > 0
    assert word_s(long) > word_s(long[:16])


def test_wide_characters_take_their_own_time():
    assert word_s("你好") == 2 * word_s("你")


def test_the_strongest_mark_between_two_words_is_the_pause():
    assert pause_s(". ") > pause_s(", ") > pause_s(" ") == 0


def test_words_are_spread_in_order_with_pauses_between():
    text = "well, then. go"
    times = spread(text, [(0, 4), (6, 10), (12, 14)])
    assert times[0][0] == 0.0
    assert all(end > start for start, end in times)
    assert times[1][0] - times[0][1] == pytest.approx(pause_s(","))
    assert times[2][0] - times[1][1] == pytest.approx(pause_s("."))
    assert spread("", []) == []
