"""How much is listened to at once. Promise R23: whatever happens, what is done for it is bounded."""

import random

from legato.core.attention import Attention


def test_whoever_comes_first_is_listened_to_and_the_last_of_them_as_long_as_it_is():
    attention = Attention(frames_per_s=100.0, at_once=250)
    assert [attention.grants(100, 5.0) for _ in range(5)] == [True, True, True, False, False]


def test_it_comes_back_with_time_and_never_above_what_is_there_at_first():
    attention = Attention(frames_per_s=100.0, at_once=250)
    assert attention.grants(350, 5.0)
    assert not attention.grants(1, 6.0)
    assert attention.grants(1, 6.1)
    assert [attention.grants(125, 1_000.0) for _ in range(3)] == [True, True, False]


def test_a_clock_that_stands_still_or_goes_back_gives_nothing():
    attention = Attention(frames_per_s=100.0, at_once=10)
    assert attention.grants(10, 9.0)
    assert not attention.grants(1, 9.0)
    assert not attention.grants(1, 3.0)
    assert not attention.grants(1, 9.0)


def test_in_the_long_run_no_more_is_listened_to_than_the_rate_allows():
    dice = random.Random(7)
    attention, now, listened = Attention(), 0.0, 0
    while now < 60.0:
        now += dice.expovariate(100.0)
        frames = dice.randint(4, 1_500)
        listened += frames * attention.grants(frames, now)
    assert 0.95 * 60 * 12_000 < listened <= 60 * 12_000 + 2_000 + 1_500
