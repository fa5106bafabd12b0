import math

import pytest

from gateway.simulator.lasting_effects import LastingEffects
from gateway.simulator.script import Fault, Script


def effects_of(do):
    effects = LastingEffects()
    effects.apply(Fault.model_validate({"do": do}).do, 10.0)
    return effects


def test_faults_change_how_it_goes_on():
    assert effects_of({"delay_ms": 500}).held_until == 10.5
    assert effects_of("stall").held_until == math.inf
    assert effects_of("silence").mute
    assert effects_of("odd_bytes").odd
    assert effects_of({"drip_bytes_per_s": 3}).drip_bytes_per_s == 3
    assert (effects_of({"words": "wrong", "shift_ms": 9}).words, effects_of({"words": "late"}).words) == (
        "wrong",
        "late",
    )


def test_what_is_for_the_connection_has_no_lasting_effect():
    with pytest.raises(AssertionError):
        effects_of("reset")


@pytest.mark.parametrize(("given", "words"), [(True, "true"), (False, "absent"), ("late", "late")])
def test_the_script_says_what_every_utterance_is_under(given, words):
    assert LastingEffects.of(Script(word_times=given)).words == words
