import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from legato.audio.codec import PcmEncoder, alaw_table, mulaw_table
from legato.audio.joiner import Joining
from legato.audio.pipe import Pipe
from legato.audio.wav import wav_header
from legato.domain.audio import OFFERED, Encoding, LedgerKind
from tests.legato.audio.pauses import find_pauses

VENDOR_RATES = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]


def tone(rate, seconds, hz=440.0, level=20_000, start=0):
    """Bytes of a sine, s16le."""
    at = np.arange(start, start + int(rate * seconds)) / rate
    return np.rint(level * np.sin(2 * np.pi * hz * at)).astype("<i2").tobytes()


def noise(samples, seed=0):
    return np.random.default_rng(seed).integers(-32_768, 32_768, samples).astype("<i2").tobytes()


def pieces(data, size):
    return (data[at : at + size] for at in range(0, len(data), size))


def all_of(pipe):
    return pipe.take(pipe.available)


def through(pipe, *runs, rate=24_000, size=777):
    """Everything these runs of bytes become."""
    for run in runs:
        pipe.begin_run(rate)
        for piece in pieces(run, size):
            pipe.push(piece)
        pipe.end_run()
    return all_of(pipe)


def booked(pipe):
    return sum(entry.samples for entry in pipe.entries())


def steepest(samples):
    return int(np.abs(np.diff(samples.astype(int))).max())


# --- R17: where bytes are cut


@pytest.mark.parametrize("out_rate", [24_000, 8_000, 44_100])
@pytest.mark.parametrize("header", [b"", wav_header(16_000)], ids=["raw", "wav"])
def test_r17_cut_at_every_byte_offset_gives_the_same_samples(header, out_rate):
    data = header + noise(150)
    wanted = through(Pipe(out_rate), data, size=len(data))
    for at in range(1, len(data)):
        pipe = Pipe(out_rate)
        pipe.begin_run(24_000)
        pipe.push(data[:at])
        pipe.push(memoryview(data)[at:])
        pipe.end_run()
        assert np.array_equal(all_of(pipe), wanted)


@pytest.mark.volume
@pytest.mark.parametrize("joining", [None, Joining()], ids=["as it comes", "joined"])
@pytest.mark.parametrize("size", [1, 2, 3, 959, 100_000])
def test_r17_pieces_of_any_size_give_the_same_samples(joining, size):
    quiet = bytes(24_000)
    data = quiet + tone(24_000, 0.2) + quiet
    made = []
    for bite in (size, 4_800):
        pipe = Pipe(22_050, joining)
        for pause in (0, 200):
            pipe.begin_run(24_000)
            pipe.begin_segment(pause)
            for piece in pieces(data, bite):
                pipe.push(piece)
            pipe.end_segment()
            pipe.end_run()
        made.append(all_of(pipe))
    assert np.array_equal(*made)


def test_r17_a_header_is_taken_off_once_a_run_and_its_rate_counts():
    data = wav_header(48_000) + noise(960)
    pipe = Pipe(24_000)
    assert len(through(pipe, data, data, rate=16_000)) == 2 * 480
    assert len(through(pipe, data + wav_header(48_000), rate=16_000)) == 480 + 11


def test_a_wav_of_another_kind_is_refused():
    pipe = Pipe(24_000)
    pipe.begin_run(24_000)
    with pytest.raises(ValueError, match="1 channels, 24 bits"):
        pipe.push(wav_header(24_000)[:34] + b"\x18" + wav_header(24_000)[35:])


@pytest.mark.parametrize("rate_hz", [0, 7])
def test_a_rate_in_a_header_that_is_none_is_refused(rate_hz):
    pipe = Pipe(24_000)
    pipe.begin_run(24_000)
    with pytest.raises(ValueError, match=f"{rate_hz} Hz is not a sample rate"):
        pipe.push(wav_header(rate_hz) + bytes(2))


def test_audio_of_no_run_is_refused():
    pipe = Pipe(24_000)
    with pytest.raises(ValueError, match="before its run was begun"):
        pipe.push(b"\0\0")
    pipe.begin_run(24_000)
    pipe.end_run()
    with pytest.raises(ValueError, match="before its run was begun"):
        pipe.push(b"\0\0")


