from gateway.engines.trials import Trial, Trials


def trials_of(count):
    """So many trials, and the numbers of those that have begun."""
    begun = []
    return begun, [Trial(lambda number=number: begun.append(number)) for number in range(count)]


def test_one_at_a_time_in_the_order_they_came():
    begun, made = trials_of(3)
    trials = Trials()
    for trial in made:
        trials.enter(trial)
    assert begun == [0]
    trials.leave(made[0])
    assert begun == [0, 1]
    trials.leave(made[1])
    trials.leave(made[2])
    assert begun == [0, 1, 2]


def test_who_leaves_before_its_turn_has_none():
    begun, made = trials_of(3)
    trials = Trials()
    for trial in made:
        trials.enter(trial)
    trials.leave(made[1])
    trials.leave(made[1])
    assert (begun, made[1].begun) == ([0], False)
    trials.leave(made[0])
    assert begun == [0, 2]


def test_a_crowd_that_is_over_as_soon_as_it_begins():
    trials, begun = Trials(), []

    def over_at_once(number):
        begun.append(number)
        trials.leave(made[number])

    made = [Trial(lambda number=number: over_at_once(number)) for number in range(5_000)]
    first = Trial(lambda: None)
    trials.enter(first)
    for trial in made:
        trials.enter(trial)
    trials.leave(first)
    assert begun == list(range(5_000))
