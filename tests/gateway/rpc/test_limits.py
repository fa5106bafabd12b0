from gateway.rpc.limits import Limits
from gateway.servers.settings import ServerSettings


def test_a_frozen_client_is_noticed_as_late_as_on_a_websocket_and_windows_are_small():
    limits = Limits()
    assert limits.keepalive_s > 0
    assert limits.keepalive_s + limits.keepalive_answer_s == ServerSettings().user_timeout_s
    assert limits.goodbye_answer_s == 1
    assert limits.window_bytes <= 65_535 < limits.connection_bytes