def test_equal_rates_pass_with_no_copy():
    data = noise(480)
    pipe = Pipe(24_000)
    pipe.begin_run(24_000)
    pipe.push(data)
    assert np.shares_memory(pipe.take(480), np.frombuffer(data, np.int16))


# --- R18: no clicks


@pytest.mark.parametrize("in_rate", [8_000, 22_050, 24_000, 48_000])
@pytest.mark.parametrize("out_rate", [8_000, 22_050, 24_000, 48_000])
def test_r18_a_sine_keeps_its_curve_over_every_chunk_border(in_rate, out_rate):
    made = through(Pipe(out_rate), tone(in_rate, 0.3), rate=in_rate, size=in_rate // 50)
    inner = made[out_rate // 100 : -out_rate // 100].astype(int)
    curvature = 20_000 * (2 * math.pi * 440 / out_rate) ** 2
    assert np.abs(np.diff(inner, 2)).max() <= curvature + 45  # rounding, and a filter 60 dB down


@pytest.mark.parametrize("joining", [None, Joining()], ids=["as it comes", "joined"])
@pytest.mark.parametrize("start", [0, 7, 14, 27, 41])
def test_r18_a_sine_over_a_seam_of_two_routes_shows_no_step(joining, start):
    pipe = Pipe(24_000, joining)
    pipe.begin_run(24_000)
    pipe.begin_segment(0)
    pipe.push(tone(24_000, 0.1003))
    pipe.end_run()
    pipe.begin_run(16_000)
    pipe.begin_segment(0)
    for piece in pieces(tone(16_000, 0.1, start=start), 101):
        pipe.push(piece)
    pipe.end_run()
    of_the_sine = 20_000 * 2 * math.pi * 440 / 24_000
    of_the_seam = 40_000 * math.pi / 2 / 120
    assert steepest(all_of(pipe)) <= 1.05 * of_the_sine + of_the_seam


def test_r18_without_a_smoothed_seam_there_would_be_a_step():
    a, b = (np.frombuffer(tone(24_000, 0.1, start=start), np.int16) for start in (0, 41))
    assert (
        steepest(np.concatenate([a[:-41], b]))
        > 10 * 20_000 * 2 * math.pi * 440 / 24_000 + 40_000 * math.pi / 2 / 120
    )


@pytest.mark.parametrize("cut", [1, 10, 100, 120, 479])
def test_r18_a_fade_after_any_sample_ends_in_silence_without_a_step(cut):
    pipe = Pipe(24_000)
    pipe.begin_run(24_000)
    pipe.push(tone(24_000, 0.1))
    before = pipe.take(cut)
    tail = pipe.fade_tail(240)
    assert len(tail) == 240
    assert tail[-1] == 0
    assert (
        steepest(np.concatenate([before, tail])) <= 20_000 * (2 * math.pi * 440 / 24_000 + math.pi / 480) + 1
    )
    assert (pipe.available, pipe.taken) == (0, cut + 240)


def test_r18_the_rest_of_the_text_on_another_route_after_a_drop_shows_no_step():
    pipe = Pipe(24_000)
    pipe.begin_run(24_000)
    pipe.push(tone(24_000, 0.1))
    before = pipe.take(1_000)
    pipe.end_run()
    pipe.drop(keep=313)
    pipe.begin_run(24_000)
    pipe.push(tone(24_000, 0.1))
    made = np.concatenate([before, all_of(pipe)])
    assert len(made) == 1_313 + 2_400
    assert steepest(made) <= 20_000 * 2 * math.pi * 440 / 24_000 + 40_000 * math.pi / 2 / 120


def test_r18_padding_falls_to_silence():
    pipe = Pipe(8_000)
    pipe.begin_run(8_000)
    pipe.push(np.full(100, 9_000, "<i2").tobytes())
    pipe.end_run()
    assert pipe.pad(60) == 160
    made = all_of(pipe)
    assert steepest(made) <= 9_000 * math.pi / 2 / 40 + 1
    assert (made[140:] == 0).all()
    assert [(entry.kind, entry.samples) for entry in pipe.entries()] == [
        (LedgerKind.RUN, 100),
        (LedgerKind.PADDING, 60),
    ]


# --- R19: no sample lost


@given(
    in_rate=st.sampled_from(VENDOR_RATES),
    out_rate=st.sampled_from([offered.sample_rate_hz for offered in OFFERED]),
    lengths=st.lists(st.integers(0, 700), max_size=4),
    size=st.integers(1, 600),
)
@settings(deadline=None)
def test_r19_every_run_has_the_samples_that_the_ratio_says(in_rate, out_rate, lengths, size):
    pipe = Pipe(out_rate)
    wanted = [math.ceil(Fraction(length * out_rate, in_rate)) for length in lengths]
    made = through(pipe, *map(noise, lengths), rate=in_rate, size=size)
    assert len(made) == sum(wanted)
    entries = pipe.entries()
    assert {entry.kind for entry in entries} <= {LedgerKind.RUN}
    assert [entry.samples for entry in entries] == [count for count in wanted if count]


def test_r19_a_run_whose_line_was_lost_is_counted_to_its_last_sample():
    pipe = Pipe(8_000)
    pipe.begin_run(24_000)
    pipe.push(noise(100))
    pipe.begin_run(16_000)
    pipe.push(noise(101))
    pipe.end_run()
    assert pipe.available == 34 + 51
    assert pipe.end_run() == 85


def test_r19_with_joining_every_segment_is_whole_when_it_ends():
    pipe = Pipe(8_000, Joining())
    pipe.begin_run(24_000)
    pipe.begin_segment(0)
    pipe.push(tone(24_000, 0.1))
    assert pipe.end_segment() == 800
    assert pipe.end_run() == 800


def test_without_joining_segments_change_nothing():
    pipe = Pipe(8_000)
    data = bytes(48_000) + tone(24_000, 0.2) + bytes(48_000)
    wanted = through(Pipe(8_000), data)
    pipe.begin_run(24_000)
    pipe.begin_segment(500)
    pipe.push(data[:50_000])
    pipe.end_segment()
    pipe.begin_segment(500)
    pipe.push(data[50_000:])
    pipe.end_run()
    assert pipe.withheld == 0
    assert pipe.release() == len(wanted)
    assert np.array_equal(all_of(pipe), wanted)


# --- R20: the pitch


def decoded(encoded, encoding):
    if encoding in {Encoding.PCM_S16LE, Encoding.WAV}:
        return np.frombuffer(encoded, "<i2").astype(float)
    table = mulaw_table() if encoding is Encoding.MULAW else alaw_table()
    inverse = np.zeros(256)
    linear = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(float)
    inverse = np.bincount(table, linear, 256) / np.bincount(table, minlength=256)
    return inverse[np.frombuffer(encoded, np.uint8)]


@pytest.mark.parametrize(
    "offered", OFFERED, ids=lambda offered: f"{offered.encoding}-{offered.sample_rate_hz}"
)
@pytest.mark.parametrize("in_rate", VENDOR_RATES)
def test_r20_a_440_hz_tone_stays_one(in_rate, offered):
    pipe, encoder = Pipe(offered.sample_rate_hz), PcmEncoder(offered)
    pipe.begin_run(in_rate)
    encoded = b""
    for piece in pieces(tone(in_rate, 1.0), 1_001):
        encoded += encoder.encode(pipe.take(pipe.push(piece)))
    encoded += encoder.encode(pipe.take(pipe.end_run()))
    heard = decoded(encoded, offered.encoding)
    assert len(heard) == offered.sample_rate_hz
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 8 * len(heard)))
    assert abs(spectrum.argmax() / 8 - 440) <= 0.25


