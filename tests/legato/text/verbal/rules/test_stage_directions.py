"""R15: what a model writes for voices that act is not said by one that does not."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "[laughs] That's great! [whispers] Listen.", " That's great!  Listen."),
        ("en", "Well [clears throat], no. [Sighs softly] Go.", "Well , no.  Go."),
        ("de", "[excited] Ja!", " Ja!"),
        ("en", "[sic] and [name] and [sad](x)", "[sic] and [name] and [sad](x)"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


def test_a_direction_is_not_cut_in_two(reader):
    assert not reader("en").may_cut("Well [clears ")
    assert reader("en").may_cut("Well [clears throat] now ")
