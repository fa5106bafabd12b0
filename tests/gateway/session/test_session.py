"""The loop of one stream: effects are performed in order, what arises meanwhile waits, and a bug ends this stream and no other."""

import gc
import math
import typing
import weakref
from itertools import count

import numpy as np
import pytest

from gateway.session import session
from gateway.session.services import SessionServices
from gateway.session.session import Session
from legato.audio.codec import encoder_for
from legato.audio.pipe import Pipe
from legato.core.stream import Stream
from legato.domain import effects, events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason
from legato.domain.facts import BugFound, CancelServed, FirstAudio, StreamClosed, UtteranceEnded
from legato.domain.receipt import Stage
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, Voice
from tests.gateway.session.lines import Line
from tests.plays.world import PlainFront

RATE = 24_000
FORMAT = AudioFormat(Encoding.PCM_S16LE, RATE)
VOICE = Voice("anna", ("en-GB",), (Route("p", "v"),))
CHUNK = (1_000 * np.sin(np.arange(RATE * 40 // 1000) / 10)).astype("<i2").tobytes()


class Keeper(Line):
    """A line whose vendor keeps its context, and tells no word times."""

    keeps_context, word_times = True, False


class Ticket:
    def withdraw(self):
        pass


class Given:
    """Everything that a session is given, and the session. Implements `Lines`, `Outlet`, `Alarm` and `Observer`."""

    def __init__(self, audio_format=FORMAT, front=PlainFront, max_lead_ms=-1):
        self.now, self.lines, self.fronts, self.warmed, self.asked = 100.0, [], [], [], []
        self.told, self.closed, self.paused, self.room_ms = [], [], False, math.inf
        self.deadlines, self.facts, self.on_write = [], [], lambda reply: None
        numbers = count(1)

        def front_ends(*about):
            self.fronts.append(about)
            return front()

        services = SessionServices(
            self, self, lambda: self.now, Catalogue({"anna": VOICE}, "anna"), StreamLimits(),
            front_ends, lambda: f"s{next(numbers)}",
        )  # fmt: skip
        self.session = Session(services, Principal(tenant="acme"), "native", self, self)
        self.feed(events.Open("", audio_format, max_lead_ms=max_lead_ms))

    def feed(self, *several):
        for event in several:
            self.session.feed(event)
        return self

    def speaks(self, text="Hi.", utterance_id="a"):
        """An utterance that is open; gives its line."""
        self.feed(events.Text(utterance_id, text), events.Flush(utterance_id))
        return self.lines[-1]

    def at(self, now):
        self.now = now
        return self

    # Lines

    def acquire(self, request, listener, on_ready):
        self.asked.append(request)
        self.lines.append(Keeper(len(self.lines) + 1, listener))
        on_ready(self.lines[-1])
        return Ticket()

    def warm(self, route, language, principal):
        self.warmed.append((route, language))

    # Outlet, Alarm, Observer

    def write(self, reply):
        assert not self.closed, "written behind its end"
        self.told.append(reply)
        self.on_write(reply)

    def close(self, error):
        self.closed.append(error)

    def set(self, deadline):
        self.deadlines.append(deadline)

    def note(self, fact):
        self.facts.append(fact)

    # what came of it

    def of(self, kind):
        return [reply for reply in self.told if isinstance(reply, kind)]

    def names(self):
        return [type(reply).__name__ for reply in self.told]

    def noted(self, kind):
        return [fact for fact in self.facts if isinstance(fact, kind)]


@pytest.fixture
def stage():
    return Given()


def test_every_effect_has_its_performer():
    assert {*session.ON_LEASES, *session.Session._PERFORM} == set(typing.get_args(effects.Effect))


def test_text_goes_in_and_speech_comes_out(stage):
    line = stage.speaks("Well then.")
    assert line.told == [("say", 0, "Well then.")]
    [(language, _, voice, tenant)] = stage.fronts
    assert (language, voice, tenant) == ("en-GB", "anna", "acme")
    assert stage.asked[0].pronunciations == PlainFront().pronunciations
    line.tells(events.Audio(CHUNK), events.Audio(CHUNK), events.Marker(0))
    stage.feed(events.End("a"))
    line.tells(events.Finished())
    assert b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)) == CHUNK + CHUNK
    assert [chunk.sample_offset for chunk in stage.of(replies.AudioChunk)] == [0, 960]
    assert stage.names()[-1] == "UtteranceFinished"
    assert line.told[1:] == ["end", ("release", True)]
    assert stage.session.open_utterances == 0
    assert stage.warmed == [(VOICE.routes[0], "en-GB")]


def test_text_is_cut_with_the_lead_in_mind():
    leads_ms = []

    class Front(PlainFront):
        def set_lead(self, lead_ms):
            leads_ms.append(lead_ms)

    stage = Given(front=Front)
    stage.speaks("One.").tells(events.Audio(CHUNK * 25))
    stage.at(100.25).feed(events.Text("a", " Two."))
    assert (leads_ms[0], leads_ms[-1]) == (0, pytest.approx(750))


def test_the_stages_of_the_receipt_are_stamped_where_the_work_is_done(stage):
    line = stage.speaks()
    stage.at(100.25)
    line.tells(events.Audio(CHUNK))
    stage.feed(events.Cancel())
    receipt = stage.of(replies.UtteranceCancelled)[0].receipt
    assert [stage for stage, _ in receipt.stages] == [*Stage]
    assert dict(receipt.stages)[Stage.VENDOR] == pytest.approx(0.25)
    assert sum(seconds for _, seconds in receipt.stages) == pytest.approx(receipt.ttfb_s)
    assert [fact.utterance_id for fact in stage.noted(FirstAudio)] == ["a"]


def test_what_arises_while_effects_are_performed_waits_its_turn(stage):
    stage.on_write = lambda reply: (
        stage.feed(events.Ping("inside")) if type(reply) is replies.UtteranceStarted else None
    )
    stage.speaks().tells(events.Audio(CHUNK))
    assert stage.names() == ["Opened", "UtteranceStarted", "AudioChunk", "Pong"]


def test_the_alarm_is_set_behind_every_event_and_never_again_behind_the_last(stage):
    assert stage.deadlines == [700.0, 690.0], "the end of one that nobody opens, the warning of an idle one"
    stage.feed(events.Text("a", "Hi"))
    assert stage.deadlines[-1] == pytest.approx(100.12), "an idle cut"
    stage.at(100.12).session.tick()
    assert stage.lines[0].told == [("say", 0, "Hi")]
    stage.feed(events.Closed())
    assert stage.deadlines[-1] is None
    assert stage.session.closed


def test_how_long_a_cancel_took_is_noted(stage):
    stage.speaks()

    def takes_time(reply):
        stage.now += 0.03

    stage.on_write = takes_time
    stage.feed(events.Cancel())
    [served] = stage.noted(CancelServed)
    assert (served.utterance_id, served.took_s) == ("a", pytest.approx(0.03))


def test_a_client_that_is_gone_gives_its_line_back(stage):
    line = stage.speaks()
    stage.feed(events.Closed())
    assert line.told[1:] == ["cancel", ("release", True)]
    assert stage.names() == ["Opened"]
    line.tells(events.Audio(CHUNK))
    assert stage.names() == ["Opened"], "and it is not heard any more"


@pytest.mark.parametrize("bug", [False, True])
def test_r23_a_session_that_is_over_is_freed_at_once(stage, bug):
    """To find it, the garbage collector would have to look at every object of every stream."""
    line = stage.speaks()
    line.tells(events.Audio(CHUNK))
    if bug:
        stage.on_write = lambda reply: 1 / 0 if type(reply) is replies.AudioChunk else None
        line.tells(events.Audio(CHUNK))
    stage.feed(events.Closed())
    session, gone = stage.__dict__.pop("session"), weakref.WeakSet()
    gone.update([session, session._core])
    gc.disable()
    try:
        del session
        assert not gone
    finally:
        gc.enable()


# --- a client that reads slowly ---------------------------------------------------------------------------------------


@pytest.fixture
def slow(stage):
    """The outlet is full behind the first chunk; another has come."""

    def fills(reply):
        stage.paused = stage.paused or type(reply) is replies.AudioChunk

    stage.on_write = fills
    line = stage.speaks()
    line.tells(events.Audio(CHUNK), events.Audio(CHUNK))
    stage.on_write = lambda reply: None
    return stage, line


def test_no_audio_is_written_while_the_outlet_is_full_and_all_of_it_behind_that(slow):
    stage, _ = slow
    assert len(stage.of(replies.AudioChunk)) == 1
    stage.paused = False
    stage.session.drained()
    assert b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)) == CHUNK * 2