# --- joining, over the whole path


def test_joined_segments_keep_the_pause_of_the_mark_at_every_pair_of_rates():
    for in_rate in (16_000, 22_050, 24_000):
        for out_rate in (8_000, 24_000, 44_100):
            pipe = Pipe(out_rate, Joining())
            for pause in (0, 320):
                pipe.begin_run(in_rate)
                pipe.begin_segment(pause)
                pipe.push(bytes(in_rate) + tone(in_rate, 0.2, level=20_000) + bytes(in_rate))
                pipe.end_segment()
                pipe.end_run()
            (gap,) = [(end - start) / out_rate for start, end in find_pauses(all_of(pipe), out_rate)[:-1]]
            assert gap == pytest.approx(0.320, abs=0.005)
            assert pipe.audible_at == pytest.approx(0.060 * out_rate, abs=0.005 * out_rate)


def test_r11_where_a_segment_sounds_counts_from_the_begin_of_its_own_run():
    """Of the run before, half was dropped; its words are not those of this one."""
    pipe = Pipe(24_000, Joining())
    for kept_s in (0.5, 1.0):
        pipe.begin_run(24_000)
        pipe.begin_segment(320)
        pipe.push(tone(24_000, 1.0))
        shift_ms = pipe.shift_ms
        pipe.end_run()
        pipe.drop(keep=int(24_000 * kept_s))
    assert shift_ms == pytest.approx(320, abs=0.1)


