from gateway.servers.settings import ServerSettings


def test_without_being_told_it_listens_on_loopback_only():
    settings = ServerSettings()
    assert settings.admin is None
    assert {settings.http.host, settings.grpc.host} == {"127.0.0.1"}
    assert settings.fence_ms == 250
