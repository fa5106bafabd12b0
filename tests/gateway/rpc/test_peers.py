import pytest

from gateway.rpc.peers import peer_name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (("127.0.0.1", 5), "ipv4:127.0.0.1:5"),
        (("::ffff:10.1.2.3", 5, 0, 0), "ipv4:10.1.2.3:5"),
        (("::1", 5, 0, 0), "ipv6:%5B::1%5D:5"),
        ("/run/x", "unix:/run/x"),
        (None, "unix:"),
    ],
)
def test_a_peer_is_named_as_grpc_names_it(address, name):
    assert peer_name(address) == name
