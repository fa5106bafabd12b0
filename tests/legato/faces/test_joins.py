import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.faces.joins import Joiner


def joined(*pieces):
    joiner = Joiner()
    return "".join(joiner.add(piece) for piece in pieces)


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        (["Hello there.", "How are you?", "Fine!"], "Hello there. How are you? Fine!"),
        (["So am I.", "And you?"], "So am I. And you?"),
        (['"Go."', '"Why?"'], '"Go." "Why?"'),
        (["It was 1999.", "Then it was 2000."], "It was 1999. Then it was 2000."),
        (["In all.", "7 came."], "In all. 7 came."),
        (["I think so.", "I", " do"], "I think so. I do"),
        (["Hello there. ", "How"], "Hello there. How"),
        (["Hello there.", " How"], "Hello there. How"),
    ],
)
def test_a_sentence_that_follows_a_sentence_has_its_space(pieces, whole):
    assert joined(*pieces) == whole


@pytest.mark.parametrize(
    "pieces",
    [
        ["It is 3.", "14"],
        ["example.", "com"],
        ["the U.", "S.", " army"],
        ["J.", "R", ".", "R", "."],
        ["Hel", "lo", "."],
        ["wait", "...", "what"],
        ['He said "Yes.', '" and left'],
        ["", "A", "", "B"],
    ],
)
def test_tokens_stay_as_they_are(pieces):
    assert joined(*pieces) == "".join(pieces)


@given(st.lists(st.text(max_size=20), max_size=8))
def test_nothing_but_spaces_is_added(pieces):
    assert joined(*pieces).replace(" ", "") == "".join(pieces).replace(" ", "")