def test_an_outlet_may_be_full_behind_every_chunk(slow):
    stage, line = slow
    stage.on_write = lambda reply: setattr(stage, "paused", type(reply) is replies.AudioChunk)
    line.tells(events.Audio(CHUNK * 50))
    for written in range(2, 6):
        stage.paused = False
        stage.session.drained()
        assert len(stage.of(replies.AudioChunk)) == written


def test_other_replies_are_written_all_the_same(slow):
    stage, _ = slow
    stage.feed(events.Ping("p"))
    assert stage.told[-1] == replies.Pong("p")


def test_an_outlet_that_was_never_full_drains_in_vain(stage):
    before = len(stage.deadlines)
    stage.session.drained()
    assert len(stage.deadlines) == before


# --- audio ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keeps_context", [True, False])
def test_r19_a_voice_of_another_rate_is_heard_to_its_last_sample(monkeypatch, keeps_context):
    monkeypatch.setattr(Keeper, "keeps_context", keeps_context)
    monkeypatch.setattr(Keeper, "sample_rate_hz", 16_000)
    stage = Given().feed(events.Text("a", "Hi."), events.End("a"))
    stage.lines[-1].tells(events.Audio(CHUNK), events.Audio(CHUNK), events.Finished())
    assert sum(len(chunk.data) for chunk in stage.of(replies.AudioChunk)) == len(CHUNK) * 2 * 3 // 2
    assert stage.of(replies.UtteranceFinished)[0].receipt.audio_samples == len(CHUNK) * 3 // 2


