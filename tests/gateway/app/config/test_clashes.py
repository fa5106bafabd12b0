import pytest

from gateway.app.config.clashes import clashes
from gateway.app.config.errors import ConfigError
from gateway.app.config.sections import ServerSection
from gateway.app.config.settings import load


def found(**options):
    return [(path[-1], said) for path, said in clashes(ServerSection(**options))]


@pytest.mark.parametrize(
    ("http", "grpc"),
    [
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        (":8080", "127.0.0.1:8080"),
        ("10.0.0.1:8080", ":8080"),
        ("[::]:8080", "127.0.0.1:8080"),
        ("[::]:8080", ":8080"),
        ("[::]:8080", "[::1]:8080"),
        ("localhost:8080", "127.0.0.1:8080"),
    ],
)
def test_two_listeners_cannot_have_one_address(http, grpc):
    assert found(http=http, grpc=grpc) == [("grpc", f"{grpc} is also the address of server.http")]


@pytest.mark.parametrize(
    ("http", "grpc"),
    [
        ("127.0.0.1:0", "127.0.0.1:0"),
        ("127.0.0.1:8080", "127.0.0.1:8081"),
        ("127.0.0.1:8080", "127.0.0.2:8080"),
        (":8080", "[::1]:8080"),
        ("a.example:8080", "b.example:8080"),
    ],
)
def test_others_can(http, grpc):
    assert found(http=http, grpc=grpc) == []


def test_operators_and_wyoming_count_too():
    assert found(admin="127.0.0.1:8080", wyoming=":8080") == [
        ("admin", "127.0.0.1:8080 is also the address of server.http"),
        ("wyoming", ":8080 is also the address of server.http"),
        ("wyoming", ":8080 is also the address of server.admin"),
    ]
    assert found(admin=None) == []


def test_ports_of_workers_are_their_own():
    said = "the workers' own ports, 9461 to 9464, include that of server.admin"
    assert found(workers=2, worker_ports=9461) == [("worker_ports", said)]
    assert found(worker_ports=9461) == []
    assert found(workers=2, worker_ports=9465) == []
    assert found(workers=2, worker_ports=9461, grpc="10.0.0.1:50051") == []


def test_the_line_is_told(tmp_path):
    path = tmp_path / "legato.yaml"
    path.write_text("server:\n  http: :8080\n  grpc: :8080\n")
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert str(caught.value) == f"{path}:3: server.grpc: :8080 is also the address of server.http"
