"""R16: feet and inches written as marks, told from quotes."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a plank 8' long", "a plank eight feet long"),
        ("an 8' plank", "an eight foot plank"),
        ("1′ deep", "one foot deep"),
        ('24" wide', "twenty-four inches wide"),
        ('a 32" screen', "a thirty-two inch screen"),
        ('3/8" bolts', "three eighths inch bolts"),
        ('1/4" thick', "one quarter inch thick"),
        ('2 1/2" deep', "two and a half inches deep"),
        ('3 3/4"', "three and three quarters inches"),
        ('5\' tall, 12" wide, 3" deep', "five feet tall, twelve inches wide, three inches deep"),
        ('"We counted to 12" and left', '"We counted to twelve" and left'),
        ('"About 1/2" he said', '"About one half" he said'),
        ("'about 9' he said", "'about nine' he said"),
        ("“top 5” list", "“top five” list"),
        ("80's and 5'x", "eighties and five'x"),
        ('a 27" 4K monitor', "a twenty-seven inch four K monitor"),
        ('two 8" pans', "two eight inch pans"),
        ('0.5-1" thick', "zero point five to one inches thick"),
    ],
)
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written) == spoken


def test_a_language_without_words_for_them_leaves_the_marks(say):
    assert say("5' lang", "de") == "fünf' lang"


@pytest.mark.parametrize("before", ['"We went ', "“a b ", "so 'they "])
def test_an_open_quote_is_not_cut(before, reader):
    assert not reader("en").may_cut(before)


def test_a_closed_quote_is_cut(reader):
    assert reader("en").may_cut('"We" came ')
    assert reader("en").may_cut("it's known ")
