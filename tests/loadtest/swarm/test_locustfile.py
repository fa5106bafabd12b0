"""Locust and gevent, which patch the standard library, stay in the one process that is made for them."""

import re

from tests.house.sources import ROOT

IMPORTS = re.compile(r"^\s*(?:from|import)\s+(?:locust|gevent)\b", re.MULTILINE)
PLACES = ("src", "gateway", "loadtest", "tests")


def test_r26_nobody_else_imports_them():
    importing = {
        str(path.relative_to(ROOT))
        for place in PLACES
        for path in (ROOT / place).rglob("*.py")
        if IMPORTS.search(path.read_text(encoding="utf-8"))
    }
    assert importing == {"loadtest/swarm/locustfile.py"}
