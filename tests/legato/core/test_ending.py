import pytest

from legato.core import ending
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import Timeline
from legato.core.utterance import Life, Run, RunState, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import CancelLine, Emit, Fade, Forget, Note, Release
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Begin
from legato.domain.facts import AttemptEnded, UtteranceEnded
from legato.domain.receipt import Stage
from legato.domain.replies import HeardMethod, UtteranceCancelled, UtteranceFailed, UtteranceFinished, Warned
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment, WordSpan

ROUTE = Route("p", "v")
VOICE = Voice("anna", ("en",), (ROUTE,))
TEXT = "One two three. Never sent."
SENT = len("One two three.")
WORDS = (WordSpan(0, 3, 0, 3), WordSpan(4, 7, 4, 7), WordSpan(8, 14, 8, 14))
"""Each sounds for a third of a second."""
SECOND = 24_000


@pytest.fixture
def state():
    made = StreamState(
        "s", Principal(), "native", Catalogue({"anna": VOICE}, "anna"), StreamLimits(), CoreSettings()
    )
    made.audio_format = AudioFormat(Encoding.PCM_S16LE, SECOND)
    return made


@pytest.fixture
def track(state):
    return state.track(0)


def begin(state, *, run=RunState.LIVE, written=SECOND, held=0):
    """An utterance that has a line, a segment of a second handed to it, and so much of its audio written at second 10."""
    sizer = Sizer(ChunkSettings(), SECOND, -1)
    made = Utterance(
        Begin("a"), 1, 0, VOICE, "en", UtteranceOptions(), 9.0, Timeline(SECOND), sizer, parts=[TEXT]
    )
    made.accepted_chars, made.written, made.held, made.started = len(TEXT), written, held, written > 0
    if run is not None:
        made.run = Run(7, ROUTE, 9.5, state=run, produced=written + held, sent_chars=SENT)
        state.leases[7] = made
    if written + held:
        made.timeline.expect(0, Reading(TEXT[:SENT], WORDS))
        made.timeline.begin(0, 0)
        for number, word in enumerate(WORDS):
            made.timeline.heard_word(0, word, 8_000 * number, 8_000 * (number + 1))
        made.timeline.complete([0], SECOND)
    state.utterances["a"] = made
    state.track(0).queue.append(made)
    if written:
        state.track(0).clock.wrote(written, 10.0)
        made.stamps.begin(9.0)
        made.stamps.stamp(Stage.WRITE, 10.0)
    return made


def told(state):
    return [effect.reply for effect in state.out if isinstance(effect, Emit)]


def facts(state, kind):
    return [effect.fact for effect in state.out if isinstance(effect, Note) and isinstance(effect.fact, kind)]


def has_left(state, life):
    return (
        not state.utterances
        and not state.track(0).queue
        and not state.leases
        and state.gone["a"] is life
        and [one for one in state.out if isinstance(one, Forget)] == [Forget("a")]
    )


# --- the ends ---------------------------------------------------------------------------------------------------------


def test_what_was_spoken_whole_is_finished(state, track):
    made = begin(state, run=None)
    made.sent_chars, made.chunks, made.attempts, made.last_route = SENT, 4, 1, "p/v"
    ending.finish(state, track, made, 12.0)
    (finished,) = told(state)
    assert isinstance(finished, UtteranceFinished)
    receipt = finished.receipt
    assert (receipt.audio_samples, receipt.chunks, receipt.sent_chars, receipt.no_audio) == (
        SECOND,
        4,
        SENT,
        "",
    )
    assert (receipt.total_s, receipt.route, receipt.unheard_chars) == (3.0, "p/v", 0)
    (fact,) = facts(state, UtteranceEnded)
    assert (fact.outcome, fact.reason, fact.receipt) == ("finished", "", receipt)
    assert has_left(state, Life.FINISHED)
    assert state.idle_since == 12.0


def test_nothing_to_say_is_told_before_the_end(state, track):
    ending.finish(state, track, begin(state, run=None, written=0), 12.0)
    warned, finished = told(state)
    assert isinstance(warned, Warned)
    assert (warned.code, finished.receipt.no_audio) == ("nothing_to_say", "empty")


