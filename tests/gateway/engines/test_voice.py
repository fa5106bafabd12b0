from gateway.engines.voice import Manner
from legato.domain.delivery import PLAIN, Delivery


def test_a_manner_says_nothing_by_default():
    assert Manner() == Manner(voice="", language="", speed=1.0, pitch=0.0, volume=0.0)


def test_what_a_text_asks_for_comes_on_top_within_bounds():
    manner = Manner("v", "en", speed=2.0, pitch=3.0, volume=-30.0)
    assert manner.of(PLAIN) is manner
    asked = manner.of(Delivery(rate=0.5, pitch=-5.0, volume=-20.0, voice="ignored", language="fr"))
    assert asked == Manner("v", "en", speed=1.0, pitch=-2.0, volume=-40.0, words_language="fr")
    assert manner.of(Delivery(rate=4.0, pitch=12.0, volume=50.0)).speed == 4.0
