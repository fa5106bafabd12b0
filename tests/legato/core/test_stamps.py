import pytest

from legato.core.stamps import Stamps
from legato.domain.receipt import Stage


def test_stages_sum_to_the_total():
    stamps = Stamps()
    stamps.begin(1.0)
    for at, stage in zip((1.1, 1.3, 1.3, 1.6, 1.7, 2.4, 2.5, 2.5, 2.6, 2.8), Stage, strict=True):
        stamps.stamp(stage, at)
    assert sum(seconds for _, seconds in stamps.stages()) == pytest.approx(stamps.ttfb_s)
    assert stamps.ttfb_s == pytest.approx(1.8)
    assert stamps.ttfb_speakable_s == pytest.approx(1.5)


def test_a_second_attempt_adds_to_its_stages():
    stamps = Stamps()
    stamps.begin(0.0)
    for at, stage in ((0.1, Stage.ACQUIRE), (0.4, Stage.VENDOR), (0.5, Stage.ACQUIRE), (0.9, Stage.WRITE)):
        stamps.stamp(stage, at)
    assert dict(stamps.stages())[Stage.ACQUIRE] == pytest.approx(0.2)


def test_nothing_before_the_first_text_and_nothing_after_the_first_write():
    stamps = Stamps()
    stamps.stamp(Stage.QUEUE, 5.0)
    stamps.begin(6.0)
    stamps.begin(7.0)
    assert stamps.first_byte_at is None
    stamps.stamp(Stage.WRITE, 8.0)
    stamps.stamp(Stage.WRITE, 9.0)
    assert stamps.ttfb_s == pytest.approx(2.0)
    assert stamps.first_byte_at == 8.0


def test_waiting_for_its_turn_is_no_part_of_the_speakable_time():
    stamps = Stamps()
    stamps.begin(0.0)
    for at, stage in ((0.0, Stage.SEGMENT), (3.0, Stage.TURN_WAIT), (3.1, Stage.WRITE)):
        stamps.stamp(stage, at)
    assert stamps.ttfb_speakable_s == pytest.approx(0.1)


def test_without_audio_there_is_no_time():
    stamps = Stamps()
    stamps.begin(0.0)
    assert stamps.stages() == ()
    assert stamps.ttfb_s is None
    assert stamps.ttfb_speakable_s is None
