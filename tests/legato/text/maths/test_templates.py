import pytest

from legato.text.maths.templates import Part, compiled


def test_words_slots_and_pauses():
    assert compiled("{a}, all over {b:group}") == (
        Part(slot="a"),
        Part(pause=","),
        Part(words="all over"),
        Part(slot="b", modifier="group"),
    )


@pytest.mark.parametrize("text", ["a_b", "{a} $ {b}", "\\alpha"])
def test_no_sign_of_latex_is_said(text):
    with pytest.raises(ValueError, match="LaTeX markup"):
        compiled(text)


def test_nothing_is_a_template_too():
    assert compiled("") == ()
    assert compiled(" , ") == (Part(pause=","),)


@pytest.mark.parametrize("text", ["{a} {a}", "{a:loudly}"])
def test_what_cannot_be_said_is_refused(text):
    with pytest.raises(ValueError, match="slot"):
        compiled(text)