def test_r7_a_chunk_names_its_utterance_and_generation(stage):
    stage.speaks().tells(events.Audio(CHUNK))
    stage.feed(events.Cancel())
    stage.speaks(utterance_id="b").tells(events.Audio(CHUNK))
    started = stage.of(replies.UtteranceStarted)
    named = [(chunk.utterance_id, chunk.ordinal, chunk.generation) for chunk in stage.of(replies.AudioChunk)]
    assert named == [(one.utterance_id, one.ordinal, one.generation) for one in started]
    assert [(ordinal, generation) for _, ordinal, generation in named] == [(1, 0), (2, 1)]


def test_a_route_that_takes_over_is_as_loud_as_the_one_before(monkeypatch):
    monkeypatch.setattr(f"{__name__}.VOICE", Voice("anna", ("en-GB",), (Route("p", "v"), Route("q", "v"))))
    stage = Given()
    stage.speaks("One two three. Four five six.")
    stage.feed(events.End("a"))
    first, second = [(height * np.sin(np.arange(RATE * 2) / 10)).astype("<i2") for height in (6_000, 9_000)]
    stage.lines[0].tells(events.Audio(first.tobytes()), events.Lost("gone"))
    stage.lines[1].tells(events.Audio(second.tobytes()), events.Finished())
    heard = np.frombuffer(b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)), "<i2").astype(int)
    assert 5_000 < np.abs(heard[-RATE // 2 :]).max() < 7_000


def test_the_header_of_a_file_is_sent_once_though_audio_passes():
    stage = Given(AudioFormat(Encoding.WAV, RATE))
    line = stage.speaks()
    for number in range(3):
        stage.at(100.0 + 0.04 * number - 0.01 * bool(number))
        line.tells(events.Audio(CHUNK))
    first, *rest = [chunk.data for chunk in stage.of(replies.AudioChunk)]
    assert first.startswith(b"RIFF")
    assert rest == [CHUNK, CHUNK]


def test_what_is_held_may_be_faded_out():
    stage = Given(max_lead_ms=100)
    stage.speaks().tells(events.Audio(CHUNK * 10))
    written = len(stage.of(replies.AudioChunk))
    stage.feed(events.Cancel(fade_ms=40))
    data = b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)[written:])
    faded = np.frombuffer(data, "<i2").astype(int)
    assert faded.size == RATE * 40 // 1000
    assert abs(faded[-1]) < 50 < np.abs(faded[:200]).max()


