"""Runs spoken as turns."""

from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker
from legato.providers.turns import Turns

BROKEN = Failed(Reason.VENDOR_REJECTED, "broken")


def speaking(*segments, run=1):
    turns = Turns(24_000)
    turns.begin(run)
    for segment in segments:
        turns.said(run, segment)
        turns.ask(run)
    return turns


def test_turns_end_in_order_and_the_last_finishes():
    turns = speaking(0, 1)
    assert turns.audio(b"\1\2") == ((1, Audio(b"\1\2")),)
    assert turns.turn_ended() == [(1, Marker(0))]
    assert not turns.end(1)
    assert turns.turn_ended() == [(1, Marker(1)), (1, Finished())]
    assert turns.open_runs == 0
    assert turns.turn_ended() == ()


def test_coalesced_segments_are_one_turn():
    turns = Turns(24_000)
    turns.begin(1)
    for segment in range(3):
        turns.said(1, segment)
    assert turns.waits(1)
    assert turns.end(1)
    turns.ask(1)
    assert turns.turn_ended() == [(1, Marker(0)), (1, Marker(1)), (1, Marker(2)), (1, Finished())]


def test_an_answered_run_needs_one_more_turn_to_finish():
    turns = speaking(0)
    turns.turn_ended()
    assert turns.end(1)


def test_settled_finishes_where_nothing_can_be_asked():
    turns = speaking(0)
    turns.end(1)
    assert turns.settled(1) == ()
    turns = speaking(0)
    turns.turn_ended()
    turns.end(1)
    assert turns.settled(1) == ((1, Finished()),)
    assert turns.settled(1) == ()


def test_half_a_sample_waits_and_is_dropped_at_the_turns_end():
    turns = speaking(0, 1)
    assert turns.audio(b"\1") == ()
    assert turns.audio(b"\2\3") == ((1, Audio(b"\1\2")),)
    turns.turn_ended()
    assert turns.audio(b"\4\5") == ((1, Audio(b"\4\5")),)


def test_a_cancelled_run_counts_until_its_fence_and_hides_nothing_of_the_next():
    turns = speaking(0, 1)
    assert turns.cancel(1)
    turns.fence(1)
    turns.begin(2)
    turns.said(2, 0)
    turns.ask(2)
    assert turns.open_runs == 2
    assert turns.audio(b"\1\2") == ()
    assert turns.turn_ended() == []
    turns.fence_reached()
    assert turns.open_runs == 1
    assert turns.audio(b"\1\2") == ((2, Audio(b"\1\2")),)
    assert turns.turn_ended() == [(2, Marker(0))]


def test_a_fence_stands_for_text_that_was_in_no_turn():
    turns = Turns(24_000)
    turns.begin(1)
    turns.said(1, 0)
    assert turns.cancel(1)
    turns.fence(1)
    assert turns.open_runs == 1
    assert turns.turn_ended() == ()
    turns.fence_reached()
    assert turns.open_runs == 0
    turns.fence_reached()


def test_a_fence_that_is_reported_twice_ends_nothing_of_the_next_run():
    """Vendors confirm an interruption that came too late in two ways, and some in both."""
    turns = speaking(0)
    turns.cancel(1)
    turns.fence(1)
    turns.begin(2)
    turns.said(2, 0)
    turns.ask(2)
    turns.fence_reached()
    turns.fence_reached()
    assert turns.turn_ended() == [(2, Marker(0))]


def test_r17_nothing_of_a_cancelled_run_is_left_behind_its_fence():
    """Half a sample would make noise of all that follows, and what was joined in its turn is not joined in the next one."""
    turns = speaking(0)
    turns.audio(b"\1\2\3")
    turns.cancel(1)
    turns.fence(1)
    turns.begin(2)
    for segment in range(2):
        turns.said(2, segment)
    turns.ask(2)
    turns.fence_reached()
    assert turns.audio(b"\4\5") == ((2, Joined(1)), (2, Audio(b"\4\5")))


def test_a_run_without_text_is_gone_with_its_cancel():
    turns = Turns(24_000)
    turns.begin(1)
    assert not turns.cancel(1)
    assert turns.open_runs == 0
    assert not turns.lives(1)


def test_a_failed_run_is_silent_and_counts_until_it_is_answered():
    turns = speaking(0)
    assert turns.fail(BROKEN) == ((1, BROKEN),)
    assert turns.fail(BROKEN) == ()
    assert turns.open_runs == 1
    assert turns.turn_ended() == []
    assert turns.open_runs == 0
    assert turns.fail(BROKEN) == ((0, BROKEN),)


def test_parts_end_no_segment():
    turns = Turns(24_000)
    turns.begin(1)
    turns.ask_part(1)
    turns.said(1, 0)
    turns.ask(1)
    assert turns.has_asked(1)
    assert turns.turn_ended() == []
    assert turns.turn_ended() == [(1, Marker(0))]


