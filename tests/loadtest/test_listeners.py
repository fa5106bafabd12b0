"""What a generator tells of what it has heard."""

import subprocess
from types import SimpleNamespace

import pytest

from loadtest import listeners
from loadtest.listeners import listen
from tests.loadtest.heard_made import HALF


class Generator:
    """A process that has written this."""

    def __init__(self, *said):
        self._said = list(said)
        self.stdout = SimpleNamespace(readline=lambda: self._said.pop(0) if self._said else "")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def wait(self, _):
        pass

    def kill(self):
        pass


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ((), "'begin'"),
        (("begin\n",), "'end'"),
        (("begin\n", "end\n"), "an account"),
        (("begin\n", "end\n", '{"ttfb'), "an account"),
    ],
)
def test_a_generator_that_ends_early_is_told_as_that(said, missing, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: Generator(*said))
    monkeypatch.setattr(listeners, "machine_busy_s", lambda: 0.0)
    field = SimpleNamespace(vendor=SimpleNamespace(cpu_s=lambda: 0.0), ends_core="0")
    with pytest.raises(RuntimeError, match=f"expected {missing} from the generator"):
        listen(field, SimpleNamespace(child=None, mode="ws", port=1), HALF)
