"""Real speech for a simulated vendor: one run at a local engine for each piece of text, collected and then paced by the script."""

import time
from collections.abc import Callable

import numpy as np

from gateway.simulator.voices import Samples, Speech, TimedWord
from legato.audio.resampler import Resampler
from legato.domain.events import Audio, Failed, Finished, Lost, VendorEvent, Words, WordTime
from legato.domain.speech import NOTHING_ASKED, Principal, Route
from legato.domain.text import Reading
from legato.ports import Line, LineRequest, Lines

_NOBODY = Principal("simulator")
_PATIENCE_S = 60.0
_SILENCE = Speech(np.zeros(0, np.int16))


class LocalVoice:
    """Implements `voices.SyntheticVoice`; text that the engine cannot speak is silent.

    Args:
        lines: the engine's lines.
        route: the voice there.
        language: BCP 47 tag.
    """

    def __init__(self, lines: Lines, route: Route, language: str = "en") -> None:
        self._lines = lines
        self._route = route
        self._language = language

    def speak(self, text: str, sample_rate_hz: int, serial: int, on_ready: Callable[[Speech], None]) -> None:
        """Answer when the engine has spoken all of it."""
        if not text.strip():
            on_ready(_SILENCE)
            return
        take = _Take(sample_rate_hz, on_ready)
        request = LineRequest(
            self._route,
            self._language,
            NOTHING_ASKED,
            _NOBODY,
            "simulator",
            str(serial),
            time.monotonic() + _PATIENCE_S,
        )

        def ready(line: Line | Failed) -> None:
            if isinstance(line, Failed):
                on_ready(_SILENCE)
            else:
                line.say(0, Reading(text))
                line.end_input()

        self._lines.acquire(request, take, ready)


class _Take:
    """Implements `ports.LineListener` for one piece of text."""

    def __init__(self, sample_rate_hz: int, on_ready: Callable[[Speech], None]) -> None:
        self._rate_hz = sample_rate_hz
        self._on_ready = on_ready
        self._data = bytearray()
        self._words: list[WordTime] = []

    def heard(self, line: Line, event: VendorEvent) -> None:
        """Take one event of the run."""
        if isinstance(event, Audio):
            self._data += event.data
        elif isinstance(event, Words):
            self._words += event.words
        elif isinstance(event, Finished):
            self._on_ready(self._speech(line.sample_rate_hz))
        elif isinstance(event, Failed | Lost):
            self._on_ready(_SILENCE)

    def _speech(self, from_hz: int) -> Speech:
        given = np.frombuffer(bytes(self._data[: len(self._data) // 2 * 2]), np.int16)
        samples = resampled(given, from_hz, self._rate_hz)
        return Speech(samples, tuple(self._placed(word, len(samples)) for word in self._words))

    def _placed(self, word: WordTime, end: int) -> TimedWord:
        first = min(end, round(word.start_ms * self._rate_hz / 1000))
        last = min(end, max(first, round(word.end_ms * self._rate_hz / 1000)))
        return TimedWord(word.start, word.end, first, last)


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Resample all of these samples."""
    resampler = Resampler(from_hz, to_hz)
    return np.concatenate([resampler.push(samples), resampler.flush()])
