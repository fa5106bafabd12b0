import asyncio
import contextlib
import io
import json
import os
import signal
import socket
import tempfile
from types import SimpleNamespace

import aiohttp
import pytest

from gateway.app.config.settings import Settings
from gateway.app.serve import CannotServeError
from gateway.app.workers import parent
from gateway.app.workers.parent import _guard, _late, _Parent, serve_with_workers
from gateway.app.workers.ports import Ports
from gateway.engines.own_directory import OwnDirectory
from gateway.telemetry.logs import Logs, logger
from tests.virtual_time import on_virtual_time

FREE = "127.0.0.1:0"


def vendor(**server):
    """A gateway whose only voice is a vendor's that is not there: its workers need nothing else."""
    return Settings(
        voices={"v": {"routes": [{"provider": "x", "voice": "anna"}]}},
        providers={
            "x": {
                "dialect": "openai", "credential": "env:K", "url": "http://127.0.0.1:9/v1", "pool": {"floor": 0},
            }
        },
        server={"http": FREE, "grpc": FREE, "admin": FREE, "workers": 2, "shutdown_grace_s": 5, **server},
    )  # fmt: skip


def logs():
    return Logs("info", "json", io.StringIO())


async def get(address, page):
    async with aiohttp.ClientSession() as client, client.get(f"http://{address}{page}") as answer:
        return answer.status, await answer.text()


