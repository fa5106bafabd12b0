from legato_client.bounds import Level


def test_high_at_the_mark_and_low_again_at_half_of_it():
    level = Level(10)
    level.rise(9)
    assert not level.high
    level.rise(1)
    assert level.high
    level.fall(4)
    assert level.high
    level.fall(1)
    assert not level.high
    level.rise(4)
    assert not level.high


def test_reset_empties_it():
    level = Level(4)
    level.rise(9)
    level.reset()

    assert (level.amount, level.high) == (0, False)
