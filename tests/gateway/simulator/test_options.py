from gateway.simulator.options import SimulatedVendor, SimulatorOptions
from legato.domain.vendors import VendorLimits


def test_what_is_not_said_is_loopback_and_without_limits():
    assert (SimulatorOptions().host, SimulatorOptions().port, SimulatorOptions().tls) == (
        "127.0.0.1",
        0,
        None,
    )
    assert SimulatedVendor("one").limits == VendorLimits()


def test_an_address_of_ipv6_has_brackets_in_urls():
    assert [SimulatorOptions(host=host).url_host for host in ("127.0.0.1", "::1", "localhost")] == [
        "127.0.0.1",
        "[::1]",
        "localhost",
    ]
