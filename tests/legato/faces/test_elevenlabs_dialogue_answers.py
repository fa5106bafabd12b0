"""What clients are told in whole conversations is in `test_elevenlabs_dialogue.py`."""

import pytest

from legato.domain import replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits
from legato.faces.elevenlabs_alignment import Aligner, ContextClock, TimeBase
from legato.faces.elevenlabs_books import FINAL, UNKNOWN
from legato.faces.elevenlabs_dialogue_answers import DialogueAnswers
from legato.faces.elevenlabs_dialogue_book import DialogueBook, DialogueContext, DialogueTurn

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)


@pytest.fixture
def answers():
    """Answers to a client with one context, `a`, whose utterance `1` has begun."""
    book, context = DialogueBook(PCM), DialogueContext("a", "c1", 0, {}, turns=1)
    book.named["a"] = book.live["c1"] = context
    book.turns["1"] = DialogueTurn(context, Aligner(24_000, next(iter(TimeBase)), ContextClock()))
    built = DialogueAnswers(book)
    assert built.told(replies.Opened("s", PCM, StreamLimits())) == ()
    return built


def kinds(told):
    return [sorted(message) for message in told]


def test_a_context_that_is_closed_ends_with_its_last_utterance(answers):
    answers._book.live["c1"].is_closed = True
    told = answers.told(replies.UtteranceFinished("1", Receipt()))
    assert kinds(told)[-2:] == [["context_id", "is_final_audio_for_turn"], ["context_id", "is_final"]]
    assert answers.told(replies.Pong(FINAL + "c1")) == (), "it is told once"


def test_a_context_without_an_utterance_ends_when_it_is_asked_to(answers):
    assert answers.told(replies.Pong(FINAL + "c1")) == ({"is_final": True, "context_id": "a"},)


def test_a_failure_ends_its_context_alone(answers):
    told = answers.told(replies.UtteranceFailed("1", SpeechError(Reason.VENDOR_LOST, "why"), "", Receipt()))
    assert told[-1] == {"is_final": True, "context_id": "a"}
    assert (answers.failed, "a" in answers._book.broken) == (None, True)


def test_an_error_about_a_context_that_does_not_exist_ends_it(answers):
    error = SpeechError(Reason.BAD_FRAME, "why", utterance_id=UNKNOWN + "b")
    told = answers.told(replies.StreamError(error))
    assert told[-1] == {"is_final": True, "context_id": "b"}
    assert "b" in answers._book.broken


def test_an_error_of_the_stream_is_kept_for_the_farewell(answers):
    error = SpeechError(Reason.SHUTTING_DOWN, "why")
    answers.told(replies.StreamError(error))
    assert answers.failed is error


def test_nothing_is_told_of_an_utterance_that_is_not_known(answers):
    assert answers.told(replies.UtteranceFinished("2", Receipt())) == ()


def test_a_context_that_has_failed_is_told_once(answers):
    """The client's own `is_final` for a context ends it: what comes behind would be of one that it does not know."""
    book = answers._book
    book.turns["2"] = DialogueTurn(book.live["c1"], book.turns["1"].aligner)
    error = SpeechError(Reason.VENDOR_LOST, "why")
    assert answers.told(replies.UtteranceFailed("1", error, "", Receipt()))
    assert answers.told(replies.UtteranceFailed("2", error, "", Receipt())) == ()
    assert book.turns == {}


def test_whatever_refuses_a_stream_that_is_not_open_is_kept_for_the_farewell():
    answers, error = DialogueAnswers(DialogueBook()), SpeechError(Reason.BAD_FRAME, "why")
    answers.told(replies.StreamError(error))
    assert answers.failed is error


def test_the_answer_to_a_ping_of_another_kind_is_not_told(answers):
    assert answers.told(replies.Pong("c1")) == ()
