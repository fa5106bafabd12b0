import math

import pytest

from legato.core.passing import STAYS, passage
from legato.core.playback import PlaybackClock
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import TimedWord, Timeline
from legato.core.utterance import Awaited, PendingFlush, PendingSeam, Run, RunState, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.events import Begin
from legato.domain.receipt import Stage
from legato.domain.replies import WordMethod
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment

ROUTE = Route("p", "v")
VOICE = Voice("anna", ("en",), (ROUTE,))
RATE = 24_000
CHUNK = RATE * 40 // 1000
SEGMENT = Segment(0, 0, 3, "Hi.", Reading("Hi."), Reading("Hi."), Break.SENTENCE)
WORD = TimedWord(0, 2, 2 * CHUNK + 1, 5 * CHUNK, WordMethod.VENDOR)


class Voiced:
    """A stream whose utterance has begun to sound at 1.0 s with one chunk."""

    def __init__(self, encoding=Encoding.PCM_S16LE, max_lead_ms=-1, rate=RATE):
        catalogue = Catalogue({"anna": VOICE}, "anna")
        self.state = StreamState("s", Principal(), "native", catalogue, StreamLimits(), CoreSettings())
        self.state.audio_format = AudioFormat(encoding, rate)
        self.state.outlet_room_s = 10.0
        sizer = Sizer(ChunkSettings(), rate, max_lead_ms, self.state.frame_samples)
        self.head = Utterance(
            Begin("u"), 1, 2, VOICE, "en", UtteranceOptions(), 0.0, Timeline(RATE), sizer, parts=["Hi."]
        )
        self.head.run = Run(7, ROUTE, 0.0, state=RunState.LIVE)
        self.head.run.awaited.append(Awaited(SEGMENT, SEGMENT.spoken, 0.0))
        self.head.stamps.begin(0.0)
        self.head.stamps.stamp(Stage.WRITE, 1.0)
        self.head.started, self.head.ttfa_s, self.head.audible_at = True, 1.0, 0
        self.head.written, self.head.chunks = CHUNK, 1
        sizer.offer(CHUNK, 0.0, complete=False)
        self.track = self.state.track(0)
        self.track.clock.wrote(CHUNK, 1.0)
        self.track.queue.append(self.head)

    def leave(self, lease=7):
        return passage(self.state, self.track, lease)


@pytest.fixture
def voiced():
    return Voiced()


def test_what_passes_counts_as_written(voiced):
    leave = voiced.leave()
    assert leave.take(CHUNK, 1.039) == (CHUNK, CHUNK, 0)
    assert leave.take(CHUNK, 1.08) == (CHUNK, 2 * CHUNK, 0)
    head = voiced.head
    assert (head.written, head.held, head.chunks, head.run.produced) == (3 * CHUNK, 0, 3, 2 * CHUNK)
    assert voiced.track.clock.written == 3 * CHUNK
    assert voiced.state.outlet_room_s == pytest.approx(10.0 - 0.08)


def test_the_clock_is_kept_as_by_any_write(voiced):
    """Late by less than is told, early, in time: the same numbers as those of the long way."""
    other = PlaybackClock(RATE)
    other.wrote(CHUNK, 1.0)
    leave = voiced.leave()
    for now in (1.0405, 1.06, 1.121):
        assert leave.take(CHUNK, now) == (CHUNK, other.written, 0)
        other.wrote(CHUNK, now)
        assert voiced.track.clock.lead_s(now) == other.lead_s(now)


def test_what_would_have_to_be_told_does_not_pass(voiced):
    before = voiced.head.written
    assert voiced.leave().take(CHUNK, 1.05) == STAYS, "the listener ran dry"
    assert voiced.leave().take(0, 1.02) == STAYS, "nothing came"
    assert voiced.head.written == before == voiced.track.clock.written


def test_what_may_wait_does_not_pass(voiced):
    leave = voiced.leave()
    assert [leave.take(CHUNK, now)[0] for now in (1.01, 1.011)] == [CHUNK] * 2
    assert leave.take(CHUNK, 1.012) == STAYS, "there is lead to spare: it may grow"


def test_what_comes_behind_an_ample_lead_may_be_gathered(voiced):
    leave = voiced.leave()
    assert leave.take(CHUNK, 1.01)[2] == 0
    assert voiced.track.look_again_at is None
    samples, offset, gathers = leave.take(CHUNK, 1.011)
    assert (samples, offset) == (CHUNK, 2 * CHUNK)
    assert gathers == pytest.approx(0.35 * RATE * (0.109 - 0.06) * 4, abs=1), (
        "it comes at four times real time, or faster"
    )
    assert 1.011 < voiced.track.look_again_at < voiced.track.clock.due_end - 0.06
    assert voiced.leave() is not None, "that is looked at again for what is gathered alone"


def test_no_more_passes_than_the_outlet_takes_in_one(voiced):
    leave = voiced.leave()
    voiced.state.outlet_room_s = 0.05
    assert leave.take(CHUNK, 1.03)[0] > 0
    assert leave.take(CHUNK, 1.07) == STAYS
    voiced.state.outlet_room_s = 0.25
    assert leave.take(CHUNK, 1.07)[0] > 0


def test_a_chunk_is_no_longer_than_any_other(voiced):
    assert voiced.leave().take(RATE // 4, 1.03) == STAYS


def test_the_lead_limit_holds():
    voiced = Voiced(max_lead_ms=60)
    assert voiced.leave().take(CHUNK, 1.01) == STAYS
    assert voiced.leave().take(CHUNK, 1.03)[0] > 0


def test_a_framed_codec_is_passed_whole_frames():
    leave = Voiced(Encoding.MULAW, rate=8_000).leave()
    assert leave.take(319, 1.11) == STAYS
    assert leave.take(320, 1.11)[0] > 0


def test_another_lease_has_no_leave(voiced):
    assert voiced.leave(8) is None
    voiced.track.queue.clear()
    assert voiced.leave() is None


@pytest.mark.parametrize(
    "change",
    [
        {"withheld": 1},
        {"ttfa_s": None},
        {"run": None},
        {"seam": PendingSeam("p/v", "Hi", "clock", 10, 1.0)},
    ],
    ids=str,
)
def test_who_waits_for_more_than_audio_has_no_leave(voiced, change):
    assert voiced.leave() is not None
    for name, value in change.items():
        setattr(voiced.head, name, value)
    assert voiced.leave() is None


@pytest.mark.parametrize("change", [{"paused_at": 1.0}, {"release_at": 1.1}], ids=str)
def test_a_track_that_is_looked_at_again_gives_no_leave(voiced, change):
    for name, value in change.items():
        setattr(voiced.track, name, value)
    assert voiced.leave() is None


def test_nothing_passes_a_shut_outlet_and_what_comes_is_counted_as_held(voiced):
    leave, most = voiced.leave(), round(RATE * CoreSettings().held_high_ms / 1000)
    voiced.state.outlet_paused = True
    voiced.track.look_again_at = 1.05
    assert leave.take(CHUNK, 1.01) == (0, 0, most - CHUNK)
    head = voiced.head
    assert (head.written, head.held, head.chunks, head.run.produced) == (CHUNK, CHUNK, 1, CHUNK)
    assert voiced.track.waits_for_room
    assert leave.take(3 * CHUNK, 1.03) == (0, 0, most - 3 * CHUNK)
    voiced.state.outlet_paused = False
    assert leave.take(4 * CHUNK, 1.04)[:2] == (4 * CHUNK, CHUNK)
    assert (head.written, head.held, head.chunks, head.run.produced) == (5 * CHUNK, 0, 2, 4 * CHUNK)


@pytest.mark.parametrize("most_held", [math.inf, 10 * CHUNK])
def test_behind_a_shut_outlet_so_much_that_the_line_pauses_or_the_utterance_fails_is_no_longer_only_counted(
    voiced, most_held
):
    leave, high = voiced.leave(), RATE * CoreSettings().held_high_ms / 1000
    voiced.state.outlet_paused, voiced.head.run.most_held = True, most_held
    most = round(min(high, most_held))
    assert leave.take(most - 1, 1.01) == (0, 0, 1)
    assert leave.take(most, 1.02) == STAYS
    assert voiced.head.held == voiced.head.run.produced == most - 1


def test_nothing_passes_while_another_is_yet_to_be_heard(voiced):
    voiced.track.sounding.append(voiced.head)
    assert voiced.leave() is None


def test_words_and_flushes_that_are_due_are_told_first(voiced):
    voiced.head.flushes.append(PendingFlush("f"))
    assert voiced.leave() is not None, "where it ends is not known yet, and comes as an event"
    voiced.head.flushes[0].end_sample = 5 * CHUNK
    assert voiced.leave() is None


def test_a_word_that_is_known_before_its_audio_ends_the_leave_where_it_begins(voiced):
    voiced.head.words_due.append(WORD)
    leave = voiced.leave()
    assert leave.take(CHUNK, 1.039)[0] == CHUNK
    assert leave.take(CHUNK, 1.08) == STAYS, "the word is told before its first sample is written"
    assert voiced.head.written == 2 * CHUNK


def test_a_word_is_not_due_while_the_outlet_is_shut(voiced):
    voiced.head.words_due.append(WORD)
    leave = voiced.leave()
    voiced.state.outlet_paused = True
    assert leave.take(3 * CHUNK, 1.03)[2] > 0
    voiced.state.outlet_paused = False
    assert leave.take(3 * CHUNK, 1.03) == STAYS


def test_text_that_waits_for_room_is_looked_at_with_every_chunk(voiced):
    voiced.head.unsaid.append(SEGMENT)
    assert voiced.leave() is None


@pytest.mark.parametrize("state", [RunState.ENDING, RunState.ACQUIRING])
def test_a_run_has_leave_while_it_has_a_line(voiced, state):
    voiced.head.run.state = state
    assert (voiced.leave() is not None) is (state is RunState.ENDING)


def test_a_run_that_owes_nothing_has_no_leave(voiced):
    voiced.head.run.awaited.clear()
    assert voiced.leave() is None
