"""The prepared voice that `make setup` has made; one decoder and one library for all tests of a process."""

import pytest

from gateway.engines.espeak_voice import EspeakVoice
from gateway.engines.piper_voice import PiperVoice
from gateway.engines.prepared import default_directory, prepared_voices
from gateway.engines.voice import Manner, Sound, SpokenWord


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
    """Takes what a voice gives, at most `enough` pieces."""

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
