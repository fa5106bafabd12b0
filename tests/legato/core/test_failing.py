"""What a failed attempt leads to: when the same text is tried again, how long, and what is said where it is not."""

import pytest

from legato.core.failing import fail_run, give_up_at, give_up_late, retry_deadlines
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import Timeline
from legato.core.utterance import Awaited, Run, RunState, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import CancelLine, DropAudio, Emit, Note, Release
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Begin
from legato.domain.facts import AttemptEnded
from legato.domain.replies import UtteranceFailed
from legato.domain.speech import Catalogue, Failover, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment, WordSpan

NOW, RATE = 100.0, 24_000
LOST = SpeechError(Reason.VENDOR_LOST, "gone")
LATER = SpeechError(Reason.VENDOR_QUOTA, "too much", retry_after_s=7.0)
BUSY = SpeechError(Reason.OVERLOADED, "full", retry_after_s=2.5)
NEVER = SpeechError(Reason.VENDOR_REJECTED, "no such voice")
CIRCLE = SpeechError(Reason.FORBIDDEN, "the way leads back")
READING = Reading("One two.", (WordSpan(0, 3, 0, 3), WordSpan(4, 8, 4, 8)))
SEGMENT = Segment(0, 0, 8, "One two.", READING, READING, Break.SENTENCE)


def stream(routes=1, failover=Failover.SPLICE, fallback=""):
    voice = Voice(
        "anna",
        ("en",),
        tuple(Route(f"p{number}", "v") for number in range(routes)),
        failover,
        fallback=fallback,
    )
    ben = Voice("ben", ("en",), (Route("q", "v"),), fallback="anna")
    made = StreamState(
        "s",
        Principal(),
        "native",
        Catalogue({"anna": voice, "ben": ben}, "anna"),
        StreamLimits(),
        CoreSettings(),
    )
    made.audio_format = AudioFormat(Encoding.PCM_S16LE, RATE)
    made.home_routes["ben"] = 0
    sizer = Sizer(ChunkSettings(), RATE, -1)
    utterance = Utterance(
        Begin("a"), 1, 0, voice, "en", UtteranceOptions(), 90.0, Timeline(RATE), sizer, parts=["One two."]
    )
    utterance.accepted_chars = 8
    made.utterances["a"] = utterance
    made.track(0).queue.append(utterance)
    return made, utterance


def attempt(state, utterance, *, produced=0, written=0):
    """A line says the segment, and has given so many samples."""
    utterance.unsaid.clear()
    utterance.unsaid_chars = 0
    run = Run(state.last_lease, utterance.voice.routes[0], NOW - 1, state=RunState.LIVE)
    run.awaited.append(Awaited(SEGMENT, SEGMENT.spoken, NOW))
    run.produced = produced
    utterance.run, utterance.last_route = run, "p0/v"
    utterance.said_segments[0] = SEGMENT
    if produced:
        utterance.timeline.expect(0, READING)
        utterance.timeline.begin(0, 0)
        utterance.written, utterance.held, utterance.started = written, produced - written, written > 0
    state.leases[run.lease] = utterance
    state.out.clear()


def failures(state):
    return [e.reply for e in state.out if isinstance(e, Emit) and isinstance(e.reply, UtteranceFailed)]


@pytest.mark.parametrize(
    ("routes", "failover", "error", "pauses"),
    [
        (1, Failover.SPLICE, LOST, [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]),  # the same one, after a pause that doubles up to a second
        (2, Failover.SPLICE, LOST, [0, 0.1, 0, 0.2, 0, 0.4]),  # the next one at once, a pause before each new round
        (3, Failover.BEFORE_AUDIO, LOST, [0, 0, 0.1, 0, 0, 0.2]),
        (2, Failover.NONE, LOST, [0.1, 0.1, 0.1]),  # never another one
        (1, Failover.SPLICE, LATER, [7.0, 7.0]),  # a vendor that says when it may be asked again
        (2, Failover.SPLICE, LATER, [0, 0.1]),  # which does not hold for the others
    ],
)  # fmt: skip
def test_before_audio_it_is_tried_again(routes, failover, error, pauses):
    state, utterance = stream(routes, failover)
    for pause_s in pauses:
        attempt(state, utterance)
        fail_run(state, utterance, NOW, error)
        assert utterance.retry_at == pytest.approx(NOW + pause_s)
        assert list(utterance.unsaid) == [SEGMENT], "what was not heard is said again"
        assert utterance.unsaid_chars == len(SEGMENT.raw)
    assert not failures(state)


