"""ElevenLabs' HTTP endpoints beyond their transcripts."""

import pytest

from legato.domain.delivery import Delivery, Takes
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Pronunciation, Reading
from legato.providers.alignment import Alignment
from legato.providers.elevenlabs_rest import ElevenLabsRest, Switches, _TimedLines
from tests.conformance.stage import played
from tests.legato.providers.asking import sent, takes


def test_voice_and_format_are_the_places():
    route = Route("p", "a b", {"sample_rate": 16_000, "enable_logging": False})
    assert ElevenLabsRest().place(route, "en", UtteranceOptions()).url == (
        "https://api.elevenlabs.io/v1/text-to-speech/a%20b/stream?output_format=pcm_16000&enable_logging=false"
    )
    timed = ElevenLabsRest(switches=Switches(timestamps=True))
    assert "/stream/with-timestamps?" in timed.place(route, "en", UtteranceOptions()).url
    assert (timed.traits.word_times, ElevenLabsRest().traits.word_times) == (True, False)
    assert ElevenLabsRest().credentials("k") == {"xi-api-key": "k"}


def test_a_line_without_times_is_audio():
    lines = _TimedLines(Alignment(), 0.0, 0.0)
    assert lines.read(b'{"audio_base64":"AQI=","alignment":null}') == [Audio(b"\1\2")]
    assert lines.read(b'{"audio_base64":null}') == []
    (failed,) = lines.read(b'{"audio_base64":"x"}')
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.VENDOR_REJECTED


def test_its_transcripts_are_spoken_and_understood():
    assert played("elevenlabs_rest") > 3


def test_a_model_that_refuses_what_was_said_before_is_not_told_it():
    for model, told in (
        ("eleven_v3", None),
        ("eleven_v3_conversational", None),
        ("eleven_flash_v2_5", "One."),
    ):
        first, second = sent(ElevenLabsRest(), "One.", "Two.", options={"model_id": model})
        assert (first.get("previous_text"), second.get("previous_text")) == (None, told)
        assert second["language_code"] == "en"


@pytest.mark.parametrize(
    ("switches", "said"), [(Switches(), "Take /ˈmɛt/."), (Switches(pronunciations=False), "Take met.")]
)
def test_v3_gets_pronunciations_between_slashes(switches, said):
    reading = Reading("Take met.", pronunciations=(Pronunciation(5, 8, "ˈmɛt"),))
    (only,) = sent(ElevenLabsRest(switches=switches), reading, options={"model_id": "eleven_v3"})
    assert only["text"] == said


def test_each_request_has_what_its_text_asks_for():
    assert takes(ElevenLabsRest(), model_id="eleven_flash_v2_5") == Takes((0.7, 1.2), language=True)
    other = Reading("Autre.", delivery=Delivery(rate=0.9, pitch=3.0, language="fr-FR"), pause_ms=500)
    plain, asked = sent(
        ElevenLabsRest(),
        "Plain.",
        other,
        options={"model_id": "eleven_flash_v2_5", "voice_settings": {"style": 1}},
    )
    assert (plain["language_code"], plain["voice_settings"]) == ("en", {"style": 1})
    assert (asked["language_code"], asked["voice_settings"]) == ("fr", {"style": 1, "speed": 0.9})
    assert asked["text"] == "Autre."
