"""Whether the local voices reach what they are to reach."""

import pytest

from loadtest.voice_crowds import AT_RANDOM, FIRST, OTHERS
from loadtest.voices import main, targets


def verdicts(**found):
    usual = {
        f"espeak-ng, 3 words, one core: {FIRST}": 0.4,
        f"espeak-ng, 3 words, through its socket: {FIRST}": 1.0,
        f"espeak-ng, 3 words, through its socket: {FIRST} p95": 9.0,
        f"{AT_RANDOM}: {FIRST} p95": 180.0,
        f"{AT_RANDOM}: {OTHERS}": 0.1,
    }
    return [(target.found, target.verdict) for target in targets({**usual, **found})]


def test_espeak_is_judged_by_its_slowest_median_and_the_neural_voice_by_its_tail():
    assert verdicts() == [(1.0, "reached"), (180.0, "reached")]
    late = {f"espeak-ng, 25 words, one core: {FIRST}": 3.5, f"{AT_RANDOM}: {FIRST} p95": 210.0}
    assert verdicts(**late) == [(3.5, "NOT REACHED"), (210.0, "NOT REACHED")]


def test_work_of_others_is_told():
    assert [target.note for target in targets({f"{AT_RANDOM}: {OTHERS}": 1.5})] == [
        "noisy, others used 1.50 cores"
    ] * 2


def test_what_was_not_measured_is_no_figure():
    assert [target.verdict for target in targets({})] == ["no figure", "no figure"]


@pytest.mark.parametrize("given", ["--streams=0", "--streams=-3", "--seconds=0", "--seconds=nan"])
def test_a_crowd_of_nobody_is_refused_before_anything_is_measured(given, capsys):
    with pytest.raises(SystemExit) as ended:
        main([given])
    assert ended.value.code == 2
    assert "expected a number above 0" in capsys.readouterr().err
