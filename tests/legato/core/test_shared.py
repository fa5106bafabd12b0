"""What streams have in common."""

from legato.core.shared import Shared


def test_each_process_has_its_own():
    one, other = Shared(), Shared()
    one.paces["one/v"] = 1.2
    while one.attention.grants(1_000, 0.0):
        pass
    assert other.paces == {}
    assert other.attention.grants(1, 0.0)
