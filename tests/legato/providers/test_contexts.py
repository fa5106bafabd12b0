"""Runs spoken as contexts."""

from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Marker
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.ports import LineRequest
from legato.providers.alignment import Timed
from legato.providers.contexts import Contexts

REQUEST = LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 9.0)
BROKEN = Failed(Reason.VENDOR_REJECTED, "broken")


def speaking(run=1, contexts=None):
    contexts = contexts or Contexts(8_000)
    found = contexts.begin(run, REQUEST)
    contexts.open(found)
    return contexts, found


def test_a_context_is_found_by_its_name():
    contexts, found = speaking()
    assert found.context == "run-1-1"
    assert contexts.named("run-1-1") is found
    assert contexts.named(None) is contexts.named("other") is contexts.named(["x"]) is None
    assert contexts.of_run(1) is found
    assert contexts.of_run(2) is None


def test_audio_is_counted_and_leaves_whole():
    contexts, found = speaking()
    assert contexts.audio(found, b"\1\2\3") == ((1, Audio(b"\1\2")),)
    assert contexts.audio(found, b"") == ()
    assert contexts.audio(found, b"\4") == ((1, Audio(b"\3\4")),)
    contexts.audio(found, bytes(1596))
    assert contexts.given_ms(found) == 100.0


def test_an_end_gives_what_is_owed():
    contexts, found = speaking()
    for segment in range(3):
        contexts.said(found, segment, Reading("a"))
    contexts.audio(found, b"\1\2")
    assert contexts.marked(found, [1]) == [(1, Marker(0)), (1, Marker(1))]
    assert contexts.marked(found, [0]) == []
    found.ended = True
    assert contexts.ended(found, "run-1-1") == [(1, Marker(2)), (1, Finished())]
    assert contexts.open_runs == 0
    assert contexts.named("run-1-1") is None


def test_r5_text_sent_while_the_text_before_sounded_is_not_taken_for_spoken_either():
    """The context was ending when it came: the audio and the times end with the segment before it."""
    contexts, found = sounded_to("one.", then="two three.")
    ((run, failed),) = contexts.ended(found, "run-1-1")
    assert (run, failed.reason) == (1, Reason.VENDOR_EMPTY)


def test_text_that_sounded_without_times_is_not_said_again():
    contexts, found = sounded_to("one.", then="two three.", more_ms=600)
    assert contexts.ended(found, "run-1-1") == [(1, Marker(1))]


def test_segments_in_sound_without_times_follow_each_other():
    contexts, found = speaking()
    assert not contexts.untimed(found)
    contexts.said(found, 0, Reading("a"))
    assert not contexts.untimed(found)
    contexts.said(found, 1, Reading("b"))
    contexts.said(found, 2, Reading("c"))
    assert contexts.untimed(found) == [(1, Joined(1)), (1, Joined(2))]
    assert not contexts.untimed(found)
    found.silent = True
    contexts.said(found, 3, Reading("d"))
    assert not contexts.untimed(found)


def test_a_segment_whose_times_end_within_it_is_not_said_again():
    contexts, found = sounded_to("one.", then="two three.", times="one.two")
    assert contexts.ended(found, "run-1-1") == [(1, Marker(1))]


def sounded_to(text, *, then, more_ms=0, times=None):
    """A run of two segments, the second sent while the first still sounds, 100 ms a character."""
    contexts, found = speaking()
    contexts.said(found, 0, Reading(text))
    contexts.audio(found, bytes(16 * 100))
    contexts.said(found, 1, Reading(then))
    chars = times or text
    starts = [100.0 * at for at in range(len(chars))]
    contexts.audio(found, bytes(16 * (100 * (len(chars) - 1) + more_ms)))
    contexts.words(found, Timed(chars, starts, [start + 100 for start in starts]), 0.0)
    contexts.marked(found, found.alignment.passed())
    return contexts, found


def test_r5_text_that_met_a_context_that_was_ending_is_not_taken_for_spoken():
    contexts, found = speaking()
    contexts.said(found, 0, Reading("one."))
    contexts.audio(found, bytes(160))
    contexts.said(found, 1, Reading("two."))
    ((run, failed),) = contexts.ended(found, "run-1-1")
    assert (run, failed.reason) == (1, Reason.VENDOR_EMPTY)
    assert contexts.open_runs == 0


