import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.engines.long_words import MOST_DOTTED, MOST_WORD, cuts, eased

LONG = "Donaudampfschifffahrtsgesellschaftskapit\u00e4n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nothing here is long, e.g. in the U.S.A. at 3 p.m.",
        LONG,
        "-".join([LONG] * 5),
        "\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002" * 30,
        "A. B. C. D. E. F. G. H. I. J. K. L. M. N. O. P",
        "One. Two. Three. " * 20,
        "v1.10.22.13",
        "w" * MOST_WORD,
        "a." * MOST_DOTTED,
    ],
)
def test_what_people_write_stays_whole(text):
    assert cuts(text) == []
    assert eased(text) == text


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("so " + "w" * 150, [67, 131]),
        ("w" * 65 + " " + "w" * 65, [64, 130]),
        ("x. " * 40, [47, 95]),
        ("a." * 20, [32]),
        ("." * 40, [16, 32]),
        ("\u0905\u093f.,-" * 20, [78]),
    ],
)
def test_what_is_too_long_is_cut(text, places):
    assert cuts(text) == places


def test_a_cut_is_a_blank():
    assert eased("a." * 20) == "a." * 16 + " " + "a." * 4


@given(st.text(alphabet="ab\u0448'. -,", max_size=400))
def test_nothing_that_overflows_is_left_and_nothing_is_lost(text):
    pieces = eased(text)
    assert pieces.replace(" ", "") == text.replace(" ", "")
    assert max(map(len, pieces.replace("-", " ").split()), default=0) <= MOST_WORD
    assert cuts(text) == sorted(set(cuts(text)))
