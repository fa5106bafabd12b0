"""Races between two routes, on the virtual clock of the plays."""

import itertools
from dataclasses import dataclass, replace

from gateway.upstream.hedging import HedgedLines
from legato.domain import replies
from legato.domain.facts import Hedged
from legato.domain.speech import Route, Voice
from tests.plays.world import Script, World

USUAL = Script(first_s=0.08, silence_at=0)


@dataclass
class Call:
    withdrawn: bool = False
    over: bool = False

    def cancel(self):
        self.withdrawn = True


class Ear:
    """Keeps what a line tells it."""

    def __init__(self):
        self.events = []

    def heard(self, line, event):
        self.events.append(event)

    @property
    def kinds(self):
        return [type(event) for event in self.events]


def request(**changed):
    """What a session asks for when the utterance's first route may be overtaken by the second."""
    asked = World(scripts={"one": USUAL}).open().speak("a", "hello.").run(3).lines[0].request
    return replace(asked, **{"rivals": (Route("two", "v"),), "hedge_share": 0.1, **changed})


class Races(World):
    """A world whose lines may be overtaken."""

    def __init__(self, *, share=0.05, rivals=("two",), **more):
        names = ("one", *rivals)
        routes = tuple(Route(name, "v") for name in names)
        scripts = dict.fromkeys(names, USUAL)
        super().__init__(
            scripts=more.pop("scripts", scripts),
            voices={"joe": Voice("joe", ("en",), more.pop("routes", routes), hedge_share=share)},
        )
        ids = itertools.count(10_000)
        self.calls = []
        self.hedged = HedgedLines(self, lambda: next(ids), self.clock, self.call_later, self)
        self.session._leases._lines = self.hedged
        self.open(max_lead_ms=-1)

    def call_later(self, seconds, do):
        call = Call()

        def due():
            call.over = True
            if not call.withdrawn:
                do()

        self.calls.append(call)
        self.clock.at(self.clock.now + seconds, due)
        return call

    @property
    def timers(self):
        """How many calls are still to come."""
        return sum(not (call.withdrawn or call.over) for call in self.calls)

    def lease(self, ear=None, **changed):
        """Lease a line that may be overtaken; return it, its ear and the lines of its two sides, as they come."""
        ear, answers, before = ear or Ear(), [], len(self.lines)
        self.hedged.acquire(request(**changed), ear, answers.append)
        return answers[0], ear, lambda: self.lines[before:]

    def know(self, utterances=25):
        """Speak this many utterances at the usual speed, so that the route's times are known."""
        for n in range(utterances):
            self.speak(f"known-{n}", "hello there.").run(3)
        assert not self.of_fact(Hedged)
        assert len(self.of(replies.UtteranceFinished)) == utterances
        return self

    def of_fact(self, kind):
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def last(self):
        return self.of(replies.UtteranceFinished)[-1].receipt

    def stall(self, seconds):
        """Let the first route's first audio take this long from now on."""
        self.scripts["one"] = replace(self.scripts["one"], first_s=seconds)
        return self
