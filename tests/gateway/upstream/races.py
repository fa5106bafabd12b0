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

    def cancel(self):
        self.withdrawn = True


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
        self.hedged = HedgedLines(self, lambda: next(ids), self.clock, self.call_later, self)
        self.session._leases._lines = self.hedged
        self.open(max_lead_ms=-1)

    def call_later(self, seconds, do):
        call = Call()
        self.clock.at(self.clock.now + seconds, lambda: None if call.withdrawn else do())
        return call

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