@pytest.mark.parametrize(
    ("routes", "failover", "errors", "over"),
    [
        (1, Failover.SPLICE, [NEVER], True),
        (2, Failover.SPLICE, [NEVER], False),
        (2, Failover.SPLICE, [NEVER, NEVER], True),
        (2, Failover.SPLICE, [NEVER, LOST, NEVER], False),  # hope between them
        (2, Failover.NONE, [NEVER], True),
        (2, Failover.NONE, [LOST], False),
    ],
)
def test_routes_that_refuse_for_good_end_it_where_every_one_does(routes, failover, errors, over):
    state, utterance = stream(routes, failover)
    for error in errors:
        attempt(state, utterance)
        fail_run(state, utterance, NOW, error)
    assert bool(failures(state)) is over
    assert ("a" not in state.utterances) is over


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ([CIRCLE, CIRCLE], Reason.FORBIDDEN),
        ([NEVER, CIRCLE], Reason.FORBIDDEN),
        ([CIRCLE, NEVER], Reason.ALL_ROUTES_FAILED),
    ],
)
def test_a_text_that_came_round_is_told_as_that_where_no_route_is_worth_a_retry(errors, reason):
    state, utterance = stream(routes=2)
    for error in errors:
        attempt(state, utterance)
        fail_run(state, utterance, NOW, error)
    (failed,) = failures(state)
    assert (failed.error.reason, failed.error.utterance_id, failed.unspoken) == (reason, "a", "One two.")


def test_a_text_that_came_round_on_one_of_its_routes_may_be_said_by_another_later():
    state, utterance = stream(routes=2)
    for error in (LOST, CIRCLE):
        attempt(state, utterance)
        fail_run(state, utterance, NOW, error)
    give_up_late(state, NOW + state.limits.no_route_before_audio_ms / 1000)
    (failed,) = failures(state)
    assert failed.error.reason is Reason.ALL_ROUTES_FAILED


@pytest.mark.parametrize(
    ("last", "reason", "retry_after_s"),
    [
        (LOST, Reason.ALL_ROUTES_FAILED, 1.0),
        (LATER, Reason.ALL_ROUTES_FAILED, 7.0),
        (BUSY, Reason.OVERLOADED, 2.5),  # busy routes are no broken ones
    ],
)
def test_what_is_told_when_the_time_is_up(last, reason, retry_after_s):
    state, utterance = stream()
    attempt(state, utterance)
    fail_run(state, utterance, NOW, last)
    deadline = NOW + state.limits.no_route_before_audio_ms / 1000
    give_up_late(state, deadline - 0.001)
    assert not failures(state)
    give_up_late(state, deadline)
    (failed,) = failures(state)
    assert (failed.error.reason, failed.error.retry_after_s, failed.unspoken) == (
        reason,
        retry_after_s,
        "One two.",
    )
    assert failed.error.utterance_id == "a"
    assert last.reason.value in failed.error.message


def test_the_line_is_given_back_and_the_attempt_told():
    state, utterance = stream()
    attempt(state, utterance)
    fail_run(state, utterance, NOW, LOST)
    lease = state.last_lease
    assert [e for e in state.out if isinstance(e, CancelLine | Release | DropAudio)] == [
        CancelLine(lease),
        Release(lease, clean=False),
        DropAudio("a", 0),
    ]
    (ended,) = [e.fact for e in state.out if isinstance(e, Note)]  # it was asked for once, and is told once
    assert isinstance(ended, AttemptEnded)
    assert (ended.route, ended.lasted_s, ended.outcome) == ("p0/v", 1.0, "vendor_lost")
    assert ended.why == "gone"
    assert utterance.run is None
    assert not state.leases


