import re
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import ValidationError

from gateway.app.config_dialects import DialectsSection
from gateway.app.simulation import NAMES, simulated, simulator
from gateway.app.vendors import VENDORS
from gateway.simulator.log import Saw
from gateway.simulator.script import Fault, Moment, Script


def test_every_name_has_routes():
    for vendor in simulated(NAMES):
        assert bool(vendor.routes) is (vendor.make_tcp_face is None), vendor.name


def test_what_a_vendor_leaves_open_may_be_decided():
    usual, decided = simulated(NAMES), simulated(NAMES, DialectsSection())
    assert [len(vendor.routes) for vendor in usual] == [len(vendor.routes) for vendor in decided]


def test_limits_are_those_that_the_vendor_side_keeps():
    [deepgram] = simulated(["deepgram"])
    assert deepgram.limits == VENDORS["deepgram"](None, {}, {}).traits.limits


def test_a_name_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"no vendor 'nobody'.*deepgram"):
        simulated(["deepgram", "nobody"])


def test_a_limit_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no limit 'nothing'"):
        simulator(["deepgram"], Script(limits={"nothing": 1}))


GUIDE = (Path(__file__).parents[3] / "docs/simulator.md").read_text()


def test_the_guide_names_every_vendor_and_every_entry():
    told = set(re.findall(r"`([a-z_0-9]+)`", GUIDE))
    assert set(NAMES) | {saw.value for saw in Saw} <= told


def test_every_script_of_the_guide_can_be_used():
    scripts = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        Script.model_validate(yaml.safe_load(script))


def test_every_fault_of_the_guide_can_be_used_somewhere():
    table = GUIDE[GUIDE.index("| `do` |") : GUIDE.index("A reset waits")]
    deeds = [
        deed for row in table.splitlines()[2:] if row for deed in re.findall("`(.*?)`", row.split("|")[1])
    ]
    assert len(deeds) == 18
    for deed in deeds:
        do = yaml.safe_load(deed)
        moments = []
        for at in get_args(Moment):
            try:
                moments.append(Fault.model_validate({"when": {"at": at}, "do": do}).when.at)
            except ValidationError:
                continue
        row = next(line for line in table.splitlines() if f"`{deed}`" in line)
        refused = row.split("|")[3].replace("only at", "").replace(",", " ").split()
        every = set(get_args(Moment))
        assert set(moments) == (set(refused) if "only" in row.split("|")[3] else every - set(refused)), deed
