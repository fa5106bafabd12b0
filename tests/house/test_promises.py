"""The promises R1 to R31: the page says what each number means, and each has tests that bear it."""

import re

import pytest

from tests.house.sources import ROOT, SOURCES

PAGE = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
ROWS = {int(number): row for number, row in re.findall(r"^\| \*\*R(\d+)\*\* \|(.*)$", PAGE, re.MULTILINE)}
TESTS = {
    path: path.read_text(encoding="utf-8")
    for folder in ("tests", "loadtest")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
}
_IN_A_NAME = re.compile(r"def test_((?:r\d+_)+)")
_IN_A_SENTENCE = re.compile(r"\bR(\d{1,2})\b(?=[\s.,:;)\"])")
_IN_BRACKETS = re.compile(r"\(R(\d{1,2})\)")


def named_in(text):
    """The promises that tests bear in their names or docstrings."""
    names = [number for name in _IN_A_NAME.findall(text) for number in re.findall(r"\d+", name)]
    sentences = [line for line in text.splitlines() if '"""' in line or line.lstrip().startswith("#")]
    return {int(number) for number in [*names, *_IN_A_SENTENCE.findall("\n".join(sentences))]}


def test_each_number_has_its_row_in_order():
    assert list(ROWS) == list(range(1, len(ROWS) + 1))


@pytest.mark.parametrize("number", ROWS)
def test_a_test_bears_it_in_a_place_that_the_page_names(number):
    places = [ROOT / place for place in re.findall(r"`(tests/[\w./]+)`", ROWS[number])]
    bearing = {path for path, text in TESTS.items() if number in named_in(text)}
    assert places
    lacking = [place for place in places if not any(place in (path, *path.parents) for path in bearing)]
    assert lacking == [], f"nothing there bears R{number}"


def test_no_other_number_is_borne():
    told = {number for text in TESTS.values() for number in named_in(text)}
    cited = {int(number) for path in SOURCES for number in _IN_BRACKETS.findall(path.read_text("utf-8"))}
    assert told | cited <= set(ROWS)