def test_a_mark_without_a_sound_is_owed_no_audio():
    contexts, found = speaking()
    contexts.said(found, 0, Reading("one."))
    contexts.audio(found, bytes(160))
    contexts.said(found, 1, Reading("..."))
    assert contexts.ended(found, "run-1-1") == [(1, Marker(0)), (1, Marker(1))]


def test_an_early_end_leaves_the_run_open_for_another_context():
    contexts, found = speaking()
    contexts.audio(found, bytes(160))
    assert contexts.ended(found, "run-1-1") == []
    assert not found.context
    assert contexts.open(found) == "run-1-2"
    assert contexts.context_ms(found) == 10.0
    assert contexts.ended(found, "run-1-1") == (), "the context that was left behind"
    assert contexts.open_runs == 1


def test_a_cancelled_run_counts_until_its_context_ends():
    contexts, found = speaking()
    contexts.said(found, 0, Reading("a b"))
    assert contexts.cancel(1) is found
    assert contexts.cancel(1) is None
    assert contexts.open_runs == 1
    assert (contexts.audio(found, b"\1\2"), contexts.marked(found, [0])) == ((), [])
    assert contexts.words(found, Timed(["a", "b"], [0.0, 100.0], [100.0, 200.0]), 0.0) == ()
    assert contexts.heard_runs() == []
    assert contexts.ended(found, "run-1-1") == ()
    assert contexts.open_runs == 0


def test_a_cancelled_run_without_a_context_is_gone():
    contexts, found = speaking()
    contexts.ended(found, "run-1-1")
    assert contexts.cancel(1) is None
    assert contexts.open_runs == 0


def test_a_failure_is_told_once():
    contexts, found = speaking()
    assert contexts.fail(found, BROKEN, is_over=False) == ((1, BROKEN),)
    assert contexts.open_runs == 1
    assert contexts.fail(found, BROKEN, is_over=True) == ()
    assert contexts.open_runs == 0
    assert contexts.fail(None, BROKEN, is_over=True) == ((0, BROKEN),)
    assert contexts.heard_runs() == []


def flushing(*texts):
    contexts, found = speaking()
    for segment, text in enumerate(texts):
        contexts.said(found, segment, Reading(text))
        contexts.flushed(found, segment, Reading(text))
    return contexts, found


def test_r4_a_flush_that_is_answered_long_before_its_text_can_have_been_spoken_fails_the_run():
    """The markers of such answers passed for the end of speech: the text behind the break was never said again."""
    contexts, found = flushing(*["A sentence of more than twenty letters."] * 2)
    contexts.audio(found, bytes(32_000))
    assert contexts.flush_answered(found) == [(1, Marker(0))]
    contexts.audio(found, bytes(1_600))
    [(run, failed)] = contexts.flush_answered(found)
    assert (run, failed.reason) == (1, Reason.VENDOR_EMPTY)
    assert contexts.open_runs == 1, "the vendor has yet to end its context"
    assert contexts.flush_answered(found) == ()


def test_flushes_are_answered_in_order_and_a_short_text_is_not_measured():
    contexts, found = flushing("Yes.", "No.")
    contexts.audio(found, bytes(160))
    assert [*contexts.flush_answered(found), *contexts.flush_answered(found)] == [
        (1, Marker(0)),
        (1, Marker(1)),
    ]
    assert contexts.flush_answered(found) == ()


def test_half_a_sample_is_dropped_at_the_contexts_end():
    """Joined with the next context's first byte it would turn all that follows into noise."""
    contexts, found = speaking()
    contexts.said(found, 0, Reading("One."))
    contexts.audio(found, b"\1\2\3")
    assert contexts.ended(found, "run-1-1") == [(1, Marker(0))]
    contexts.open(found)
    assert contexts.audio(found, b"\4\5") == ((1, Audio(b"\4\5")),)


def test_a_flush_that_a_context_left_unanswered_is_not_the_next_ones():
    contexts, found = flushing("Yes.")
    contexts.audio(found, bytes(160))
    contexts.ended(found, "run-1-1")
    contexts.open(found)
    assert contexts.flush_answered(found) == ()
    contexts.said(found, 1, Reading("No."))
    contexts.flushed(found, 1, Reading("No."))
    assert contexts.flush_answered(found) == [(1, Marker(1))]
