"""One always knows where the test is: every module has a test file of its own name in the mirrored place.

`tests/plays` has more of the core and the session together: it names the rules and not the modules.
"""

import pytest

from tests.house.sources import ROOT, SOURCES, name_of

VALUES = {
    "gateway/session/services.py",
    "gateway/upstream/keeper.py",
    "gateway/upstream/line_life.py",
    "src/legato/core/pool_terms.py",
    "src/legato/domain/effects.py",
    "src/legato/domain/events.py",
    "src/legato/domain/facts.py",
    "src/legato/domain/receipt.py",
    "src/legato/domain/replies.py",
    "src/legato/domain/vendors.py",
    "src/legato/ports/clocks.py",
    "src/legato/ports/downstream.py",
    "src/legato/ports/house.py",
    "src/legato/ports/upstream.py",
}
"""Declarations without behaviour."""


@pytest.mark.parametrize("path", [p for p in SOURCES if p.stem not in {"__init__", "__main__"}], ids=name_of)
def test_every_module_has_its_test(path):
    name = name_of(path)
    if name in VALUES:
        return
    inside = path.relative_to(ROOT / "src") if name.startswith("src/") else path.relative_to(ROOT)
    expected = ROOT / "tests" / inside.parent / f"test_{path.stem}.py"
    assert expected.exists(), f"expected {expected.relative_to(ROOT)}"


def test_the_exceptions_still_exist():
    names = {name_of(path) for path in SOURCES}
    assert names >= VALUES
