import coverage
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Coverage looks away from tests of volume: what they execute, others have executed."""
    watcher = coverage.Coverage.current() if item.get_closest_marker("volume") else None
    if watcher is None:
        return (yield)
    watcher.stop()
    try:
        return (yield)
    finally:
        watcher.start()
