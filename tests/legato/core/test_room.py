import pytest

from legato.core.room import STARVED_S, ahead_s, expected_s, has_room, room_chars, starves
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import Timeline
from legato.core.utterance import Awaited, Run, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.events import Begin
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment

RATE = 8_000
ROUTE = Route("p", "v")
VOICE = Voice("anna", ("en",), (ROUTE,))
CHAR_S = 0.065


@pytest.fixture
def state():
    stream = StreamState(
        "s", Principal(), "native", Catalogue({"anna": VOICE}, "anna"), StreamLimits(), CoreSettings()
    )
    stream.audio_format = AudioFormat(Encoding.PCM_S16LE, RATE)
    sizer = Sizer(ChunkSettings(), RATE, -1)
    said = Utterance(Begin("u"), 1, 0, VOICE, "en", UtteranceOptions(), 0.0, Timeline(RATE), sizer)
    said.run = Run(1, ROUTE, 0.0)
    stream.track(0).queue.append(said)
    return stream


def asked(state, chars, letter="x"):
    text = letter * chars
    segment = Segment(0, 0, chars, text, Reading(text), Reading(text), Break.SENTENCE)
    run = state.tracks[0].head.run
    run.sends(text)
    run.awaited.append(Awaited(segment, Reading(text), 0.0))


def test_what_is_expected_is_lead_held_and_asked_for(state):
    track = state.tracks[0]
    assert expected_s(state, track, 5.0) == 0
    track.clock.wrote(RATE * 2, 5.0)
    track.head.held = RATE
    asked(state, 20)
    assert expected_s(state, track, 5.5) == pytest.approx(1.5 + 1 + 20 * CHAR_S)


def test_what_is_surely_ahead_of_an_utterance_is_lead_and_held(state):
    track = state.tracks[0]
    track.clock.wrote(RATE * 2, 5.0)
    track.head.held = RATE
    asked(state, 20)
    behind = Utterance(
        Begin("v"), 1, 0, VOICE, "en", UtteranceOptions(), 0.0, Timeline(RATE), track.head.sizer
    )
    behind.held = RATE * 3
    track.queue.append(behind)
    assert ahead_s(state, track, 5.5, track.head) == pytest.approx(1.5 + 1)
    assert ahead_s(state, track, 5.5, behind) == pytest.approx(1.5 + 1 + 3)


def test_what_was_given_of_a_segment_is_not_owed_once_more(state):
    track = state.tracks[0]
    asked(state, 40)
    run = track.head.run
    run.produced, run.produced_complete = RATE * 3, RATE
    track.head.held = RATE * 2
    assert expected_s(state, track, 5.0) == pytest.approx(40 * CHAR_S)
    run.produced = RATE * 10
    assert expected_s(state, track, 5.0) == 2, "a segment that is longer than was thought owes nothing"


@pytest.mark.parametrize(("max_lead_ms", "chars", "room"), [(-1, 9_999, True), (3_000, 40, True), (3_000, 50, False), (0, 9, True), (0, 10, False)])  # fmt: skip
def test_the_lead_limit_bounds_what_is_released(state, max_lead_ms, chars, room):
    state.max_lead_ms = max_lead_ms
    asked(state, chars)
    track = state.tracks[0]
    track.head.run.can_pause = True
    assert has_room(state, track, track.head, 5.0) is room
    assert (track.release_at is None) is room
    if not room:
        assert 5.0 < track.release_at <= 5.0 + STARVED_S + 0.001


def test_what_stands_behind_an_utterance_takes_no_room_of_it(state):
    state.max_lead_ms = 1_000
    track = state.tracks[0]
    behind = Utterance(
        Begin("v"),
        2,
        0,
        VOICE,
        "en",
        UtteranceOptions(),
        0.0,
        Timeline(RATE),
        track.head.sizer,
        held=RATE * 2,
    )
    track.queue.append(behind)
    assert has_room(state, track, track.head, 5.0)
    assert not has_room(state, track, behind, 5.0)


def test_who_hears_nothing_for_a_second_is_given_more(state):
    state.max_lead_ms = 100
    asked(state, 500)
    track = state.tracks[0]
    assert not starves(state, track, 9.0), "nothing was heard yet, and so nothing has stopped"
    track.clock.wrote(RATE, 5.0)
    track.head.written = RATE
    track.head.run.last_activity = 6.0
    assert not starves(state, track, 5.5)
    assert not has_room(state, track, track.head, 6.5)
    assert starves(state, track, 6.0 + STARVED_S)
    assert has_room(state, track, track.head, 6.0 + STARVED_S)


@pytest.mark.parametrize(("max_lead_ms", "chars"), [(3_000, 50), (-1, 1_000)])
def test_r8_text_that_need_not_sound_does_not_hold_up_what_follows_for_longer_than_a_second(
    state, max_lead_ms, chars
):
    state.max_lead_ms = max_lead_ms
    track = state.tracks[0]
    assert not starves(state, track, 9.0), "nothing was asked for yet"
    asked(state, chars, "-")
    track.head.run.last_activity = 6.0
    assert not has_room(state, track, track.head, 6.5)
    assert track.release_at is not None
    assert has_room(state, track, track.head, 6.0 + STARVED_S)
    asked(state, chars)
    assert not has_room(state, track, track.head, 6.0 + STARVED_S), "now a voice has something to say"


