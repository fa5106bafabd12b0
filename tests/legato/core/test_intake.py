from dataclasses import replace

import pytest

from legato.core import intake
from legato.core.state import CoreSettings, StreamState
from legato.core.utterance import Input, Life
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import Cut, Emit, OpenText, SetFormat, Warm
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import (
    Begin,
    Configure,
    End,
    Flush,
    Open,
    Ping,
    Played,
    Prewarm,
    Refused,
    Segmented,
    Text,
)
from legato.domain.replies import Opened, Pong, StreamError, Warned
from legato.domain.speech import Catalogue, Position, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)
VOICES = {
    "anna": Voice("anna", ("en", "en-GB"), (Route("p", "v"),)),
    "bernd": Voice("bernd", ("de-AT",), (Route("p", "w"), Route("q", "w"))),
}


@pytest.fixture
def state():
    made = stream()
    intake.opened(made, Open("anna", PCM), 0.0)
    made.out.clear()
    return made


def stream(catalogue=VOICES):
    limits = StreamLimits(max_open_utterances=2, max_pending_chars=20, max_utterance_chars=30)
    name = next(iter(catalogue))
    return StreamState("s", Principal(), "native", Catalogue(catalogue, name), limits, CoreSettings())


def say(state, name, words, now=1.0):
    intake.text(state, Text(name, words), now)


def refusals(state):
    return [
        (effect.reply.error.reason, effect.reply.error.utterance_id)
        for effect in state.out
        if isinstance(effect, Emit) and isinstance(effect.reply, StreamError)
    ]


def message(state):
    (error,) = [e.reply.error for e in state.out if isinstance(e, Emit) and isinstance(e.reply, StreamError)]
    return error.message


def cuts(state):
    return [effect for effect in state.out if isinstance(effect, Cut)]


def segments(name, *texts, closed=False, pending=0, wait_ms=None, ignored=()):
    made = tuple(
        Segment(n, 0, len(one), one, Reading(one), Reading(one), Break.SENTENCE, ignored=ignored)
        for n, one in enumerate(texts)
    )
    return Segmented(name, made, pending_chars=pending, idle_wait_ms=wait_ms, closed=closed)


# --- Open -------------------------------------------------------------------------------------------------------------


def test_open_sets_the_defaults_warms_a_line_and_tells_the_bounds():
    state = stream()
    intake.opened(state, Open("", PCM, "en-US", max_lead_ms=400), 5.0)
    assert (state.opened, state.voice, state.language, state.idle_since) == (True, "anna", "en-US", 5.0)
    assert SetFormat(PCM) in state.out
    assert Warm(VOICES["anna"].routes[0], "en-US", state.principal) in state.out
    (told,) = [e.reply for e in state.out if isinstance(e, Emit)]
    assert isinstance(told, Opened)
    assert told.limits.max_lead_ms == state.max_lead_ms == 400


def test_a_second_one_changes_nothing(state):
    intake.opened(state, Open("bernd", PCM), 9.0)
    assert refusals(state) == [(Reason.BAD_ORDER, "")]
    assert state.voice == "anna"


@pytest.mark.parametrize(
    ("voice", "language", "said"),
    [
        ("ana", "", "there is no voice 'ana'; did you mean 'anna'? The voices are anna, bernd"),
        ("zzzzz", "", "The voices are anna, bernd"),
        ("anna", "de", "voices that do: bernd"),
        ("anna", "fr", "no voice here does"),
        ("anna", "fil-PH", "no voice here does"),
        ("anna", "german", "does not speak 'german'; expected a tag such as 'en' or 'de-AT'"),
        ("anna", "de_AT", "the voice 'anna' does not speak 'de-AT'; voices that do: bernd"),
        ("anna", "de AT", "does not speak 'de AT'; expected a tag such as 'en' or 'de-AT'"),
    ],
)
def test_a_voice_or_language_that_there_is_not_names_those_there_are(voice, language, said):
    state = stream()
    intake.opened(state, Open(voice, PCM, language), 0.0)
    assert refusals(state) == [(Reason.UNKNOWN_VOICE, "")]
    assert said in message(state)
    assert not state.opened
    intake.opened(state, Open("bernd", PCM, "DE-ch"), 0.0)
    assert state.opened, "it may be tried again, and tags are alike by their language"


def test_a_tag_with_underscores_is_read_wherever_a_language_is_named():
    state = stream()
    intake.opened(state, Open("bernd", PCM, "de_AT"), 0.0)
    assert state.language == "de-AT"
    assert intake.begun(state, Begin("a", language="de_CH"), 0.0).language == "de-CH"
    intake.configure(state, Configure(language="de_DE"))
    assert state.language == "de-DE"
    assert not refusals(state)


