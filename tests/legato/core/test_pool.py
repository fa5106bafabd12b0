import pytest

from legato.core.concurrency import Concurrency
from legato.core.pool import Pool
from legato.core.pool_lines import LineState
from legato.core.pool_terms import Dial, Drop, Grant, KeepAlive, PoolSettings, Refuse
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.speech import Principal

DOWN = Failed(Reason.VENDOR_UNREACHABLE, "down")
ANYBODY = Principal()


class Play:
    """A pool whose dials are answered when the play says so; it keeps what the pool wants done."""

    def __init__(self, chance=0.5, seats=None, **settings):
        self.pool = Pool(PoolSettings(**settings), lambda: chance, seats)
        self.now = 0.0
        self.dialling, self.granted, self.refused, self.dropped, self.kept = [], {}, {}, [], []
        self.dials = 0
        self.do(self.pool.tick(self.now))

    def do(self, effects):
        for effect in effects:
            match effect:
                case Dial(line):
                    self.dialling.append(line)
                    self.dials += 1
                case Drop(line):
                    self.dropped.append(line)
                    if line in self.dialling:
                        self.dialling.remove(line)
                case Grant(ticket, line, reused):
                    self.granted[ticket] = (line, reused)
                case Refuse(ticket, failed):
                    self.refused[ticket] = failed
                case KeepAlive(line):
                    self.kept.append(line)

    def connect(self, *lines):
        for line in lines or tuple(self.dialling):
            self.dialling.remove(line)
            self.do(self.pool.dialled(line, self.now))

    def fail(self, failed=DOWN):
        for line in tuple(self.dialling):
            self.dialling.remove(line)
            self.do(self.pool.dial_failed(line, failed, self.now))

    def ask(self, ticket, wait_s=3.0, principal=ANYBODY, elsewhere=False):
        self.do(self.pool.ask(ticket, principal, self.now + wait_s, self.now, elsewhere=elsewhere))
        return self.granted.get(ticket)

    def release(self, ticket, clean=True):
        self.do(self.pool.released(self.granted[ticket][0], ticket, self.now, clean=clean))

    def cancel(self, ticket):
        self.do(self.pool.cleaning(self.granted[ticket][0], ticket, self.now))

    def settle(self, ticket, clean=True):
        self.do(self.pool.settled(self.granted[ticket][0], self.now, clean=clean))

    def lose(self, *lines):
        for line in lines:
            self.do(self.pool.lost(line, self.now))

    def until(self, moment):
        """Time passes, tick by tick, as the deadlines say."""
        turns_at_once = 0
        for _ in range(10_000):
            deadline = self.pool.deadline()
            if deadline is None or deadline > moment:
                break
            turns_at_once = turns_at_once + 1 if deadline <= self.now else 0
            assert turns_at_once < 100, "time must go on"
            self.now = max(deadline, self.now)
            self.do(self.pool.tick(self.now))
        self.now = moment

    def lines(self, state):
        return self.pool.snapshot(self.now).lines[state]


def warm(lines=1, **settings):
    play = Play(**{"floor": lines, "spare": 0, **settings})
    play.connect()
    play.now += 0.001
    return play


# --- leasing ------------------------------------------------------------------------------------------------------------


def test_the_floor_is_dialled_before_anybody_asks():
    play = Play(floor=3)
    assert play.dialling == [1, 2, 3]


def test_r2_a_warm_line_is_granted_at_once_and_counts_as_reused():
    play = warm()
    assert play.ask(1) == (1, True)


def test_a_line_that_was_dialled_for_the_asker_is_not_reused():
    play = Play(floor=0, spare=0)
    assert play.ask(1) is None
    play.connect()
    assert play.granted[1] == (1, False)


def test_whoever_waits_gets_the_line_that_comes_first_new_or_given_back():
    play = warm(ceiling=2)
    play.ask(1)
    assert play.ask(2) is None
    assert play.dialling == [2]
    play.release(1)
    assert play.granted[2] == (1, True)


def test_the_line_used_last_is_used_next():
    play = warm(lines=3)
    play.ask(1)
    play.release(1)
    used = play.granted[1][0]
    for ticket in (2, 3, 4):
        assert play.ask(ticket)[0] == used
        play.release(ticket)


