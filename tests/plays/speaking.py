"""A real voice on a virtual clock that tells nothing but where its texts end, and which of its words had sounded when."""

import numpy as np

from gateway.engines.espeak_voice import EspeakVoice
from gateway.engines.voice import Manner, Piece, Sound, SpokenWord
from legato.audio.resampler import Resampler
from legato.core.shared import Shared
from legato.domain import events
from legato.domain.speech import Route, StreamLimits, Voice
from legato.domain.text import Reading
from tests.plays.dying import Deathbed, Mortal, MortalLine
from tests.plays.world import RATE

SENTENCES = (
    "The train to Manchester leaves from platform twelve in about eleven minutes.",
    "Please press the red button twice, then wait until the machine has restarted, and try once more.",
    "Nobody knows why the old keeper painted every stone of the harbour wall in another shade of blue.",
    "Your order was shipped on Monday, and it should arrive by Friday afternoon at the latest.",
)
VOICE = EspeakVoice()
_SPOKEN: dict[str, tuple[np.ndarray, list[SpokenWord]]] = {}


def spoken(text: str) -> tuple[np.ndarray, list[SpokenWord]]:
    """The sound of a text at the stream's rate, and its words, timed in samples of the voice's own rate."""
    if text not in _SPOKEN:
        sound, words = [], []

        def take(piece: Piece) -> bool:
            if isinstance(piece, Sound):
                sound.append(np.frombuffer(piece.data, "<i2"))
            else:
                words.extend(piece.words)
            return True

        for _ in VOICE.speak(text, Manner(language="en-us"), take):
            pass
        resampler = Resampler(VOICE.sample_rate_hz, RATE)
        _SPOKEN[text] = (np.concatenate([resampler.push(np.concatenate(sound)), resampler.flush()]), words)
    return _SPOKEN[text]


def words_said(text: str, sample: int, share: float = 1.0) -> int:
    """How many words, as they are written, had sounded by then, each to at least this share of its length."""
    at = sample * VOICE.sample_rate_hz / RATE
    ends = [
        word.end
        for word in spoken(text)[1]
        if word.start_sample + share * (word.end_sample - word.start_sample) <= at
    ]
    return len(text[: max(ends, default=0)].split())


class SpeakingLine(MortalLine):
    """Speaks with a real voice, and tells nothing but where texts end."""

    def say(self, segment: int, reading: Reading) -> None:
        self.world.sent.append(reading.text)
        self._sound(spoken(reading.text)[0])
        self.queue.append(("event", events.Marker(segment)))
        self._start()


def real_speech(
    routes: dict[str, Mortal], line: type[MortalLine] = SpeakingLine, shared: Shared | None = None
) -> Deathbed:
    """A world in which the voice `joe` is spoken by these routes, in this order."""
    voices = {"joe": Voice("joe", ("en",), tuple(Route(name, "v") for name in routes))}
    return Deathbed(routes, voices=voices, limits=StreamLimits(), line=line, shared=shared)
