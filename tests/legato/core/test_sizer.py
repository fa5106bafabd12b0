"""The chunk sizer on a virtual clock: it starts like 20 ms frames and ends with the message count of 200 ms ones (design, section 7)."""

import math
import random
import statistics

import pytest

from legato.core.playback import PlaybackClock
from legato.core.sizer import ChunkSettings, Sizer

RATE = 24_000


class Fixed:
    """What the sizer is compared with: frames of one size."""

    def __init__(self, frame_ms: float) -> None:
        self.samples = round(RATE * frame_ms / 1000)

    def offer(self, held, lead_s, *, complete):
        del lead_s
        return (self.samples if held >= self.samples else held if complete else 0), -1.0


def simulate(sizer, arrivals, *, max_s=60.0):
    """Plays arrivals (time, samples) through a sizer. Returns sizes written, seconds the listener ran dry, and the first write."""
    clock, held, sizes, dry, first, now = PlaybackClock(RATE), 0, [], 0.0, None, 0.0
    pending = sorted(arrivals)
    look_at = None
    while now < max_s:
        due = [t for t in (pending[0][0] if pending else None, look_at) if t is not None]
        if not due:
            break
        now = max(now, min(due))
        while pending and pending[0][0] <= now:
            held += pending.pop(0)[1]
        look_at = None
        while held:
            samples, lead = sizer.offer(held, clock.lead_s(now), complete=not pending)
            if not samples:
                look_at = clock.lead_falls_to(lead) if lead >= 0 else None
                break
            gap = clock.wrote(samples, now)
            dry += gap if gap > 1e-6 else 0.0
            first = now if first is None else first
            sizes.append(samples)
            held -= samples
    return sizes, dry, first