def test_a_long_list_is_cut():
    state = stream({f"v{n:02}": Voice(f"v{n:02}", ("en",), (Route("p", "v"),)) for n in range(25)})
    intake.opened(state, Open("nobody", PCM), 0.0)
    assert "v19 and 5 more" in message(state)


# --- Begin ------------------------------------------------------------------------------------------------------------


def test_an_utterance_begins_with_what_it_names_over_the_defaults(state):
    intake.configure(state, Configure(options=UtteranceOptions(speed=1.5, ssml=True)))
    made = intake.begun(state, Begin("a", voice="bernd", options=UtteranceOptions(speed=2.0)), 3.0)
    assert (made.voice.name, made.language, made.ordinal, made.last_text_at) == ("bernd", "de-AT", 1, 3.0)
    assert made.options == UtteranceOptions(speed=2.0, ssml=True)
    assert OpenText("a", "de-AT", made.options, True, "bernd") in state.out


@pytest.mark.parametrize(
    ("position", "order"), [(Position.APPEND, ["a", "b", "c"]), (Position.NEXT, ["a", "c", "b"])]
)  # fmt: skip
def test_it_stands_where_it_asks_to(state, position, order):
    state.limits = StreamLimits()
    for begin in (Begin("a"), Begin("b"), Begin("c", position=position)):
        assert intake.begun(state, begin, 0.0)
    assert [one.id for one in state.track(0).queue] == order
    assert intake.begun(state, Begin("d", track=7, position=Position.NEXT), 0.0), (
        "there is nobody to be next to"
    )
    assert [one.id for one in state.track(7).queue] == ["d"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda state: setattr(state, "draining_until", 9.0), Reason.SHUTTING_DOWN),
        (lambda state: setattr(state, "half_closed", True), Reason.SHUTTING_DOWN),
        (lambda state: [intake.begun(state, Begin(name), 0.0) for name in "xy"], Reason.TOO_MANY_UTTERANCES),
        (lambda state: intake.begun(state, Begin("a"), 0.0), Reason.BAD_ORDER),
        (lambda state: state.remember("a", Life.FINISHED), Reason.BAD_ORDER),
    ],
    ids=["drains", "half-closed", "many", "open", "over"],
)
def test_what_cannot_begin_is_refused_by_name(state, spoil, reason):
    spoil(state)
    state.out.clear()
    assert intake.begun(state, Begin("a"), 1.0) is None
    assert refusals(state) == [(reason, "a")]


def test_who_replaces_is_not_too_many_and_what_only_sounds_on_does_not_count(state):
    first, _ = [intake.begun(state, Begin(name), 0.0) for name in "xy"]
    assert intake.begun(state, Begin("z", position=Position.REPLACE), 0.0)
    track = state.track(0)
    state.utterances.pop(track.queue.pop().id)
    track.queue.remove(first)
    track.sounding.append(first)
    assert intake.begun(state, Begin("w"), 0.0)


@pytest.mark.parametrize(
    "begin", [Begin("z", track=1), Begin("z", interruptible=False)], ids=["track", "kept"]
)
def test_who_replaces_nothing_is_too_many(state, begin):
    for name in "xy":
        intake.begun(state, Begin(name, interruptible=False), 0.0)
    state.out.clear()
    assert intake.begun(state, replace(begin, position=Position.REPLACE), 0.0) is None
    assert refusals(state) == [(Reason.TOO_MANY_UTTERANCES, "z")]


@pytest.mark.parametrize(("asked", "room"), [(0, 2), (1, 2), (5, 5)])
def test_a_dialect_of_many_turns_has_room_for_them(asked, room):
    state = stream()
    intake.opened(state, Open("anna", PCM, waiting_turns=asked), 0.0)
    assert all(intake.begun(state, Begin(str(n)), 0.0) for n in range(room))
    assert intake.begun(state, Begin("more"), 0.0) is None
    assert refusals(state) == [(Reason.TOO_MANY_UTTERANCES, "more")]


def test_an_id_that_was_refused_may_begin_again_and_until_then_is_told_so(state):
    intake.begun(state, Begin("a", voice="nobody"), 0.0)
    assert refusals(state) == [(Reason.UNKNOWN_VOICE, "a")]
    state.out.clear()
    say(state, "a", "hello")
    assert refusals(state) == [(Reason.UNKNOWN_UTTERANCE, "a")]
    assert "begin it again" in message(state)
    assert intake.begun(state, Begin("a"), 0.0)
    say(state, "a", "hello")
    assert [cut.text for cut in cuts(state)] == ["hello"]


