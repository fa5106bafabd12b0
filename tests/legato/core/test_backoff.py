from legato.core.backoff import Backoff


def test_the_bound_doubles_up_to_the_longest_and_the_wait_is_anywhere_below_it():
    backoff = Backoff(0.5, 3.0, lambda: 0.5)
    assert [backoff.next_s() for _ in range(5)] == [0.25, 0.5, 1.0, 1.5, 1.5]
    assert Backoff(0.5, 3.0, lambda: 0.0).next_s() == 0.0


def test_success_starts_anew_and_a_very_long_outage_does_no_harm():
    backoff = Backoff(0.5, 3.0, lambda: 1.0)
    for _ in range(5_000):
        backoff.next_s()
    assert (backoff.next_s(), backoff.failures) == (3.0, 5_001)
    backoff.reset()
    assert (backoff.next_s(), backoff.failures) == (0.5, 1)
