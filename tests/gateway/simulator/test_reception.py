import math

import pytest

from gateway.simulator.connection import CURRENT_REQUEST, SimulatedRequest
from gateway.simulator.contexts import VendorContext
from gateway.simulator.faults import Injector
from gateway.simulator.limits import changed
from gateway.simulator.log import Log
from gateway.simulator.pacing import Pacing
from gateway.simulator.reception import SimulatedReception
from gateway.simulator.script import Script
from gateway.simulator.tones import ToneVoice
from legato.domain import events
from legato.domain.errors import Reason, SpeechError
from legato.domain.vendors import VendorLimits
from tests.gateway.simulator.stage import PCM, FakeAlarm, FakeConnection, FakeOutlet, said


class House:
    def __init__(self, **script):
        script = Script.model_validate(script)
        self.log = Log(self.clock)
        self.injector = Injector(script.faults, 1, self.log)
        pacing = Pacing(script.pace, 1)
        limits = changed(VendorLimits(), script.limits)
        context = VendorContext(
            script, limits, pacing, ToneVoice(1), self.log, self.injector, self.clock, iter(range(9))
        )
        self.downs = []
        self.reception = SimulatedReception(
            {"vendor": context}, self.injector, lambda *down: self.downs.append(down)
        )

    @staticmethod
    def clock():
        return 5.0

    def come(self, number=1, key="key"):
        request = SimulatedRequest(FakeConnection(number), "vendor", key)
        CURRENT_REQUEST.set(request)
        return request

    def enter(self, number=1, key="key"):
        self.come(number, key)
        principal = self.reception.admit(key, "")
        return self.reception.open(principal, "face", FakeOutlet(self.clock), FakeAlarm())


def dial(do, **when):
    return {"faults": [{"when": {"at": "dial", **when}, "do": do}]}


def test_a_key_is_needed_where_the_script_lists_some():
    house = House(keys=["sesame"])
    with pytest.raises(SpeechError) as refused:
        house.enter()
    assert refused.value.reason is Reason.UNAUTHENTICATED
    assert house.enter(key="sesame") in house.reception.sessions


def test_so_many_connections_with_one_key():
    house = House(limits={"concurrency": 1}, retry_after_s=4)
    first = house.enter()
    with pytest.raises(SpeechError) as refused:
        house.enter(2)
    assert (refused.value.reason, refused.value.retry_after_s) == (Reason.TOO_MANY_UTTERANCES, 4)
    house.enter(3, "other")
    first.feed(events.Closed())
    house.enter(4)
    assert [entry.note for entry in house.log.of("limit")] == ["concurrency"]


def test_so_many_utterances_with_one_key():
    house = House(limits={"concurrency": 1}, concurrency_of="utterances")
    first = house.enter()
    house.enter(2)
    first.feed(events.Open("", PCM))
    first.feed(events.Text("a", said(1)))
    with pytest.raises(SpeechError):
        house.enter(3)


@pytest.mark.parametrize(
    ("status", "reason"), [(402, Reason.QUOTA_EXCEEDED), (418, Reason.INTERNAL), (503, Reason.OVERLOADED)]
)
def test_a_refusal_of_the_script_is_told_when_the_key_is_asked_for(status, reason):
    house = House(**dial({"http": status}))
    request = house.come()
    assert house.reception.apply_dial_faults(request) == 0
    with pytest.raises(SpeechError) as refused:
        house.reception.admit("key", "")
    assert (refused.value.reason, request.status) == (reason, status)


@pytest.mark.parametrize(
    ("do", "done"), [("reset", ["reset"]), ("eof", ["eof"]), ("half_open", ["half_open"])]
)
def test_a_dial_breaks(do, done):
    house = House(**dial(do, key="key"))
    request = house.come()
    assert house.reception.apply_dial_faults(request) == (math.inf if do == "half_open" else None)
    assert request.connection.done == done
    assert house.reception.apply_dial_faults(house.come(2)) == 0


def test_a_dial_takes_the_vendor_down():
    house = House(**dial({"down_ms": 7}))
    request = house.come()
    assert house.reception.apply_dial_faults(request) is None
    assert request.connection.done == ["reset"]
    assert house.downs == [("vendor", 7)]


def test_a_dial_waits_and_is_served():
    house = House(**dial({"delay_ms": 1}))
    assert house.reception.apply_dial_faults(house.come()) == 0.001
    session = house.enter()
    session._take_down(3)
    assert house.downs == [("vendor", 3)]


def test_what_is_refused_at_the_socket_is_not_looked_at_here():
    house = House(**dial("refuse"))
    assert house.reception.apply_dial_faults(house.come()) == 0
    assert house.log.faults == []
