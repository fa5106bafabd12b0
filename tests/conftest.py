import gc
import os
import subprocess
import tempfile
from pathlib import Path

import coverage
import psutil
import pytest

from gateway.engines.cores import cores

_MEASURED = "COVERAGE_PROCESS_CONFIG"
"""Where coverage tells child processes that they are measured."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Return how many processes `-n auto` means: the plugin counts the host's cores, even those that a container may not use."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    return min(cores(), psutil.cpu_count(logical=False) or cores())


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Set aside the tests themselves: whoever collects garbage would go over all of them each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Stop coverage during tests of volume: what they execute, other tests execute too."""
    watcher = coverage.Coverage.current() if item.get_closest_marker("volume") else None
    if watcher is None:
        return (yield)
    watcher.stop()
    try:
        return (yield)
    finally:
        watcher.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Start the processes of a test without coverage: what they execute, other tests execute too, unless it is marked `measured`."""
    measured = None if item.get_closest_marker("measured") else os.environ.pop(_MEASURED, None)
    try:
        return (yield)
    finally:
        if measured is not None:
            os.environ[_MEASURED] = measured


@pytest.fixture
def short_tmp_path():
    """A folder in which the paths of sockets fit, as they may not in pytest's."""
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        yield Path(place)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Key and certificate for localhost, as PEM files."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*command, *subject, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert
