from legato.core.dial_pace import DialPace
from legato.domain.errors import Reason
from legato.domain.events import Failed

DOWN = Failed(Reason.VENDOR_UNREACHABLE, "down")


def pace(chance=1.0, ceiling=10):
    return DialPace(4, 0.5, 8.0, ceiling, lambda: chance)


def test_a_failure_waits_longer_each_time_and_then_one_goes_alone():
    one = pace()
    assert one.at_once == 4
    one.failed(DOWN, 0, 10.0)
    assert (one.retry_at, one.at_once, one.last_failure) == (10.5, 1, DOWN)
    one.failed(DOWN, 0, 10.5)
    assert one.retry_at == 11.5
    one.connected()
    assert one.retry_at < 0
    assert one.at_once == 4


def test_r22_the_vendors_own_time_is_kept():
    one = pace(chance=0.0)
    one.failed(Failed(Reason.VENDOR_UNREACHABLE, "later", 7.0), 0, 10.0)
    assert one.retry_at == 17.0


def test_r22_the_vendors_own_time_is_kept_whatever_the_dials_beside_it_come_to():
    """A dial that was under way and succeeded, or failed without a time, made it forgotten."""
    one = pace()
    one.failed(Failed(Reason.VENDOR_QUOTA, "later", 7.0), 1, 10.0)
    one.connected()
    assert (one.retry_at, one.asked_at) == (17.0, 17.0)
    one.failed(DOWN, 1, 10.1)
    assert (one.retry_at, one.asked_at) == (17.0, 17.0)
    one.failed(Failed(Reason.VENDOR_QUOTA, "later", 3.0), 1, 10.2)
    assert (one.retry_at, one.asked_at) == (17.0, 17.0)
    one.failed(DOWN, 1, 17.0)
    assert 17.0 < one.asked_at <= 18.0


def test_rule_12_for_those_who_wait_a_vendor_that_did_not_answer_is_dialled_again_within_a_second():
    one = pace()
    for _ in range(9):
        one.failed(DOWN, 0, 10.0)
    assert (one.retry_at, one.asked_at) == (18.0, 11.0)
    one.failed(Failed(Reason.VENDOR_UNREACHABLE, "later", 3.0), 0, 20.0)
    assert (one.retry_at, one.asked_at) == (28.0, 23.0), "the vendor's own time is kept"
    one.failed(Failed(Reason.VENDOR_REJECTED, "key"), 0, 30.0)
    assert one.asked_at == one.retry_at == 38.0, "a refused key is refused again"
    one.connected()
    assert one.asked_at == 23.0, "which is over"


def test_a_refusal_for_being_too_many_teaches_the_ceiling_which_grows_back():
    one = pace(ceiling=4)
    one.failed(Failed(Reason.VENDOR_QUOTA, "too many"), 2, 0.0)
    assert [one.ceiling(now) for now in (0.0, 14.9, 15.0, 29.0, 30.0, 99.0)] == [2, 2, 3, 3, 4, 4]


def test_r22_a_refusal_with_no_line_connected_teaches_no_ceiling():
    """It was learnt to be one: after an empty account was filled, twenty callers got their lines one by one, over five minutes."""
    one = pace()
    one.failed(Failed(Reason.VENDOR_QUOTA, "no credit"), 0, 0.0)
    assert one.ceiling(0.0) == 10
    assert one.at_once == 1, "one dial tries"


def test_what_was_lost_idle_comes_back_within_a_while():
    one = pace(chance=0.5)
    one.lost(10.0)
    assert one.refill_at == 10.25
    one.lost(10.0)
    assert one.refill_at == 10.25


def test_lines_that_die_young_are_dialled_ever_more_slowly_until_one_is_of_use():
    one = pace()
    waits = []
    for _ in range(6):
        one.dropped_young(0.0)
        waits.append(one.refill_at)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    one.served()
    one.dropped_young(100.0)
    assert one.refill_at == 100.5


def test_a_new_credential_is_tried_at_once():
    one = pace()
    one.failed(Failed(Reason.VENDOR_QUOTA, "no credit", 300.0), 1, 10.0)
    one.renewed()
    assert max(one.retry_at, one.asked_at) < 10.0
    assert (one.ceiling(10.0), one.last_failure, one.at_once) == (10, None, 4)
    one.connected()
    assert one.asked_at < 10.0
