import pytest

from gateway.session.hearing import Hearing
from gateway.session.leases import Leases
from gateway.session.speaker import Speaker
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import Acquire, Gather
from legato.domain.errors import Reason
from legato.domain.events import (
    Audio,
    Failed,
    Finished,
    Heard,
    Joined,
    Lost,
    Marker,
    Sampled,
    Words,
    WordTime,
)
from legato.domain.receipt import Stage
from legato.domain.speech import LineRequest, Principal, Route, UtteranceOptions

MS = 48
"""Bytes of a millisecond."""


class Line:
    line_id, sample_rate_hz, reused, keeps_context, word_times, can_pause = 7, 24_000, True, True, False, True


class Stage0:
    """One lease of one utterance, what the core hears of it, and which stages were stamped."""

    def __init__(self, rate_hz=24_000):
        self.told, self.stamped = [], []
        self.passes, self.passed = False, []
        self.line = Line()
        leases = Leases(self, self.told.append, lambda _: None)
        self.speaker = Speaker(None, AudioFormat(Encoding.PCM_S16LE, rate_hz))
        self.hearing = Hearing(
            leases,
            {"u": self.speaker},
            self.told.append,
            lambda utterance, stage: self.stamped.append((utterance, stage)),
            self.pass_on,
        )
        leases.listener = self.hearing
        request = LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 10.0)
        leases.acquire(Acquire(3, request))
        self.told.clear()

    def pass_on(self, leased, speaker, samples):
        if self.passes:
            self.passed.append((leased.lease, speaker, samples))
            speaker.take(samples, first=False)
        return self.passes

    def acquire(self, _, __, on_ready):
        on_ready(self.line)

    def say(self, event):
        self.hearing.heard(self.line, event)

    def audio(self, ms):
        self.say(Audio(b"\0\x20" * (ms * MS // 2)))

    @property
    def held(self):
        return [event.held for event in self.told if isinstance(event, Sampled)]


@pytest.fixture
def stage():
    return Stage0()


def test_every_chunk_is_told_and_the_first_is_stamped(stage):
    stage.audio(20)
    stage.audio(20)
    assert stage.held == [480, 960]
    assert [event.begins for event in stage.told] == [0, -1]
    assert stage.stamped == [("u", Stage.VENDOR)]


def test_what_may_be_gathered_is_told_in_one_when_it_is_enough(stage):
    stage.audio(20)
    stage.hearing.gather(Gather(3, 1_200), 24_000)
    stage.audio(20)
    stage.audio(20)
    assert stage.held == [480]
    assert stage.hearing.waits
    stage.audio(20)
    assert stage.held == [480, 480 + 1_440]
    assert not stage.hearing.waits
    stage.audio(20)
    assert stage.held[-1] == 480 + 1_440 + 480, "the allowance was for once"


def test_the_allowance_counts_the_streams_samples():
    stage = Stage0(rate_hz=8_000)
    stage.audio(20)
    stage.hearing.gather(Gather(3, 400), 8_000)
    stage.audio(20)
    stage.audio(20)
    assert stage.hearing.waits
    stage.audio(20)
    assert not stage.hearing.waits


def test_news_are_told_behind_what_was_gathered(stage):
    stage.audio(20)
    stage.hearing.gather(Gather(3, 4_800), 24_000)
    stage.audio(20)
    stage.say(Marker(0))
    assert [type(event) for event in stage.told[-3:]] == [Sampled, Sampled, Heard]
    assert stage.held[-1] == 960


def test_whoever_decides_meanwhile_is_told_at_once(stage):
    stage.audio(20)
    stage.hearing.gather(Gather(3, 4_800), 24_000)
    stage.hearing.may_gather = False
    stage.audio(20)
    assert stage.held == [480, 960]


def test_it_settles_when_asked(stage):
    stage.audio(20)
    stage.hearing.gather(Gather(3, 4_800), 24_000)
    stage.audio(20)
    stage.hearing.report_gathered()
    stage.hearing.report_gathered()
    assert stage.held == [480, 960]


def test_nothing_is_gathered_for_a_lease_that_is_none(stage):
    stage.hearing.gather(Gather(9, 4_800), 24_000)
    stage.audio(20)
    assert stage.held == [480]


def test_r19_the_end_of_the_run_brings_what_is_left_in_the_filter():
    stage = Stage0(rate_hz=48_000)
    stage.audio(20)
    assert stage.held[-1] < 960
    stage.say(Finished())
    assert stage.held[-1] == 960
    assert isinstance(stage.told[-1].event, Finished)


def test_r12_a_segment_that_is_said_leaves_nothing_in_the_filter():
    """Its Marker is what a Flush is answered by."""
    stage = Stage0(rate_hz=48_000)
    stage.line = type("Joined", (Line,), {"keeps_context": False, "line_id": 7})()
    stage.hearing._leases.of(3).line = stage.line
    stage.audio(20)
    stage.say(Marker(0))
    assert stage.held[-1] == 960


def test_joined_segments_have_no_beginning_of_their_own(stage):
    """The next audio belongs to the segment after them, and so does the pause before it."""
    leased = stage.hearing._leases.of(3)
    leased.pauses_ms.extend([(0, 0), (1, 300), (2, 500)])
    stage.audio(20)
    stage.say(Joined(1))
    assert isinstance(stage.told[-1], Heard)
    stage.say(Marker(1))
    stage.audio(20)
    assert stage.held[-1] == (20 + 500 + 20) * 24
    assert not leased.pauses_ms


@pytest.mark.parametrize("keeps_context", [False, True])
def test_r11_what_comes_behind_a_segment_without_sound_is_the_next_segments(stage, keeps_context):
    """Marks alone may have none. The next one's sound was taken for theirs, and its words waited for ever."""
    stage.line.keeps_context = keeps_context
    stage.hearing._leases.of(3).pauses_ms.extend([(0, 0), (1, 300), (2, 500)])
    stage.audio(20)
    stage.say(Marker(0))
    stage.say(Marker(1))
    words = Words((WordTime(2, 0, 3, 25.0, 30.0),))
    stage.say(words)
    stage.audio(20)
    assert stage.held[-1] == (20 + 500 + 20) * 24
    heard = [
        event.event for event in stage.told if isinstance(event, Heard) and isinstance(event.event, Words)
    ]
    assert heard == [words if keeps_context else Words((WordTime(2, 0, 3, 525.0, 530.0),))]


def test_r11_words_of_a_joined_segment_sound_where_those_of_the_one_before_do(stage):
    stage.line = type("Joined", (Line,), {"keeps_context": False, "line_id": 7})()
    stage.hearing._leases.of(3).line = stage.line
    stage.hearing._leases.of(3).pauses_ms.extend([(0, 0), (1, 0), (2, 320), (3, 320)])
    stage.audio(100)
    stage.say(Joined(1))
    stage.say(Words((WordTime(1, 0, 3, 50.0, 100.0),)))
    stage.say(Marker(1))
    stage.audio(100)
    stage.say(Joined(3))
    stage.say(Words((WordTime(3, 0, 3, 150.0, 200.0),)))
    heard = [
        word
        for event in stage.told
        if isinstance(event, Heard) and isinstance(event.event, Words)
        for word in event.event.words
    ]
    assert heard == [WordTime(1, 0, 3, 50.0, 100.0), WordTime(3, 0, 3, 470.0, 520.0)]


def test_audio_that_is_none_fails_the_lease(stage):
    wav = (
        b"RIFF\xff\xff\xff\xffWAVEfmt " + (16).to_bytes(4, "little") + b"\x07\0" + bytes(14) + b"data\0\0\0\0"
    )
    stage.say(Audio(wav + bytes(100)))
    assert stage.told[-1].event.reason is Reason.VENDOR_REJECTED


def test_a_strange_line_and_a_gone_utterance_are_not_heard(stage):
    other = Line()
    other.line_id = 8
    stage.hearing.heard(other, Audio(bytes(96)))
    stage.hearing._speakers.clear()
    stage.audio(20)
    assert stage.told == []


def test_r11_word_times_are_those_of_the_audio_as_it_is_joined(stage):
    """The pause before the second segment is made here: its words sound later than the line has counted."""
    stage.line = type("Joined", (Line,), {"keeps_context": False, "line_id": 7})()
    stage.hearing._leases.of(3).line = stage.line
    stage.hearing._leases.of(3).pauses_ms.extend([(0, 0), (1, 320)])
    stage.say(Words((WordTime(0, 0, 3, 0.0, 100.0), WordTime(1, 0, 3, 100.0, 200.0))))
    stage.audio(100)
    stage.say(Marker(0))
    stage.audio(100)
    heard = [event.event for event in stage.told if isinstance(event, Heard)]
    assert [type(event) for event in heard] == [Words, Marker, Words]
    assert heard[0].words == (WordTime(0, 0, 3, 0.0, 100.0),)
    assert heard[2].words == (WordTime(1, 0, 3, 420.0, 520.0),)


def test_r11_words_of_a_segment_without_sound_are_told_when_it_ends(stage):
    stage.line = type("Joined", (Line,), {"keeps_context": False, "line_id": 7})()
    stage.hearing._leases.of(3).line = stage.line
    stage.hearing._leases.of(3).pauses_ms.append((0, 0))
    stage.say(Words((WordTime(0, 0, 3, 0.0, 10.0),)))
    stage.say(Audio(bytes(20 * MS)))
    stage.say(Marker(0))
    assert [type(event.event) for event in stage.told if isinstance(event, Heard)] == [Words, Marker]


class GatheringLine(Line):
    """A line that puts audio together by itself."""

    def __init__(self, stage):
        self.stage, self.leaves, self.waiting = stage, [], 0

    def gather(self, size):
        self.leaves.append(size)
        waiting, self.waiting = self.waiting, 0
        if waiting:
            self.stage.audio(waiting)


@pytest.fixture
def gathering(stage):
    leased = stage.hearing._leases.of(3)
    stage.line = leased.line = leased.gatherer = GatheringLine(stage)
    stage.audio(20)
    stage.hearing.gather(Gather(3, 2_400), 24_000)
    return stage


def test_a_line_that_can_gather_is_allowed_to(gathering):
    assert gathering.line.leaves == [4_800]
    assert gathering.hearing.waits
    gathering.audio(100)
    assert gathering.held == [480, 2_880]
    assert not gathering.hearing.waits
    assert gathering.line.leaves == [4_800], "leave that was used up need not be withdrawn"


def test_leave_that_was_given_twice_is_withdrawn_once(gathering):
    gathering.hearing.gather(Gather(3, 1_200), 24_000)
    gathering.say(Words((WordTime(0, 0, 3, 0.0, 10.0),)))
    assert gathering.line.leaves == [4_800, 2_400, 0]


def test_what_a_line_has_gathered_is_told_before_news(gathering):
    gathering.line.waiting = 40
    gathering.say(Marker(0))
    assert [type(event) for event in gathering.told[-3:]] == [Sampled, Sampled, Heard]
    assert gathering.held[1] == 480 + 960


def test_what_a_line_has_gathered_is_told_when_asked(gathering):
    gathering.line.waiting = 40
    gathering.hearing.report_gathered()
    assert gathering.line.leaves == [4_800, 0]
    assert gathering.held == [480, 480 + 960]
    gathering.hearing.report_gathered()
    assert gathering.line.leaves == [4_800, 0]


def test_a_line_that_was_given_back_is_asked_no_more(gathering):
    gathering.hearing._leases.of(3).gatherer = None
    gathering.hearing.report_gathered()
    assert gathering.line.leaves == [4_800]


def test_what_the_core_lets_pass_is_not_told(stage):
    stage.audio(20)
    stage.speaker.take(480, first=True)
    stage.passes = True
    stage.audio(20)
    stage.audio(40)
    assert stage.passed == [(3, stage.speaker, 480), (3, stage.speaker, 960)]
    assert stage.held == [480]
    stage.passes = False
    stage.audio(20)
    assert stage.held == [480, 480], "what does not pass takes the long way"


def test_leave_to_gather_ends_with_whatever_is_told(stage):
    stage.audio(20)
    stage.hearing.gather(Gather(3, 4_800), 24_000)
    stage.hearing.report_gathered()
    stage.audio(20)
    assert stage.held == [480, 960]


@pytest.mark.parametrize("event", [Lost("gone"), Failed(Reason.VENDOR_TIMEOUT, "silent")])
def test_r6_a_line_that_breaks_off_leaves_a_sketch_of_what_no_marker_came_for(stage, event):
    stage.audio(100)
    stage.say(Marker(0))
    stage.audio(60)
    stage.say(event)
    sketch = stage.told[-1].sketch
    assert (sketch.start_sample, len(sketch.levels_db)) == (2_400, 3)


def test_of_a_line_that_tells_word_times_no_sketch_is_kept(stage):
    stage.audio(100)
    stage.say(Words((WordTime(0, 0, 3, 0.0, 50.0),)))
    stage.say(Lost("gone"))
    assert stage.told[-1] == Heard(3, Lost("gone"))


def test_of_a_line_that_promises_word_times_and_tells_none_there_is_a_sketch(stage):
    stage.line.word_times = True
    stage.audio(100)
    stage.say(Lost("gone"))
    assert len(stage.told[-1].sketch.levels_db) == 5


def test_an_end_behind_the_last_marker_tells_nothing_of_its_audio_again(stage):
    stage.audio(20)
    stage.say(Marker(0))
    stage.told.clear()
    stage.say(Finished())
    assert [type(event) for event in stage.told] == [Heard]


@pytest.mark.parametrize("end", [Marker(1), Finished()])
def test_audio_before_an_end_is_told_once(stage, end):
    stage.audio(20)
    stage.say(Marker(0))
    stage.audio(20)
    stage.say(end)
    assert [type(event) for event in stage.told] == [Sampled, Heard, Sampled, Heard]
    assert stage.held == [480, 960]


def test_an_end_tells_what_was_cut_of_the_silence_before_it(stage):
    stage.line.keeps_context = False
    stage.audio(20)
    stage.say(Audio(bytes(300 * MS)))
    assert stage.told[-1].withheld
    stage.told.clear()
    stage.say(Marker(0))
    assert [type(event) for event in stage.told] == [Sampled, Heard]
    assert stage.told[0].withheld == 0