def test_silence_that_may_be_the_end_is_withheld_until_it_is_asked_for():
    pipe = Pipe(24_000, Joining())
    pipe.begin_run(24_000)
    pipe.begin_segment(0)
    pipe.push(tone(24_000, 0.1) + bytes(2 * 12_000))
    withheld = pipe.withheld
    assert withheld == pytest.approx(12_000 - 0.115 * 24_000, abs=5)
    before = pipe.available
    assert pipe.release() == before + withheld
    assert pipe.withheld == 0


def test_a_fade_uses_withheld_silence_and_books_the_rest():
    pipe = Pipe(24_000, Joining())
    pipe.begin_run(24_000)
    pipe.begin_segment(0)
    pipe.push(tone(24_000, 0.1) + bytes(2 * 12_000))
    assert len(pipe.fade_tail(480)) == 480
    assert booked(pipe) == 480


# --- the ledger


class Ledger(RuleBasedStateMachine):
    """Whatever is done in whatever order: entries add up, and every pushed sample is accounted for."""

    @initialize(
        out_rate=st.sampled_from([8_000, 24_000, 44_100]),
        joining=st.sampled_from(
            [None, Joining(), Joining(lead_keep_ms=0, tail_keep_ms=0, attack_ms=0, fade_ms=0)]
        ),
    )
    def begin(self, out_rate, joining):
        self.pipe = Pipe(out_rate, joining)
        self.open = False
        self.sum = 0
        self.taken = 0

    @rule(rate=st.sampled_from([8_000, 22_050, 24_000]))
    def begin_run(self, rate):
        assert self.pipe.begin_run(rate) == self.pipe.available
        self.open = True

    @precondition(lambda self: self.open)
    @rule(
        sound=st.integers(0, 3_000),
        quiet=st.sampled_from([0, 100, 3_000, 20_000]),
        odd=st.booleans(),
        seed=st.integers(0, 9),
    )
    def push(self, sound, quiet, odd, seed):
        assert self.pipe.push(noise(sound, seed) + bytes(quiet + odd)) == self.pipe.available

    @rule(pause=st.sampled_from([0, 120, 550]))
    def begin_segment(self, pause):
        assert self.pipe.begin_segment(pause) == self.pipe.available

    @rule()
    def end_segment(self):
        assert self.pipe.end_segment() == self.pipe.available

    @rule()
    def end_run(self):
        assert self.pipe.end_run() == self.pipe.available
        self.open = False

    @rule(part=st.floats(0, 1))
    def take(self, part):
        samples = int(self.pipe.available * part)
        assert len(self.pipe.take(samples)) == samples
        self.taken += samples

    @rule()
    def release(self):
        assert self.pipe.release() == self.pipe.available
        if self.pipe._joiner is None:
            assert self.pipe.withheld == 0

    @rule(keep=st.sampled_from([0, 0, 10, 5_000]))
    def drop(self, keep):
        assert self.pipe.drop(keep=keep) >= 0
        assert self.pipe.available <= keep

    @rule(samples=st.integers(0, 5_000))
    def fade_tail(self, samples):
        tail = self.pipe.fade_tail(samples)
        assert len(tail) <= samples
        assert self.pipe.available == 0
        self.taken += len(tail)

    @rule(samples=st.sampled_from([0, 1, 160]))
    def pad(self, samples):
        before = self.pipe.available
        assert self.pipe.pad(samples) >= before

    @invariant()
    def adds_up(self):
        if not hasattr(self, "pipe"):
            return
        entries = self.pipe.entries()
        self.sum += sum(entry.samples for entry in entries)
        assert self.sum == self.pipe.available + self.pipe.taken
        assert self.pipe.taken == self.taken
        assert all(entry.samples for entry in entries)
        assert -1 <= self.pipe.audible_at < max(self.pipe.taken + self.pipe.available, 1)
        assert all(
            (entry.samples > 0) == (entry.kind in {LedgerKind.RUN, LedgerKind.PAUSE, LedgerKind.PADDING})
            for entry in entries
        )


