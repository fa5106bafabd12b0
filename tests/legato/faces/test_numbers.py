import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.faces.numbers import number


@pytest.mark.parametrize(
    ("value", "meant"), [(1, 1.0), (0.5, 0.5), ("1.25", 1.25), (" 2 ", 2.0), ("-1e1", -10.0)]
)
def test_a_number_may_stand_in_a_text(value, meant):
    assert number(value) == meant


@pytest.mark.parametrize("value", [True, False, None, "", "fast", "1,5", [1], {}, 10**400])
def test_what_is_none_lies_within_no_bounds(value):
    assert math.isnan(number(value))


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()))
def test_any_value_is_a_number_or_none(value):
    assert isinstance(number(value), float)
