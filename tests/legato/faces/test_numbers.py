import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain.errors import Reason, SpeechError
from legato.faces.numbers import is_set, number, number_within, whole_number


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


@pytest.mark.parametrize(
    ("asked", "meant"), [("0", 0), ("007", 7), ("0" * 5_000 + "12", 12), ("9" * 400, math.inf)]
)
def test_a_whole_number_has_any_number_of_digits(asked, meant):
    assert whole_number(asked) == meant


@pytest.mark.parametrize("asked", ["", "-1", "1.0", "1e2", " 5", "1_0", "²", "٣"])
def test_a_whole_number_has_nothing_but_digits(asked):
    assert math.isnan(whole_number(asked))


@pytest.mark.parametrize(("value", "meant"), [(0.5, 0.5), ("2", 2.0), (1, 1.0)])
def test_a_number_within_its_bounds_is_taken(value, meant):
    assert number_within((0.5, 2.0), value, "speed") == meant


@pytest.mark.parametrize(
    ("value", "shown"), [(0.4, "0.4"), ("fast", '"fast"'), (None, "null"), (math.nan, "NaN")]
)
def test_a_number_beyond_its_bounds_is_refused_by_name(value, shown):
    with pytest.raises(SpeechError) as caught:
        number_within((0.5, 2.0), value, "speed", "slow, or ")
    assert caught.value.reason is Reason.BAD_FRAME
    assert caught.value.message == f"speed must be slow, or a number from 0.5 to 2; got {shown}"


@pytest.mark.parametrize("flag", [True, 1, "true", " True ", "1", "yes"])
def test_a_flag_is_set_in_many_ways(flag):
    assert is_set(flag)


@pytest.mark.parametrize("flag", [False, 0, None, "", "False", "0", "no"])
def test_a_flag_is_not_set_by_a_text_that_says_no(flag):
    assert not is_set(flag)
