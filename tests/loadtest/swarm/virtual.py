"""A loop whose time is virtual: it jumps to whatever is due next, so that a minute takes no time; and turns made by hand."""

import asyncio
import selectors

from loadtest.swarm.records import Kind, Outcome, TurnRecord
from loadtest.swarm.turns import Shape


class _Jumping(selectors.DefaultSelector):
    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if ready or not timeout:
            return ready or (super().select(None) if timeout is None else [])
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self):
        return self._jumping.now

    def stand_still(self, seconds):
        """Something holds up the loop for so long."""
        self._jumping.now += seconds


def played(play):
    """Plays a coroutine function on virtual time; returns what it returns."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(play())


def turn(due_s=0.0, **changed):
    """A phrase that went well."""
    usual = {
        "kind": Kind.GRPC,
        "shape": Shape.PHRASE,
        "outcome": Outcome.SPOKEN,
        "first_audio_s": 0.09,
        "end_to_end_s": 0.25,
        "ttfb_speakable_s": 0.085,
        "audio_s": 0.8,
    }
    return TurnRecord(due_s, **{**usual, **changed})
