"""Tables."""

import pytest

from legato.text.tables import WAIT, Table, cells


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("| a | bc |", ["a", "bc"]),
        ("a|b", ["a", "b"]),
        ("| a \\| b |", ["a \\| b"]),
        ("||", [""]),
        ("| a", ["a"]),
    ],
)
def test_cells_are_found(row: str, found: list[str]) -> None:
    assert [row[start:end] for start, end in cells(row)] == found


def test_the_line_of_dashes_makes_the_header() -> None:
    table = Table()
    assert table.read("| a | b |", "", final=False) == WAIT
    assert table.read("| a | b |", "|--", final=False) == WAIT
    assert table.read("| a | b |", "|--|--|\n", final=False) is None
    assert table.read("|--|--|", "", final=False) is None
    assert table.read("| 1 | 2 |", "", final=False) == ("a", "b")


def test_without_dashes_there_is_no_header() -> None:
    table = Table()
    assert table.read("| a | b |", "| c | d |\n", final=False) == ()
    assert Table().read("| a |", "", final=True) == ()


def test_a_list_or_a_drawn_line_below_a_row_makes_no_header() -> None:
    assert Table().read("| a | b |", "-", final=False) == WAIT
    assert Table().read("| a | b |", "- c", final=False) == ()
    assert Table().read("| a | b |", "---\n", final=False) == ()
    assert Table().read("| a | b |", "--- | ---\n", final=False) is None
