from gateway.rpc.limits import Limits


def test_a_frozen_client_is_noticed_and_windows_are_small():
    limits = Limits()
    assert limits.keepalive_s > 0
    assert limits.keepalive_answer_s == 1
    assert limits.window_bytes <= 65_535 < limits.connection_bytes