# --- Text, Flush, End -------------------------------------------------------------------------------------------------


def test_text_with_a_new_id_begins_an_utterance_and_is_cut_with_the_lead(state):
    state.track(0).clock.due_end = 4.5
    say(state, "a", "hello", now=4.0)
    made = state.utterances["a"]
    assert (made.text, made.accepted_chars, made.last_text_at, made.cut_at) == ("hello", 5, 4.0, 4.0)
    assert cuts(state) == [Cut("a", "hello", lead_ms=500.0)]
    say(state, "a", "")
    assert len(cuts(state)) == 1, "nothing is nothing to cut"


def test_text_that_cannot_begin_its_utterance_is_refused_once(state):
    state.half_closed = True
    say(state, "a", "hello")
    assert refusals(state) == [(Reason.SHUTTING_DOWN, "a")]
    assert cuts(state) == []


@pytest.mark.parametrize(
    ("pieces", "accepted", "said"),
    [
        (["x" * 20], 20, None),
        (["x" * 21], 0, "a text of 21 characters exceeds the limit of 20 for the stream's unspoken text"),
        (["x" * 31], 0, "a text of 31 characters exceeds the limit of 30 for one utterance"),
        (["x" * 15, "y" * 6, "z" * 5], 20, "6 more characters"),
    ],
)
def test_the_surplus_is_refused_whole_and_what_fits_is_taken(state, pieces, accepted, said):
    intake.begun(state, Begin("a"), 0.5)
    for piece in pieces:
        say(state, "a", piece)
        made = state.utterances["a"]
        made.front_pending_chars = made.accepted_chars  # as the front end tells it
    assert made.accepted_chars == accepted
    assert refusals(state) == ([] if said is None else [(Reason.TEXT_TOO_LONG, "a")])
    assert said is None or said in message(state)


@pytest.mark.parametrize("chars", [21, 31])
def test_a_first_text_that_is_refused_begins_nothing_and_its_rest_is_not_spoken_without_it(state, chars):
    say(state, "a", "x" * chars)
    assert not state.utterances
    say(state, "a", "the rest")
    intake.end(state, End("a"), 1.1)
    assert refusals(state) == [(Reason.TEXT_TOO_LONG, "a"), (Reason.UNKNOWN_UTTERANCE, "a")]
    assert not state.utterances
    assert intake.begun(state, Begin("a"), 1.2) is not None


@pytest.mark.parametrize(
    ("event", "feed"),
    [(Text("a", "more"), "text"), (Flush("a"), "flush"), (End("a"), "end")],
    ids=["text", "flush", "end"],
)
@pytest.mark.parametrize("life", ["ended", "finished", "cancelled", "unknown"])
def test_what_comes_late(state, event, feed, life):
    if life == "ended":
        intake.begun(state, Begin("a"), 0.0)
        intake.end(state, End("a"), 0.5)
    elif life != "unknown":
        state.remember("a", Life.FINISHED if life == "finished" else Life.CANCELLED)
    state.out.clear()
    getattr(intake, feed)(state, event, 1.0)
    if life == "cancelled":
        expected = []
    elif life == "unknown":
        expected = [] if feed == "text" else [(Reason.UNKNOWN_UTTERANCE, "a")]
    else:
        expected = [] if feed == "end" else [(Reason.TEXT_AFTER_END, "a")]
    assert refusals(state) == expected
    assert state.late_messages == (life == "cancelled")
    assert [cut.end for cut in cuts(state)] == ([False] if (life, feed) == ("unknown", "text") else [])


def test_a_flush_waits_for_the_segments_that_were_known_to_come(state):
    say(state, "a", "One. Two.")
    intake.flush(state, Flush("a", "f"), 2.0)
    assert cuts(state)[-1] == Cut("a", flush=True)
    made = state.utterances["a"]
    intake.segmented(state, segments("a", "One.", "Two."), 2.0)
    (flush,) = made.flushes
    assert (flush.flush_id, flush.after_segments, flush.end_sample) == ("f", 2, -1)


def test_an_empty_flush_is_settled_at_once(state):
    intake.begun(state, Begin("a"), 0.0)
    intake.flush(state, Flush("a", "f"), 2.0)
    intake.segmented(state, segments("a"), 2.0)
    assert state.utterances["a"].flushes[0].end_sample == 0


# --- what the front end answers ---------------------------------------------------------------------------------------


