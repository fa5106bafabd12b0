from gateway.simulator.venue import SimulatedVendor, Venue
from legato.domain.vendors import VendorLimits


def test_what_is_not_said_is_loopback_and_without_limits():
    assert (Venue().host, Venue().port, Venue().tls) == ("127.0.0.1", 0, None)
    assert SimulatedVendor("one").limits == VendorLimits()
