from gateway.simulator.armed_faults import ArmedFaults
from gateway.simulator.faults import Armed, Scene
from gateway.simulator.piece import PlacedWord, WordTrail
from gateway.simulator.script import Fault


def armed_faults(*moments, trail=None):
    armed = [
        Armed(number, Fault.model_validate({"when": {"at": at, "value": value}, "do": "reset"}), Scene())
        for number, (at, value) in enumerate(moments)
    ]
    return ArmedFaults(armed, trail or WordTrail(), 48_000, 2)


def numbers(taken):
    return [armed.number for armed in taken]


def test_each_is_taken_once_at_its_byte():
    built = armed_faults(("byte", 101), ("first_byte", 0), ("ms", 2.02))
    assert numbers(built.take(0)) == [1]
    assert built.room(0) == 96
    assert numbers(built.take(96)) == [2]
    assert built.room(96) == 5
    assert numbers(built.take(100)) == []
    assert numbers(built.take(101)) == [0]
    assert built.room(101) > 1 << 20


def test_a_word_is_waited_for_until_its_place_is_known():
    trail = WordTrail()
    built = armed_faults(("word", 2), trail=trail)
    assert built.take(10_000) == []
    trail.placed += [PlacedWord(0, 1, 0, 500), PlacedWord(2, 3, 500, 800)]
    assert built.room(500) == 300
    assert numbers(built.take(800)) == [0]


def test_a_header_is_no_sound():
    assert armed_faults(("ms", 1), trail=WordTrail(lead=44)).room(0) == 44 + 48


def test_a_segment_is_no_byte():
    built = armed_faults(("segment", 2))
    assert built.take(1 << 20) == built.take_behind(1) == []
    assert numbers(built.take_behind(2)) == [0]