def test_a_lease_ends_once():
    play = warm()
    play.ask(1)
    play.release(1)
    play.release(1)
    play.cancel(1)
    play.settle(1)
    assert play.ask(2)
    assert play.ask(3) is None


def test_withdrawn_tickets_are_not_answered():
    play = warm(ceiling=1)
    play.ask(1)
    play.ask(2)
    play.do(play.pool.withdraw(2, play.now))
    play.release(1)
    assert 2 not in play.granted
    play.until(10.0)
    assert 2 not in play.refused


def test_deadlines_are_kept():
    play = warm(ceiling=1)
    play.ask(1)
    play.ask(2, wait_s=2.0)
    play.until(1.9)
    assert 2 not in play.refused
    play.until(2.01)
    assert play.refused[2].reason is Reason.OVERLOADED
    assert play.refused[2].retry_after_s > 0


def test_a_deadline_while_the_vendor_does_not_answer_says_so():
    play = Play(floor=0, dial_s=9.0)
    play.ask(1, wait_s=1.0)
    play.until(1.0)
    assert play.refused[1].reason is Reason.VENDOR_TIMEOUT


def test_r22_the_queue_is_bounded_and_says_when_to_come_back():
    play = warm(ceiling=1, max_waiting=2)
    for ticket in range(1, 5):
        play.ask(ticket)
    assert play.refused[4].reason is Reason.OVERLOADED
    assert play.refused[4].retry_after_s > 0
    assert set(play.refused) == {4}


# --- barge-in and contexts ----------------------------------------------------------------------------------------------


def test_r2_after_a_barge_in_the_spare_is_there_at_once():
    play = warm(spare=1)
    play.ask(1)
    play.connect()
    play.cancel(1)
    play.now += 0.01
    assert play.ask(2) == (2, True)
    play.settle(1)
    assert play.lines(LineState.IDLE) >= 1


def test_a_cancelled_line_takes_no_run_before_the_vendor_has_confirmed():
    play = warm(ceiling=1)
    play.ask(1)
    play.cancel(1)
    assert play.lines(LineState.CLEANING) == 1
    assert play.ask(2) is None
    play.settle(1)
    assert play.granted[2] == (1, True)


def test_a_cancel_that_is_never_confirmed_costs_the_line():
    play = warm(ceiling=1)
    play.ask(1)
    play.cancel(1)
    play.settle(1, clean=False)
    assert play.dropped == [1]
    assert play.dialling == [2]


def test_r9_contexts_share_a_line_and_the_closing_ones_count():
    play = warm(runs_per_line=3, ceiling=1)
    for ticket in (1, 2, 3):
        assert play.ask(ticket)[0] == 1
    play.cancel(1)
    assert play.ask(4) is None
    play.settle(1)
    assert play.granted[4][0] == 1


def test_an_unclean_run_spoils_the_line_for_new_ones_but_not_for_its_neighbours():
    play = warm(runs_per_line=3, ceiling=3)
    play.ask(1)
    play.ask(2)
    play.release(1, clean=False)
    assert play.lines(LineState.DRAINING) == 1
    assert play.dropped == []
    play.connect()
    assert play.ask(3)[0] != 1
    play.release(2)
    assert play.dropped == [1]


# --- concurrency --------------------------------------------------------------------------------------------------------


def test_r22_the_plans_concurrency_is_never_exceeded():
    play = warm(lines=3, concurrency=2)
    assert play.ask(1)
    assert play.ask(2)
    assert play.ask(3) is None
    play.cancel(1)
    assert 3 not in play.granted, "a closing run still counts"
    play.settle(1)
    assert 3 in play.granted


def test_places_share_the_seats_of_their_credential():
    seats = Concurrency(1)
    one, other = (Play(seats=seats, floor=1, spare=0) for _ in range(2))
    one.connect()
    other.connect()
    one.ask(1)
    assert other.ask(2) is None
    assert other.pool.head(0.0) is not None
    one.release(1)
    other.do(other.pool.tick(0.0))
    assert 2 in other.granted


