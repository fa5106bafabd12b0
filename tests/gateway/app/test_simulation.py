import pytest

from gateway.app.simulation import NAMES, simulated, simulator
from gateway.simulator.script import Script


def test_every_name_has_routes():
    for vendor in simulated(NAMES):
        assert vendor.routes, vendor.name


def test_a_name_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"no vendor 'nobody'.*deepgram"):
        simulated(["deepgram", "nobody"])


def test_a_limit_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no limit 'nothing'"):
        simulator(["deepgram"], Script(limits={"nothing": 1}))