def given(state, *, heard_s):
    """70 characters were asked for, of a voice that needs 3 s for them instead of 4.55; this much of it is still to be heard at 5.0."""
    state.max_lead_ms = 1_000
    asked(state, 70)
    track = state.tracks[0]
    track.clock.wrote(round(RATE * heard_s), 5.0)
    track.head.written = track.head.run.produced = RATE * 3
    track.head.run.last_activity = 2.0
    return track


def test_r21_a_voice_that_tells_no_ends_is_asked_for_more_while_its_last_segment_sounds(state):
    track = given(state, heard_s=3.0)
    assert not has_room(state, track, track.head, 5.0), "it was heard just now"
    assert track.release_at == pytest.approx(5.0 + STARVED_S, abs=0.01)
    assert not has_room(state, track, track.head, 6.0 + 0.001), "two seconds of it are still to be heard"
    assert expected_s(state, track, 6.0) == pytest.approx(2.0), "but it owes nothing"
    assert track.release_at == pytest.approx(7.0, abs=0.01)
    assert has_room(state, track, track.head, 7.01)
    asked(state, 20)
    assert expected_s(state, track, 7.0) == pytest.approx(1.0 + 20 * CHAR_S), (
        "and from now on for this text alone"
    )


def test_a_voice_that_goes_on_after_a_pause_has_been_quiet_since_then(state):
    track = given(state, heard_s=9.0)
    assert not has_room(state, track, track.head, 5.0)
    track.head.run.paused = True
    assert not has_room(state, track, track.head, 5.1)
    track.head.run.paused = False
    assert not has_room(state, track, track.head, 9.0)
    assert expected_s(state, track, 9.0) > 5.0, "it still owes"
    assert not has_room(state, track, track.head, 9.0 + STARVED_S)
    assert expected_s(state, track, 10.0) == pytest.approx(4.0)


@pytest.mark.parametrize("why", ["marks", "paused", "little was given", "audio comes", "text was just sent"])
def test_who_still_owes_is_not_asked_for_more(state, why):
    track = given(state, heard_s=3.0)
    run = track.head.run
    run.paused = why == "paused"
    state.shared.marking.update(["p/v"] if why == "marks" else [])
    track.head.last_route = "p/v"
    if why == "little was given":
        run.produced = RATE * 2
    assert not has_room(state, track, track.head, 5.0)
    run.produced += why == "audio comes"
    run.last_activity = 6.0 if why == "text was just sent" else 2.0
    assert not has_room(state, track, track.head, 6.5)
    assert expected_s(state, track, 6.5) > 1.5


def test_r8_what_makes_no_whole_frame_is_not_waited_for_by_who_hears_nothing(state):
    """It is written with what comes next, and nothing came next before it was written."""
    state.max_lead_ms = 100
    state.audio_format = AudioFormat(Encoding.MULAW, 8_000)
    asked(state, 500)
    track = state.tracks[0]
    track.clock.wrote(RATE, 5.0)
    track.head.written, track.head.held = RATE, 159
    track.head.run.last_activity = 6.0
    assert has_room(state, track, track.head, 6.0 + STARVED_S)
    track.head.held = 160
    assert not has_room(state, track, track.head, 6.0 + STARVED_S)


def test_one_request_is_as_long_as_what_is_heard_before_it_allows(state):
    state.max_lead_ms = -1
    track = state.tracks[0]
    assert room_chars(state, track, track.head, 5.0) == 0
    asked(state, 30)
    assert room_chars(state, track, track.head, 5.0) == pytest.approx(60)


def test_one_request_stays_within_the_lead_limit(state):
    state.max_lead_ms = 1_300
    asked(state, 15)
    track = state.tracks[0]
    assert room_chars(state, track, track.head, 5.0) == pytest.approx(5)


def test_a_line_that_cannot_be_paused_is_asked_for_half_of_what_may_be_held(state):
    """Until nothing has come for a while: then it has said all that it was asked for, whatever was thought."""
    state.max_lead_ms = -1
    track = state.tracks[0]
    asked(state, round(60 / CHAR_S) - 1)
    assert has_room(state, track, track.head, 5.0)
    asked(state, 2)
    assert not has_room(state, track, track.head, 5.0)
    assert track.release_at is None, "its first audio wakes the track"
    track.head.run.produced, track.head.run.sounded_at = 1, 4.5
    assert not has_room(state, track, track.head, 5.0)
    assert track.release_at == pytest.approx(4.5 + STARVED_S, abs=0.01)
    assert has_room(state, track, track.head, 5.5)
    track.head.held = RATE
    assert not has_room(state, track, track.head, 5.5), "the listener takes nothing"
