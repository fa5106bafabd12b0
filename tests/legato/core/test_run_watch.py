import pytest

from legato.core.run_watch import RunWatch
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.vendors import VendorLimits

LIMITS = VendorLimits(first_audio_s=3.0, between_audio_s=1.0, finish_s=2.0)


def watch(*, marks=False, limits=LIMITS):
    return RunWatch(limits, marks=marks)


def test_nothing_is_awaited_of_a_run_that_was_told_nothing():
    run = watch()
    assert run.deadline() is None
    assert run.overdue(1e9) is None


def test_text_must_sound_within_the_limit_for_first_audio():
    run = watch()
    run.said(10.0, 0, 30)
    assert (run.deadline(), run.awaited) == (13.0, "first_audio")
    assert run.overdue(12.9) is None
    assert run.overdue(13.0).reason is Reason.VENDOR_TIMEOUT


def test_more_text_does_not_move_the_limit_for_the_first():
    run = watch()
    run.said(10.0, 0, 30)
    run.said(12.0, 1, 30)
    assert run.deadline() == 13.0


@pytest.mark.parametrize(("marks", "at"), [(True, 13.0), (False, 15.9)])
def test_r1_the_end_of_the_text_does_not_move_the_limit_where_each_segment_is_spoken(marks, at):
    """The end of an utterance doubled the wait for its first sound, on a line that was half open."""
    run = watch(marks=marks)
    run.said(10.0, 0, 30)
    run.said(12.9, 1, 30)
    run.ended(12.9)
    assert (run.deadline(), run.awaited) == (pytest.approx(at), "first_audio")


def test_text_with_nothing_to_say_owes_nothing():
    run = watch()
    run.said(0.0, 0, 0)
    assert run.deadline() is None
    assert run.finished() is None


def test_speech_that_surely_owes_more_must_go_on():
    run = watch()
    run.said(0.0, 0, 100)  # two seconds at the very fastest
    run.audio(1.0, 0.5)
    assert (run.deadline(), run.awaited) == (2.0, "between_audio")
    assert "no more audio" in run.overdue(2.0).message


@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize("chars", [0, 1, 500])
def test_r4_sound_without_end_is_a_failure_however_quickly_it_comes(marks, chars):
    """Nothing bounded it while it came: a run that gave noise for hours was never given up."""
    run, most_s = watch(marks=marks), 60 + 4 * chars
    run.said(0.0, 0, chars)
    run.audio(1.0, most_s)
    assert run.overdue(1.0) is None, "slow speech with long pauses"
    run.audio(1.1, 1.0)
    assert (run.deadline(), run.awaited) == (1.1, "finish")
    assert run.overdue(1.1) == Failed(
        Reason.VENDOR_TIMEOUT, "the vendor goes on giving audio long after the end of the text"
    )


def test_sound_that_drips_is_no_sound():
    run = watch(marks=True)
    run.said(0.0, 0, 100)
    for tenths in range(20, 31):
        run.audio(tenths / 10, 0.0004)
    assert (run.deadline(), run.awaited) == (3.0, "between_audio"), "the first of it was sound"
    run.audio(2.9, 0.2)
    assert run.deadline() == 3.9


def test_a_vendor_that_is_slower_than_speech_still_speaks():
    run = watch(marks=True)
    run.said(0.0, 0, 100)
    for now in range(1, 20):
        run.audio(float(now), 0.2)
        assert run.deadline() == now + 1.0


def test_a_vendor_without_markers_may_be_done_and_is_not_hurried():
    run = watch()
    run.said(0.0, 0, 100)
    run.audio(1.0, 5.0)
    assert run.deadline() is None
    run.said(100.0, 1, 50)
    assert run.deadline() is None, "five seconds may still be more than both need"
    run.said(101.0, 2, 500)
    assert (run.deadline(), run.awaited) == (104.0, "first_audio")


def test_a_vendor_with_markers_owes_until_it_has_sent_them():
    run = watch(marks=True)
    run.said(0.0, 0, 100)
    run.audio(1.0, 2.4)
    assert run.deadline() == 2.0
    assert run.marker(1.5, 0) is None
    assert run.deadline() is None


def test_behind_a_marker_the_next_segment_has_the_time_of_a_first_one():
    run = watch()
    run.said(0.0, 0, 10)
    run.said(0.0, 1, 10)
    run.audio(1.0, 1.0)
    run.marker(1.5, 0)
    assert (run.deadline(), run.awaited) == (4.5, "first_audio")


def test_the_end_is_waited_for_from_the_last_audio_or_the_last_word_of_ours():
    run = watch()
    run.said(0.0, 0, 10)
    run.audio(1.0, 1.0)
    run.ended(1.5)
    assert (run.deadline(), run.awaited) == (3.5, "finish")
    run.audio(3.0, 1.0)
    assert run.deadline() == 5.0
    assert "did not end" in run.overdue(5.0).message


def test_an_empty_run_must_finish_too():
    run = watch()
    run.ended(1.0)
    assert run.deadline() == 3.0


def test_time_in_which_the_run_is_held_does_not_count():
    run = watch(marks=True)
    run.said(0.0, 0, 100)
    run.audio(1.0, 0.5)
    run.paused(1.4)
    run.paused(1.6)
    assert run.deadline() is None
    assert run.overdue(1e9) is None
    run.resumed(11.4)
    assert run.deadline() == pytest.approx(12.0)
    run.resumed(20.0)
    assert run.deadline() == pytest.approx(12.0)


def test_audio_that_comes_while_held_is_not_credited_twice():
    run = watch(marks=True)
    run.said(0.0, 0, 100)
    run.paused(1.0)
    run.audio(2.0, 0.5)
    run.resumed(5.0)
    assert run.deadline() == pytest.approx(6.0)


