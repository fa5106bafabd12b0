"""What a reader finds: modules that say what they are, public names that are explained, no junk drawers, no escapes."""

import ast
import subprocess

import pytest

from tests.house.sources import ROOT, SOURCES, name_of, tree_of

HOSTS = tuple(
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("files.python", "hosted"),
        ("registry.npm", "js.org"),
        ("deb.debian", ".org"),
        ("/wor", "k/"),
    )
)
"""Put together here, so that this file does not name them."""
JUNK = {"utils", "util", "helpers", "helper", "common", "manager", "base", "impl", "misc"}

_THIRD_PERSON = (
    "Acknowledges Adds Appends Applies Asks Begins Builds Cancels Carries Checks Chooses Closes Connects Continues Converts Creates "
    "Decides Delivers Does Drains Encodes Feeds Finds Follows Forgets Gives Hands Has Implements Keeps Lets Listens Makes Opens Parses "
    "Prepares Puts Raises Reads Receives Refuses Registers Releases Removes Renders Replaces Resets Returns Says Sends Serves Speaks "
    "Stands Takes Tells Unpacks Waits Wakes Writes Yields"
)
DESCRIBED = frozenset(_THIRD_PERSON.split())
"""Verbs that cannot be mistaken for the plural of a noun, with which the docstring of what returns a value may begin."""


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_module_says_what_it_is(path):
    assert ast.get_docstring(tree_of(path)), "a module opens with what it is"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_public_classes_and_functions_are_explained(path):
    silent = [
        node.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not _is_nested(path, node)
    ]
    assert silent == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_docstring_says_what_to_do_not_what_is_done(path):
    """PEP 257 has "Send", not "Sends". Ruff's D401 also rejects the noun phrases of what only returns a value."""
    wrong = [
        f"{name_of(path)}:{node.lineno} {told.split()[0]}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (told := ast.get_docstring(node))
        and told.split()[0].rstrip(",;:.") in DESCRIBED
    ]
    assert wrong == []


def _is_private_class(node) -> bool:
    return isinstance(node, ast.ClassDef) and node.name.startswith("_")


def _is_nested(path, node) -> bool:
    return any(
        (isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) or _is_private_class(outer))
        and node is not outer
        and node in ast.walk(outer)
        for outer in ast.walk(tree_of(path))
    )


def test_no_module_is_a_junk_drawer():
    assert [name_of(path) for path in SOURCES if path.stem in JUNK or path.parent.name in JUNK] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_stand_at_the_top_and_nobody_hides_behind_type_checking(path):
    hidden = [
        f"{name_of(path)}:{inner.lineno}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.If)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_file_names_a_registry_or_this_machine():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    named = []
    for name in filter(None, tracked):
        path = ROOT / name
        if path.suffix in {".onnx", ".png", ".wav", ".gz"} or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        named += [(name, host) for host in HOSTS if host in text]
    assert named == []
