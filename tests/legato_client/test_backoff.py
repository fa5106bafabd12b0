from legato_client.backoff import Backoff, Retry


def test_the_bound_doubles_up_to_the_cap_and_chance_is_all_of_it():
    backoff = Backoff(Retry(attempts=9, base_s=0.5, cap_s=3.0))

    assert [backoff.failed(1.0) for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert backoff.failed(0.0) == 0.0
    assert backoff.failed(0.5) == 1.5


def test_what_the_gateway_asks_for_is_waited_at_least():
    assert Backoff(Retry(base_s=1.0)).failed(0.5, at_least_s=7.0) == 7.5


def test_the_attempts_run_out():
    backoff = Backoff(Retry(attempts=2))

    assert not backoff.exhausted
    backoff.failed(0.0)
    assert not backoff.exhausted
    backoff.failed(0.0)
    assert backoff.exhausted
