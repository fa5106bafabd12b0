"""The tail is budgeted, not the average: no long file, no long function, no constructor with a crowd of parameters."""

import ast
import re

import pytest

from tests.house.sources import SOURCES, functions, name_of, tree_of

MAX_FILE_LINES = 350
MAX_FUNCTION_LINES = 60
MAX_CONSTRUCTOR_PARAMETERS = 7
VALUE = re.compile("dataclass|'value'")


def lines_of_values(path) -> int:
    """Dataclasses without a method are vocabulary, not code: their fields and words may be many."""
    return sum(
        node.end_lineno - node.decorator_list[0].lineno + 1
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef)
        and any(VALUE.search(ast.dump(mark)) for mark in node.decorator_list)
        and not any(isinstance(part, ast.FunctionDef) for part in node.body)
    )


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_short(path):
    lines = len(path.read_text().splitlines()) - lines_of_values(path)
    assert lines <= MAX_FILE_LINES, f"{lines} lines: give a part of it a name and a file of its own"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_function_is_short(path):
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions(path)}
    assert {name: lines for name, lines in long.items() if lines > MAX_FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_constructor_takes_few_parameters(path):
    crowded = {}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                    count = len(part.args.args) + len(part.args.kwonlyargs) + len(part.args.posonlyargs) - 1
                    if count > MAX_CONSTRUCTOR_PARAMETERS:
                        crowded[node.name] = count
    assert crowded == {}
