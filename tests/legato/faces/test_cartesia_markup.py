import pytest

from legato.faces.cartesia_markup import SpellMarks, unmarked

MARKED = "Bob, spelled <spell>Bob</spell>, at <spell>(123) 456-78</spell>."
SAID = "Bob, spelled B O B, at 1 2 3, 4 5 6, 7 8."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MARKED, SAID),
        ("<SPELL >a@b.c</Spell>", "A @ B, C"),
        ("code<spell>AB</spell>now", "code A B now"),
        ("<spell></spell>none", " none"),
        ("<spell>AB", "AB"),
        ("AB</spell>", "AB"),
        ("a <spelling> of 3 < 5 <s", "a <spelling> of 3 < 5 <s"),
        ("<spell>" + "x" * 500 + "</spell>", "x" * 500),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_marks_are_spelled_and_never_read(text, said):
    assert unmarked(text) == said


def test_a_mark_may_be_cut_anywhere():
    for cut in range(len(MARKED)):
        marks = SpellMarks()
        assert marks.feed(MARKED[:cut]) + marks.feed(MARKED[cut:]) + marks.rest() == SAID
    marks = SpellMarks()
    assert "".join(map(marks.feed, MARKED)) + marks.rest() == SAID


def test_what_is_no_mark_is_held_no_longer_than_it_may_become_one():
    marks = SpellMarks()
    assert marks.feed("3 <") == "3 "
    assert marks.feed(" 5") == "< 5"
    assert marks.feed("a <spell>" + "x" * 300) == "a "
    assert marks.feed("y" * 200) == "x" * 300 + "y" * 200
