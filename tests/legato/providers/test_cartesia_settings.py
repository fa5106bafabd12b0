"""The fields of a generation."""

from legato.domain.delivery import Delivery, Takes
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.ports import LineRequest
from legato.providers.cartesia_settings import generation, markup_of, pause_of, takes_of


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


def test_a_model_without_controls_takes_neither_speed_nor_volume():
    route = Route("p", "v", {"model_id": "sonic-3.5", "language": "de"})
    laughs = frozenset({"laughter"})
    assert takes_of(route, 1.5, breaks=True, by_run=True) == Takes(
        pause_s=10.0, by_run=True, directions=laughs
    )
    latest = takes_of(Route("p", "v", {"model_id": "sonic-3-latest"}), 2.0, breaks=False, by_run=False)
    assert (latest.rate, latest.volume) == (None, None)
    assert takes_of(Route("p", "v"), 2.0, breaks=False, by_run=False).rate == (0.6, 2.0)


def test_what_the_text_asks_for_comes_on_top():
    fields = generation(request(0.8), 8_000, 1.5, Delivery(rate=0.5, volume=3.0, language="fr"))
    assert fields["generation_config"] == {"speed": 0.6, "volume": 1.413}
    assert fields["language"] == "fr"


def test_a_pause_is_a_tag_of_the_vendor():
    assert (pause_of(700), pause_of(0)) == ('<break time="700ms"/>', "")


def test_a_pronunciation_is_the_sounds_of_each_word_with_bars_between_them():
    def written(ipa, wanted=True, **options):
        return markup_of(Route("p", "v", options), wanted=wanted).pronounced("word", ipa)

    assert written("mɛtf") == "<<m|ɛ|t|f>>"
    assert written("ˈd͡ʒəmˈbəla͡ɪə") == "<<ˈ|dʒ|ə|m|ˈ|b|ə|l|aɪ|ə>>"
    assert written("p͜fɛt͜s") == "<<pf|ɛ|ts>>"
    assert written("təˈmɑːtoʊ a͡jã") == "<<t|ə|ˈ|m|ɑː|t|oʊ>> <<aj|ã>>"
    assert written("mɛtf", model_id="sonic-2-2025-03-07") == "<<m|ɛ|t|f>>"
    for word in (
        written("mɛtf", model_id="sonic-2024-12-12"),
        written("mɛtf", wanted=False),
        written("a" * 200),
    ):
        assert word == "word"
