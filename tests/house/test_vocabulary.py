"""The vocabulary is closed: `docs/architecture.md` names every event, effect, reply and fact, and nothing that is none.

It is the map, too: it names every module that decides, and every module that holds a line to a vendor.
"""

import ast
import re

import pytest

from tests.house.sources import ROOT, tree_of

DOMAIN = ROOT / "src/legato/domain"
KINDS = ("events", "effects", "replies", "facts")
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
LISTED = {
    name
    for item in re.findall(r"^- (.*?)(?=^- |^$)", PAGE, re.MULTILINE | re.DOTALL)
    for names in re.findall(r"`([A-Z][^`]*)`", item)
    for name in names.split()
}


def declared(kind):
    """The value classes of a module; an enumeration is what one of them may hold."""
    return {
        node.name
        for node in tree_of(DOMAIN / f"{kind}.py").body
        if isinstance(node, ast.ClassDef) and not any("Enum" in ast.unparse(base) for base in node.bases)
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_names_every_one(kind):
    assert declared(kind)
    assert declared(kind) - LISTED == set()


def test_the_page_names_none_that_is_not_there():
    assert LISTED - set().union(*map(declared, KINDS)) == set()


@pytest.mark.parametrize("folder", ["src/legato/core", "gateway/upstream"])
def test_the_page_names_every_module(folder):
    modules = {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}
    named = {word for quoted in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"\w+", quoted)}
    assert modules
    assert modules - named == set()
