"""The fields of a generation."""

from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.ports import LineRequest
from legato.providers.cartesia_settings import generation


def request(speed=None, language="en-US", **options):
    return LineRequest(
        Route("p", "v", options), language, UtteranceOptions(speed=speed), Principal(), "s", "u", 1.0
    )


def test_the_least_is_model_voice_and_format():
    assert generation(request(language=""), 24_000, 1.5) == {
        "model_id": "sonic-3",
        "voice": {"mode": "id", "id": "v"},
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000},
    }


def test_language_speed_and_config_are_the_runs():
    fields = generation(request(0.1, generation_config={"volume": 2}, pronunciation_dict_id="d"), 8_000, 1.5)
    assert fields["language"] == "en"
    assert fields["generation_config"] == {"volume": 2, "speed": 0.6}
    assert fields["pronunciation_dict_id"] == "d"