@pytest.mark.parametrize(
    ("failover", "written", "goes_on"),
    [
        (Failover.SPLICE, 4_800, True),
        (Failover.SPLICE, 0, True),
        (Failover.BEFORE_AUDIO, 4_800, False),
        (Failover.BEFORE_AUDIO, 0, True),  # there was audio, and nobody has it: as if there had been none
        (Failover.NONE, 4_800, False),
        (Failover.NONE, 0, True),
    ],
)
def test_after_audio_only_a_voice_that_may_be_spliced_goes_on(failover, written, goes_on):
    state, utterance = stream(2, failover)
    attempt(state, utterance, produced=9_600, written=written)
    fail_run(state, utterance, NOW, LOST)
    assert bool(failures(state)) is not goes_on
    assert (utterance.retry_at is not None) is goes_on
    if not goes_on:
        assert failures(state)[0].error.reason is Reason.VENDOR_LOST


@pytest.mark.parametrize(
    ("written", "held", "limit_ms"), [(0, 0, 3_000), (0, 4_800, 3_000), (4_800, 0, 1_500)]
)
def test_the_deadline_is_another_one_after_audio(written, held, limit_ms):
    state, utterance = stream()
    assert give_up_at(state, utterance) is None, "nothing has failed"
    utterance.written, utterance.held = written, held
    utterance.failing_since, utterance.last_failure = NOW, LOST
    assert give_up_at(state, utterance) == NOW + limit_ms / 1000
    attempt(state, utterance)
    assert give_up_at(state, utterance) == NOW + limit_ms / 1000, "a line that has said nothing is no success"
    utterance.run.produced = 1
    assert give_up_at(state, utterance) is None


def test_a_run_that_gave_a_second_of_sound_begins_the_time_anew():
    state, utterance = stream()
    utterance.failing_since = NOW - 2
    attempt(state, utterance)
    fail_run(state, utterance, NOW, LOST)
    assert utterance.failing_since == NOW - 2
    attempt(state, utterance, produced=RATE)
    fail_run(state, utterance, NOW + 0.5, LOST)
    assert utterance.failing_since == NOW + 0.5


@pytest.mark.parametrize("routes", [1, 2])
def test_r8_runs_that_sound_and_never_bring_the_text_further_come_to_an_end(routes):
    """A vendor that never tells that it has said a text: the same words were heard again and again, and nothing ended."""
    state, utterance = stream(routes)
    now = NOW
    for _ in range(20):
        now += 3
        attempt(state, utterance, produced=2 * RATE)
        utterance.timeline.forget([0])
        fail_run(state, utterance, now, LOST)
        give_up_late(state, now)
        if failures(state):
            break
    assert failures(state)
    assert now <= NOW + 3 * (2 + routes)


def test_a_fallback_is_asked_once():
    state, utterance = stream(fallback="ben")
    attempt(state, utterance)
    fail_run(state, utterance, NOW, NEVER)
    assert (utterance.voice.name, utterance.retry_at, utterance.failing_since) == ("ben", NOW, NOW)
    assert not failures(state)
    attempt(state, utterance)
    fail_run(state, utterance, NOW + 1, NEVER)
    (failed,) = failures(state)
    assert "'ben'" in failed.error.message


def test_it_wants_to_be_looked_at_when_a_pause_or_its_time_is_over():
    state, utterance = stream()
    assert list(retry_deadlines(state)) == []
    attempt(state, utterance)
    fail_run(state, utterance, NOW, LOST)
    assert list(retry_deadlines(state)) == [pytest.approx(NOW + 0.1), NOW + 3.0]
    give_up_late(state, NOW + 0.1)
    assert utterance.retry_at is None
    assert list(retry_deadlines(state)) == [NOW + 3.0]
