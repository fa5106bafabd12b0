from gateway.session.faults import broken
from legato.domain.errors import Reason


def test_the_client_is_told_that_only_its_stream_is_over():
    assert broken().reason is Reason.INTERNAL
    assert "other streams are not affected" in broken().message
