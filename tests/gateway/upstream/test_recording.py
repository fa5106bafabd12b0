"""A run that is recorded while others repeat it. Promise R27."""

import numpy as np
import pytest

from gateway.upstream.recording import RecordedLine
from legato.core.recordings import Recording
from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Marker
from legato.domain.facts import AttemptEnded
from legato.domain.speech import Failover, Route, Voice
from legato.domain.text import Reading
from legato.ports import ANSWERED
from tests.gateway.upstream.recorded import GREETING, Studio, words_of
from tests.plays.world import FakeLine, Script


def test_r27_who_asks_for_what_another_is_being_told_gets_it_from_the_same_run():
    studio = Studio().knows_marks()
    guests = [studio.guest() for _ in range(3)]
    studio.speak("a", GREETING).run(0.02)
    for guest in guests:
        guest.speak("b", GREETING)
    studio.run(10)
    assert len(studio.lines) == 1
    for guest in guests:
        assert np.array_equal(guest.audio("b"), studio.audio("a"))


@pytest.mark.parametrize("after_s", [0.02, 0.2, 0.5])
def test_r27_whoever_joined_hears_all_of_it_although_the_first_one_barges_in(after_s):
    studio = Studio(scripts={"one": Script(speed=2.0)}).knows_marks()
    guest = studio.guest()
    studio.speak("a", GREETING).run(0.01)
    guest.speak("b", GREETING)
    studio.run(after_s).tell(events.Cancel()).run(20)
    assert studio.terminals() == {"a": ["UtteranceCancelled"]}
    assert guest.said("b").replace(" ", "") == GREETING.replace(" ", "")
    assert len(studio.lines) == 1
    assert studio.released == [True]
    assert studio.leased == 0


def test_a_line_on_which_others_wait_is_not_paused_by_a_full_listener():
    studio = Studio(scripts={"one": Script(speed=0.0)})
    text = "alpha beta gamma delta. " * 8
    slow, quick = studio.guest(max_lead_ms=200), studio.guest()
    slow.speak("a", text).run(0.01)
    quick.speak("b", text)
    slow.paused = True  # its socket is full
    studio.run(4)
    assert quick.terminals() == {"b": ["UtteranceFinished"]}
    slow.paused = False
    slow.session.drained()
    studio.run(30)
    assert slow.terminals() == {"a": ["UtteranceFinished"]}


def test_whoever_joined_a_run_that_dies_goes_on_by_itself():
    studio = Studio(scripts={"one": Script(word_times=True, die_after_chars=8, deaths=1)})
    guest = studio.guest()
    studio.speak("a", "hello there my friends.").run(0.01)
    guest.speak("b", "hello there my friends.")
    studio.run(10)
    for world, name in ((studio, "a"), (guest, "b")):
        assert world.terminals() == {name: ["UtteranceFinished"]}
        assert world.said(name).replace(" ", "").endswith("myfriends.")


class VoiceLine:
    """The voice's line: what it was told, in order."""

    sample_rate_hz = 8_000
    reused = keeps_context = word_times = False
    can_pause = True

    def __init__(self):
        self.told = []

    def acquire(self, request, listener, on_ready):
        on_ready(self)
        return ANSWERED

    def say(self, segment, reading):
        self.told.append("say")

    def end_input(self):
        self.told.append("end_input")

    def cancel(self):
        self.told.append("cancel")

    def pause(self):
        self.told.append("pause")

    def resume(self):
        self.told.append("resume")

    def release(self, *, clean):
        self.told.append(f"release {clean}")


class Waiting:
    """A session that repeats the recording."""

    def __init__(self):
        self.woken = 0
        self.repeats = (Reading("hello there.").wording,)

    def wake(self):
        self.woken += 1


class Take:
    """A line that records one request, and those who listen to it."""

    def __init__(self, *, ended=True, waiting=0):
        self.voice, self.heard_by_listener, self.grown = VoiceLine(), [], []
        self.line = RecordedLine(1, self, self.began, lambda line, by: self.grown.append(by))
        self.line.ask(self.voice, None, lambda found: None)
        self.line.say(0, Reading("hello there."))
        if ended:
            self.line.end_input()
        self.waiting = [Waiting() for _ in range(waiting)]
        for one in self.waiting:
            self.line.repeated_by(one)
        self.voice.told.clear()

    def began(self, line, reading):
        return Recording(8_000, False, False, 0.0, reading.wording)

    def heard(self, line, event):
        self.heard_by_listener.append((line, event))

    def tell(self, *told):
        for event in told:
            self.line.heard(self.voice, event)


WHOLE = Audio(bytes(2 * 8_000)), Marker(0), Finished()


def test_a_cancelled_run_for_which_nobody_waits_is_stopped_and_what_came_of_it_is_not_kept():
    take = Take()
    take.tell(Audio(bytes(80)))
    take.line.cancel()
    assert take.voice.told == ["cancel"]
    assert take.line.recording.script == ()
    assert sum(take.grown) == 0, "it has come to nothing: the cache forgets it"
    take.line.release(clean=True)
    assert take.voice.told == ["cancel", "release True"]


@pytest.mark.parametrize("ended", [True, False])
def test_a_cancelled_run_for_which_others_wait_is_spoken_to_its_end_and_then_given_back_once(ended):
    take = Take(ended=ended, waiting=1)
    take.line.cancel()
    take.line.release(clean=True)
    assert take.voice.told == ["end_input"] * (not ended)
    take.voice.told.clear()
    take.tell(*WHOLE)
    assert take.heard_by_listener == [], "it has cancelled"
    assert len(take.line.recording.script) == 1
    assert take.voice.told == ["cancel", "release True"]
    take.line.left_by(take.waiting[0])
    assert take.voice.told == ["cancel", "release True"]


