import pytest

from gateway.simulator.fault_support import FaultSupport
from gateway.simulator.options import SimulatedVendor, Trait
from gateway.simulator.script import Fault, ScriptError

PLAIN = SimulatedVendor("plain", traits=frozenset())
RICH = SimulatedVendor("rich")
WANTING = [
    (Trait.TEXT, {"do": "truncate_json"}),
    (Trait.WORDS, {"do": {"words": "late"}}),
    (Trait.CONTEXTS, {"when": {"at": "begin"}, "do": "context_limit"}),
    (Trait.KEYS, {"when": {"key": "k"}, "do": "reset"}),
    (Trait.STATUS, {"when": {"at": "dial"}, "do": {"http": 503}}),
    (Trait.SEGMENTS, {"when": {"at": "segment", "value": 2}, "do": "reset"}),
]


def fault(said):
    return Fault.model_validate(said)


def test_every_trait_is_wanted_by_some_fault():
    assert {trait for trait, _ in WANTING} == set(Trait)


@pytest.mark.parametrize(("trait", "said"), WANTING)
def test_a_fault_wants_what_it_spoils(trait, said):
    fits = FaultSupport([PLAIN, RICH, SimulatedVendor("just", traits=frozenset({trait}))])
    found = {name: fits(fault(said), name) for name in ("plain", "rich", "just", "")}
    assert found == {"plain": False, "rich": True, "just": True, "": True}


def test_a_segment_is_the_first_of_every_utterance():
    assert FaultSupport([PLAIN])(fault({"when": {"at": "segment", "value": 1}, "do": "reset"}), "plain")


@pytest.mark.parametrize(("trait", "said"), WANTING)
def test_a_script_is_refused_with_the_reason(trait, said):
    harmless = fault({"do": "reset"})
    with pytest.raises(ScriptError, match=rf"faults\.1: \w+ would never fire: plain: no {trait.value}$"):
        FaultSupport([PLAIN]).check([harmless, fault(said)])


def test_one_vendor_of_several_that_can_have_it_is_enough_unless_another_is_named():
    said = {"do": "truncate_json"}
    FaultSupport([PLAIN, RICH]).check([fault(said), fault({**said, "when": {"vendor": "elsewhere"}})])
    with pytest.raises(ScriptError, match="plain"):
        FaultSupport([PLAIN, RICH]).check([fault({**said, "when": {"vendor": "plain"}})])