def test_r22_a_refused_run_holds_the_rest_back_for_the_vendors_time():
    play = warm(lines=4)
    for ticket in (1, 2, 3):
        play.ask(ticket)
    play.do(play.pool.refused(2.0, play.now))
    play.release(1, clean=False)
    assert play.ask(4, wait_s=1.0) is None
    assert play.refused[4].reason is Reason.VENDOR_QUOTA
    assert play.refused[4].retry_after_s == 2.0
    assert play.ask(5, wait_s=9.0) is None
    play.release(2)
    play.until(1.99)
    assert 5 not in play.granted
    play.until(2.01)
    assert 5 in play.granted


def test_r22_whoever_waits_when_the_vendor_asks_for_a_pause_goes_elsewhere_at_once():
    """They waited until their deadline; only those who asked later went."""
    play = warm(ceiling=1)
    for ticket in (1, 2, 3, 4):
        play.ask(ticket, wait_s=1.0 if ticket == 4 else 5.0, elsewhere=ticket == 2)
    play.do(play.pool.refused(1.5, play.now))
    assert sorted(play.refused) == [2, 4], (
        "the one has another route, and the other one's deadline comes first"
    )
    assert play.refused[2].reason is Reason.VENDOR_QUOTA
    assert play.refused[2].retry_after_s == pytest.approx(1.5)
    play.release(1)
    play.until(1.6)
    assert 3 in play.granted


def test_r22_a_pause_of_a_moment_is_waited_for_also_by_those_who_have_another_route():
    play = warm(ceiling=1)
    play.now = 1234.567
    play.ask(1)
    play.ask(2, elsewhere=True)
    play.do(play.pool.refused(None, play.now))
    play.release(1)
    play.until(play.now + 0.6)
    assert not play.refused
    assert 2 in play.granted


# --- how many lines -----------------------------------------------------------------------------------------------------


def test_the_ceiling_is_never_exceeded():
    play = Play(floor=0, ceiling=3, dials_at_once=99)
    for ticket in range(1, 20):
        play.ask(ticket)
    assert len(play.dialling) == 3


def test_dials_in_flight_are_bounded():
    play = Play(floor=20, ceiling=20, dials_at_once=4)
    assert len(play.dialling) == 4
    play.connect(play.dialling[0])
    assert len(play.dialling) == 4


def test_the_floor_follows_demand_and_comes_back_down():
    play = warm(ceiling=50, linger_s=5.0)
    for ticket in range(200):
        play.now = ticket * 0.1
        play.ask(ticket)
        play.connect()
        if ticket >= 20:
            play.release(ticket - 20)
    assert play.pool.snapshot(play.now).wanted >= 20
    for ticket in range(180, 200):
        play.release(ticket)
    assert 4 <= play.pool.snapshot(play.now).wanted <= 12, "near three a second, for one to two seconds each"
    play.until(400.0)
    assert play.lines(LineState.IDLE) == 1


def test_a_surplus_line_stays_for_a_while():
    play = warm(ceiling=5, linger_s=30.0)
    play.ask(1)
    play.ask(2)
    play.connect()
    play.release(1)
    play.release(2)
    play.until(20.0)
    assert play.dropped == []


def test_whoever_is_expected_finds_a_line():
    play = warm(lines=0, linger_s=30.0)
    play.do(play.pool.expect(play.now))
    assert play.dialling == [1]
    play.connect()
    play.until(100.0)
    assert play.dropped == [1], "but not for ever"


def test_the_floor_can_be_raised_later():
    play = warm(lines=0)
    play.do(play.pool.keep(2, play.now))
    assert play.dialling == [1, 2]


# --- age ----------------------------------------------------------------------------------------------------------------


def test_an_old_line_is_replaced_before_it_is_dropped():
    play = warm(max_age_s=100.0)
    play.until(78.0)
    assert play.dialling == [2]
    assert play.dropped == []
    assert play.ask(1) == (1, True), "it is still of use"
    play.release(1)
    play.connect()
    assert play.dropped == [1]


