"""A line for each gateway, the middle of its runs, each figure also as a row."""

from loadtest.columns import Column, lines, worst
from loadtest.rows import Row

COLUMNS = (Column("work", "s", lambda run: run), Column("half", "", lambda run: run / 2))


def test_the_middle_run_counts_and_every_figure_is_a_row():
    head, line, work, half = lines({"one": [1.0, 90.0, 3.0]}, COLUMNS, lambda run: "busy" if run > 10 else "")
    assert head.split() == ["work,", "s", "half"]
    assert line.split() == ["one", "3", "1.5", "busy"]
    assert work == Row("one: work", 3.0, "s", 3, "busy")
    assert half == Row("one: half", 1.5, "", 3, "busy")


def test_of_several_marks_the_one_that_voids_the_figure_is_shown():
    assert worst(["", "noisy", "INVALID: 2 errors"]) == "INVALID: 2 errors"
    assert worst(["", "noisy", "noisier"]) == "noisy"
    assert worst(["", ""]) == ""
