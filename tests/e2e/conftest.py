import pytest

from tests.e2e.processes import ESPEAK_ALONE, Envoy, Gateway


@pytest.fixture(scope="session")
def house():
    """A running gateway with every local voice, shared by all tests that do not end it."""
    with Gateway() as running:
        yield running.ready()


@pytest.fixture(scope="session")
def envoy(house, tmp_path_factory):
    """The proxy in front of that gateway."""
    with Envoy(house, tmp_path_factory.mktemp("envoy")) as running:
        yield running


@pytest.fixture
def brief():
    """A gateway with the fastest voice, which the test may end."""
    with Gateway(**ESPEAK_ALONE) as running:
        yield running


@pytest.fixture(params=["grpc", "websocket"])
def wire(request):
    return request.param