def test_a_line_that_is_busy_when_it_is_too_old_ends_its_run_first():
    play = warm(max_age_s=100.0)
    play.ask(1)
    play.until(96.0)
    assert play.lines(LineState.DRAINING) == 1
    assert play.dropped == []
    play.release(1)
    assert play.dropped == [1]


def test_at_the_ceiling_an_old_line_goes_first_and_its_successor_follows():
    play = warm(max_age_s=100.0, ceiling=1)
    play.until(96.0)
    assert play.dropped == [1]
    assert play.dialling == [2]


def test_ages_are_jittered():
    chances = iter([x / 10 for x in range(10)] * 9)
    pool = Pool(PoolSettings(floor=5, spare=0, max_age_s=100.0, dials_at_once=9), lambda: next(chances))
    lines = [effect.line for effect in pool.tick(0.0)]
    for line in lines:
        pool.dialled(line, 0.0)
    replaced = []
    while len(replaced) < 5:
        now = pool.deadline()
        for effect in pool.tick(now):
            if isinstance(effect, Dial):
                replaced.append(now)
                pool.dialled(effect.line, now)
    assert len(set(replaced)) == 5


def test_an_idle_line_is_kept_alive():
    play = warm(keep_alive_s=5.0)
    play.until(21.0)
    assert play.kept == [1, 1, 1, 1]


def test_a_line_that_the_vendor_would_drop_for_its_silence_is_replaced_in_time():
    play = warm(idle_s=20.0, keep_alive_s=5.0)
    play.until(15.0)
    assert play.dialling == [2]
    play.connect()
    assert play.dropped == [1]


def test_what_counts_as_a_sign_of_life_keeps_it():
    play = warm(idle_s=20.0, keep_alive_s=5.0)
    for now in range(1, 100, 4):
        play.until(float(now))
        play.pool.kept(1, play.now)
    assert play.dials == 1


# --- failure ------------------------------------------------------------------------------------------------------------


def test_r1_a_lost_line_is_dialled_anew_at_once_for_whoever_waits():
    play = warm()
    play.ask(1)
    play.lose(1)
    play.ask(2)
    assert play.dialling == [2]


def test_an_idle_line_that_was_lost_comes_back_within_the_first_retry():
    play = warm(retry_first_s=0.5)
    play.until(10.0)
    play.lose(1)
    assert play.dialling == []
    play.until(10.5)
    assert play.dialling == [2]


def test_no_storm_when_all_lines_are_lost_at_once():
    play = warm(lines=20, ceiling=20, dials_at_once=4, retry_first_s=0.5, retry_max_s=4.0)
    while play.dialling:
        play.connect()
    play.until(10.0)
    before = play.dials
    play.lose(*range(1, 21))
    for moment in range(1, 60):
        play.until(10.0 + moment / 2)
        assert len(play.dialling) <= 4
        play.fail()
    assert play.dials - before < 45, "half a minute of outage"
    for moment in range(80, 120):
        play.until(moment / 2)
        play.connect()
    assert play.lines(LineState.IDLE) == 20


def test_nobody_waits_when_no_line_can_be_had():
    play = Play(floor=0)
    play.ask(1)
    play.fail()
    assert play.refused[1].reason is Reason.VENDOR_UNREACHABLE
    play.ask(2)
    assert play.refused[2].message == "down"
    assert 0 < play.refused[2].retry_after_s < 1


def test_r22_when_the_last_line_goes_while_the_vendor_is_left_alone_nobody_waits():
    """They waited until their deadline, and were then told that the vendor had not answered."""
    play = warm(ceiling=4)
    play.ask(1)
    play.ask(2)
    play.fail(Failed(Reason.VENDOR_QUOTA, "later", 10.0))
    assert not play.refused, "the first line may come free"
    play.lose(play.granted[1][0])
    assert play.refused == {2: Failed(Reason.VENDOR_QUOTA, "later", pytest.approx(10.0))}


def test_one_failed_dial_of_several_leaves_hope():
    play = Play(floor=0, dials_at_once=2)
    play.ask(1)
    play.ask(2)
    first = play.dialling.pop(0)
    play.do(play.pool.dial_failed(first, DOWN, 0.0))
    assert not play.refused
    play.connect()
    assert 1 in play.granted


