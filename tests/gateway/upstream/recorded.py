"""Sessions that share an audio cache, on the virtual clock of the plays."""

import itertools

import numpy as np

from gateway.upstream.recorded_lines import RecordedLines
from legato.core.recordings import Recordings
from legato.domain import replies
from tests.gateway.upstream.races import Call
from tests.plays.world import CHAR_MS, RATE, PlainFront, World

GREETING = "hello there. how can i help you today?"


class Studio(World):
    """A world whose voices are recorded; `guest` is another client of the same gateway."""

    def __init__(self, *, most_bytes=10_000_000, keep_s=3_600.0, **more):
        super().__init__(**more)
        self.spoken_chars = 1_000  # the samples of the first characters would be too quiet to be heard
        self.chars.extend("?" * self.spoken_chars)
        self.recordings = Recordings(most_bytes, keep_s)
        ids = itertools.count(10_000)
        self.recorded = RecordedLines(self, self.recordings, ids.__next__, self.clock, self.call_later)
        self.session._leases._lines = self.recorded
        self.open(max_lead_ms=-1)

    def knows_marks(self):
        """Its voice was heard to mark where a request ends."""
        self.speak("known", "one is said. two is said.").run(20)
        for told in (self.lines, self.sent, self.released, self.log):
            told.clear()
        return self

    def call_later(self, seconds, do):
        call = Call()
        self.clock.at(self.clock.now + seconds, lambda: None if call.withdrawn else do())
        return call

    def guest(self, *, front=PlainFront, **opened):
        guest = World(clock=self.clock, voices=self.voices, scripts=self.scripts, front=front)
        guest.session._leases._lines = self.recorded
        guest.chars = self.chars
        return guest.open(**{"max_lead_ms": -1, **opened})


def words_of(world, utterance_id, until=None):
    """What was heard, up to this sample, without spaces and the pauses between sentences."""
    values = world.audio(utterance_id)[:until]
    borders = np.flatnonzero(np.diff(values)) + 1
    runs = [(int(run[0]), len(run)) for run in np.split(values, borders) if len(run)]
    per_char = RATE * CHAR_MS // 1000
    said = [
        world.chars[value - 1] * max(round(length / per_char), 1)
        for value, length in runs
        if value > 0 and length >= per_char // 4
    ]
    return "".join(said).replace(" ", "")


def receipt_of(world, utterance_id):
    [found] = [one.receipt for one in world.of(replies.UtteranceFinished) if one.utterance_id == utterance_id]
    return found