def arrivals(audio_s, factor, chunk_ms, *, first_s=0.08, jitter_s=0.0, dice=None):
    count = round(audio_s * 1000 / chunk_ms)
    noise = (lambda: dice.uniform(0, jitter_s)) if dice else (lambda: 0.0)
    return [(first_s + i * chunk_ms / 1000 / factor + noise(), RATE * chunk_ms // 1000) for i in range(count)]


def test_with_a_vendor_at_real_time_nothing_is_held():
    came = arrivals(6, 1.0, 40)
    sizes, dry, first = simulate(Sizer(ChunkSettings(), RATE, -1), came)
    assert first == pytest.approx(0.08)
    assert len(sizes) == len(came)
    assert dry == pytest.approx(0.0, abs=1e-6)


def test_with_a_fast_vendor_it_starts_like_20_ms_and_counts_like_200_ms():
    came = arrivals(6, 4.0, 20)
    sizes, dry, first = simulate(Sizer(ChunkSettings(), RATE, -1), came)
    _, _, first_of_20 = simulate(Fixed(20), came)
    sizes_of_200, _, first_of_200 = simulate(Fixed(200), came)
    assert first == first_of_20 < first_of_200
    assert len(sizes) <= 1.3 * len(sizes_of_200)  # the start included
    assert statistics.median(sizes) >= statistics.median(sizes_of_200)
    assert dry == 0.0
    assert sum(sizes) == 6 * RATE


@pytest.mark.parametrize("seed", range(40))
def test_no_underrun_that_20_ms_frames_would_have_avoided(seed):
    dice = random.Random(seed)
    came = arrivals(
        6, dice.choice([1.1, 2.0, 4.0, 10.0]), 20, jitter_s=dice.choice([0.0, 0.05, 0.3]), dice=dice
    )
    _, dry, _ = simulate(Sizer(ChunkSettings(), RATE, -1), came)
    _, dry_of_20, _ = simulate(Fixed(20), came)
    assert dry <= dry_of_20 + 0.001


def test_at_the_lead_limit_it_leaves_in_pieces_of_the_size_aimed_at():
    sizes, dry, _ = simulate(Sizer(ChunkSettings(), RATE, 1_000), [(0.0, 20 * RATE)])
    assert dry == 0.0
    assert sum(sizes) == 20 * RATE
    assert len(sizes) < 20 / 0.2


def test_whole_codec_frames_but_for_the_last():
    sizer = Sizer(ChunkSettings(), 8_000, -1, 160)
    assert sizer.offer(100, 0.0, complete=False) == (0, -1.0)
    assert sizer.offer(330, 0.0, complete=False)[0] == 320
    assert sizer.offer(10, 0.5, complete=True)[0] == 10


def test_nothing_held_is_nothing_to_write():
    assert Sizer(ChunkSettings(), RATE, -1).offer(0, 0.0, complete=True) == (0, -1.0)


def grown(max_lead_ms=-1, *, samples=RATE, times=10_000):
    """A sizer that aims at its largest chunk, of an utterance that came hardly sooner than it sounds, or that is still short."""
    sizer = Sizer(ChunkSettings(), RATE, max_lead_ms)
    for _ in range(times):
        sizer.offer(samples, 0.0, complete=True)
    return sizer


def test_with_lead_to_spare_audio_need_not_be_told_until_a_chunk_is_full():
    more, until_lead = grown().gatherable(480, 1.0)
    assert 480 + more == pytest.approx(0.24 * RATE, abs=1)
    assert until_lead == pytest.approx(0.06 + 2 * 0.24, abs=0.001)


def test_with_less_lead_it_need_not_be_told_for_a_part_of_the_way():
    more, until_lead = grown().gatherable(480, 0.4)
    assert 480 < more < RATE * (0.4 - 0.06) / 2
    assert 0.06 + 2 * (480 + more) / RATE == pytest.approx(until_lead, abs=0.001)
    assert until_lead < 0.4


@pytest.mark.parametrize(("lead_s", "pace"), [(0.2, 2.0), (0.25, 8 / 3), (0.3, 4.0), (0.35, 4.0), (0.4, 4.0)])
def test_of_a_fast_vendor_as_much_is_awaited_as_comes_in_a_third_of_the_lead_to_spare(lead_s, pace):
    """Of 0.4 s that were written: what came so far tells how much comes meanwhile, up to four times real time."""
    more, until_lead = grown(samples=RATE // 20, times=8).gatherable(480, lead_s)
    expected_s = min(0.35 * (lead_s - 0.06) * pace, 0.24)
    assert 480 + more == pytest.approx(expected_s * RATE, abs=2)
    assert until_lead == pytest.approx(0.06 + 2 * expected_s / pace, abs=0.001)


@pytest.mark.parametrize("burst_ms", [100, 150, 200, 300, 1_000])
def test_behind_a_burst_that_goes_on_at_real_time_the_listener_keeps_its_margin(burst_ms):
    burst = [(0.0, RATE * 20 // 1000)] * (burst_ms // 20)
    came = burst + [(number / 50, RATE // 50) for number in range(200)]
    sizer, clock, held, look_at, leads = Sizer(ChunkSettings(), RATE, -1), PlaybackClock(RATE), 0, 9.0, []
    for at, samples in came:
        for now in (min(at, look_at), at) if look_at < at else (at,):
            held += samples if now == at else 0
            leads.append(clock.lead_s(now))
            written, ask_at = sizer.offer(held, leads[-1], complete=False)
            if written:
                clock.wrote(written, now)
                held -= written
            look_at = clock.lead_falls_to(ask_at) if ask_at >= 0 else 9.0
    assert min(leads[len(burst) + 1 :]) > 0.06 - 1e-6


@pytest.mark.parametrize("lead_s", [0.0, 0.1, 0.12])
def test_with_hardly_any_lead_every_chunk_must_be_told(lead_s):
    assert grown().gatherable(480, lead_s)[0] == 0


def test_at_the_lead_limit_there_is_time_until_there_is_room():
    more, until_lead = grown(1_000).gatherable(RATE, 0.9)
    assert more == 0.24 * RATE
    assert until_lead == pytest.approx(1.0 - 0.24)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_gathered_is_never_more_than_half_of_the_lead_to_spare_and_enough_in_the_end(seed):
    dice = random.Random(seed)
    lead_s, held = dice.uniform(0.0, 1.5), dice.randrange(1, RATE // 4)
    sizer = grown(dice.choice([-1, 2_000]))
    if sizer.offer(held, lead_s, complete=False)[0]:
        return
    more, until_lead = sizer.gatherable(held, lead_s)
    for _ in range(20):
        came, later = dice.randrange(max(more, 1)), dice.uniform(max(until_lead, 0.0), lead_s)
        if more and later > until_lead:
            assert (held + came) / RATE <= (later - 0.06) / 2 + 1e-6
    if more:
        assert sizer.offer(held + more + 1, min(lead_s, until_lead + 0.01), complete=False)[0]


def test_what_passes_is_what_would_be_given_whole_and_counts_alike():
    """Beside a sizer that is asked: the same sizes, and the same one aimed at afterwards."""
    rng = random.Random(5)
    passed = 0
    for _ in range(2_000):
        max_lead_ms, frame = rng.choice([-1, 0, 100, 400]), rng.choice([1, 160])
        asked, short = (Sizer(ChunkSettings(), RATE, max_lead_ms, frame) for _ in range(2))
        first = rng.randrange(1, 3_000)
        for sizer in (asked, short):
            sizer.offer(first, 0.0, complete=True)
        for _ in range(8):
            held, lead_s = rng.randrange(0, 8_000) // frame * frame, rng.uniform(0, 0.3)
            given, *_ = short.passes(held, lead_s, math.inf)
            if given:
                passed += 1
                assert asked.offer(held, lead_s, complete=False) == (given, -1.0)
    assert passed > 500


def test_the_first_chunk_does_not_pass():
    assert not Sizer(ChunkSettings(), RATE, -1).passes(480, 0.0, math.inf)[0]


def test_no_more_passes_than_there_is_room_for():
    sizer = grown(-1)
    assert sizer.passes(4_800, 0.0, 0.1)[0] == 0
    assert sizer.passes(2_400, 0.0, 0.1)[0] == 2_400


def test_what_does_not_pass_because_of_its_rest_does_not_count():
    """It is asked about again, in the long way: counted twice, the voice would seem faster than it is, and chunks would wait for too much."""
    asked, short = (grown(-1, samples=RATE // 5, times=10) for _ in range(2))
    held, lead_s = RATE * 470 // 1000, 0.1
    assert short.passes(held, lead_s, math.inf)[0] == 0
    assert short.offer(held, lead_s, complete=False) == asked.offer(held, lead_s, complete=False)
    assert short.gatherable(0, 0.3) == asked.gatherable(0, 0.3)
