from dataclasses import field, fields, replace

import pytest

from legato.domain.values import value


@value
class Point:
    x: int
    y: int = 0
    names: tuple[str, ...] = field(default_factory=tuple)


def test_values_are_equal_and_hashed_by_their_fields():
    assert Point(1, 2) == Point(1, 2) != Point(2, 1)
    assert {Point(1), Point(1)} == {Point(1, 0)}


def test_a_value_is_a_dataclass():
    assert [one.name for one in fields(Point)] == ["x", "y", "names"]
    assert replace(Point(1), y=3) == Point(1, 3)
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_a_value_holds_nothing_but_its_fields():
    with pytest.raises(AttributeError):
        Point(1).z = 3
