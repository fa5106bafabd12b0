from legato_client.backoff import Retry
from legato_client.bounds import Bounds
from legato_client.tuning import Tuning


def test_the_defaults_bound_everything():
    tuning = Tuning()

    assert (tuning.retry, tuning.bounds) == (Retry(), Bounds())
    assert min(tuning.open_timeout_s, tuning.close_timeout_s, tuning.silence_s) > 0
    assert 0 <= tuning.chance() < 1
    assert tuning.clock() <= tuning.clock()
