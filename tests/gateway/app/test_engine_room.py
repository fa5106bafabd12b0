import asyncio
import itertools
import os
import signal
from pathlib import Path

import pytest

from gateway.app.config.settings import Settings
from gateway.app.engine_room import EngineRoom
from gateway.engines.supervisor import EngineFailedError
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.ports import LineRequest

pytestmark = pytest.mark.voice


class Listener:
    def __init__(self):
        self.events, self.over = [], asyncio.Event()

    def heard(self, line, event):
        self.events.append(event)
        if type(event).__name__ in {"Finished", "Failed", "Lost"}:
            self.over.set()


def acquire(room, listener):
    answers = []
    request = LineRequest(Route("espeak", ""), "en", UtteranceOptions(), Principal(), "s", "u", 1e9)
    room.lines(itertools.count(1))["espeak"].acquire(request, listener, answers.append)
    return answers[0]


async def test_lines_refuse_until_the_engine_is_there_and_then_speak(espeak):
    async with EngineRoom(espeak()) as room, asyncio.TaskGroup() as group:
        assert room.wanted
        assert not room.ready("espeak")
        refused = acquire(room, Listener())
        assert isinstance(refused, Failed)
        assert refused.reason is Reason.VENDOR_UNREACHABLE

        link = group.create_task(room.keep_linked())
        await room.warm_up()
        watch = group.create_task(room.watch())
        assert room.well()
        assert room.ready("espeak")
        assert not room.ready("joe")
        assert room.rates_hz == {22_050}
        listener = Listener()
        line = acquire(room, listener)
        assert room.open_runs == 0
        line.say(0, Reading("Hello."))
        assert room.open_runs == 1
        line.end_input()
        async with asyncio.timeout(20):
            await listener.over.wait()
        assert sum(len(event.data) for event in listener.events if hasattr(event, "data")) > 1_000
        line.release(clean=True)
        assert room.open_runs == 0
        link.cancel()
        watch.cancel()


async def test_an_engine_that_hangs_is_replaced_by_its_owner_when_another_process_says_so(espeak, tmp_path):
    """The worker's room waits for what was asked; the owner's, which waits for nothing, is told."""
    shared = espeak(engines={"socket": str(tmp_path / "engine.sock"), "silence_s": 0.02})
    worker = EngineRoom(shared, own=False)
    async with EngineRoom(shared) as owner, asyncio.TaskGroup() as group:
        worker.when_it_hangs(owner.replace)
        await owner.start()
        keeping = [group.create_task(owner.watch()), group.create_task(worker.keep_linked())]
        async with asyncio.timeout(60):
            await worker.warm_up()
            first = engine_of(tmp_path)
            os.kill(first, signal.SIGSTOP)
            listener = Listener()
            line = acquire(worker, listener)
            line.say(0, Reading("Hello."))
            await listener.over.wait()
            assert isinstance(listener.events[-1], Lost)
            await worker.warm_up()
        assert engine_of(tmp_path) != first
        assert (owner.restarts, worker.restarts) == (1, 0)
        for task in keeping:
            task.cancel()


@pytest.mark.voice
async def test_an_engine_is_replaced_when_its_socket_was_removed_and_only_then(espeak, tmp_path):
    path = tmp_path / "engine.sock"
    async with EngineRoom(espeak(engines={"socket": str(path)})) as owner, asyncio.TaskGroup() as group:
        await owner.start()
        first = engine_of(tmp_path)
        keeping = [group.create_task(owner.watch()), group.create_task(owner.keep_linked())]
        async with asyncio.timeout(60):
            owner.replace_unreachable()
            assert engine_of(tmp_path) == first
            path.unlink()
            owner.replace_unreachable()
            while not owner.restarts or not owner.well():  # noqa: ASYNC110 - the room rings no bell
                await asyncio.sleep(0)
        assert (owner.restarts, path.is_socket()) == (1, True)
        for task in keeping:
            task.cancel()


def engine_of(folder):
    """The process that listens in this folder."""
    found = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and str(folder).encode() in _command(entry)
    ]
    assert len(found) == 1, found
    return found[0]


def _command(process):
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""  # it has ended meanwhile


async def test_an_engine_that_cannot_start_says_why(tmp_path):
    from_nowhere = EngineRoom(_joe(tmp_path))
    async with from_nowhere as room:
        with pytest.raises(EngineFailedError, match="no prepared voice"):
            await room.warm_up()
    assert not room.well()


def _joe(voices):
    return Settings(
        voices={"joe": {"routes": [{"provider": "joe"}]}},
        providers={"joe": {"engine": "piper"}},
        engines={"voices": str(voices)},
    )


async def test_without_local_engines_there_is_nothing_to_start():
    settings = Settings(
        voices={"a": {"routes": [{"provider": "v"}]}},
        providers={"v": {"dialect": "x", "credential": "env:K"}},
    )
    async with EngineRoom(settings) as room:
        await room.warm_up()
        await room.keep_linked()
        await room.watch()
        assert not room.wanted


def test_what_was_made_for_the_socket_is_removed(espeak, short_tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(short_tmp_path))
    room = EngineRoom(espeak())
    assert len(list(short_tmp_path.iterdir())) == 1
    room.discard()
    assert list(short_tmp_path.iterdir()) == []


def test_a_socket_of_the_operators_is_left_alone(espeak, tmp_path):
    room = EngineRoom(espeak(engines={"socket": str(tmp_path / "engine.sock")}))
    room.discard()
    assert tmp_path.is_dir()
