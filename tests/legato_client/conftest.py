import importlib.util
from pathlib import Path

import pytest

# Under importlib mode tests cannot import one another, so the scripted gateway is a fixture.
_spec = importlib.util.spec_from_file_location("scripted", Path(__file__).with_name("scripted.py"))
_scripted = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_scripted)


@pytest.fixture
def scripted():
    """The module with scripted gateways."""
    return _scripted


@pytest.fixture(params=["grpc", "websocket"])
def gateway(request):
    """Starts a scripted gateway: `async with gateway(script, …) as running`; once over each wire."""
    return _scripted.WIRES[request.param]
