from legato.domain import events
from legato.domain.errors import Reason
from legato.faces import elevenlabs_dialogue_waiting as waiting
from legato.faces.elevenlabs_dialogue_waiting import WaitingTurns


def turn(name, text="Hi."):
    return [events.Begin(name), events.Text(name, text), events.End(name)]


def test_what_there_is_room_for_passes_and_the_rest_goes_in_its_order():
    turns = WaitingTurns(2)
    said = [*turn("1"), *turn("2"), *turn("3"), *turn("4")]
    assert turns.passed(said) == said[:6]
    assert turns.due() == []
    turns.ended("2")
    assert turns.due() == turn("3")
    assert turns.passed(turn("5")) == [], "it does not overtake"
    turns.ended("1")
    turns.ended("3")
    assert turns.due() == [*turn("4"), *turn("5")]


def test_what_belongs_to_others_is_not_held():
    turns = WaitingTurns(1)
    turns.passed([events.Begin("1"), *turn("2")])
    said = [events.Text("1", "More."), events.Flush("1"), events.Cancel("1"), events.Ping("final:c")]
    assert turns.passed(said) == said


def test_the_end_of_the_messages_waits_for_what_is_held():
    turns = WaitingTurns(1)
    assert turns.passed([*turn("1"), *turn("2"), *turn("3"), events.HalfClosed()]) == turn("1")
    turns.ended("1")
    assert turns.due() == turn("2")
    assert turns.forget(["2", "3"]) == ["3"]
    assert turns.due() == [events.HalfClosed()]
    assert turns.due() == []
    assert WaitingTurns(1).passed([events.HalfClosed()]) == [events.HalfClosed()]


def test_text_above_the_bound_is_refused_by_name_and_its_turn_still_ends(monkeypatch):
    monkeypatch.setattr(waiting, "_MOST_CHARS", 5)
    turns = WaitingTurns(0)
    more = [events.Text("1", "abc"), events.Text("1", "abc"), events.Text("1", ""), events.Flush("1")]
    [refused] = turns.passed([events.Begin("1"), *more])
    assert (refused.error.reason, refused.error.utterance_id) == (Reason.TEXT_TOO_LONG, "1")
    [refused] = turns.passed([events.Flush("1")])
    assert refused.error.reason is Reason.TEXT_TOO_LONG
    assert turns.passed([events.End("1")]) == []
    assert turns.forget(["1"]) == ["1"]
    assert turns.passed([events.Begin("2"), events.Text("2", "abcde")]) == [], "there is room again"
    [refused] = turns.passed([events.Text("2", "a")])
    assert (refused.error.reason, refused.error.utterance_id) == (Reason.TEXT_TOO_LONG, "2")
    assert turns.passed([events.End("2")]) == [], "nothing is counted for an end"


def test_a_turn_too_many_is_refused_by_name_and_nothing_of_it_passes(monkeypatch):
    monkeypatch.setattr(waiting, "_MOST_HELD", 1)
    turns = WaitingTurns(0)
    [refused] = turns.passed([*turn("1"), *turn("2")])
    assert (refused.error.reason, refused.error.utterance_id) == (Reason.TOO_MANY_UTTERANCES, "2")
    assert "at most 1 turns may wait" in refused.error.message


def test_what_was_held_and_has_gone_leaves_its_room_to_others(monkeypatch):
    """A long conversation would be refused at some time, whatever waits."""
    monkeypatch.setattr(waiting, "_MOST_CHARS", 5)
    turns = WaitingTurns(1)
    turns.passed(turn("1"))
    for before, name in ("12", "23", "34"):
        assert turns.passed(turn(name, "abcd")) == [], "there is room"
        turns.ended(before)
        assert turns.due() == turn(name, "abcd")


def test_a_turn_does_not_overtake_those_that_are_held_while_there_is_room():
    turns = WaitingTurns(1)
    turns.passed([*turn("1"), *turn("2")])
    turns.ended("1")
    assert turns.passed(turn("3")) == []
    assert turns.due() == turn("2")
