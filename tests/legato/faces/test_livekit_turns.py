from legato.domain.replies import WordMethod, WordSpoken
from legato.domain.speech import UtteranceOptions
from legato.faces.livekit_requests import Manner
from legato.faces.livekit_turns import Part, Turn, turn_name


def manner(*, words=True, adds_spaces=False):
    return Manner("joe", "", UtteranceOptions(words=words), adds_spaces)


def word(text, at):
    return WordSpoken("1.1", text, 0, 0, at, at + len(text), WordMethod.VENDOR)


def test_a_turn_names_its_utterances_and_knows_the_one_that_gets_text():
    turn = Turn("7")
    assert turn.part is None
    first, second = turn.begin(manner()), turn.begin(manner())
    assert (first, second) == ("7.1", "7.2")
    assert turn_name(first) == turn_name("7") == "7"
    assert turn.part is turn.parts[second]
    del turn.parts[second]
    assert turn.part is None


def test_a_turn_is_over_when_it_was_flushed_and_all_of_it_has_ended():
    turn = Turn("1")
    turn.begin(manner())
    turn.is_flushed = True
    assert not turn.is_over
    turn.parts.clear()
    assert turn.is_over


def test_sentences_are_joined_and_marks_spelled_out():
    part = Part(manner())
    assert part.add("It is <spell>A1</spell>.") == "It is A 1."
    assert part.add("Yes <sp") == " Yes "
    assert part.rest() == "<sp"
    assert part.rest() == ""


def test_words_bring_what_stands_before_them():
    part = Part(manner())
    part.add("\u4f60\u597d\uff0cJoe \u2013 hi")
    heard = [part.spaced(word(*one)) for one in (("\u4f60\u597d\uff0c", 0), ("Joe", 3), ("hi", 9))]
    assert heard == ["\u4f60\u597d\uff0c", "Joe", " \u2013 hi"]
    assert part.spaced(word("otherwise", 2)) == " otherwise"


def test_words_are_bare_for_a_client_that_adds_the_spaces():
    part = Part(manner(adds_spaces=True))
    part.add("Hi Joe")
    assert [part.spaced(word("Hi", 0)), part.spaced(word("Joe", 3))] == ["Hi", "Joe"]
