import pytest

from legato.core.idling import (
    LEASE_GRACE_S,
    cut_idle_text,
    end_idle_utterances,
    fail_unanswered_leases,
    idle_deadlines,
    idle_stream_ends,
    note_idle_head,
    pause_ran_out,
)
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import Timeline
from legato.core.utterance import Input, Run, RunState, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import Cut, Emit
from legato.domain.errors import Reason
from legato.domain.events import Begin
from legato.domain.replies import GoAway
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment

ROUTE = Route("p", "v")
VOICE = Voice("anna", ("en",), (ROUTE,))
LIMITS = StreamLimits(idle_utterance_s=120, idle_stream_s=600, head_idle_ms=5_000, pause_max_ms=10_000)


@pytest.fixture
def state():
    return stream()


def stream(**limits):
    made = StreamState(
        "s",
        Principal(),
        "native",
        Catalogue({"anna": VOICE}, "anna"),
        StreamLimits(**limits) if limits else LIMITS,
        CoreSettings(goaway_s=10, context_idle_s=8),
    )
    made.opened, made.audio_format = True, AudioFormat(Encoding.PCM_S16LE, 24_000)
    return made


def begin(state, name, **known):
    """An open utterance on track 0 that has these values."""
    sizer = Sizer(ChunkSettings(), 24_000, -1)
    made = Utterance(Begin(name), 1, 0, VOICE, "en", UtteranceOptions(), 0.0, Timeline(24_000), sizer)
    for field, value in known.items():
        setattr(made, field, value)
    state.utterances[name] = made
    state.track(0).queue.append(made)
    return made


def segment():
    return Segment(0, 0, 3, "Hi.", Reading("Hi."), Reading("Hi."), Break.SENTENCE)


def told(state):
    return [effect.reply for effect in state.out if isinstance(effect, Emit)]


# --- text that stops coming -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "now", "cut"),
    [
        ({"idle_wait_ms": 120}, 10.119, False),
        ({"idle_wait_ms": 120}, 10.12, True),
        ({"idle_wait_ms": None}, 99.0, False),
        ({"idle_wait_ms": 350, "idle_served_ms": 120}, 10.35, True),
        ({"idle_wait_ms": 120, "idle_served_ms": 120}, 99.0, False),
        ({"idle_wait_ms": 120, "input": Input.ENDING}, 99.0, False),
    ],
    ids=["too-soon", "due", "nothing-held", "longer-than-before", "served", "ended"],
)
def test_held_text_is_cut_once_for_each_wait(state, known, now, cut):
    utterance = begin(state, "a", last_text_at=10.0, **known)
    cut_idle_text(state, now)
    wait_ms = known["idle_wait_ms"]
    assert state.out == ([Cut("a", idle_ms=wait_ms)] if cut else [])
    if cut:
        assert (utterance.idle_served_ms, utterance.idle_wait_ms, utterance.cut_at) == (wait_ms, None, now)
        cut_idle_text(state, now + 99)
        assert len(state.out) == 1


@pytest.mark.parametrize(
    ("given", "now", "ends"), [(Input.OPEN, 129.9, False), (Input.OPEN, 130.0, True), (Input.ENDING, 999.0, False)]
)  # fmt: skip
def test_an_utterance_without_text_is_ended_with_a_warning(state, given, now, ends):
    utterance = begin(state, "a", last_text_at=10.0, input=given)
    end_idle_utterances(state, now)
    assert (utterance.input is Input.ENDING) is (ends or given is Input.ENDING)
    assert [reply.code for reply in told(state)] == ["utterance_ended"] * ends
    assert [effect for effect in state.out if isinstance(effect, Cut)] == [Cut("a", end=True)] * ends
    if ends:
        assert "120 s" in told(state)[0].message


# --- a head with nothing to say ---------------------------------------------------------------------------------------


def waiting(state, **known):
    head = begin(state, "a", last_text_at=10.0, **known)
    begin(state, "b", last_text_at=10.0)
    return head, state.track(0)


def test_a_head_keeps_others_waiting_since_it_has_nothing_to_say(state):
    _, track = waiting(state)
    note_idle_head(track, 11.0)
    assert track.head_idle_since == 11.0
    note_idle_head(track, 12.0)
    assert track.head_idle_since == 11.0, "the time counts on"


@pytest.mark.parametrize(
    "change",
    [
        lambda head, track: setattr(head, "unsaid_chars", 5),
        lambda head, track: setattr(head, "held", 480),
        lambda head, track: setattr(head, "input", Input.COMPLETE),
        lambda head, track: setattr(track, "paused_at", 11.5),
        lambda head, track: track.queue.pop(),
        lambda head, track: track.queue.clear(),
    ],
    ids=["text", "audio", "ended", "paused", "alone", "nobody"],
)
def test_whatever_gives_it_a_reason_forgets_the_time(state, change):
    head, track = waiting(state)
    note_idle_head(track, 11.0)
    change(head, track)
    note_idle_head(track, 12.0)
    assert track.head_idle_since is None


def test_text_that_was_spoken_since_begins_the_time_anew(state):
    head, track = waiting(state)
    note_idle_head(track, 11.0)
    head.last_text_at = 13.0
    note_idle_head(track, 14.0)
    assert track.head_idle_since == 14.0


def test_one_that_becomes_the_head_has_all_its_time(state):
    _, track = waiting(state)
    begin(state, "c", last_text_at=10.0)
    note_idle_head(track, 11.0)
    track.queue.popleft()
    note_idle_head(track, 15.5)
    assert track.head_idle_since == 15.5
    end_idle_utterances(state, 16.0)
    assert state.utterances["b"].input is Input.OPEN