def test_what_only_sounds_on_leaves_from_there(state, track):
    made = begin(state, run=None)
    track.sounding.append(track.queue.popleft())
    ending.finish(state, track, made, 12.0)
    assert not track.sounding
    assert has_left(state, Life.FINISHED)


@pytest.mark.parametrize(
    ("written", "now", "heard", "unheard", "never", "sample"),
    [
        (SECOND, 10.0, "", "One two three.", " Never sent.", 0),
        (SECOND, 10.4, "One", " two three.", " Never sent.", 9_600),
        (SECOND, 10.5, "One two", " three.", " Never sent.", 12_000),
        (SECOND, 15.0, "One two three.", "", " Never sent.", SECOND),
        (8_001, 15.0, "One", " two", " three. Never sent.", 8_001),
        (0, 15.0, "", "", TEXT, 0),
    ],
)
def test_a_cancel_divides_the_text_exactly(state, track, written, now, heard, unheard, never, sample):
    made = begin(state, written=written, held=SECOND - written)
    ending.cancel(state, track, made, now)
    (cancelled,) = told(state)
    assert isinstance(cancelled, UtteranceCancelled)
    assert (cancelled.heard, cancelled.sent_unheard, cancelled.never_sent) == (heard, unheard, never)
    assert cancelled.heard + cancelled.sent_unheard + cancelled.never_sent == TEXT
    assert (cancelled.truncate_at_sample, cancelled.method) == (sample, HeardMethod.WRITE_TIMES)
    assert cancelled.receipt.unheard_chars == len(unheard)
    assert cancelled.receipt.no_audio == ("" if written else "cancelled")
    assert state.out[:2] == [CancelLine(7), Release(7, clean=True)]
    assert has_left(state, Life.CANCELLED)
    assert track.clock.lead_s(now) == 0.0, "what is not played is dropped by the client"


def test_where_the_client_has_told_its_position_that_counts(state, track):
    made = begin(state)
    track.clock.played(8_000, 20.0)
    ending.cancel(state, track, made, 20.0)
    (cancelled,) = told(state)
    assert (cancelled.heard, cancelled.method) == ("One", HeardMethod.PLAYED)


@pytest.mark.parametrize(
    ("spoil", "samples"),
    [
        (lambda state, track, made: None, 480),
        (lambda state, track, made: setattr(made, "held", 100), 100),
        (lambda state, track, made: setattr(made, "held", 0), 0),
        (lambda state, track, made: setattr(made, "started", False), 0),
        (lambda state, track, made: setattr(track, "paused_at", 9.9), 0),
        (lambda state, track, made: setattr(state, "outlet_paused", True), 0),
    ],
    ids=["sounds", "little-is-held", "nothing-is-held", "not-begun", "paused", "client-reads-slowly"],
)
def test_the_tail_that_fades_is_made_of_what_is_held_and_comes_first(state, track, spoil, samples):
    made = begin(state, written=8_000, held=16_000)
    spoil(state, track, made)
    ending.cancel(state, track, made, 10.1, fade_ms=20)
    fades = [effect for effect in state.out if isinstance(effect, Fade)]
    assert fades == ([Fade("a", samples, 8_000)] if samples else [])
    assert made.written == 8_000 + samples
    if samples:
        assert state.out.index(fades[0]) < state.out.index(CancelLine(7))
        assert facts(state, UtteranceEnded)[0].receipt.audio_samples == 8_000 + samples


def test_a_failure_tells_what_was_not_spoken(state, track):
    error = SpeechError(Reason.ALL_ROUTES_FAILED, "nobody speaks")
    ending.fail(state, track, begin(state, written=8_001, held=15_999), 12.0, error)
    (failed,) = told(state)
    assert isinstance(failed, UtteranceFailed)
    assert (failed.error, failed.unspoken) == (error, " two three. Never sent."), (
        "who says the rest loses no word"
    )
    assert facts(state, UtteranceEnded)[0].reason == "all_routes_failed"
    assert has_left(state, Life.FAILED)


