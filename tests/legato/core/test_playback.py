import pytest

from legato.core.playback import PlaybackClock


def test_lead_grows_with_writes_and_falls_with_time():
    clock = PlaybackClock(8_000)
    clock.wrote(8_000, 10.0)
    assert clock.lead_s(10.0) == pytest.approx(1.0)
    assert clock.lead_s(10.4) == pytest.approx(0.6)
    assert clock.lead_s(99.0) == 0.0


def test_position_stops_where_the_audio_ends():
    clock = PlaybackClock(8_000)
    clock.wrote(800, 0.0)
    assert clock.position(0.05) == 400
    assert clock.position(5.0) == 800


def test_a_write_into_silence_tells_the_gap_but_not_at_the_start():
    clock = PlaybackClock(1_000)
    assert clock.wrote(100, 5.0) == 0.0
    assert clock.wrote(100, 5.05) == 0.0
    assert clock.wrote(100, 5.5) == pytest.approx(0.3)


def test_played_corrects_and_clamps():
    clock = PlaybackClock(1_000)
    clock.wrote(1_000, 0.0)
    assert clock.played(200, 0.5)
    assert clock.lead_s(0.5) == pytest.approx(0.8)
    assert clock.acknowledged
    assert not clock.played(5_000, 0.6)
    assert clock.lead_s(0.6) == 0.0


def two_seconds_at_half_a_second():
    clock = PlaybackClock(1_000)
    clock.wrote(2_000, 0.0)
    return clock


def test_discard_takes_away_only_what_was_not_played_since():
    clock = two_seconds_at_half_a_second()
    clock.discard(1_000, 2_000, 0.5)
    assert clock.lead_s(0.5) == pytest.approx(0.5)
    clock.discard(0, 2_000, 0.5)
    assert clock.lead_s(0.5) == 0.0
    assert clock.written == 2_000
    assert clock.position(0.5) == 2_000


def test_what_stands_behind_what_is_dropped_is_heard_next():
    clock = two_seconds_at_half_a_second()
    clock.discard(0, 1_000, 0.5)
    assert clock.position(0.5) == 1_000
    assert clock.heard_at(2_000) == pytest.approx(1.5)


def test_what_stands_before_what_is_dropped_is_heard_as_if_nothing_were():
    clock = two_seconds_at_half_a_second()
    clock.wrote(1_000, 0.0)
    clock.discard(1_000, 2_000, 0.5)
    assert [clock.position(now) for now in (0.5, 0.9, 1.1, 5.0)] == [500, 900, 2_100, 3_000]
    assert [clock.heard_at(sample) for sample in (1_000, 2_000, 3_000)] == pytest.approx([1.0, 1.0, 2.0])
    assert clock.played(200, 0.5)
    assert clock.heard_at(3_000) == pytest.approx(2.3)
    clock.discard(0, 3_000, 0.6)
    assert (clock.position(0.6), clock.lead_s(0.6)) == (3_000, 0.0)


def test_when_a_sample_is_heard_and_when_the_lead_will_have_fallen():
    clock = PlaybackClock(1_000)
    clock.wrote(1_000, 2.0)
    assert clock.heard_at(400) == pytest.approx(2.4)
    assert clock.lead_falls_to(0.25) == pytest.approx(2.75)