@pytest.mark.parametrize(("now", "ends"), [(15.9, False), (16.0, True)])
def test_it_is_ended_when_it_has_kept_them_too_long(state, now, ends):
    head, track = waiting(state)
    note_idle_head(track, 11.0)
    end_idle_utterances(state, now)
    assert (head.input is Input.ENDING) is ends
    assert state.utterances["b"].input is Input.OPEN
    assert ["other utterances wait" in reply.message for reply in told(state)] == [True] * ends


# --- a stream without an utterance ------------------------------------------------------------------------------------


def test_it_is_warned_once_and_then_ends(state):
    state.idle_since = 100.0
    assert idle_stream_ends(state, 689.9) is None
    assert state.out == []
    for now in (690.0, 695.0):
        assert idle_stream_ends(state, now) is None
    assert told(state) == [GoAway(10.0, "idle_timeout")]
    assert idle_stream_ends(state, 700.0).reason is Reason.IDLE_TIMEOUT


def test_who_looks_first_begins_the_time_whether_or_not_it_is_open():
    unopened = stream(idle_stream_s=60)
    unopened.opened = False
    assert idle_stream_ends(unopened, 100.0) is None
    assert idle_deadlines(unopened) == [160.0]
    assert idle_stream_ends(unopened, 155.0) is None
    assert unopened.out == [], "nobody is there to be warned"
    assert idle_stream_ends(unopened, 160.0).reason is Reason.IDLE_TIMEOUT


def test_an_utterance_keeps_it_open_and_the_time_counts_from_its_end(state):
    begin(state, "a")
    assert idle_stream_ends(state, 5_000.0) is None
    assert (state.out, state.idle_since) == ([], 5_000.0)


def test_zero_is_never_and_a_short_bound_is_its_own_warning():
    never = stream(idle_stream_s=0)
    assert idle_stream_ends(never, 1e9) is None
    assert never.out == []
    short = stream(idle_stream_s=4)
    short.idle_since = 0.0
    assert idle_stream_ends(short, 0.0) is None
    assert told(short) == [GoAway(4.0, "idle_timeout")]


# --- a lease that is not answered --------------------------------------------------------------------------------------


def leased(state, run_state):
    utterance = begin(state, "a", run=Run(1, ROUTE, 0.0, deadline=10.0, state=run_state))
    state.leases[1] = utterance
    return utterance


def test_a_lease_that_nobody_answers_has_failed_a_moment_behind_its_deadline(state):
    utterance = leased(state, RunState.ACQUIRING)
    fail_unanswered_leases(state, 10.0 + LEASE_GRACE_S - 0.001)
    assert state.out == []
    fail_unanswered_leases(state, 10.0 + LEASE_GRACE_S)
    assert utterance.run is None
    assert utterance.last_failure.reason is Reason.VENDOR_TIMEOUT


def test_a_line_that_is_there_is_not_late(state):
    leased(state, RunState.LIVE)
    fail_unanswered_leases(state, 3_600.0)
    assert state.out == []


# --- pauses, and when to look again -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paused_at", "now", "out"), [(None, 99.0, False), (5.0, 14.9, False), (5.0, 15.0, True)]
)
def test_a_pause_has_a_bound(state, paused_at, now, out):
    track = state.track(0)
    track.paused_at = paused_at
    assert pause_ran_out(state, track, now) is out


def test_nothing_open_leaves_the_streams_own_times(state):
    state.idle_since = 100.0
    assert sorted(idle_deadlines(state)) == [690.0, 700.0]
    state.goaway_sent, state.draining_until = True, 650.0
    assert sorted(idle_deadlines(state)) == [650.0, 700.0]


def test_a_stream_that_nobody_looked_at_or_that_has_no_bound_has_none():
    fresh, never = stream(), stream(idle_stream_s=0)
    assert list(idle_deadlines(fresh)) == list(idle_deadlines(never)) == []


def test_each_thing_that_waits_has_its_time(state):
    begin(state, "a", last_text_at=10.0, idle_wait_ms=120)
    begin(state, "b", last_text_at=20.0, input=Input.COMPLETE)
    track = state.track(0)
    track.paused_at, state.utterances["a"].idle_as_head_since = 30.0, 40.0
    assert sorted(idle_deadlines(state)) == [10.12, 40.0, 45.0, 130.0]


@pytest.mark.parametrize(
    ("run", "unsaid", "expected"),
    [
        (Run(1, ROUTE, 0.0, deadline=50.0), 0, [50.0 + LEASE_GRACE_S]),
        (Run(1, ROUTE, 0.0, state=RunState.LIVE, last_activity=60.0), 0, [68.0]),
        (Run(1, ROUTE, 0.0, state=RunState.LIVE, last_activity=60.0), 1, []),
        (Run(1, ROUTE, 0.0, state=RunState.ENDING, last_activity=60.0), 0, []),
    ],
    ids=["lease", "quiet-line", "more-to-say", "ending"],
)
def test_a_line_is_waited_for_and_given_back(state, run, unsaid, expected):
    utterance = begin(state, "a", last_text_at=10.0, run=run)
    utterance.unsaid.extend([segment()] * unsaid)
    assert sorted(idle_deadlines(state)) == sorted([*expected, 130.0])


def test_what_is_written_and_not_yet_heard_ends_when_it_is(state):
    utterance = begin(state, "a", input=Input.COMPLETE, written=24_000)
    track = state.track(0)
    track.queue.clear()
    track.sounding.append(utterance)
    track.clock.wrote(24_000, 100.0)
    assert list(idle_deadlines(state)) == [101.0]