def test_silence_that_joining_keeps_back_is_given_before_the_listener_runs_dry(monkeypatch):
    monkeypatch.setattr(Keeper, "keeps_context", False)
    stage = Given()
    stage.speaks().tells(events.Audio(CHUNK * 5 + bytes(RATE // 2)))
    before = sum(len(chunk.data) for chunk in stage.of(replies.AudioChunk))
    assert before < len(CHUNK) * 5 + RATE // 2
    stage.at(stage.deadlines[-1]).session.tick()
    assert sum(len(chunk.data) for chunk in stage.of(replies.AudioChunk)) > before


def test_what_a_line_that_broke_had_not_been_heard_of_is_dropped_and_said_again(stage):
    line = stage.speaks()
    line.tells(events.Audio(CHUNK[:100]), events.Lost("gone"))
    assert line.told[-1] == ("release", False)
    stage.at(stage.deadlines[-1]).session.tick()
    assert stage.lines[-1] is not line
    assert stage.lines[-1].told == [("say", 0, "Hi.")]


def test_r3_nothing_of_a_line_that_broke_is_left_in_the_filter(monkeypatch):
    monkeypatch.setattr(Keeper, "sample_rate_hz", 16_000)
    stage = Given()
    line = stage.speaks()
    line.tells(events.Audio(CHUNK[:100]))
    written = len(stage.of(replies.AudioChunk))
    line.tells(events.Lost("gone"))
    stage.at(stage.deadlines[-1]).session.tick()
    stage.feed(events.End("a"))
    stage.lines[-1].tells(events.Audio(CHUNK), events.Finished())
    said_again = stage.of(replies.AudioChunk)[written:]
    assert sum(len(chunk.data) for chunk in said_again) == len(CHUNK) * 3 // 2


def test_a_stream_that_is_half_closed_ends_with_what_is_said(stage):
    line = stage.speaks()
    stage.feed(events.HalfClosed())
    assert stage.closed == []
    line.tells(events.Audio(CHUNK), events.Marker(0), events.Finished())
    assert stage.closed == [None]


MP3 = AudioFormat(Encoding.MP3, RATE, 128)


def encoded(chunk, times):
    encoder = encoder_for(MP3)
    pieces = [encoder.encode(np.frombuffer(chunk, "<i2")) for _ in range(times)]
    return b"".join(pieces) + encoder.finish()


def test_what_an_mp3_encoder_holds_back_comes_before_the_end():
    stage = Given(MP3).feed(events.Text("a", "Hi."), events.End("a"))
    line, short = stage.lines[-1], CHUNK[:960]
    line.tells(events.Audio(short))
    assert stage.names() == ["Opened", "UtteranceStarted"], "20 ms are no frame yet, and no chunk is empty"
    line.tells(*[events.Audio(short)] * 9, events.Finished())
    chunks = stage.of(replies.AudioChunk)
    assert b"".join(chunk.data for chunk in chunks) == encoded(short, 10)
    assert all(chunk.data for chunk in chunks)
    assert (chunks[-1].sample_offset, chunks[-1].generation) == (2_351, 0), (
        "three frames less the codec's delay"
    )
    assert stage.names()[-2:] == ["AudioChunk", "UtteranceFinished"]
    assert stage.of(replies.UtteranceFinished)[0].receipt.audio_samples == 4_800


def test_r12_a_flush_is_answered_once_the_mp3_encoder_has_given_the_end_of_its_words():
    stage = Given(MP3)
    line = stage.speaks()
    line.tells(*[events.Audio(CHUNK)] * 5, events.Marker(0))
    assert b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)) == encoded(CHUNK, 5)
    assert stage.names()[-2:] == ["AudioChunk", "Flushed"]
    stage.feed(events.Text("a", "Ho."), events.End("a"))
    line.tells(*[events.Audio(CHUNK)] * 5, events.Finished())
    assert b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)) == encoded(CHUNK, 5) * 2
    assert stage.of(replies.UtteranceFinished)[0].receipt.audio_samples == 2 * 4_800