@pytest.mark.slow
async def test_the_whole_life_of_a_parent_and_two_workers(told, tmp_path):
    folder = tmp_path / "envoy"
    async with asyncio.TaskGroup() as group:
        settings = vendor(envoy_endpoints=folder, wyoming=FREE)
        life = group.create_task(serve_with_workers(settings, {**os.environ, "K": "k"}, logs()))
        listening = await told.event("listening")
        await told.event("ready")
        assert listening["workers"] == 2
        for address in (listening["http"], *(f"127.0.0.1:{port}" for port in listening["own_http"])):
            assert (await get(address, "/livez"))[0] == 200
        assert (await get(listening["admin"], "/readyz"))[0] == 200
        assert {each.name for each in folder.iterdir()} == {"legato_grpc.json", "legato_http.json"}
        report = json.loads((await get(listening["admin"], "/healthz"))[1])
        os.kill(report["workers"][0]["pid"], signal.SIGKILL)
        ended = await told.event("a worker has ended and is restarted")
        assert (ended["worker"], ended["status"]) == (1, -signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(20):
            await life
    await told.event("stopped")
    assert [line["event"] for line in told.lines][-2:] == ["leaving", "stopped"]


async def test_an_address_that_is_taken_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = signal.getsignal(signal.SIGTERM)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for listener in ("http", "grpc", "admin", "wyoming"):
            with pytest.raises(CannotServeError, match=r"(?i)cannot listen on .*address already in use"):
                await serve_with_workers(vendor(**{listener: address}), {}, logs())
            assert not [*tmp_path.iterdir()], "the folder of the sockets goes with it"
            assert signal.getsignal(signal.SIGTERM) is before


async def test_a_certificate_that_does_not_fit_is_told_before_anything_starts(tmp_path):
    for name in ("certificate", "key"):
        (tmp_path / name).write_text("nothing")
    tls = {"certificate": str(tmp_path / "certificate"), "key": str(tmp_path / "key")}
    with pytest.raises(CannotServeError, match=r"server\.tls"):
        await serve_with_workers(vendor(tls=tls), {}, logs())


@pytest.mark.slow
@pytest.mark.voice
async def test_an_engine_that_does_not_start_ends_the_whole(told, tmp_path):
    settings = Settings(
        voices={"joe": {"routes": [{"provider": "joe"}]}},
        providers={"joe": {"engine": "piper"}},
        server={"http": FREE, "grpc": FREE, "admin": FREE, "workers": 2},
        engines={"voices": str(tmp_path)},
    )
    with pytest.raises(CannotServeError, match="no prepared voice"):
        await serve_with_workers(settings, dict(os.environ), logs())


async def test_r30_workers_that_have_left_are_not_waited_for_though_nobody_reports_it(monkeypatch):
    monkeypatch.setattr(parent, "_REPORT_S", 0.01)
    looks = iter([False, True])
    staff = type("Staff", (), {"gone": property(lambda _: next(looks))})()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        never = group.create_task(asyncio.Event().wait())
        assert await _late([never], SimpleNamespace(gone=True), 60.0) == {never}
        assert await _late([never], staff, 60.0) == {never}, "one is there and leaves a little later"
        assert next(looks, None) is None
        assert await _late([never], SimpleNamespace(gone=False), 0.02) == {never}, "the patience is over"
        never.cancel()
        assert await _late([never], SimpleNamespace(gone=False), 60.0) == set()


class Staff:
    """Two workers that are told to end."""

    def __init__(self, present=0):
        self.present, self.killed, self.leaving = present, 0, False

    def kill(self):
        self.killed += 1


async def cut_off(told, staff, *late):
    """Cut off workers that are late; returns what was said of it."""
    await _Parent(vendor(), {}, logs())._cut_off(staff, late)
    logger("legato.serve").info("done")
    await told.event("done")
    return [line["event"] for line in told.lines][:-1]


async def test_r30_workers_that_are_late_are_cut_off_and_their_number_is_told(told, monkeypatch):
    ended = []
    monkeypatch.setattr(parent, "end_fork_server", lambda: ended.append(True))
    staff, over = Staff(present=2), asyncio.Event()
    staff.kill = over.set
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        assert await cut_off(told, staff, group.create_task(over.wait())) == ["workers cut off"]
    assert told.lines[0]["workers"] == 2
    assert not ended, "what they are forked from has reported their end"


async def test_r30_what_workers_are_forked_from_is_ended_too_when_it_does_not_report_that_they_have_ended(
    told, monkeypatch
):
    ended = []
    monkeypatch.setattr(parent, "end_fork_server", lambda: ended.append(True))
    monkeypatch.setattr(parent, "_REPORT_S", 0.01)
    staff = Staff()
    async with asyncio.TaskGroup() as group:
        never = group.create_task(asyncio.Event().wait())
        said = await cut_off(told, staff, never)
        never.cancel()
    assert said == ["the process that workers are forked from hangs; it is killed"]
    assert (staff.killed, ended) == (1, [True])


class Place:
    """The folder of the sockets, the hub and the engines' room, of which each counts what is asked of it."""

    def __init__(self):
        self.is_reachable, self.fault = True, None
        self.restored = self.reopened = self.replaced = self.ended = 0

    def restore(self):
        self.restored += 1
        if self.fault:
            raise self.fault

    async def reopen(self):
        self.reopened += 1
        self.is_reachable = True

    def replace_unreachable(self):
        self.replaced += 1

    def end_fork_server(self):
        self.ended += 1

    @property
    def counts(self):
        return self.restored, self.reopened, self.replaced, self.ended


@on_virtual_time
async def test_a_folder_of_sockets_that_is_removed_is_made_again_and_everybody_is_replaced_once(monkeypatch):
    place, staff = Place(), Staff()
    monkeypatch.setattr(parent, "end_fork_server", place.end_fork_server)
    async with asyncio.TaskGroup() as group:
        guard = group.create_task(_guard(place, place, place, staff))
        await asyncio.sleep(60)
        assert place.counts == (0, 0, 0, 0), "it is there"
        place.is_reachable, place.fault = False, PermissionError(13, "Permission denied")
        await asyncio.sleep(19)
        assert place.counts == (4, 0, 0, 0), "it is tried again, and nobody is ended in vain"
        place.fault = None
        await asyncio.sleep(60)
        assert place.counts == (5, 1, 1, 1)
        place.is_reachable, staff.leaving = False, True
        await asyncio.sleep(60)
        assert place.counts == (5, 1, 1, 1), "who is leaving is not begun again"
        assert not guard.done()
        guard.cancel()


def test_all_workers_have_one_name_for_gateways_that_texts_go_through(tmp_path):
    with contextlib.ExitStack() as stack:
        folder = OwnDirectory(tmp_path)
        stack.callback(folder.discard)
        ports = stack.enter_context(Ports())
        first, second = _Parent(vendor(), {}, logs())._posts(ports, folder)
    assert first.gateway == second.gateway != ""
    assert first.http != second.http


def test_a_folder_for_envoy_that_cannot_be_made_is_named(tmp_path):
    taken = tmp_path / "taken"
    taken.touch()
    with contextlib.ExitStack() as stack:
        folder = OwnDirectory(tmp_path)
        stack.callback(folder.discard)
        ports = stack.enter_context(Ports())
        with pytest.raises(CannotServeError, match=r"server\.envoy_endpoints: cannot write to .*taken"):
            _Parent(vendor(envoy_endpoints=str(taken)), {}, logs())._posts(ports, folder)
