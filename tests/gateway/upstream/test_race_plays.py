"""Whatever happens on both sides of a race, and however much of it at one instant: it ends once, its receipt is right, and nothing leaks."""

import math
import random

import pytest

from legato.domain import events
from legato.domain.errors import Reason
from legato.domain.facts import BugFound
from tests.gateway.upstream.races import Races
from tests.plays.world import Script

TICKS_S = (0.0, 0.1, 0.2, 0.3, 0.4)
"""So few that things coincide: first sounds, failures, lines that come, and the client's cancel."""
TEXT = "hello there. "


class OnTicks(Races):
    def call_later(self, seconds, do):
        return super().call_later(math.ceil(seconds * 10) / 10, do)


class Play:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.races = OnTicks(share=0.5, rivals=("two", "three")).know()

    def script(self, name):
        chance, first = self.chance, name == "one"
        return Script(
            acquire_s=0.0 if first else chance.choice((0.0, 0.0, *TICKS_S)),
            first_s=chance.choice(TICKS_S) + (0.3 if first else 0.1),
            chunk_ms=chance.choice([20, 100]),
            silence_at=0,
            silence_ms=chance.choice([0, 0, 100, 200]),
            die_after_chars=chance.choice([None, None, 0, 0, 1, 2]),
            deaths=self.races.deaths + chance.randint(0, 3),
            empty=chance.random() < 0.15,
            keeps_context=chance.random() < 0.9,
            can_pause=chance.random() < 0.8,
            speed=chance.choice([0.0, 4.0]),
            refuse=None
            if first
            else chance.choice([None] * 8 + [Reason.OVERLOADED, Reason.VENDOR_UNREACHABLE]),
        )

    def run(self, utterances=4):
        races, chance = self.races, self.chance
        for n in range(utterances):
            for name in races.scripts:
                races.scripts[name] = self.script(name)
            name = f"a{n}"
            races.text(name, TEXT).run(chance.choice(TICKS_S))
            if chance.random() < 0.5:
                races.text(name, TEXT).run(chance.choice(TICKS_S))
            if chance.random() < 0.5:
                races.tell(events.Cancel(name))
            elif chance.random() < 0.9:
                races.tell(events.End(name))
            else:
                races.run(5).tell(events.Cancel(name))
            races.run(80)
            assert len(races.terminals()[name]) == 1
            assert races.leased == 0, "every line is given back"
            assert not races.of_fact(BugFound)
        self.receipts_are_right()

    def receipts_are_right(self):
        said = sum(len(text) for line in self.races.lines for text in line.said)
        told = sum(reply.receipt.sent_chars for _, reply in self.races.log if hasattr(reply, "receipt"))
        assert said == told, "the receipts tell what all sides were sent"


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_races_end_well_whatever_coincides(first):
    for seed in range(first, first + 25):
        try:
            Play(seed).run()
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
