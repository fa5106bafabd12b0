"""What was spoken before an idle moment decides how the text after it is read, and is not said again."""

import pytest

from gateway.app.text_data import text_data
from legato.text.carried import end_of, read_on
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("To list them run ls ", "run ls "),
        ("Visit example.", "example."),
        ("with npm i", "npm i"),
        ("Wait, e.g.", "e.g."),
        ("Stop!", ""),
        ("", ""),
    ],
)
def test_the_end_of_a_text_is_its_last_words(text: str, end: str) -> None:
    assert end_of(text) == end


@pytest.mark.parametrize(
    ("language", "carried", "text", "said"),
    [
        ("en", "run ls ", "-la now", "dash la now"),
        ("en", "run ls", " -la now", " dash la now"),
        ("en", "example.", "com now", " dot com now"),
        ("en", "a t", "ext.", "ext."),
        ("de", "das gi", "lt. Und 3 kg", "lt. Und drei Kilogramm"),
        ("de", "das gi ", "lt. Plan", "laut Plan"),
        ("en", "", "ext. 5", "extension five"),
    ],
)
def test_what_goes_on_is_read_with_what_was_said(language: str, carried: str, text: str, said: str) -> None:
    """R14: a switch lost its dash, and the rest of a word became a short form."""
    pieces = read_on(text_data(language).words.read, carried, text)
    assert "".join(piece.text for piece in pieces) == said
    assert [pieces[0].start, pieces[-1].end] == [0, len(text)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("To list, ls ", "-la there.", ["To list, ls", "dash la there."]),
        ("To list, ls", " -la there.", ["To list, ls", "dash la there."]),
        ("He is not in the t", "ext. Good.", ["He is not in the t", "ext. Good."]),
        ("It is here.\n##", " Title\nMore.", ["It is here.", "Title. More."]),
        ("It is **", "bold**.", ["It is", "bold."]),
        ("It is -", "5 degrees.", ["It is", "minus five degrees."]),
        ("Run:\n```", "sh\nls\n```\nDone.", ["Run:", "Done."]),
    ],
)
def test_a_long_pause_changes_no_words(before: str, after: str, said: list[str]) -> None:
    """R5 R14: a token that is a mark alone was spoken, and what followed it was read without it."""
    talk = FrontEnd(text_data("en"), TextSettings())
    found, served_ms = talk.feed(before), 0
    while (wait_ms := talk.idle_wait_ms) is not None and served_ms < wait_ms <= 3000:
        found, served_ms = found + talk.idle(wait_ms), wait_ms
    found += talk.feed(after) + talk.end()
    assert [segment.spoken.text for segment in found if segment.spoken.text] == said


def test_a_mark_that_nothing_follows_is_spoken_after_all() -> None:
    talk = FrontEnd(text_data("en"), TextSettings())
    talk.feed("#")
    assert talk.idle_wait_ms == 4000
    assert talk.idle(2000) == []
    assert [segment.spoken.text for segment in talk.idle(4000)] == ["pound"]
    assert talk.pending_chars == 0