@pytest.mark.parametrize("ending", [lambda run: run.marker(0.5, 0), lambda run: run.finished()])
def test_r4_text_that_ends_with_no_audio_at_all_is_a_failure_at_once(ending):
    run = watch()
    run.said(0.0, 0, 10)
    assert ending(run).reason is Reason.VENDOR_EMPTY


def test_a_run_that_sounded_ends_well():
    run = watch()
    run.said(0.0, 0, 10)
    run.audio(0.1, 0.02)
    assert run.marker(0.2, 0) is None
    assert run.finished() is None


@pytest.mark.parametrize("ending", [lambda run: run.marker(0.5, 0), lambda run: run.finished()])
@pytest.mark.parametrize(("given_s", "fails"), [(0.15, True), (0.25, False)])
def test_r4_text_that_ends_with_far_too_little_audio_is_a_failure_at_once(ending, given_s, fails):
    run = watch()
    run.said(0.0, 0, 40, 40)
    run.audio(0.1, given_s)
    failed = ending(run)
    assert (failed is not None) == fails
    assert not fails or failed.reason is Reason.VENDOR_EMPTY


def test_r4_short_texts_are_measured_together_at_the_end():
    run = watch()
    for segment in range(4):
        run.said(0.0, segment, 15, 15)
    run.audio(0.1, 0.2)
    assert run.marker(0.2, 1) is None
    assert run.finished().reason is Reason.VENDOR_EMPTY


def test_sound_that_came_before_a_marker_may_belong_to_what_comes_after_it():
    run = watch()
    run.said(0.0, 0, 40, 40)
    run.said(0.0, 1, 40, 40)
    run.audio(0.1, 3.0)
    assert run.marker(0.2, 0) is None
    assert run.marker(0.3, 1) is None
    assert run.finished() is None


def test_a_marker_of_silence_between_words_is_no_failure():
    run = watch()
    run.said(0.0, 0, 0)
    run.said(0.0, 1, 10)
    assert run.marker(0.1, 0) is None
    assert run.deadline() == pytest.approx(3.1)


def test_a_limit_of_zero_is_no_limit():
    run = watch(limits=VendorLimits(first_audio_s=0.0))
    run.said(0.0, 0, 10)
    assert run.deadline() is None


def test_a_route_that_is_known_is_waited_for_so_long():
    run = RunWatch(LIMITS, first_audio_s=0.6)
    run.said(10.0, 0, 20)
    assert run.deadline() == pytest.approx(10.6)
    run.audio(10.5, 0.1)
    assert run.deadline() == pytest.approx(11.5), "what is usual is learnt of the first audio alone"


def test_what_is_said_anew_is_waited_for_anew():
    run = RunWatch(LIMITS)
    run.said(10.0, 0, 20)
    run.paused(11.0)
    assert run.deadline() is None
    run.restarted(12.0)
    assert run.deadline() == pytest.approx(15.0)


def test_what_seems_given_whole_is_not_stalled_while_it_sounds():
    run = watch(marks=True)
    run.said(0.0, 0, 60)
    run.audio(1.0, 4.0)
    assert run.deadline() == pytest.approx(4.2), "it is heard out at 5.0, and another route needs a while"
    assert run.awaited == "between_audio"
    assert run.overdue(4.1) is None
    assert run.overdue(4.3) is not None
    assert run.marker(4.1, 0) is None
    assert run.deadline() is None


def test_what_seems_given_whole_is_waited_for_until_what_comes_before_it_was_heard_too():
    run = RunWatch(LIMITS, marks=True, heard_from=9.0)
    run.said(0.0, 0, 60)
    run.audio(1.0, 4.0)
    assert run.deadline() == pytest.approx(9.0 + 4.0 - 0.8)
    run.said(6.0, 1, 600)
    run.audio(7.0, 1.0)
    assert run.deadline() == 8.0, "what is surely not given whole is not"


def test_text_behind_what_seems_given_whole_has_the_time_of_a_first_one():
    run = watch(marks=True)
    run.said(0.0, 0, 60)
    run.audio(1.0, 4.0)
    run.said(4.0, 1, 60)
    assert (run.deadline(), run.awaited) == (7.0, "first_audio")
    run.said(4.5, 2, 60)
    assert run.deadline() == 7.0


def test_what_is_surely_not_given_whole_is_not_waited_for():
    run = watch(marks=True)
    run.said(0.0, 0, 600)
    run.audio(1.0, 4.0)
    assert run.deadline() == 2.0


def test_who_gives_no_faster_than_it_sounds_is_waited_for_as_before():
    run = watch(marks=True)
    run.said(0.0, 0, 20)
    for tenths in range(10, 20):
        run.audio(tenths / 10, 0.1)
    assert run.deadline() == pytest.approx(2.9)


def test_what_a_vendor_does_for_others_does_not_count_behind_the_first_audio():
    run = watch(marks=True)
    run.said(0.0, 0, 100)
    run.queued(2.0)
    assert run.deadline() == 3.0
    run.audio(2.5, 0.1)
    run.queued(3.4)
    assert (run.deadline(), run.awaited) == (4.4, "between_audio")
    run.queued(3.0)
    assert run.deadline() == 4.4


def test_a_run_is_between_segments_once_a_marker_has_come_for_all_its_sound():
    run = watch()
    run.said(0.0, 0, 30)
    run.said(0.0, 1, 30)
    assert not run.is_between_segments
    run.audio(1.0, 0.5)
    assert not run.is_between_segments
    run.marker(1.1, 0)
    assert run.is_between_segments
    run.audio(1.2, 0.1)
    run.said(1.3, 2, 30)
    assert not run.is_between_segments
