from legato.domain.delivery import PLAIN, Delivery
from legato.domain.speech import Route, StreamLimits, UtteranceOptions, Voice


def test_options_that_are_set_stand_over_the_defaults():
    chosen = UtteranceOptions(speed=1.5, words=False).over(UtteranceOptions(speed=1.0, pitch=2.0, words=True))
    assert chosen == UtteranceOptions(speed=1.5, pitch=2.0, words=False)


def test_no_options_leave_the_defaults_as_they_are():
    defaults = UtteranceOptions(volume=-3.0, emoji="name")
    assert UtteranceOptions().over(defaults) == defaults


def test_the_bounds_are_those_of_the_contract():
    limits = StreamLimits()
    assert (limits.max_open_utterances, limits.max_pending_chars, limits.max_lead_ms) == (8, 20_000, 3_000)


def test_a_voice_may_be_without_a_fallback():
    assert Voice("v", ("en",), ()).fallback == ""


def test_what_a_text_asks_for_comes_on_top_of_the_options():
    options = UtteranceOptions(speed=2.0, words=True)
    assert options.delivered(PLAIN) is options
    asked = options.delivered(Delivery(rate=0.5, pitch=-2.0, volume=3.0, voice="x", language="fr"))
    assert asked == UtteranceOptions(speed=1.0, pitch=-2.0, volume=3.0, words=True)
    assert UtteranceOptions(pitch=3.0).delivered(Delivery(pitch=-2.0)) == UtteranceOptions(pitch=1.0)
    assert UtteranceOptions(volume=-39.0).delivered(Delivery(volume=-10.0)) == UtteranceOptions(volume=-40.0)


def test_a_route_is_named_by_its_provider_and_its_voice():
    assert Route("deepgram", "aura-2").name == "deepgram/aura-2"
