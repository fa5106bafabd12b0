"""A number of streams, minutes or seeds is above 0: nothing measured is no result."""

import argparse

import pytest

from loadtest.arguments import positive


@pytest.fixture
def parser():
    made = argparse.ArgumentParser(prog="it")
    made.add_argument("--streams", type=positive(int))
    made.add_argument("--minutes", type=positive(float))
    return made


def test_numbers_above_0_are_taken(parser):
    asked = parser.parse_args(["--streams", "3", "--minutes", "0.5"])
    assert (asked.streams, asked.minutes) == (3, 0.5)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--streams", "0"], "argument --streams: expected a number above 0, got 0"),
        (["--streams=-5"], "argument --streams: expected a number above 0, got -5"),
        (["--streams", "many"], "argument --streams: invalid int value: 'many'"),
        (["--minutes", "nan"], "argument --minutes: expected a number above 0, got nan"),
        (["--minutes", "inf"], "argument --minutes: expected a number above 0, got inf"),
    ],
)
def test_others_are_named(parser, capsys, given, said):
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(given)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
