"""R18 and prosody: sentences sent one by one sound as if they had been sent in one, and where they meet nothing clicks.

The vendors' voice is espeak's; what one request gives is asked of it directly.
"""

import asyncio

import numpy as np
import pytest

from gateway.app.simulation import simulator
from gateway.simulator.log import Saw
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.script import Script
from gateway.simulator.voices import Speech
from legato_client import connect
from tests.chaos.cases import VENDORS
from tests.chaos.stage import FORMAT, HEALTHY, RATE_HZ, configuration, gateway, provider
from tests.e2e.real_voice import espeak
from tests.legato.audio.pauses import find_pauses

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]

TOLERANCE_MS = 60
PAIRS = (
    ("The train leaves a little earlier on Sunday.", "Please put the kettle on before you sit down."),
    ("Her brother keeps bees behind the old stone house.", "Nobody knew why the lights had gone out."),
    ("Did you hear the rain on the roof all night?", "He wrote the whole letter with his left hand."),
)
ALONE = ("openai", "deepgram", "elevenlabs_rest", "wyoming")
WITH_CONTEXT = ("cartesia", "elevenlabs")
_HIGH_HZ = 9_000
_WINDOW = RATE_HZ * 5 // 1000


class ContinuingVoice:
    """Implements `SyntheticVoice` as vendors that keep context do: a piece is spoken as what follows the pieces before it.

    Args:
        voice: speaks whole texts.
    """

    def __init__(self, voice):
        self._voice = voice
        self._said = {}

    def speak(self, text, sample_rate_hz, serial, on_ready):
        utterance = serial // 1000
        before = self._said.get(utterance, "")
        whole = self._said[utterance] = before + text

        def ready(first):
            self._voice.speak(
                whole,
                sample_rate_hz,
                serial,
                lambda all_: on_ready(Speech(all_.samples[len(first.samples) :])),
            )

        self._voice.speak(before, sample_rate_hz, serial, ready)


async def in_one(voice, text):
    """What one request for all of it gives."""
    spoken = asyncio.get_running_loop().create_future()
    voice.speak(text, RATE_HZ, 1, spoken.set_result)
    return (await spoken).samples


async def through(dialect, voice, texts):
    """What the gateway gives for each, and how many requests the vendor counted."""
    routes = [{"provider": "first", "voice": VENDORS[dialect].voice}]
    async with (
        simulator(
            [dialect], Script.model_validate(HEALTHY), seed=1, options=SimulatorOptions(voice=voice)
        ) as vendor,
        gateway(
            configuration(
                {"first": provider(dialect, vendor)},
                {"voice": {"language": "en", "routes": routes}},
                limits={"max_lead_ms": -1},
            )
        ) as url,
        connect(url, voice="voice", audio_format=FORMAT) as speech,
    ):
        heard = []
        for text in texts:
            data = b"".join([chunk.data async for chunk in speech.say(text)])
            heard.append(np.frombuffer(data, dtype="<i2"))
        return heard, vendor.log.count(Saw.TEXT)


def pause(samples):
    """The pause between the sentences: the longest that is not at an end. (first silent sample, one past the last)."""
    inside = [
        (start, end)
        for start, end in find_pauses(samples, RATE_HZ)
        if start > RATE_HZ // 2 and end < len(samples) - RATE_HZ // 2
    ]
    return max(inside, key=lambda found: found[1] - found[0], default=(0, 0))


def length_ms(found):
    return (found[1] - found[0]) * 1000 / RATE_HZ


def high_band(samples):
    """Energy above what speech of 22,050 Hz holds much of, for each 5 ms."""
    frames = samples[: len(samples) // _WINDOW * _WINDOW].reshape(-1, _WINDOW).astype(float)
    spectra = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)) ** 2
    return spectra[:, _HIGH_HZ * _WINDOW // RATE_HZ :].sum(axis=1)


def clicks(samples, seam):
    """How the seam stands out: its largest step, and its high-band energy, each as a share of what speech elsewhere has."""
    start, end = max(seam[0] - 2 * _WINDOW, 0), seam[1] + 2 * _WINDOW
    steps = np.abs(np.diff(samples.astype(int)))
    energy = high_band(samples)
    here = slice(start // _WINDOW, end // _WINDOW + 1)
    elsewhere = np.delete(energy, np.arange(here.start, min(here.stop, len(energy))))
    outside = np.concatenate([steps[:start], steps[end:]])
    return steps[start:end].max() / outside.max(), energy[here].max() / np.quantile(elsewhere, 0.99)


@pytest.mark.parametrize("dialects", [ALONE, WITH_CONTEXT], ids=["alone", "with context"])
async def test_the_pause_between_sentences_is_that_of_one_request_and_nothing_clicks(dialects):
    texts = [" ".join(pair) for pair in PAIRS]
    async with espeak() as voice:
        whole = [await in_one(voice, text) for text in texts]
        wanted_ms = [length_ms(pause(samples)) for samples in whole]
        assert min(wanted_ms) > TOLERANCE_MS, "there is a pause to be kept"
        for dialect in dialects:
            spoken_by = ContinuingVoice(voice) if dialect in WITH_CONTEXT else voice
            heard, sent = await through(dialect, spoken_by, texts)
            assert sent == 2 * len(PAIRS), "each sentence was sent by itself"
            found_ms = [length_ms(pause(samples)) for samples in heard]
            assert found_ms == pytest.approx(wanted_ms, abs=TOLERANCE_MS), dialect
            for samples in heard:
                step, energy = clicks(samples, pause(samples))
                assert step < 0.5, (dialect, step)
                assert energy < 1.0, (dialect, energy)
