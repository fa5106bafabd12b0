import pytest

from legato.domain import events
from legato.faces.elevenlabs_alignment import Aligner, ContextClock, TimeBase
from legato.faces.elevenlabs_dialogue_book import MOST_TURNS, DialogueBook, DialogueContext, DialogueTurn


def book_with(*utterances, name="a"):
    """A context whose utterances have begun, as far as there is room."""
    book, context = DialogueBook(), DialogueContext(name, "c1", 0, {})
    book.named[name] = book.live[context.serial] = context
    for utterance_id in utterances:
        book.turns[utterance_id] = DialogueTurn(
            context, Aligner(24_000, next(iter(TimeBase)), ContextClock())
        )
        book.waiting.passed([events.Begin(utterance_id, 0)])
    return book, context


def test_an_utterance_that_ends_makes_room_for_the_next():
    names = [str(number) for number in range(MOST_TURNS + 1)]
    book, _ = book_with(*names)
    assert book.waiting.due() == []
    book.end("0")
    assert "0" not in book.turns
    assert [event.utterance_id for event in book.waiting.due()] == [names[-1]]


def test_what_a_failed_context_had_to_say_is_dropped_and_what_waits_forgotten():
    names = [str(number) for number in range(MOST_TURNS + 1)]
    book, context = book_with(*names)
    book.drop(context)
    assert book.named == {}
    assert "a" in book.broken
    assert book.dropped == names[:-1], "the last was never told to the session: there is nothing to cancel"
    assert names[-1] not in book.turns


@pytest.mark.parametrize("another", [True, False], ids=["named anew", "closed"])
def test_a_context_whose_name_is_no_longer_its_own_does_not_break_the_name(another):
    book, context = book_with("1")
    del book.named["a"]
    if another:
        book.named["a"] = DialogueContext("a", "c2", 1, {})
    book.drop(context)
    assert ("a" in book.named, "a" in book.broken) == (another, False)
    assert book.dropped == ["1"]


def test_what_other_contexts_have_to_say_is_not_dropped_with_one_that_failed():
    book, context = book_with("1")
    other = DialogueContext("b", "c2", 1, {})
    book.turns["2"] = DialogueTurn(other, Aligner(24_000, next(iter(TimeBase)), ContextClock()))
    book.drop(context)
    assert book.dropped == ["1"]
