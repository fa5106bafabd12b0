import pytest

from legato.core.emission import emit
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import TimedWord, Timeline
from legato.core.utterance import Awaited, Input, PendingFlush, PendingSeam, Run, RunState, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import Emit, EmptyEncoder, Gather, GiveSilence, Note, Pad, Write
from legato.domain.events import Begin
from legato.domain.facts import Spliced, Underran
from legato.domain.receipt import Stage
from legato.domain.replies import Flushed, Seam, UtteranceFinished, UtteranceStarted, WordMethod, WordSpoken
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment

ROUTE = Route("p", "v")
VOICE = Voice("anna", ("en",), (ROUTE,))
RATE = 24_000
BEGUN_S = 1.0
FRAME, MOST = 480, 5_760
"""20 and 240 ms."""
SEGMENT = Segment(0, 0, 3, "Hi.", Reading("Hi."), Reading("Hi."), Break.SENTENCE)


def stream(encoding=Encoding.PCM_S16LE, rate=RATE):
    made = StreamState(
        "s", Principal(), "native", Catalogue({"anna": VOICE}, "anna"), StreamLimits(), CoreSettings()
    )
    made.audio_format = AudioFormat(encoding, rate, 128 if encoding is Encoding.MP3 else 0)
    return made


def begin(state, name="a", *, held=0, said=1, over=False, max_lead_ms=-1):
    """An utterance whose line says a segment, and has given so many samples; or one whose audio is all there."""
    sizer = Sizer(ChunkSettings(), state.rate_hz, max_lead_ms, state.frame_samples)
    made = Utterance(
        Begin(name), 1, 2, VOICE, "en", UtteranceOptions(), 0.0, Timeline(state.rate_hz), sizer, parts=["Hi."]
    )
    made.held = held
    made.stamps.begin(BEGUN_S)
    if over:
        made.input = Input.COMPLETE
    else:
        made.run = Run(7, ROUTE, 0.0, state=RunState.LIVE)
        made.run.awaited.extend([Awaited(SEGMENT, SEGMENT.spoken, 0.0)] * said)
    state.utterances[name] = made
    state.track(0).queue.append(made)
    return made


def play(state, now):
    """Everything that may leave by now, as the session does it: each chunk is told to be written. Gives its effects."""
    track = state.track(0)
    done = []
    while True:
        state.out.clear()
        emit(state, track, now)
        done += state.out
        writes = [effect for effect in state.out if isinstance(effect, Write)]
        for write in writes:
            if write.first:
                state.utterances[write.utterance_id].stamps.stamp(Stage.WRITE, now)
        if not writes:
            return done


def writes(effects):
    return [(one.samples, one.sample_offset) for one in effects if isinstance(one, Write)]


def replies(effects, kind):
    return [one.reply for one in effects if isinstance(one, Emit) and isinstance(one.reply, kind)]


def facts(effects, kind):
    return [one.fact for one in effects if isinstance(one, Note) and isinstance(one.fact, kind)]


# --- what is written --------------------------------------------------------------------------------------------------


def test_the_first_chunk_leaves_at_once_behind_its_announcement():
    state = stream()
    begin(state, held=100)
    emit(state, state.track(0), 5.0)
    assert state.out == [
        Emit(UtteranceStarted("a", 1, 0, 2, 0)),
        Write("a", 100, 0, first=True, more=False),
    ]


def test_one_look_writes_one_chunk_and_says_that_there_is_more():
    state = stream()
    begin(state, held=3 * MOST, over=True)
    emit(state, state.track(0), 5.0)
    (write,) = [effect for effect in state.out if isinstance(effect, Write)]
    assert (write.samples, write.more) == (MOST, True)


def test_the_rest_follows_each_behind_the_other_and_then_the_end():
    state = stream()
    begin(state, held=2 * MOST + 7, over=True)
    done = play(state, 5.0)
    assert writes(done) == [(MOST, 0), (MOST, MOST), (7, 2 * MOST)]
    assert isinstance(done[-2].reply, UtteranceFinished)
    assert not state.utterances


@pytest.mark.parametrize("stop", ["pause", "outlet"])
def test_nothing_leaves_while_it_may_not(stop):
    state = stream()
    made = begin(state, held=MOST)
    if stop == "pause":
        state.track(0).paused_at = 1.0
    else:
        state.outlet_paused = True
    assert play(state, 5.0) == []
    assert (made.held, made.written) == (MOST, 0)


def test_the_next_in_line_begins_where_the_one_before_has_ended():
    state = stream()
    begin(state, "a", held=100, over=True)
    begin(state, "b", held=200, over=True)
    done = play(state, 5.0)
    assert writes(done) == [(100, 0), (200, 100)]
    assert [one.start_sample for one in replies(done, UtteranceStarted)] == [0, 100]
    kinds = [type(one.reply) for one in done if isinstance(one, Emit)]
    assert kinds == [UtteranceStarted, UtteranceFinished, UtteranceStarted, UtteranceFinished]