TestLedger = Ledger.TestCase
TestLedger.settings = settings(deadline=None, max_examples=150, stateful_step_count=30)


@given(
    lengths=st.lists(
        st.tuples(st.integers(0, 4_000), st.integers(0, 8_000), st.integers(0, 8_000)), max_size=4
    ),
    pause=st.sampled_from([0, 120, 320]),
    in_rate=st.sampled_from([16_000, 22_050]),
)
@settings(deadline=None, max_examples=60)
def test_every_sample_that_was_pushed_is_in_the_ledger(lengths, pause, in_rate):
    pipe = Pipe(24_000, Joining())
    wanted = 0
    for at, (lead, sound, tail) in enumerate(lengths):
        pipe.begin_run(in_rate)
        pipe.begin_segment(pause if at else 0)
        pipe.push(bytes(2 * lead) + noise(sound) + bytes(2 * tail))
        pipe.end_segment()
        pipe.end_run()
        wanted += math.ceil(Fraction((lead + sound + tail) * 24_000, in_rate))
    entries = pipe.entries()
    assert sum(entry.samples for entry in entries if entry.kind is LedgerKind.RUN) == wanted
    assert sum(entry.samples for entry in entries) == pipe.available


def test_behind_a_context_that_has_ended_so_much_is_silent_as_is_not_silent_already():
    pipe = Pipe(8_000)
    pipe.begin_run(8_000)
    assert pipe.rest(100) == 0, "nothing was heard yet"
    pipe.push(np.full(80, 5_000, "<i2").tobytes() + bytes(2 * 160))
    pipe.end_run()
    pipe.begin_run(8_000)
    assert pipe.rest(100) == 80 + 800
    assert pipe.rest(50) == 80 + 800
    pipe.drop()
    assert sum(entry.samples for entry in pipe.entries()) == 0


def test_r18_the_rest_after_a_context_that_ended_in_sound_shows_no_step():
    pipe = Pipe(24_000)
    pipe.begin_run(24_000)
    for start in (0, 41):
        pipe.rest(100)
        pipe.push(tone(24_000, 0.1003, start=start))
    made = all_of(pipe)
    assert len(made) == 2 * 2_407 + 2_400
    assert steepest(made) <= 20_000 * 2 * math.pi * 440 / 24_000 + 40_000 * math.pi / 2 / 120


def test_a_sketch_ends_where_nobody_asks_for_it_any_more():
    pipe = Pipe(8_000)
    pipe.begin_run(8_000, sketched=True)
    pipe.push(bytes(1_600))
    assert pipe.sketch() is not None
    pipe.end_sketch()
    pipe.push(bytes(1_600))
    assert pipe.sketch() is None
    pipe.begin_run(8_000, sketched=True)
    assert pipe.sketch() is not None


@pytest.mark.parametrize("in_rate", [8_000, 24_000])
def test_a_run_is_sketched_where_that_is_asked_for_and_counted_as_it_is_written(in_rate):
    pipe = Pipe(8_000)
    through(pipe, noise(800), rate=8_000)
    assert pipe.sketch() is None
    pipe.sketch_anew()
    pipe.begin_run(in_rate, sketched=True)
    pipe.push(noise(in_rate // 10))
    sketch = pipe.sketch()
    assert sketch is not None
    assert (sketch.start_sample, sketch.frame_samples) == (800, 160)
    assert len(sketch.levels_db) == pipe.available // 160 >= 4
    pipe.sketch_anew()
    assert pipe.sketch().start_sample == pipe.available + 800
    pipe.push(noise(in_rate // 10))
    pipe.drop(keep=0)
    assert (pipe.sketch().start_sample, len(pipe.sketch().levels_db)) == (800, 0)
