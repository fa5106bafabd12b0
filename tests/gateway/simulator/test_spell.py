import math

import pytest

from gateway.simulator.script import Fault, Script
from gateway.simulator.spell import Spell


def cast(do):
    spell = Spell()
    spell.cast(Fault.model_validate({"do": do}).do, 10.0)
    return spell


def test_faults_change_how_it_goes_on():
    assert cast({"delay_ms": 500}).held_until == 10.5
    assert cast("stall").held_until == math.inf
    assert cast("silence").mute
    assert cast("odd_bytes").odd
    assert cast({"drip_bytes_per_s": 3}).drip_bytes_per_s == 3
    assert (cast({"words": "wrong", "shift_ms": 9}).words, cast({"words": "late"}).words) == ("wrong", "late")


def test_what_is_for_the_connection_is_no_spell():
    with pytest.raises(AssertionError):
        cast("reset")


@pytest.mark.parametrize(("given", "words"), [(True, "true"), (False, "absent"), ("late", "late")])
def test_the_script_says_what_every_utterance_is_under(given, words):
    assert Spell.of(Script(word_times=given)).words == words
