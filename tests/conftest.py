import subprocess

import coverage
import pytest


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


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Key and certificate for localhost, as PEM files."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*command, *subject, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert
