import numpy as np
import pytest

from legato.audio.joiner import Joiner, Joining
from legato.audio.reel import Reel
from legato.domain.audio import LedgerKind

RATE = 8_000
MS = RATE // 1000


def quiet(ms, value=0):
    return np.full(ms * MS, value, np.int16)


def tone(ms):
    """Audible from its first sample to its last."""
    return np.where(np.arange(ms * MS) % 8 < 4, 9_000, -9_000).astype(np.int16)


def segment(lead, sound, tail, value=0):
    return np.concatenate([quiet(lead, value), tone(sound), quiet(tail, value)])


def spoken(*segments, pauses=(), size=10_000, settings=None):
    """Joined segments, each pushed in pieces of `size` samples, and what the ledger says of them in milliseconds."""
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, settings or Joining())
    for pause, samples in zip([0, *pauses], segments, strict=True):
        joiner.begin(pause)
        for at in range(0, len(samples), size):
            joiner.feed(samples[at : at + size])
        joiner.end()
    said = {}
    for entry in reel.entries():
        said[entry.kind] = said.get(entry.kind, 0) + entry.samples / MS
    return reel.take(reel.available), said


def shape(samples):
    """Alternating lengths of silence and sound in ms, silence first."""
    heard = np.abs(samples.astype(int)) > 103
    edges = np.flatnonzero(np.diff(np.concatenate([[False], heard, [False]])))
    lengths = np.diff(np.concatenate([[0], edges, [len(samples)]])) / MS
    # A tone that falls through the limit is a little longer than it was.
    return [round(float(length)) for length in lengths]


def test_at_most_60_ms_before_the_first_sound_and_120_after_the_last():
    samples, said = spoken(segment(200, 300, 500))
    assert shape(samples) == [60, 300, 120]
    assert said == {LedgerKind.RUN: 1000, LedgerKind.LEAD_TRIM: -140, LedgerKind.TAIL_TRIM: -380}


def test_what_is_short_stays_as_it_is():
    given = segment(50, 300, 110)
    samples, said = spoken(given)
    assert np.array_equal(samples, given)
    assert said == {LedgerKind.RUN: 460}


@pytest.mark.parametrize("pause", [120, 200, 320, 550])
@pytest.mark.parametrize(
    ("tail", "lead"), [(0, 0), (0, 300), (300, 0), (500, 500), (80, 5), (30, 40), (120, 10)]
)
def test_the_pause_of_the_mark_is_heard_whatever_the_vendor_left(pause, tail, lead):
    samples, _ = spoken(segment(0, 200, tail), segment(lead, 200, 0), pauses=[pause])
    before, first, gap, second, after = shape(samples)
    assert (before, after) == (0, 0)
    assert first + gap + second == pytest.approx(400 + max(pause, min(tail, 120) + min(lead, 10)), abs=1)
    assert gap == pytest.approx(
        max(pause, min(tail, 120) + min(lead, 10)), abs=5
    )  # a cut-off tone takes 5 ms to fall


def test_a_pause_within_a_segment_is_left_alone():
    given = np.concatenate([tone(100), quiet(900), tone(100)])
    samples, said = spoken(given)
    assert np.array_equal(samples, given)
    assert said == {LedgerKind.RUN: 1100}


@pytest.mark.parametrize("size", [1, 3, 37, 160, 1_000])
def test_r17_however_it_is_cut_the_joined_audio_is_the_same(size):
    segments = [
        segment(90, 100, 400, 50),
        segment(3, 150, 20),
        segment(70, 50, 0, -90),
        segment(0, 50, 130, 7),
        quiet(100),
        segment(40, 40, 0),
    ]
    pauses = [200, 320, 0, 120, 0]
    whole, said = spoken(*segments, pauses=pauses)
    cut, said_too = spoken(*segments, pauses=pauses, size=size)
    assert np.array_equal(cut, whole)
    assert said_too == said


def test_r18_no_cut_leaves_a_step():
    samples, _ = spoken(segment(90, 100, 400, 90), segment(100, 100, 300, -90), pauses=[200])
    silent = np.abs(samples.astype(int)) <= 103
    inside = silent[1:] & silent[:-1]
    assert np.abs(np.diff(samples.astype(int)))[inside].max() <= 90 * np.pi / 2 / (5 * MS) + 4


def test_r18_the_lead_has_no_step_where_some_of_it_was_cut():
    samples, said = spoken(np.concatenate([quiet(60, 100), quiet(60, -100), tone(50)]))
    assert said[LedgerKind.LEAD_TRIM] == -60
    lead = samples[: 60 * MS].astype(int)
    assert np.abs(np.diff(lead)).max() <= 200 * np.pi / 2 / (5 * MS) + 1


def test_a_forced_cut_is_crossfaded_and_has_no_pause():
    samples, said = spoken(segment(0, 200, 0), segment(0, 200, 0), pauses=[0])
    assert said == {LedgerKind.RUN: 400, LedgerKind.CROSSFADE: -10}
    assert shape(samples) == [0, 390, 0]


@pytest.mark.parametrize("sound_ms", [1, 4, 10])
def test_r19_a_piece_that_is_no_longer_than_the_crossfade_is_heard(sound_ms):
    """The remainder of a word after a forced cut may be this short, and the last of its utterance."""
    short = np.full(sound_ms * MS, 9_000, np.int16)
    samples, said = spoken(segment(0, 200, 0), short, pauses=[0])
    assert said == {LedgerKind.RUN: 200 + sound_ms, LedgerKind.CROSSFADE: -sound_ms}
    assert samples[-1] == 9_000, "it ends as the piece did, and the tone before it does not"


def test_a_segment_of_silence_is_cut_to_the_lead():
    samples, said = spoken(quiet(500))
    assert len(samples) == 50 * MS
    assert said == {LedgerKind.RUN: 500, LedgerKind.LEAD_TRIM: -450}


def test_a_segment_without_audio_adds_only_the_pause_that_was_due():
    samples, _ = spoken(segment(0, 100, 0), quiet(0), segment(0, 100, 0), pauses=[200, 200])
    assert shape(samples)[0] == 0
    assert len(samples) == 400 * MS


def test_silence_that_may_stay_is_not_held_back():
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    joiner.begin(0)
    joiner.feed(quiet(50))
    assert (reel.available, joiner.held) == (50 * MS, 0)
    joiner.feed(tone(20))
    joiner.feed(quiet(115))
    assert (reel.available, joiner.held) == (185 * MS, 0)
    joiner.feed(quiet(85))
    assert (reel.available, joiner.held) == (185 * MS, 85 * MS)


def test_held_silence_can_be_let_go():
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    joiner.begin(0)
    joiner.feed(np.concatenate([tone(20), quiet(300)]))
    joiner.release()
    assert (reel.available, joiner.held) == (320 * MS, 0)
    joiner.feed(quiet(10))
    assert joiner.held == 10 * MS
    joiner.feed(tone(10))
    assert reel.available == 340 * MS
    joiner.release()
    assert reel.available == 340 * MS


def test_the_lead_is_not_let_go_of():
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    joiner.begin(0)
    joiner.feed(quiet(300))
    joiner.release()
    assert (reel.available, joiner.held) == (50 * MS, 10 * MS)


def test_audio_outside_a_segment_passes():
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    given = segment(300, 10, 300)
    joiner.feed(given)
    joiner.feed(given[:0])
    assert np.array_equal(reel.take(reel.available), given)


def test_a_segment_ends_where_the_next_one_begins():
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    joiner.begin(0)
    joiner.feed(segment(0, 100, 400))
    joiner.begin(120)
    joiner.feed(tone(100))
    assert shape(reel.take(reel.available)) == [0, 100, 120, 100, 0]


def test_a_drop_takes_what_is_held_here_too():
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    joiner.begin(0)
    joiner.feed(segment(0, 100, 400))
    assert joiner.drop() == 500 * MS
    assert (reel.available, joiner.held) == (0, 0)
    assert sum(entry.samples for entry in reel.entries()) == 0


def test_after_a_drop_at_a_pause_the_rest_of_it_is_silence_that_counts():
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    joiner.begin(0)
    joiner.feed(np.concatenate([tone(100), quiet(100), tone(100)]))
    assert joiner.drop(keep=180 * MS) == 120 * MS
    joiner.begin(200)
    joiner.feed(tone(100))
    assert shape(reel.take(reel.available)) == [0, 100, 200, 100, 0]


@pytest.mark.parametrize("wrong", [{"attack_ms": 61}, {"fade_ms": 121}, {"attack_ms": -1}, {"fade_ms": -1}])
def test_settings_that_contradict_themselves_are_refused(wrong):
    with pytest.raises(ValueError, match="attack within lead and fade within tail"):
        Joining(**wrong)


def test_r11_it_knows_how_much_later_a_segment_sounds_than_its_line_has_counted():
    """Of the first segment's lead 60 of 200 ms stay; the second one's sound has to come 320 ms after the first one's."""
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    joiner.begin_run()
    joiner.begin(0)
    assert joiner.shift is None
    joiner.feed(quiet(200))
    assert joiner.shift is None
    joiner.feed(tone(100))
    assert joiner.shift == -140 * MS
    joiner.end()
    joiner.begin(320)
    joiner.feed(np.concatenate([quiet(20), tone(50)]))
    assert joiner.shift == (-140 + 300) * MS
    assert reel.available == (60 + 100 + 320 + 50) * MS


def test_r11_each_run_is_counted_anew():
    reel = Reel(RATE)
    joiner = Joiner(reel, RATE, Joining())
    joiner.begin_run()
    joiner.begin(0)
    joiner.feed(tone(100))
    joiner.end()
    joiner.begin_run()
    assert joiner.shift == 0
    joiner.begin(320)
    joiner.feed(tone(50))
    assert joiner.shift == 320 * MS