def test_audio_while_no_run_is_open_ends_the_connection():
    turns = Turns(24_000)
    assert turns.audio(b"") == ()
    assert turns.audio(b"\1\2") == ((0, Lost("the vendor gave audio that nobody had asked for")),)
    turns = speaking(0)
    turns.end(1)
    turns.audio(b"\1\2")
    assert turns.turn_ended() == [(1, Marker(0)), (1, Finished())]
    [(run, event)] = turns.audio(b"\3\4")
    assert (run, type(event)) == (0, Lost)


def test_audio_before_any_turn_is_the_last_runs():
    turns = Turns(24_000)
    assert turns.warn("w") == ()
    turns.begin(1)
    assert turns.audio(b"\1\2") == ((1, Audio(b"\1\2")),)


def test_segments_that_share_a_turn_are_joined_before_its_audio():
    turns = Turns(24_000)
    turns.begin(1)
    for segment in range(3):
        turns.said(1, segment)
    turns.ask(1)
    turns.said(1, 3)
    turns.ask(1)
    assert turns.audio(b"\1\2") == ((1, Joined(1)), (1, Joined(2)), (1, Audio(b"\1\2")))
    assert turns.audio(b"\1\2") == ((1, Audio(b"\1\2")),)
    turns.turn_ended()
    assert turns.audio(b"\1\2") == ((1, Audio(b"\1\2")),)


def test_r4_a_turn_that_speaks_words_and_gives_no_audio_has_failed_also_behind_others_that_sounded():
    """Its text was lost: the run had sounded, and ended well."""
    turns = Turns(24_000)
    turns.begin(1)
    for segment, text in enumerate(["One.", "Two.", "Three."]):
        turns.said(1, segment, text)
        turns.ask(1)
    turns.audio(b"\1\2")
    assert turns.turn_ended() == [(1, Marker(0))]
    ((run, failed),) = turns.turn_ended()
    assert (run, failed.reason) == (1, Reason.VENDOR_EMPTY)
    assert turns.audio(b"\1\2") == ()
    assert turns.turn_ended() == []
    assert turns.open_runs == 0


def test_a_turn_without_a_letter_owes_no_audio_and_one_that_sounded_before_it_was_asked_for_has_given_it():
    turns = Turns(24_000)
    turns.begin(1)
    turns.said(1, 0, "… —")
    turns.ask(1)
    assert turns.turn_ended() == [(1, Marker(0))]
    turns.said(1, 1, "Two.")
    turns.audio(b"\1\2")  # some begin before they are asked to
    turns.ask(1)
    assert turns.turn_ended() == [(1, Marker(1))]


LONG = "A sentence of more than twenty letters."


def test_r4_a_turn_that_ends_long_before_its_text_has_failed_however_much_was_given_before():
    turns = speaking()
    for segment in (0, 1):
        turns.said(1, segment, LONG)
        turns.ask(1)
    turns.audio(bytes(96_000))
    assert turns.turn_ended() == [(1, Marker(0))]
    turns.audio(bytes(4_800))
    [(run, failed)] = turns.turn_ended()
    assert (run, failed.reason) == (1, Reason.VENDOR_EMPTY)
    assert not turns.lives(1)


def test_r4_what_a_turn_speaks_is_measured_together():
    turns = speaking()
    for segment in range(4):
        turns.said(1, segment, "Ten letters.")
    turns.ask(1)
    turns.audio(bytes(4_800))
    assert turns.turn_ended()[0][1].reason is Reason.VENDOR_EMPTY


def test_a_turn_that_speaks_a_part_of_its_text_is_not_measured():
    turns = speaking()
    turns.said(1, 0, LONG, is_whole=False)
    turns.ask(1)
    turns.audio(bytes(480))
    assert turns.turn_ended() == [(1, Marker(0))]


def test_the_next_turn_owes_only_its_own_text():
    turns = speaking()
    turns.said(1, 0, LONG)
    turns.ask(1)
    turns.said(1, 1, "Yes.")
    turns.ask(1)
    turns.audio(bytes(96_000))
    turns.turn_ended()
    turns.audio(bytes(480))
    assert turns.turn_ended() == [(1, Marker(1))]


def test_the_joins_of_every_turn_are_told_before_its_audio():
    turns = speaking()
    for segment in range(4):
        turns.said(1, segment)
        if segment % 2:
            turns.ask(1)
    assert turns.audio(b"\1\2") == ((1, Joined(1)), (1, Audio(b"\1\2")))
    turns.turn_ended()
    assert turns.audio(b"\3\4") == ((1, Joined(3)), (1, Audio(b"\3\4")))


def test_a_part_of_a_text_may_be_without_audio():
    turns = speaking(0)
    turns.audio(b"\1\2")
    turns.turn_ended()
    turns.ask_part(1)
    assert turns.turn_ended() == []
    assert turns.lives(1)


def test_what_fails_while_a_cancelled_run_is_still_answered_is_not_the_next_runs_failure():
    turns = speaking(0)
    turns.cancel(1)
    turns.begin(2)
    assert turns.fail(BROKEN) == ()
    assert turns.lives(2)


def test_a_run_that_fails_and_is_owed_nothing_counts_no_longer():
    turns = speaking()
    assert turns.fail(BROKEN) == ((1, BROKEN),)
    assert turns.open_runs == 0
