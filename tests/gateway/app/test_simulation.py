import pytest

from gateway.app.config_dialects import DialectsSection
from gateway.app.simulation import NAMES, simulated, simulator
from gateway.app.vendors import VENDORS
from gateway.simulator.script import Script


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
