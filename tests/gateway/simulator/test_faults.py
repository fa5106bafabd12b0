from gateway.simulator.faults import Injector, Scene
from gateway.simulator.log import Log
from gateway.simulator.script import Fault

SCENE = Scene("vendor", 3, "key", 5, "anna")


def injector(*faults, seed=1):
    log = Log(lambda: 0.0)
    return Injector([Fault.model_validate(fault) for fault in faults], seed, log), log


def numbers(found):
    return [armed.number for armed in found]


def test_every_condition_must_hold():
    built, _ = injector(
        {"do": "reset"},
        {"when": {"vendor": "other"}, "do": "reset"},
        {"when": {"connection": 3, "utterance": 5, "key": "key", "voice": "anna"}, "do": "reset"},
        {"when": {"connection": 4}, "do": "reset"},
        {"when": {"utterance": 4}, "do": "reset"},
        {"when": {"key": "none"}, "do": "reset"},
        {"when": {"voice": "bernd"}, "do": "reset"},
        {"when": {"at": "word"}, "do": "reset"},
    )
    assert numbers(built.armed(SCENE, "first_byte")) == [0, 2]
    assert numbers(built.armed(SCENE, "first_byte", "word")) == [0, 2, 7]


def test_a_fault_fires_as_often_as_it_may():
    built, log = injector({"do": "reset", "times": 2}, {"do": "eof", "times": 0})
    first, always = built.armed(SCENE, "first_byte")
    assert [built.fire(first) for _ in range(3)] == [True, True, False]
    assert all(built.fire(always) for _ in range(5))
    assert numbers(built.armed(SCENE, "first_byte")) == [1]
    assert [(one.fault, one.note) for one in log.faults] == [(0, "reset")] * 2 + [(1, "eof")] * 5


def test_a_share_is_drawn_by_the_seed():
    fault = {"when": {"share": 0.25}, "do": "reset", "times": 0}
    draws = []
    for seed in (1, 1, 2):
        built, _ = injector(fault, seed=seed)
        draws.append([bool(built.armed(SCENE, "first_byte")) for _ in range(400)])
    assert draws[0] == draws[1] != draws[2]
    assert 60 < sum(draws[0]) < 140


def test_one_more_comes_last():
    built, log = injector({"do": "reset"})
    assert built.add(Fault.model_validate({"do": "stall"})) == 1
    [_, added] = built.armed(SCENE, "first_byte")
    assert built.fire(added)
    assert (log.faults[0].note, log.faults[0].connection, log.faults[0].utterance) == ("stall", 3, 5)


def test_a_fault_that_the_vendor_cannot_have_does_not_fire_there():
    log = Log(lambda: 0.0)
    faults = [Fault.model_validate({"do": "reset"}), Fault.model_validate({"do": "eof"})]
    built = Injector(faults, 1, log, lambda fault, vendor: (fault.name, vendor) != ("reset", "vendor"))
    assert numbers(built.armed(SCENE, "first_byte")) == [1]