def test_a_key_that_is_refused_leaves_none():
    play = Play(floor=0, dials_at_once=2)
    play.ask(1)
    play.ask(2)
    first = play.dialling.pop(0)
    play.do(play.pool.dial_failed(first, Failed(Reason.VENDOR_REJECTED, "key"), 0.0))
    assert set(play.refused) == {1, 2}


def test_a_dial_without_an_answer_is_given_up():
    play = Play(floor=0, spare=0, dial_s=3.0)
    play.ask(1, wait_s=9.0)
    play.until(3.0)
    assert play.dropped == [1]
    assert play.refused[1].reason is Reason.VENDOR_TIMEOUT
    play.do(play.pool.dialled(1, 3.1))
    play.do(play.pool.dial_failed(1, DOWN, 3.1))
    assert not play.granted


def test_r22_a_refused_dial_teaches_the_ceiling():
    play = warm(lines=2, ceiling=9, dials_at_once=1)
    while play.dialling:
        play.connect()
    for ticket in (1, 2, 3):
        play.ask(ticket)
    play.fail(Failed(Reason.VENDOR_QUOTA, "too many connections"))
    assert play.pool.snapshot(play.now).ceiling == 2
    play.until(2.0)
    assert play.dialling == []
    assert 3 not in play.refused, "it may have a line of the two"


def test_rule_12_a_vendor_that_is_back_is_found_within_a_second_by_those_who_ask():
    """After a minute of outage nobody was let in for another ten seconds, though every dial would have succeeded."""
    play = Play(floor=1, chance=0.99)
    asked, dials = 0, 0
    for moment in range(600):
        play.until(moment / 10)
        play.ask(asked := asked + 1, wait_s=2.0)
        dials += len(play.dialling)
        play.fail()
    assert dials <= 66, "a dial a second, whoever asks"
    assert not play.granted
    for moment in range(600, 611):
        play.until(moment / 10)
        play.ask(asked := asked + 1, wait_s=2.0)
        play.connect()
    assert play.granted


def test_a_vendor_that_takes_connections_only_to_drop_them_is_not_hammered():
    play = Play(floor=1, chance=0.99, retry_first_s=0.25, retry_max_s=10.0)
    for moment in range(600):
        play.until(moment / 10)
        for line in tuple(play.dialling):
            play.connect(line)
            play.lose(line)
    assert play.dials < 20


def test_renewing_drops_the_idle_and_drains_the_busy():
    play = warm(lines=2)
    play.ask(1)
    busy = play.granted[1][0]
    play.do(play.pool.renew(play.now))
    assert play.dropped == [3 - busy]
    assert play.lines(LineState.DRAINING) == 1
    assert len(play.dialling) >= 1


@pytest.mark.parametrize("line", [7, 99])
def test_what_is_told_of_unknown_lines_changes_nothing(line):
    play = warm()
    play.pool.kept(line, 0.0)
    assert not play.pool.lost(line, 0.0)
    assert not play.pool.settled(line, 0.0)
    assert not play.pool.cleaning(line, 1, 0.0)
    assert not play.pool.released(line, 1, 0.0, clean=True)


def test_of_many_lines_that_are_due_a_few_are_looked_after_at_once():
    play = warm(lines=40, ceiling=40, dials_at_once=40, keep_alive_s=5.0)
    due = play.now + 5.0
    told = [len(play.pool.tick(due)) for _ in range(4)]
    assert told == [16, 16, 8, 0]
    assert play.pool.deadline() > due


def test_lines_that_were_due_one_by_one_are_looked_after_together():
    play = Play(floor=12, spare=0, ceiling=12, dials_at_once=12, keep_alive_s=5.0)
    for line in play.dialling:
        play.pool.dialled(line, 1.0 + line / 1000)
    moments = []
    while (now := play.pool.deadline()) < 16.0:
        moments += [now for effect in play.pool.tick(now) if isinstance(effect, KeepAlive)]
    first, second = moments[:12], moments[12:24]
    assert len(set(first)) == 12
    assert len(set(second)) == 1
    assert all(4.9 < late - early <= 5.0 for early, late in zip(first, second, strict=True))
