"""The signs a scanner stops at, and the caller's own marks."""

import pytest

from gateway.app.text_data import text_data
from legato.text.atoms import SpanKind
from legato.text.frontend import FrontEnd
from legato.text.openers import WAIT, Found
from legato.text.settings import TextSettings
from legato.text.signs import PROTECTED_CHARS, signs

PAIRS = (("[[", "]]"), ("{", "}"), ("\u27e6", "\u27e7"))


def heard(text: str, *, ssml: bool = False) -> str:
    told = []
    for chars in (1, 2, 5, len(text)):
        front = FrontEnd(text_data("en"), TextSettings(protected=PAIRS, ssml=ssml))
        found = [
            one for at in range(0, len(text), chars) for one in front.feed(text[at : at + chars])
        ] + front.end()
        assert "".join(one.raw for one in found) == text
        told.append([one.spoken for one in found])
    assert all(one == told[0] for one in told)
    return " ".join(one.text for one in told[0] if one.text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Take [[**$5** at 3.5]] or $5.", "Take **$5** at 3.5 or five dollars."),
        ("Say {2 * 3}!", "Say 2 * 3!"),
        ("A \u27e6Dr. No. So?\u27e7 film.", "A Dr. No. So? film."),
        ("See [a [[*b*]] c](http://x.y) now", "See a *b* c now"),
        ("See [the *link*](http://x.y) now", "See the link now"),
        ("Open [[5 and no end", "Open [[five and no end"),
        ("A {line\nend} of it", "A line end of it"),
        ("[[ ]] 5", "five"),
    ],
)  # fmt: skip
def test_what_stands_between_the_callers_marks_is_spoken_as_it_is_written(text: str, said: str) -> None:
    assert heard(text) == said


def test_marks_work_in_ssml_too() -> None:
    assert heard("<speak>Say [[5 <b>]] now", ssml=True) == "Say 5 <b> now"


def test_a_mark_in_two_tokens_is_waited_for() -> None:
    opener = signs(markup=True, protected=PAIRS).openers["["]
    assert opener("[", 0, final=False) is WAIT
    assert opener("[[x", 0, final=False) is WAIT
    assert opener("[[x" + "y" * PROTECTED_CHARS, 0, final=False) != WAIT
    found = opener("[[x]]", 0, final=False)
    assert isinstance(found, Found)
    assert (found.kind, found.inner_start, found.inner_end) == (SpanKind.PROTECTED, 2, 3)


def test_without_marks_of_its_own_a_text_has_the_usual_signs() -> None:
    assert set(signs(markup=True).openers) == set("`$\\<[{~/")
    assert set(signs(markup=False).openers) == {"<", "/"}
    assert signs(markup=True) is signs(markup=True)
