from gateway.engines.voice import Manner


def test_a_manner_says_nothing_by_default():
    assert Manner() == Manner(voice="", language="", speed=1.0, pitch=0.0, volume=0.0)