def test_r3_a_failure_tells_the_word_that_was_put_back_to_be_said_again_as_unspoken(state, track):
    made = begin(state, written=16_000)
    three = Reading("three.", (WordSpan(0, 6, 4, 14),))
    made.timeline.segments[0].reading = Reading(TEXT[:7], (WORDS[0], WordSpan(4, 7, 4, 14)))
    made.timeline.segments[0].end_sample = 16_000
    made.unsaid.append(Segment(0, 4, SENT, TEXT[4:SENT], three, three, Break.SENTENCE))
    ending.fail(state, track, made, 12.0, SpeechError(Reason.VENDOR_LOST, "gone"))
    assert told(state)[0].unspoken == "two three. Never sent.", "its first half was heard, but not its second"


def test_a_failure_without_audio_says_why_there_is_none(state, track):
    ending.fail(state, track, begin(state, written=0), 12.0, SpeechError(Reason.VENDOR_TIMEOUT, "late"))
    assert told(state)[0].receipt.no_audio == "vendor_timeout"


def test_a_client_that_is_gone_is_told_nothing(state, track):
    ending.abandon(state, track, begin(state), 12.0)
    assert told(state) == []
    (fact,) = facts(state, UtteranceEnded)
    assert (fact.outcome, fact.reason) == ("cancelled", "client_gone")
    assert has_left(state, Life.CANCELLED)


def test_what_the_gateway_itself_has_ended_has_failed_for_its_reason(state, track):
    ending.abandon(state, track, begin(state, written=0), 12.0, Reason.INTERNAL)
    assert told(state) == []
    (fact,) = facts(state, UtteranceEnded)
    assert (fact.outcome, fact.reason, fact.receipt.no_audio) == ("failed", "internal", "internal")
    assert has_left(state, Life.FAILED)


def test_nothing_ends_twice(state, track):
    made = begin(state)
    ending.finish(state, track, made, 12.0)
    with pytest.raises(AssertionError, match="exactly one terminal event"):
        ending.cancel(state, track, made, 13.0)


# --- the line ---------------------------------------------------------------------------------------------------------


def test_a_line_is_stopped_and_given_back_with_what_it_did(state):
    made = begin(state, written=12_000, held=12_000)
    ending.give_back(state, made, 11.5, "stopped", clean=True)
    assert state.out[:2] == [CancelLine(7), Release(7, clean=True)]
    assert facts(state, AttemptEnded) == [AttemptEnded("s", "a", "p/v", "stopped", SENT, 1.0, 2.0)]
    assert made.run is None
    assert not state.leases
    ending.give_back(state, made, 11.6, "stopped", clean=True)
    assert len(state.out) == 3, "where there is none nothing happens"


def test_why_its_line_has_failed_is_told(state):
    made = begin(state, written=12_000, held=12_000)
    ending.give_back(state, made, 11.5, "vendor_lost", clean=False, why="the connection was lost")
    (ended,) = facts(state, AttemptEnded)
    assert (ended.outcome, ended.why) == ("vendor_lost", "the connection was lost")


def test_one_that_was_never_had_is_no_attempt_and_a_spoilt_one_is_not_used_again(state):
    made = begin(state, run=RunState.ACQUIRING, written=0)
    ending.let_go(state, made, made.run, 11.5, "lost", clean=False)
    assert state.out == [Release(7, clean=False)]


@pytest.mark.parametrize(("encoding", "later"), [(Encoding.PCM_S16LE, False), (Encoding.MP3, True)])
def test_r10_what_was_written_is_heard_whole_by_the_clock_and_the_lag_of_the_codec(
    state, track, encoding, later
):
    made = begin(state)
    state.audio_format = AudioFormat(encoding, SECOND)
    made.due_at = 9.75
    made.stamps.stamp(Stage.WRITE, 10.0)
    held_s = 0.25 + state.audio_format.codec_delay / SECOND
    assert ending.heard_whole_at(state, track, made) == pytest.approx(11.0 + (held_s if later else 0.0))
    track.clock.played(0, 10.0)
    assert ending.heard_whole_at(state, track, made) >= 11.0