def test_text_that_follows_a_flush_closely_leaves_no_gap_in_the_mp3():
    stage = Given(MP3).feed(
        events.Text("a", "Hi."), events.Flush("a"), events.Text("a", "Ho."), events.Flush("a")
    )
    line = stage.lines[-1]
    line.tells(*[events.Audio(CHUNK)] * 5, events.Marker(0), *[events.Audio(CHUNK)] * 5, events.Marker(1))
    assert b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)) == encoded(CHUNK, 10)


def test_r24_the_first_write_of_mp3_is_stamped_when_the_encoder_gives_something():
    stage = Given(MP3).feed(events.Text("a", "Hi."), events.End("a"))
    line = stage.lines[-1]
    line.tells(events.Audio(CHUNK[:960]))
    stage.at(100.5)
    line.tells(events.Audio(CHUNK[:960]), events.Audio(CHUNK[:960]), events.Finished())
    receipt = stage.of(replies.UtteranceFinished)[0].receipt
    assert (receipt.ttfb_s, dict(receipt.stages)[Stage.WRITE]) == (0.5, 0.5)
    assert stage.of(replies.AudioChunk)[0].sample_offset == 0, "its bytes begin with the first sample"


def test_mp3_shorter_than_what_its_encoder_holds_back_is_sent_and_ends():
    stage = Given(MP3).feed(events.Text("a", "Hi."), events.End("a"))
    stage.lines[-1].tells(events.Audio(CHUNK[:480]), events.Finished())
    assert b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)) == encoded(CHUNK[:480], 1)
    assert stage.names()[-2:] == ["AudioChunk", "UtteranceFinished"]
    assert stage.of(replies.UtteranceFinished)[0].receipt.ttfb_s == 0.0


def test_r8_mp3_whose_first_bytes_come_with_its_last_samples_ends():
    """It waited for a `Written` that never came, and its client for the end of the utterance."""
    stage = Given(MP3).feed(events.Text("a", "Hi."), events.End("a"))
    line, short = stage.lines[-1], CHUNK[:960]
    line.tells(events.Audio(short))
    stage.feed(events.Pause())
    line.tells(*[events.Audio(short)] * 2, events.Finished())
    assert stage.of(replies.AudioChunk) == []
    stage.feed(events.Resume())
    assert b"".join(chunk.data for chunk in stage.of(replies.AudioChunk))
    assert stage.names()[-2:] == ["AudioChunk", "UtteranceFinished"]


def test_r24_mp3_of_which_nothing_has_left_has_a_reason_instead_of_a_time():
    stage = Given(MP3).feed(events.Text("a", "Hi."), events.End("a"))
    stage.lines[-1].tells(events.Audio(CHUNK[:960]))
    stage.feed(events.Cancel())
    assert stage.names() == ["Opened", "UtteranceStarted", "UtteranceCancelled"]
    receipt = stage.of(replies.UtteranceCancelled)[0].receipt
    assert (receipt.ttfb_s, receipt.ttfa_s, receipt.no_audio) == (None, None, "cancelled")


def test_r7_mp3_behind_a_short_flush_is_counted_from_where_it_begins():
    stage = Given(MP3)
    line = stage.speaks()
    line.tells(events.Audio(CHUNK[:480]), events.Marker(0))
    stage.feed(events.Text("a", "Ho."), events.End("a"))
    line.tells(*[events.Audio(CHUNK)] * 5, events.Finished())
    first, second, *_ = [chunk.sample_offset for chunk in stage.of(replies.AudioChunk)]
    assert (first, second) == (0, 240)


def test_r7_mp3_of_a_second_utterance_is_counted_from_where_the_first_ended():
    stage = Given(MP3)
    for utterance_id in "ab":
        line = stage.speaks(utterance_id=utterance_id)
        stage.feed(events.End(utterance_id))
        line.tells(*[events.Audio(CHUNK[:960])] * 5, events.Finished())
    begins = {}
    for chunk in stage.of(replies.AudioChunk):
        begins.setdefault(chunk.utterance_id, chunk.sample_offset)
    assert begins == {"a": 0, "b": 2_400}


def test_an_mp3_encoder_of_a_cancelled_utterance_gives_nothing_more():
    stage = Given(MP3)
    stage.speaks().tells(*[events.Audio(CHUNK)] * 5)
    before = stage.names()
    stage.feed(events.Cancel())
    assert stage.names() == [*before, "UtteranceCancelled"]


