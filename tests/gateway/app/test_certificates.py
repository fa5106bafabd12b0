"""A renewed certificate is given to new connections, without a restart."""

import asyncio
import contextlib
import shutil
import ssl
from pathlib import Path

import pytest
import uvloop

from gateway.app.certificate_dates import dates
from gateway.app.certificates import LOOK_S, Renewal, tls_context
from gateway.app.config.sections import Tls
from gateway.app.self_signed import certificate

GIVEN = Path(__file__).parent / "tls"  # self-signed for localhost, for a hundred years, for tests alone


@pytest.fixture
def tls(tmp_path):
    for name in ("certificate.pem", "key.pem"):
        shutil.copy(GIVEN / name, tmp_path)
    return Tls(certificate=tmp_path / "certificate.pem", key=tmp_path / "key.pem")


@pytest.fixture(scope="module")
def renewed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("renewed")
    certificate(folder)
    return folder


class Looks:
    """Lets a watch look whenever it is told to, on no clock."""

    def __init__(self):
        self._may, self.done = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def sleep(self, seconds):
        assert seconds == LOOK_S
        self.done.release()
        await self._may.acquire()

    async def look(self):
        await self.done.acquire()
        self._may.release()
        await self.done.acquire()
        self.done.release()


async def shown(port, name):
    """Return the certificate that a client is shown, and the protocol that is agreed on."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    trusting.set_alpn_protocols(["h2", "http/1.1"])
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=name)
    tls = writer.get_extra_info("ssl_object")
    told = ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True)), tls.selected_alpn_protocol()
    writer.close()
    return told


async def watched(tls, act):
    """Serve with a certificate that is watched, and let `act` do something about it."""
    served = tls_context(tls, "h2")
    renewal, looks = Renewal(tls, {"h2": served}), Looks()
    async with (
        await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=served) as server,
        asyncio.TaskGroup() as tasks,
    ):
        watching = tasks.create_task(renewal.watch(looks.sleep))
        await act(server.sockets[0].getsockname()[1], looks)
        watching.cancel()


@pytest.mark.parametrize("name", ["localhost", ""], ids=["named", "nameless"])
@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_new_connections_get_the_renewed_certificate(tls, renewed, loop, name):
    async def act(port, looks):
        assert await shown(port, name) == ((GIVEN / "certificate.pem").read_text(), "h2")
        shutil.copy(renewed / "certificate.pem", tls.certificate)
        await looks.look()  # only one of the two files has been replaced so far
        assert await shown(port, name) == ((GIVEN / "certificate.pem").read_text(), "h2")
        shutil.copy(renewed / "key.pem", tls.key)
        await looks.look()
        assert await shown(port, name) == ((renewed / "certificate.pem").read_text(), "h2")
        tls.key.unlink()
        await looks.look()
        assert await shown(port, name) == ((renewed / "certificate.pem").read_text(), "h2")

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(watched(tls, act))


def shaken(server):
    """What a server has sent after the client's last word of the handshake."""
    trusting = ssl.create_default_context(cafile=GIVEN / "certificate.pem")
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = trusting.wrap_bio(to_client, to_server, server_hostname="localhost")
    here = server.wrap_bio(to_server, to_client, server_side=True)
    for one in (there, here):
        with contextlib.suppress(ssl.SSLWantReadError):
            one.do_handshake()
    there.do_handshake()
    assert (there.version(), to_client.pending) == ("TLSv1.3", 0)
    here.do_handshake()
    return to_client.read()


def test_a_client_may_write_at_once_while_another_of_its_threads_reads(tls):
    """A session ticket would come just then, and OpenSSL would lose what is being written."""
    assert shaken(tls_context(tls, "http/1.1")) == b""


async def test_what_happens_to_it_is_logged_once(tls, renewed, said):
    async def act(_, looks):
        await looks.look()
        assert said() == []
        tls.certificate.write_text("nothing")
        await looks.look()
        await looks.look()
        ((level, event, why),) = said()
        assert level == "warning"
        assert event == "the certificate has changed and cannot be used; the one before it stays"
        assert "has no certificate" in why
        for name in ("certificate.pem", "key.pem"):
            shutil.copy(renewed / name, tls.key.parent)
        await looks.look()
        assert said()[1][:2] == ("info", "the certificate has changed; new connections get the new one")

    await watched(tls, act)


async def test_a_renewed_key_that_the_gateway_may_not_read_is_logged_once(tls, said):
    async def act(_, looks):
        tls.key.rename(tls.key.with_suffix(".old"))
        await looks.look()
        assert said() == [], "it may be in the middle of being replaced"
        await looks.look()
        await looks.look()
        ((level, event, why),) = said()
        assert level == "warning"
        assert event == "the certificate has changed and cannot be used; the one before it stays"
        assert why == f"{tls.key} cannot be read: no such file or directory"
        tls.key.with_suffix(".old").rename(tls.key)
        await looks.look()
        tls.key.unlink()
        await looks.look()
        await looks.look()
        assert len(said()) == 2, "another time is another warning"

    await watched(tls, act)


@pytest.fixture
def said(monkeypatch):
    """What was logged: level, event and reason."""
    lines = []

    class Log:
        def info(self, event):
            lines.append(("info", event, ""))

        def warning(self, event, why):
            lines.append(("warning", event, why))

    monkeypatch.setattr("gateway.app.certificates.logger", lambda _: Log())
    return lambda: lines


async def test_without_a_certificate_there_is_nothing_to_watch():
    async with asyncio.timeout(1):
        await Renewal(Tls(), {"h2": None}).watch()


@pytest.mark.parametrize(
    ("at", "event", "why"),
    [
        (-1, "the certificate is not valid yet", "it is valid from "),
        (1, None, ""),
        (31 * 86400, "the certificate has expired", "it was valid until "),
    ],
)
async def test_a_certificate_that_clients_refuse_is_named(tls, renewed, said, at, event, why):
    made = dates((renewed / "certificate.pem").read_bytes())
    renewal = Renewal(of(renewed), {"h2": tls_context(of(renewed), "h2")}, lambda: made.not_before_s + at)
    assert [(level, told) for level, told, _ in said()] == ([("warning", event)] if event else [])
    assert all(reason.startswith(why) and reason.endswith(" UTC") for *_, reason in said())
    assert renewal.dates == made


async def test_the_dates_are_those_of_the_certificate_in_use(tls, renewed):
    renewal = Renewal(tls, {"h2": tls_context(tls, "h2")})
    looks, given = Looks(), dates((GIVEN / "certificate.pem").read_bytes())
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(renewal.watch(looks.sleep))
        shutil.copy(renewed / "certificate.pem", tls.certificate)
        await looks.look()  # it does not belong to the key
        assert renewal.dates == given
        shutil.copy(renewed / "key.pem", tls.key)
        await looks.look()
        assert renewal.dates == dates((renewed / "certificate.pem").read_bytes()) != given
        watching.cancel()
    assert Renewal(Tls(), {}).dates is None


def of(folder):
    return Tls(certificate=folder / "certificate.pem", key=folder / "key.pem")
