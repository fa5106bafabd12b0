import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.faces.shown import shown


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("fast", '"fast"'),
        (1.5, "1.5"),
        (True, "true"),
        (None, "null"),
        ([1, 2], "a list"),
        ({"a": 1}, "an object"),
        ("x" * 60, f'"{"x" * 60}"'),
        ("\n" * 60, '"' + "\\n" * 29 + "\\…"),
        (10**100, "1" + "0" * 59 + "…"),
    ],
)
def test_a_value_is_told_as_json(value, told):
    assert shown(value) == told


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()))
def test_any_value_fits_in_a_line(value):
    told = shown(value)
    assert len(told) <= 62
    assert told.replace("…", "").isascii()
    assert "\n" not in told