def test_the_last_frame_of_a_framed_codec_is_filled():
    stage = Given(AudioFormat(Encoding.MULAW, 8_000))
    line = stage.speaks()
    line.tells(events.Audio(CHUNK + CHUNK[:600]), events.Marker(0))
    stage.feed(events.End("a"))
    line.tells(events.Finished())
    size = sum(len(chunk.data) for chunk in stage.of(replies.AudioChunk))
    assert size % 160 == 0 < size
    assert stage.names()[-1] == "UtteranceFinished"


# --- a bug ------------------------------------------------------------------------------------------------------------


def test_audio_that_does_not_add_up_is_a_bug(stage, monkeypatch):
    stage.speaks().tells(events.Audio(CHUNK))
    monkeypatch.setattr(Pipe, "entries", lambda _: [])
    stage.feed(events.Cancel())
    [bug] = stage.noted(BugFound)
    assert bug.kind == "AssertionError"


class Broken(PlainFront):
    def feed(self, text):
        raise ZeroDivisionError(f"while reading {text}")


def ended_loudly(stage, kind):
    """The one bug that was noted; the client was told, and everything is given back."""
    [bug] = stage.noted(BugFound)
    assert (bug.kind, bug.where.split()[0]) == (kind, "session")
    assert "secret" not in bug.where
    [error] = stage.closed
    assert error.reason is Reason.INTERNAL
    assert "secret" not in str(error)
    assert stage.told[-1] == replies.StreamError(error)
    assert stage.deadlines[-1] is None
    assert stage.session.closed
    [closed] = stage.noted(StreamClosed)
    assert closed.reason == "internal", "it was not the client that went"
    assert {(fact.outcome, fact.reason) for fact in stage.noted(UtteranceEnded)} == {("failed", "internal")}
    return bug


def test_a_bug_in_the_text_ends_the_stream_loudly_and_its_words_are_not_told():
    stage = Given(front=Broken)
    stage.feed(events.Text("a", "a secret"))
    assert ended_loudly(stage, "ZeroDivisionError").where.startswith(f"session {__name__}:")
    stage.feed(events.Text("b", "more"), events.Closed())
    stage.session.tick()
    assert len(stage.noted(BugFound)) == 1


def test_a_bug_on_the_way_out_gives_the_line_back(stage):
    def breaks(reply):
        if type(reply) is replies.AudioChunk:
            raise ZeroDivisionError

    line = stage.speaks()
    stage.on_write = breaks
    line.tells(events.Audio(CHUNK))
    ended_loudly(stage, "ZeroDivisionError")
    assert line.told[-1] == ("release", False)


def test_a_bug_while_audio_passes_is_met_in_the_same_way(stage):
    line = stage.speaks()
    for number in range(3):
        stage.at(100.0 + 0.04 * number - 0.01 * bool(number))
        line.tells(events.Audio(CHUNK))
    assert len(stage.of(replies.AudioChunk)) == 3
    handled = len(stage.deadlines)

    def breaks(reply):
        if type(reply) is replies.AudioChunk:
            raise ZeroDivisionError

    stage.on_write = breaks
    line = stage.at(100.11).lines[-1]
    line.tells(events.Audio(CHUNK))
    ended_loudly(stage, "ZeroDivisionError")
    assert len(stage.deadlines) == handled + 1, "no event was told: it passed"
    assert line.told[-1] == ("release", False)


@pytest.mark.parametrize("passes", [False, True])
def test_r8_a_core_that_cannot_even_end_is_asked_nothing_more(stage, monkeypatch, passes):
    def breaks(*_):
        raise ZeroDivisionError

    line = stage.speaks()
    if passes:
        for number in range(3):
            stage.at(100.0 + 0.04 * number - 0.01 * bool(number))
            line.tells(events.Audio(CHUNK))
        stage.at(100.11)
    core = type(stage.session._core)
    monkeypatch.setattr(core, "handle", breaks)
    monkeypatch.setattr(core, "passes", breaks)
    line.tells(events.Audio(CHUNK))
    assert len(stage.noted(BugFound)) == 2
    [error] = stage.closed
    assert stage.told[-1] == replies.StreamError(error)
    assert line.told[-1] == ("release", False)
    assert stage.deadlines[-1] is None
    stage.feed(events.Text("b", "more"), events.Closed())
    stage.session.tick()
    assert len(stage.noted(BugFound)) == 2


