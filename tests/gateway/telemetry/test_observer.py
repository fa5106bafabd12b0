import logging
from dataclasses import replace

from gateway.telemetry.observer import Telemetry
from legato.domain.traces import NO_TRACE, Trace


class Kept:
    def __init__(self):
        self.facts = []

    def take(self, fact, context):
        self.facts.append((fact, context.face))


class Broken:
    def take(self, fact, context):
        raise KeyError("what the user said")


def test_every_sink_gets_every_fact_with_its_context(said):
    first, second = Kept(), Kept()
    telemetry = Telemetry([first, second])
    for fact in (said.opened, said.begun, said.ended, said.closed):
        telemetry.note(fact)
    assert first.facts == second.facts
    assert first.facts == [(fact, "native") for fact in (said.opened, said.begun, said.ended, said.closed)]


def test_vendors_are_told_the_trace_of_an_utterance(said):
    telemetry = Telemetry([])
    telemetry.note(said.opened)
    telemetry.note(replace(said.begun, traceparent=said.traceparent))
    assert telemetry.trace("s1", "u1") == Trace(said.traceparent)
    assert telemetry.trace("s1", "u2") == NO_TRACE


def test_a_sink_that_breaks_harms_no_other_and_complains_once(said, caplog):
    kept = Kept()
    telemetry = Telemetry([Broken(), kept])
    with caplog.at_level(logging.ERROR, "legato.telemetry"):
        telemetry.note(said.opened)
        telemetry.note(said.closed)
    # Each sink hears of the bug when it happens: that of the broken one reaches the others before the fact itself does.
    assert [type(fact).__name__ for fact, _ in kept.facts] == ["BugFound", "StreamOpened", "StreamClosed"]
    bug = kept.facts[0][0]
    assert (bug.where.rsplit(" ", 1)[0], bug.kind) == ("telemetry Broken", "KeyError")
    assert [record.getMessage() for record in caplog.records] == ["telemetry sink Broken failed"]
