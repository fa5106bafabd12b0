from itertools import product

import pytest

from legato.core.breaker import MOVES, SHUTTING, Breaker, BreakerSettings, BreakerState
from legato.domain.errors import Reason

SETTINGS = BreakerSettings(in_a_row=3, share=0.5, least=8, window_s=20.0, first_s=2.0, max_s=8.0)
LOST = Reason.VENDOR_LOST
ADMITTING, SHUT, PROBING = BreakerState


def breaker(chance=1.0, settings=SETTINGS):
    return Breaker(0.0, lambda: chance, settings)


def shut(one, now=1.0):
    for _ in range(3):
        moved = one.failed(LOST, now)
    assert moved == (SHUT,)
    return one


def test_it_admits_from_the_start():
    one = breaker()
    assert one.admits(0.0)
    assert one.admitted(0.0) == ()
    assert (one.admitting_since(5.0), one.retry_after_s(5.0)) == (0.0, 0.0)


def test_failures_in_a_row_shut_it():
    one = shut(breaker())
    assert not one.admits(1.0)
    assert (one.admitting_since(1.0), one.retry_after_s(1.0)) == (None, 2.0)


def test_a_success_between_them_starts_the_row_anew():
    one = breaker(settings=BreakerSettings(in_a_row=3, least=99))
    for _ in range(10):
        assert one.failed(LOST, 1.0) == ()
        assert one.failed(LOST, 1.0) == ()
        one.succeeded(1.0)
    assert one.state is ADMITTING


def test_a_share_of_failures_in_the_window_shuts_it():
    one = breaker(settings=BreakerSettings(in_a_row=99, share=0.5, least=8))
    moves = [move for _ in range(4) for move in (one.succeeded(1.0), one.failed(LOST, 1.0))]
    assert moves[-1] == (SHUT,)
    assert not any(moves[:-1])


def test_what_is_older_than_the_window_counts_no_more():
    one = breaker(settings=BreakerSettings(in_a_row=99, share=0.5, least=4, window_s=10.0))
    for _ in range(3):
        one.failed(LOST, 0.0)
    for _ in range(4):
        one.succeeded(11.0)
    assert one.failed(LOST, 11.0) == ()


@pytest.mark.parametrize("reason", sorted(set(Reason) - SHUTTING))
def test_a_mistake_of_the_client_never_shuts_it(reason):
    one = breaker()
    for now in range(1000):
        assert one.failed(reason, float(now)) == ()
    assert one.admits(1000.0)


def test_only_what_a_vendor_does_wrong_counts():
    assert {
        Reason.VENDOR_UNREACHABLE,
        Reason.VENDOR_TIMEOUT,
        Reason.VENDOR_LOST,
        Reason.VENDOR_EMPTY,
    } == SHUTTING


def test_after_the_wait_exactly_one_is_let_through_and_its_success_admits_all():
    one = shut(breaker())
    assert one.admits(3.0)
    assert one.admitted(3.0) == (PROBING,)
    assert not one.admits(3.0)
    assert one.retry_after_s(3.0) > 0
    assert one.succeeded(4.0) == (ADMITTING,)
    assert one.admits(4.0)
    assert one.admitting_since(5.0) == 4.0


def test_once_the_wait_is_over_it_admits_until_the_probe_is_out():
    one = shut(breaker())
    assert one.admitting_since(40.0) == 3.0
    one.admitted(40.0)
    assert one.admitting_since(41.0) is None
    one.called_off()
    assert one.admitting_since(42.0) == 3.0


def test_its_failure_shuts_again_for_longer():
    one = shut(breaker())
    one.admitted(3.0)
    assert one.failed(LOST, 3.5) == (SHUT,)
    assert one.retry_after_s(3.5) == 4.0
    one.admitted(7.5)
    one.failed(LOST, 8.0)
    one.admitted(16.0)
    one.failed(LOST, 16.0)
    assert one.retry_after_s(16.0) == 8.0, "bounded"


def test_a_probe_that_is_called_off_leaves_its_place_to_the_next():
    one = shut(breaker())
    one.admitted(3.0)
    one.called_off()
    assert one.admits(3.0)
    assert one.admitted(3.0) == ()
    assert not one.admits(3.0)


def test_a_probe_refused_for_the_clients_mistake_decides_nothing():
    one = shut(breaker())
    one.admitted(3.0)
    assert one.failed(Reason.VENDOR_REJECTED, 3.0) == ()
    assert one.state is PROBING
    assert one.admits(3.0)


def test_old_requests_that_end_well_do_not_admit_a_shut_route():
    one = shut(breaker())
    assert one.succeeded(1.1) == ()
    assert not one.admits(1.1)
    assert one.failed(LOST, 1.2) == ()


def test_there_is_a_shortest_wait_whatever_chance_says():
    assert shut(breaker(chance=0.0)).retry_after_s(1.0) == pytest.approx(SETTINGS.least_wait_s)


def test_long_health_forgets_how_long_the_last_wait_was():
    one = shut(breaker())
    one.admitted(3.0)
    one.succeeded(3.0)
    one.succeeded(4.0)
    shut(one, 5.0)
    assert one.retry_after_s(5.0) == 2.0


@pytest.mark.parametrize(("before", "after"), list(product(BreakerState, BreakerState)))
def test_the_table_of_moves(before, after):
    legal = {(ADMITTING, SHUT), (SHUT, PROBING), (PROBING, ADMITTING), (PROBING, SHUT)}
    assert (after in MOVES[before]) is ((before, after) in legal)
