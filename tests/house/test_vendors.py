"""docs/vendors.md names every limit of a vendor, docs/vendor-switches.md every switch; and both, what it usually is."""

import enum
import re
from dataclasses import asdict
from importlib import import_module

import pytest
import yaml

from gateway.app.vendors import VENDORS
from legato.domain.vendors import VendorLimits
from tests.house.sources import ROOT

VENDORS_PAGE = (ROOT / "docs/vendors.md").read_text(encoding="utf-8")
LIMITS = VENDORS_PAGE.partition("## Limits")[2].partition("\n## ")[0]
SWITCHES = (ROOT / "docs/vendor-switches.md").read_text(encoding="utf-8")


def test_every_limit_is_told_with_its_usual_value():
    told = {
        name: float(usual)
        for names, values in re.findall(r"^\| (`[^|]+`) \| ([\d., ]+) \|", LIMITS, re.MULTILINE)
        for name, usual in zip(re.findall(r"`(\w+)`", names), values.split(", "), strict=True)
    }
    assert told == asdict(VendorLimits())


@pytest.fixture(scope="module")
def switches():
    """Those of the page: by dialect, the usual value of each."""
    told, dialect = {}, ""
    for named, switch, usual in re.findall(r"^\| (\S*) ?\| `(\w+)` \| `([^`]*)` \|", SWITCHES, re.MULTILINE):
        dialect = named.strip("`") or dialect
        told.setdefault(dialect, {})[switch] = yaml.safe_load(usual)
    return told


@pytest.mark.parametrize("dialect", VENDORS)
def test_every_switch_is_told_with_its_usual_value(switches, dialect):
    kind = import_module(f"legato.providers.{dialect}").Switches
    assert dialect in switches, f"expected the switches of {dialect} in docs/vendor-switches.md"
    usual = {
        name: value.value if isinstance(value, enum.Enum) else value for name, value in asdict(kind()).items()
    }
    assert {name: type(usual[name])(value) for name, value in switches[dialect].items()} == usual


def test_no_other_dialect_is_told_of(switches):
    assert set(switches) == set(VENDORS)
