"""The prepared voice from `make setup`; one decoder and one library for all tests of a process."""

import asyncio
import tempfile
import threading
from pathlib import Path

import pytest

from gateway.engines.bench import Bench
from gateway.engines.engine_link import EngineLink
from gateway.engines.engine_server import EngineServer, Offer
from gateway.engines.espeak_voice import EspeakVoice
from gateway.engines.piper_voice import PiperVoice
from gateway.engines.prepared import default_directory, prepared_voices
from gateway.engines.voice import Manner, Sound, SpokenWord, SpokenWords


@pytest.fixture(scope="session")
def joe_directory():
    found = [path for path in prepared_voices(default_directory()) if path.name.startswith("joe-")]
    assert found, "no prepared voice: run `make setup` (python -m gateway.engines.prepare)"
    return found[0]


@pytest.fixture(scope="session")
def joe(joe_directory):
    return PiperVoice(joe_directory)


@pytest.fixture(scope="session")
def espeak():
    return EspeakVoice()


PLAIN = Manner()


class Spoken:
    """Takes the pieces that a voice gives, at most `enough`."""

    def __init__(self, enough: int | None = None) -> None:
        self.pieces: list[object] = []
        self._enough = enough

    def take(self, piece: object) -> bool:
        self.pieces.append(piece)
        return self._enough is None or len(self.pieces) < self._enough

    @property
    def sounds(self) -> list[bytes]:
        return [piece.data for piece in self.pieces if isinstance(piece, Sound)]

    @property
    def samples(self) -> int:
        return sum(map(len, self.sounds)) // 2

    @property
    def words(self) -> list[SpokenWord]:
        return [word for piece in self.pieces if not isinstance(piece, Sound) for word in piece.words]


@pytest.fixture
def say():
    def speak(voice, text, manner=PLAIN, enough=None):
        spoken = Spoken(enough)
        for _ in voice.speak(text, manner, spoken.take):
            pass
        return spoken

    return speak


class Beeper:
    """A voice that gives four bytes and a time for each word, one word per step; the word "stuck" waits for `go`."""

    def __init__(self, name="beeper", languages=("en",)):
        self.name, self.languages, self.sample_rate_hz = name, languages, 1_000
        self.manners, self.long_words = [], 0
        self.first_step_s = 0.0625
        self.go = threading.Event()
        self.before_long = lambda: None

    def speak(self, text, manner, take):
        self.manners.append(manner)
        at = 0
        for number, word in enumerate(text.split()):
            if word == "stuck":
                assert self.go.wait(10)
            start = text.index(word, at)
            at = start + len(word)
            if word == "long":
                self.before_long()
                self.long_words += 1
                assert take(Sound(bytes(1 << 20)))
            if not take(Sound(b"beep")):
                return
            if not take(SpokenWords((SpokenWord(start, at, 2 * number, 2 * number + 2),))):
                return
            if at < len(text):
                yield


@pytest.fixture
def beeper():
    return Beeper()


@pytest.fixture
def second_beeper():
    return Beeper("second", ("de", "fr"))


@pytest.fixture
def socket_path():
    # Not tmp_path: the address of a Unix socket may have at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="legato-test-") as directory:
        yield Path(directory) / "engine.sock"


@pytest.fixture
async def link(socket_path):
    link = EngineLink(socket_path)
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(link.keep())
        yield link
        keeping.cancel()
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.fixture
async def engine(socket_path, beeper, second_beeper):
    """An engine of fake voices in this process, listening on `socket_path`."""
    bench, loop = Bench(threads=2), asyncio.get_running_loop()
    offer = Offer({"one": [beeper], "many": [second_beeper]})
    server = EngineServer(offer, bench, loop)
    listening = await loop.create_unix_server(server.connection, str(socket_path))
    yield server
    listening.close()
    beeper.go.set()
    bench.close()
    server.close()
    for _ in range(3):  # callbacks that were handed to the loop run now, not after it is gone
        await asyncio.sleep(0)
