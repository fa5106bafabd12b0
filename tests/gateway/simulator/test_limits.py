import math

import pytest

from gateway.simulator.limits import Window, changed
from legato.domain.vendors import VendorLimits


def test_a_window_slides():
    window = Window(3, 10.0)
    assert [window.take(1, now) for now in (0, 1, 2, 3)] == [True, True, True, False]
    assert [window.take(1, now) for now in (9.9, 10.0, 10.5)] == [False, True, False]
    assert not window.take(2, 11.0)
    assert window.take(2, 12.0)


def test_no_bound_is_no_bound():
    window = Window(0, 1.0)
    assert all(window.take(1000, 0.0) for _ in range(9))


def test_limits_are_changed_by_name():
    limits = changed(VendorLimits(idle_s=3.0), {"concurrency": 2.0, "max_age_s": 60})
    assert (limits.concurrency, limits.max_age_s, limits.idle_s) == (2, 60, 3.0)
    assert isinstance(limits.concurrency, int)
    with pytest.raises(ValueError, match=r"no limit 'concurency'.*runs_per_line"):
        changed(VendorLimits(), {"concurency": 2})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("concurrency", -1, "a whole number of at least 0"),
        ("concurrency", 0.5, "a whole number of at least 0"),
        ("flushes", math.inf, "a whole number of at least 0"),
        ("idle_s", -0.1, "a number of at least 0"),
        ("idle_s", math.nan, "a number of at least 0"),
    ],
)
def test_a_limit_that_cannot_be_kept_is_refused(name, value, said):
    with pytest.raises(ValueError, match=rf"limits\.{name} must be {said}"):
        changed(VendorLimits(), {name: value})


def test_how_a_gateway_waits_is_no_limit_of_a_vendor():
    with pytest.raises(ValueError, match="no limit 'first_audio_s'"):
        changed(VendorLimits(), {"first_audio_s": 1.0})