def test_the_last_one_that_leaves_stops_a_run_that_its_listener_has_left():
    take = Take(waiting=2)
    take.line.cancel()
    take.line.release(clean=True)
    take.line.left_by(take.waiting[0])
    assert take.voice.told == []
    take.line.left_by(take.waiting[1])
    assert take.voice.told == ["cancel", "release True"]
    assert not take.line.recording.is_open


def test_a_lease_that_is_given_back_as_broken_is_given_back_at_once_and_those_who_wait_are_told():
    take = Take(waiting=1)
    woken = take.waiting[0].woken
    take.line.release(clean=False)
    assert take.voice.told == ["release False"]
    assert not take.line.recording.is_open
    assert (take.waiting[0].woken, take.grown) == (woken + 1, [0])


def test_a_pause_takes_effect_while_nobody_else_waits():
    take = Take()
    take.line.pause()
    assert take.voice.told == ["pause"]
    take.line.repeated_by(other := Waiting())
    assert take.voice.told == ["pause", "resume"]
    take.line.left_by(other)
    assert take.voice.told == ["pause", "resume", "pause"]
    take.line.resume()
    assert take.voice.told == ["pause", "resume", "pause", "resume"]


def test_a_pause_is_put_off_until_what_others_wait_for_was_spoken():
    take = Take(waiting=1)
    take.line.pause()
    assert take.voice.told == []
    take.tell(Audio(bytes(2 * 8_000)))
    assert take.voice.told == []
    take.tell(*WHOLE[1:])
    assert take.voice.told == ["pause"]


def test_who_no_longer_wants_a_pause_gets_none_when_others_leave():
    take = Take(waiting=1)
    take.line.pause()
    take.line.resume()
    take.line.left_by(take.waiting[0])
    assert take.voice.told == ["resume"]


def test_a_lease_that_failed_is_answered_with_its_failure():
    failed = Failed(Reason.VENDOR_QUOTA, "no more lines")
    voice, found = VoiceLine(), []
    voice.acquire = lambda request, listener, on_ready: on_ready(failed)
    RecordedLine(1, None, None, None).ask(voice, None, found.append)
    assert found == [failed]


def test_audio_is_gathered_where_it_is_read_unless_others_wait_for_it(monkeypatch):
    allowed = []
    monkeypatch.setattr(FakeLine, "gather", lambda _, size: allowed.append(size), raising=False)
    studio = Studio().knows_marks()
    guest = studio.guest()
    studio.speak("a", GREETING * 2).run(0.4)
    assert max(allowed) > 0
    guest.speak("b", GREETING * 2)
    assert allowed.pop() == 0
    allowed.clear()
    studio.run(10)
    assert guest.terminals() == {"b": ["UtteranceFinished"]}
    assert not any(allowed)


MUTE = "hello there my friend. ... how can i help you today?"


@pytest.mark.parametrize(
    ("script", "text", "most_bytes"),
    [
        (Script(), GREETING, 10_000_000),
        (Script(keeps_context=False), GREETING, 10_000_000),
        (Script(word_times=True), GREETING, 10_000_000),
        (Script(marks=False), GREETING, 10_000_000),
        (Script(marks=False, keeps_context=False), GREETING, 10_000_000),
        (Script(marks=False, keeps_context=False, joins=True), GREETING, 10_000_000),
        (Script(keeps_context=False, joins=True), GREETING, 10_000_000),
        (Script(keeps_context=False, marks_are_mute=True), MUTE, 10_000_000),
        (Script(keeps_context=False), GREETING * 3, 40_000),
        (Script(keeps_context=False), GREETING * 3, 400),
    ],
    ids=[
        "marks",
        "a request each",
        "word times",
        "no marks",
        "no marks, a request each",
        "no marks, joins",
        "joins",
        "a request without sound",
        "little room",
        "no room",
    ],
)
@pytest.mark.parametrize("after_s", [0.01, 0.1, 0.4])
def test_r27_whoever_joins_a_run_that_is_well_hears_each_word_once_and_no_seam(
    script, text, most_bytes, after_s
):
    """Also where it turns out that the recording is not worth keeping, or nobody knows where its requests end."""
    voices = {"joe": Voice("joe", ("en",), (Route("one", "v"),), failover=Failover.NONE)}
    studio = Studio(scripts={"one": script}, voices=voices, most_bytes=most_bytes)
    studio.knows_marks()
    guests = [studio.guest() for _ in range(2)]
    studio.speak("a", text).run(after_s)
    for guest in guests:
        guest.speak("b", text)
    studio.run(40)
    for guest in guests:
        assert guest.terminals() == {"b": ["UtteranceFinished"]}
        assert words_of(guest, "b") == text.replace("...", "").replace(" ", "")
        assert not guest.of(replies.Seam)
        assert {fact.outcome for fact in guest.facts if isinstance(fact, AttemptEnded)} <= {
            "finished",
            "let_go",
        }
    assert studio.leased == 0
    assert len(studio.recorded._making) == 0


def test_a_recording_goes_on_on_the_line_that_replaces_a_stale_one():
    studio = Studio().knows_marks()
    guest = studio.guest()
    studio.speak("a", GREETING).run(0.01)
    guest.speak("b", GREETING)
    line = studio.lines[0]
    line.listener.heard(line, events.SaidAgain(len(GREETING)))
    studio.run(10)
    assert len(studio.lines) == 1
    assert words_of(guest, "b") == GREETING.replace(" ", "")
