import pytest

from legato_client.backoff import Retry
from legato_client.bounds import Bounds
from legato_client.tuning import Tuning


def test_the_defaults_bound_everything():
    tuning = Tuning()

    assert (tuning.retry, tuning.bounds) == (Retry(), Bounds())
    assert min(tuning.open_timeout_s, tuning.close_timeout_s, tuning.silence_s) > 0
    assert 0 <= tuning.chance() < 1
    assert tuning.clock() <= tuning.clock()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"retry": 3}, r"retry must be Retry\(...\), got 3"),
        ({"bounds": None}, r"bounds must be Bounds\(...\)"),
    ],
)
def test_what_would_be_noticed_when_a_connection_is_lost_is_refused_at_once(given, told):
    with pytest.raises(TypeError, match=told):
        Tuning(**given)
