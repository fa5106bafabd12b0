"""Listeners of the local voices: what they count of what they hear."""

from legato.domain.events import Audio, Finished
from loadtest.voice_crowds import Talker, p95

RATE_HZ = 24_000


class Line:
    """Says what it was told to say as soon as its input ends."""

    sample_rate_hz = RATE_HZ

    def __init__(self, ear, events):
        self.ear = ear
        self.events = events
        self.said = []

    def say(self, segment, reading):
        self.said.append(reading.text)

    def end_input(self):
        for event in self.events:
            self.ear.heard(self, event)

    def pause(self):
        self.said.append("paused")

    def resume(self):
        """Nothing is left to be said."""


class Lines:
    """Gives such lines."""

    def __init__(self, *events):
        self.events = events
        self.lines = []

    def acquire(self, request, listener, on_ready):
        self.request = request
        line = Line(listener, self.events)
        self.lines.append(line)
        on_ready(line)


def sound(seconds):
    return Audio(b"\0\1" * round(seconds * RATE_HZ))


async def test_a_sentence_is_timed_from_asking_and_what_sounds_is_counted():
    lines = Lines(sound(0.5), sound(0.25), Finished())
    talker = Talker(lines, 5, words=3)
    ear = await talker.sentence()
    assert len(talker.first_ms) == 1
    assert talker.heard_s == 0.75
    assert not talker.late_ms
    assert ear.dry_at > 0
    assert lines.lines[0].said == ["See you soon."]
    assert lines.request.principal.tenant == "t1"


async def test_who_has_enough_to_hear_pauses_the_line():
    lines = Lines(sound(2.0), Finished())
    await Talker(lines, 0).sentence()
    assert lines.lines[0].said[-1] == "paused"


def test_a_p95_is_the_value_that_nineteen_in_twenty_do_not_exceed():
    """Of twenty sentences it was the slowest one, the p100."""
    assert p95([float(ms) for ms in range(20, 0, -1)]) == 19.0
    assert p95([7.0]) == 7.0