def test_an_outlet_that_fills_while_audio_passes_is_noticed(stage):
    line = stage.speaks()
    for number in range(6):
        stage.at(100.0 + 0.04 * number - 0.01 * bool(number))
        stage.on_write = lambda reply, last=number == 4: setattr(stage, "paused", last)
        line.tells(events.Audio(CHUNK))
    assert len(stage.of(replies.AudioChunk)) == 5
    stage.paused = False
    stage.session.drained()
    assert len(stage.of(replies.AudioChunk)) == 6


@pytest.fixture
def far(stage, monkeypatch):
    """The outlet is full behind a chunk that passed, as for a listener far away; the events that the core is given from then on."""
    line, told, handle = stage.speaks(), [], Stream.handle
    for number in range(6):
        stage.at(100.0 + 0.04 * number - 0.01 * bool(number))
        stage.on_write = lambda reply, last=number == 5: setattr(stage, "paused", last)
        line.tells(events.Audio(CHUNK))
    assert len(stage.of(replies.AudioChunk)) == 6

    def heard(self, event, now):
        told.append(type(event))
        return handle(self, event, now)

    monkeypatch.setattr(Stream, "handle", heard)
    stage.on_write = lambda reply: None
    return stage, line, told


def test_audio_is_no_event_while_the_outlet_is_full_and_is_written_when_it_has_room(far):
    stage, line, told = far
    for _ in range(4):
        line.tells(events.Audio(CHUNK))
    assert (len(stage.of(replies.AudioChunk)), told) == (6, [])
    stage.paused = False
    stage.session.drained()
    chunks = stage.of(replies.AudioChunk)
    assert b"".join(chunk.data for chunk in chunks) == CHUNK * 10
    assert told == [], "all of it passed"


def test_an_outlet_that_fills_again_behind_what_was_gathered_gets_no_more(far):
    stage, line, told = far
    stage.on_write = lambda reply: setattr(stage, "paused", type(reply) is replies.AudioChunk)
    for written in range(6, 10):
        for _ in range(8):
            line.tells(events.Audio(CHUNK))
        assert len(stage.of(replies.AudioChunk)) == written
        stage.paused = False
        stage.session.drained()
        assert len(stage.of(replies.AudioChunk)) == written + 1
    assert told


def test_what_might_be_gathered_behind_a_full_outlet_may_not_once_it_has_room(far):
    """The outlet drains while it takes a reply: the session is about to be told of room, and not done with the event before."""
    stage, line, _ = far
    line.tells(events.Audio(CHUNK), events.Audio(CHUNK))

    def drains(reply):
        if type(reply) is replies.Pong:
            stage.paused = False
            stage.session.drained()

    stage.on_write = drains
    stage.at(100.3).feed(events.Ping("p"))
    before = len(stage.of(replies.AudioChunk))
    for number in range(1, 4):
        stage.at(100.3 + 0.04 * number)
        line.tells(events.Audio(CHUNK))
        assert len(stage.of(replies.AudioChunk)) == before + number


def test_gathered_audio_passes_and_the_alarm_is_set_for_what_is_gathered_next(stage):
    """A vendor at four times real time: once it is ahead, the core hears of no audio, and is asked for a deadline with every chunk."""
    line, sent = stage.speaks(), b""
    for number in range(80):
        stage.at(100.0 + 0.01 * number)
        line.tells(events.Audio(CHUNK))
        sent += CHUNK
        if stage.deadlines[-1] is not None and stage.deadlines[-1] <= stage.now:
            stage.session.tick()
    written = stage.of(replies.AudioChunk)
    assert [len(chunk.data) for chunk in written[-4:]] == [RATE * 2 * 240 // 1000] * 4
    assert stage.now < stage.deadlines[-1] < stage.now + 3
    assert sent.startswith(b"".join(chunk.data for chunk in written))
    while b"".join(chunk.data for chunk in stage.of(replies.AudioChunk)) != sent:
        stage.at(stage.deadlines[-1]).session.tick()
        assert stage.now < 100.0 + 80 * 0.04 - 0.06, "what is left is written while there is lead"
