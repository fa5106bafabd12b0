"""Fails when a test was skipped, or when a report is missing: what did not run must not pass for what works."""

import sys
from pathlib import Path

from defusedxml import ElementTree


def skipped(report: Path) -> list[str]:
    """Names of the tests in a JUnit report that were skipped, with the reason."""
    cases = ElementTree.parse(report).iter("testcase")
    return [
        f"{case.get('classname')}::{case.get('name')}: {skip.get('message')}"
        for case in cases
        for skip in case.iter("skipped")
        if skip.get("type") != "pytest.xfail"
    ]


def main(reports: list[str]) -> int:
    """The command; returns its exit status."""
    missing = [name for name in reports if not Path(name).exists()]
    found = [line for name in reports if name not in missing for line in skipped(Path(name))]
    for line in [*(f"{name} is missing" for name in missing), *found]:
        sys.stderr.write(f"skipped: {line}\n")
    return 1 if found or missing or not reports else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