def test_an_end_waits_for_the_stamp_of_its_first_write():
    state = stream()
    begin(state, held=100, over=True)
    for _ in range(2):
        emit(state, state.track(0), 5.0)
    assert replies(state.out, UtteranceFinished) == []
    state.utterances["a"].stamps.stamp(Stage.WRITE, 5.0)
    emit(state, state.track(0), 5.0)
    (finished,) = replies(state.out, UtteranceFinished)
    assert finished.receipt.ttfb_s == 4.0


def test_with_a_lead_audio_is_held_to_grow_and_looked_at_again():
    state = stream()
    made = begin(state, held=RATE)
    play(state, 5.0)
    made.held = 10
    done = play(state, 5.0)
    assert writes(done) == []
    assert state.track(0).look_again_at is not None
    assert 5.0 < state.track(0).look_again_at < 6.0
    assert [type(one) for one in done] == [Gather]


def test_who_waits_for_nothing_more_does_not_gather():
    state = stream()
    made = begin(state, held=RATE, said=0, max_lead_ms=500)
    done = play(state, 5.0)
    assert [one for one in done if isinstance(one, Gather)] == []
    assert made.held > 0, "the lead is bounded"
    assert state.track(0).look_again_at is not None


def test_telephone_codecs_end_in_a_whole_frame():
    state = stream(Encoding.MULAW, 8_000)
    begin(state, held=170, over=True)
    done = play(state, 5.0)
    assert done[0] == Pad("a", 150)
    assert sum(samples for samples, _ in writes(done)) == 320


# --- what is told beside it -------------------------------------------------------------------------------------------


def test_a_listener_who_ran_dry_is_noted():
    state = stream()
    made = begin(state, held=RATE, said=0)
    play(state, 5.0)
    made.held = 480
    (fact,) = facts(play(state, 6.5), Underran)
    assert fact.gap_s == pytest.approx(0.5)


def test_a_seam_is_told_with_the_chunk_that_passes_it():
    state = stream()
    made = begin(state, held=480)
    play(state, 5.0)
    made.last_route = "q/w"
    made.seam = PendingSeam("p/v", "two", "word_time", at_sample=720, owed_at=5.0)
    made.held, made.run = 240, None
    made.input = Input.OPEN
    done = play(state, 5.12)
    assert replies(done, Seam) == []
    made.held = 480
    done = play(state, 5.16)
    (seam,) = replies(done, Seam)
    assert (seam.word, seam.from_route, seam.to_route, seam.method) == ("two", "p/v", "q/w", "word_time")
    assert seam.gap_ms == pytest.approx(130.0), (
        "100 ms before what was kept of the first route, and 30 behind it"
    )
    assert facts(done, Spliced)[0].gap_s == pytest.approx(0.13)
    assert made.seam is None


def test_a_seam_that_the_first_chunk_passes_is_told_between_the_words_of_both_routes():
    state = stream()
    made = begin(state, held=480)
    made.seam = PendingSeam("p/v", "one", "word_time", at_sample=240, owed_at=5.0)
    made.words_due += [
        TimedWord(0, 1, 0, 240, WordMethod.VENDOR),
        TimedWord(1, 2, 235, 480, WordMethod.VENDOR),
    ]
    made.run = None
    told = [one.reply for one in play(state, 5.0) if isinstance(one, Emit)]
    assert [type(one) for one in told[:4]] == [UtteranceStarted, WordSpoken, Seam, WordSpoken]


def test_words_of_a_route_that_was_never_heard_wait_for_no_seam():
    state = stream()
    made = begin(state, held=480)
    made.seam = PendingSeam("p/v", "one", "word_time", at_sample=480, owed_at=5.0)
    made.words_due.append(TimedWord(0, 1, 480, 481, WordMethod.ESTIMATED))
    assert replies(play(state, 5.0), WordSpoken) == []
    made.run = None
    assert len(replies(play(state, 5.1), WordSpoken)) == 1


def test_silence_for_want_of_text_is_not_the_seams():
    state = stream()
    made = begin(state, held=480)
    play(state, 5.0)
    made.last_route = "q/w"
    made.seam = PendingSeam("p/v", "two", "pause", at_sample=480, owed_at=60.0)
    made.held = 480
    (seam,) = replies(play(state, 60.2), Seam)
    assert seam.gap_ms == pytest.approx(200.0)


def test_words_are_told_on_the_tracks_clock_once_their_utterance_sounds():
    state = stream()
    state.track(0).clock.wrote(1_000, 1.0)
    made = begin(state, held=480)
    made.words_due.append(TimedWord(0, 2, 10, 300, WordMethod.ENGINE))
    first = play(state, 5.0)
    (word,) = replies(first, WordSpoken)
    assert (word.word, word.start_sample, word.end_sample) == ("Hi", 1_010, 1_300)
    assert not made.words_due


def test_words_wait_for_their_audio_as_long_as_more_of_it_is_to_come():
    state = stream()
    made = begin(state, held=480)
    made.words_due += [TimedWord(0, 2, at, at + 50, WordMethod.VENDOR) for at in (479, 480)]
    assert [word.start_sample for word in replies(play(state, 5.0), WordSpoken)] == [479]
    made.run = None
    assert [word.start_sample for word in replies(play(state, 5.1), WordSpoken)] == [480]


