"""What callers say, and when."""

import itertools
import random

from loadtest.swarm.turns import ANSWERS, PHRASES, Habits, Shape, turns


def some(count=2_000, start_s=10.0, seed=1, **habits):
    return list(itertools.islice(turns(start_s, random.Random(seed), Habits(**habits)), count))


def test_the_same_seed_says_the_same():
    assert some(50) == some(50)
    assert some(50) != some(50, seed=2)


def test_turns_come_one_after_the_other_with_a_pause_behind_what_is_listened_to():
    every = some()
    assert 10.0 <= every[0].due_s <= 12.5
    for one, two in itertools.pairwise(every):
        written_s = one.tokens[-1][0]
        heard_s = len(one.text) / 14 if one.barge_in_s is None else one.barge_in_s
        pause_s = two.due_s - one.due_s - max(written_s, heard_s)
        assert 0.5 - 1e-6 <= pause_s <= 2.5 + 1e-6


def test_callers_do_not_speak_in_step():
    firsts = [some(1, seed=seed)[0].due_s for seed in range(50)]
    assert max(firsts) - min(firsts) > 1.5


def test_the_shares_are_those_that_were_asked_for():
    every = some()
    answers = [turn for turn in every if turn.shape is Shape.ANSWER]
    interrupted = [turn for turn in answers if turn.barge_in_s is not None]
    assert 0.35 < len(answers) / len(every) < 0.45
    assert 0.2 < len(interrupted) / len(answers) < 0.3
    assert all(0.1 <= turn.barge_in_s <= 0.6 for turn in interrupted)
    assert {turn.shape for turn in some(100, answers=0.0)} == {Shape.PHRASE}


def test_a_phrase_is_given_whole_and_is_never_interrupted():
    for turn in some():
        if turn.shape is Shape.PHRASE:
            assert turn.tokens[0][0] == 0.0
            assert len(turn.tokens) == 1
            assert turn.text in PHRASES
            assert turn.barge_in_s is None


def test_an_answer_comes_token_by_token_as_a_model_writes_it():
    for turn in some(200):
        if turn.shape is Shape.ANSWER:
            assert turn.text in ANSWERS
            assert len(turn.tokens) > 10
            gaps = [two[0] - one[0] for one, two in itertools.pairwise(turn.tokens)]
            assert all(0.01 - 1e-9 <= gap <= 0.05 + 1e-9 for gap in gaps)