def test_segments_wait_to_be_said_and_those_without_a_word_do_not(state):
    say(state, "a", "One.  Two")
    intake.segmented(state, segments("a", "One.", " ", "[sighs]", pending=3, wait_ms=700), 1.5)
    made = state.utterances["a"]
    assert [one.raw for one in made.unsaid] == ["One."]
    assert (made.unsaid_chars, made.known_segments, made.pending_chars) == (4, 1, 7)
    assert (made.idle_wait_ms, made.input) == (700, Input.OPEN)
    intake.end(state, End("a"), 2.0)
    intake.segmented(state, segments("a", "Two", closed=True, wait_ms=700), 2.0)
    assert (made.idle_wait_ms, made.input, made.known_segments) == (None, Input.COMPLETE, 2)


def test_an_element_that_is_not_obeyed_is_told(state):
    say(state, "a", "<x>One.")
    state.out.clear()
    intake.segmented(state, segments("a", "One.", ignored=("x",)), 1.0)
    (told,) = [effect.reply for effect in state.out]
    assert isinstance(told, Warned)
    assert (told.code, told.utterance_id) == ("ssml_ignored", "a")
    assert "<x>" in told.message


def test_an_answer_about_an_utterance_that_is_over_is_nothing(state):
    intake.segmented(state, segments("gone", "One."), 1.0)
    assert state.out == []


# --- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("track", "sample", "sent"), [(0, 480, None), (0, 481, 480), (3, 1, 0)], ids=["known", "beyond", "no-track"]
)  # fmt: skip
def test_a_position_beyond_what_was_sent_is_clamped_with_a_warning(state, track, sample, sent):
    state.track(0).clock.wrote(480, 1.0)
    intake.played(state, Played(sample, track), 2.0)
    told = [effect.reply for effect in state.out]
    assert [one.code for one in told] == ["played_clamped"] * (sent is not None)
    assert sent is None or f"only {sent} were sent" in told[0].message


@pytest.mark.parametrize(
    ("encoding", "beyond", "warned"), [("opus", 1_000, 0), ("opus", 24_001, 1), ("pcm_s16le", 1_000, 1)]
)
def test_a_position_in_the_silence_of_an_emptied_encoder_is_no_mistake(encoding, beyond, warned):
    made = stream()
    intake.opened(made, Open("anna", AudioFormat.named(encoding, 48_000)), 0.0)
    made.out.clear()
    made.track(0).clock.wrote(480, 1.0)
    intake.played(made, Played(480 + beyond), 2.0)
    assert [effect.reply.code for effect in made.out] == ["played_clamped"] * warned
    assert made.track(0).clock.position(2.0) == 480


def test_new_defaults_hold_for_what_begins_later(state):
    before = intake.begun(state, Begin("a"), 0.0)
    intake.configure(state, Configure("bernd", "de", UtteranceOptions(speed=1.2), max_lead_ms=0))
    after = intake.begun(state, Begin("b"), 0.0)
    assert (before.voice.name, before.options.speed) == ("anna", None)
    assert (after.voice.name, after.language, after.options.speed, state.max_lead_ms) == (
        "bernd",
        "de",
        1.2,
        0,
    )
    intake.configure(state, Configure())
    assert (state.voice, state.language, state.max_lead_ms) == ("bernd", "de", 0)


def test_defaults_that_cannot_be_change_nothing(state):
    intake.configure(state, Configure(language="de", options=UtteranceOptions(speed=2.0)))
    assert refusals(state) == [(Reason.UNKNOWN_VOICE, "")]
    assert (state.language, state.options.speed) == ("", None)


@pytest.mark.parametrize(
    ("voice", "route"), [("", VOICES["anna"].routes[0]), ("bernd", VOICES["bernd"].routes[0])]
)
def test_a_line_is_made_ready(state, voice, route):
    intake.prewarm(state, Prewarm(voice))
    (warm,) = state.out
    assert warm.route == route


def test_a_line_of_nobody_is_refused_and_a_ping_answered(state):
    intake.prewarm(state, Prewarm("nobody"))
    assert refusals(state) == [(Reason.UNKNOWN_VOICE, "")]
    intake.ping(state, Ping("p"))
    assert state.out[-1] == Emit(Pong("p"))


def test_what_the_face_could_not_read_ends_nothing(state):
    intake.begun(state, Begin("a"), 0.0)
    intake.refused(state, Refused(SpeechError(Reason.BAD_FRAME, "expected an object")))
    assert refusals(state) == [(Reason.BAD_FRAME, "")]
    assert list(state.utterances) == ["a"]