@pytest.mark.parametrize(("end", "answered"), [(-1, False), (0, True), (480, True), (481, False)])
def test_a_flush_is_answered_behind_its_audio(end, answered):
    state = stream()
    made = begin(state, held=480)
    made.flushes.append(PendingFlush("f", 1, end))
    told = replies(play(state, 5.0), Flushed)
    assert told == ([Flushed("a", "f", end)] if answered else [])


def test_an_empty_flush_is_answered_before_anything_sounds():
    state = stream()
    state.track(0).clock.wrote(1_000, 1.0)
    begin(state, said=0).flushes.append(PendingFlush("f", 0, 0))
    assert replies(play(state, 5.0), Flushed) == [Flushed("a", "f", 1_000)]


@pytest.mark.parametrize(("audible_at", "ttfa_s"), [(-1, None), (0, 4.0), (479, 4.0), (480, None)])
def test_the_first_audible_sample_has_its_time(audible_at, ttfa_s):
    state = stream()
    made = begin(state, held=480)
    made.audible_at = audible_at
    play(state, 5.0)
    assert made.ttfa_s == ttfa_s
    made.held = 480
    play(state, 5.02)
    assert made.ttfa_s == (pytest.approx(4.02) if audible_at == 480 else ttfa_s)


def test_what_would_only_wait_may_be_put_together_as_soon_as_something_was_written():
    state = stream()
    begin(state, held=4 * MOST)
    done = play(state, 5.0)
    assert isinstance(done[-1], Gather), "nothing is held, and there is lead"
    assert not state.utterances["a"].held
    assert 5.0 < state.track(0).look_again_at < state.track(0).clock.lead_falls_to(0.06)
    assert play(state, 5.9) == [], "too little lead is left to wait on"
    assert state.track(0).look_again_at is None


# --- silence and hearing ----------------------------------------------------------------------------------------------


def test_silence_that_joining_keeps_back_is_given_when_the_listener_would_run_dry():
    state = stream()
    made = begin(state, held=RATE // 2, said=0)
    play(state, 5.0)
    made.withheld = 960
    assert play(state, 5.1) == []
    assert state.track(0).look_again_at == pytest.approx(5.44)
    assert play(state, 5.45) == [GiveSilence(7)]
    assert made.withheld == 0
    made.withheld, made.run = 960, None
    assert play(state, 5.46) == [], "nobody has it"


def test_r5_the_end_of_a_word_leaves_the_encoder_before_the_listener_runs_dry():
    state = stream(Encoding.MP3)
    made = begin(state, held=RATE // 2, said=0)
    assert writes(play(state, 5.0))
    assert state.track(0).look_again_at == pytest.approx(5.44)
    assert play(state, 5.1) == [], "more text may come in time"
    assert play(state, 5.45) == [EmptyEncoder("a")]
    assert play(state, 5.5) == [], "once"
    assert state.track(0).look_again_at is None
    made.held = RATE // 2
    assert writes(play(state, 6.0))
    assert play(state, 6.5) == [EmptyEncoder("a")]


@pytest.mark.parametrize(("safety_ms", "given_at"), [(200.0, 5.3), (0.0, 5.44)])
def test_what_is_kept_back_leaves_before_the_lead_falls_below_the_configured_margin(safety_ms, given_at):
    state = stream()
    made = begin(state, held=RATE // 2, said=0)
    made.sizer = Sizer(ChunkSettings(safety_ms=safety_ms), RATE, -1)
    play(state, 5.0)
    made.withheld = 960
    assert play(state, 5.1) == []
    assert state.track(0).look_again_at == pytest.approx(given_at)
    assert play(state, given_at) == [GiveSilence(7)]


def test_the_encoder_is_not_emptied_while_its_line_speaks_nor_if_it_holds_nothing_back():
    for encoding, said in ((Encoding.MP3, 1), (Encoding.PCM_S16LE, 0)):
        state = stream(encoding)
        begin(state, held=RATE // 2, said=said)
        assert not any(isinstance(one, EmptyEncoder) for at in (5.0, 5.45, 6.0) for one in play(state, at))


@pytest.mark.parametrize("ends", ["heard", "half-closed"])
def test_an_end_that_waits_for_the_ear_lets_the_next_begin(ends):
    state = stream()
    state.finish_when_heard = True
    begin(state, "a", held=RATE, over=True)
    begin(state, "b", held=480)
    done = play(state, 5.0)
    assert replies(done, UtteranceFinished) == []
    assert [one.utterance_id for one in replies(done, UtteranceStarted)] == ["a", "b"]
    assert [one.id for one in state.track(0).sounding] == ["a"]
    assert replies(play(state, 5.9), UtteranceFinished) == []
    state.half_closed = ends == "half-closed"
    (finished,) = replies(play(state, 5.95 if state.half_closed else 6.001), UtteranceFinished)
    assert finished.utterance_id == "a"
    assert not state.track(0).sounding
