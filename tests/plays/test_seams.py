"""What happens at the seams of the session: bugs, late answers, small talk."""

import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import BugFound, StreamClosed
from legato.domain.speech import Route, UtteranceOptions, Voice
from tests.plays.world import FORMAT, PlainFront, Script, World


class BrokenFront(PlainFront):
    def feed(self, text):
        if "boom" in text:
            raise KeyError(text)
        return super().feed(text)


def test_a_bug_ends_its_stream_loudly_and_gives_everything_back():
    world = (
        World(front=BrokenFront, breaks=True)
        .open()
        .speak("a", "hello there. ")
        .run(0.1)
        .text("b", "boom secret")
    )
    assert world.closed
    assert world.closed_with.reason is Reason.INTERNAL
    assert world.of(replies.StreamError)[-1].error.reason is Reason.INTERNAL
    assert world.leased == 0
    (bug,) = [fact for fact in world.facts if isinstance(fact, BugFound)]
    assert "KeyError" in bug.kind
    assert "secret" not in bug.kind
    assert [fact for fact in world.facts if isinstance(fact, StreamClosed)]


def test_nothing_is_done_for_a_stream_that_is_over():
    world = World().open().tell(events.Closed())
    count = len(world.log)
    world.tell(events.Text("a", "hello."), events.Closed(), events.Cancel()).run(5)
    world.session.drained()
    world.session.tick()
    assert len(world.log) == count
    assert world.session.open_utterances == 0


def test_a_line_that_comes_after_the_cancel_goes_straight_back():
    world = World(scripts={"one": Script(acquire_s=0.5)}).open().speak("a", "hello.").run(0.1)
    world.tell(events.Cancel("a")).run(2)
    assert world.leased == 0
    assert world.sent == []


def test_audio_of_a_line_that_was_given_back_is_not_heard():
    world = World().open().speak("a", "hello there.").run(0.1)
    line = world.lines[0]
    world.tell(events.Cancel("a"))
    count = len(world.log)
    line.listener.heard(line, events.Audio(bytes(320)))
    line.listener.heard(line, events.Marker(0))
    assert len(world.log) == count


def test_a_vendors_warning_is_passed_on_and_stops_nothing():
    world = World().open().speak("a", "hello there.").run(0.06)
    world.lines[0].listener.heard(world.lines[0], events.Warned("slow today"))
    assert world.of(replies.Warned) == [replies.Warned("vendor", "slow today", "a")]
    assert world.run(5).said() == "hello there."


def test_a_run_that_fails_is_said_again_elsewhere():
    world = World(scripts={"one": Script(), "two": Script()}).open().speak("a", "hello there.").run(0.01)
    world.lines[0].listener.heard(world.lines[0], events.Failed(Reason.VENDOR_QUOTA, "too many", 0.2))
    assert world.run(5).said() == "hello there."
    assert len(world.lines) == 2


def test_small_talk():
    world = World().open().tell(events.Ping("x"), events.Prewarm("ghost"), events.Configure(voice="ghost"))
    world.tell(
        events.Configure(max_lead_ms=200), events.Refused(SpeechError(Reason.BAD_FRAME, "expected JSON"))
    )
    assert world.of(replies.Pong) == [replies.Pong("x")]
    assert [e.error.reason for e in world.of(replies.StreamError)] == [
        Reason.UNKNOWN_VOICE,
        Reason.UNKNOWN_VOICE,
        Reason.BAD_FRAME,
    ]
    assert world.speak("a", "still here.").run(5).said() == "still here."


def test_an_unknown_voice_in_open_leaves_the_stream_to_be_opened():
    world = World()
    world.session.feed(events.Open("ghost", FORMAT))
    assert world.of(replies.Opened) == []
    assert world.open().speak("a", "hello.").run(5).said() == "hello."


def test_a_pace_and_a_language_go_with_the_lease():
    voices = {"poly": Voice("poly", ("en", "de"), (Route("one", "v"),))}
    world = World(scripts={"one": Script()}, voices=voices).open(language="de").speak("a", "hallo.").run(5)
    assert world.lines[0].request.language == "de"
    assert world.lines[0].request.utterance_id == "a"


def test_audible_sound_is_never_written_before_the_first_byte():
    world = (
        World(scripts={"one": Script(silence_at=0, silence_ms=0)}).open().speak("a", "hello there.").run(5)
    )
    receipt = world.of(replies.UtteranceFinished)[0].receipt
    assert receipt.ttfa_s is not None
    assert receipt.ttfa_s >= receipt.ttfb_s


def test_r11_words_of_a_route_that_dies_before_its_audio_are_told_by_who_says_them():
    scripts = {"one": Script(word_times=True, die_after_chars=0), "two": Script(word_times=True)}
    world = (
        World(scripts=scripts).open(options=UtteranceOptions(words=True)).speak("a", "hello there. ").run(5)
    )
    assert [reply.word for reply in world.of(replies.WordSpoken)] == ["hello", "there."]
    assert world.terminals() == {"a": ["UtteranceFinished"]}


@pytest.mark.parametrize("word_times", [True, False])
@pytest.mark.parametrize("chars", [8, 14, 20, 30])
def test_r11_every_word_is_told_also_those_that_were_said_before_a_death(chars, word_times):
    """What a route had said of the segment that it died in was told nobody, where it told no times itself."""
    one = Script(die_after_chars=chars, deaths=1, word_times=word_times)
    world = World(scripts={"one": one, "two": Script()}).open(options=UtteranceOptions(words=True))
    world.speak("a", "hello there my old friend, how are you today. ").run(20)
    told = [reply.source_start for reply in world.of(replies.WordSpoken)]
    assert set(told) == {0, 6, 12, 15, 19, 27, 31, 35, 39}
    if not word_times:
        assert told == sorted(told)


@pytest.mark.parametrize("max_lead_ms", [-1, 300, 0])
@pytest.mark.parametrize("chars", [8, 14, 20, 30])
def test_r11_only_the_word_that_broke_off_is_told_again(chars, max_lead_ms):
    """Times that had come ahead of their audio were told at once, and again by who said the words."""
    one = Script(die_after_chars=chars, deaths=1, word_times=True)
    world = World(scripts={"one": one, "two": Script(word_times=True)})
    world.open(options=UtteranceOptions(words=True), max_lead_ms=max_lead_ms)
    world.speak("a", "hello there my old friend, how are you today. ").run(20)
    told = [reply.source_start for reply in world.of(replies.WordSpoken)]
    assert sorted(set(told)) == [0, 6, 12, 15, 19, 27, 31, 35, 39]
    assert told == sorted(told)
    assert len(told) <= 10
    starts = [reply.start_sample for reply in world.of(replies.WordSpoken)]
    assert starts == sorted(starts)


@pytest.mark.parametrize("dies_after", range(3, 18))
def test_r6_a_marker_that_comes_before_the_last_sound_of_its_segment_loses_no_word(dies_after):
    early = Script(word_times=True, mark_early_chars=2, die_after_chars=dies_after, deaths=1, speed=1.0)
    world = World(scripts={"one": early, "two": Script(word_times=True)})
    said = world.open().speak("a", "one two. three four.").run(10).said()
    for word in ("one", "two.", "three", "four."):
        assert word in said
    assert len(said) <= len("one two.three four.") + len("three")


def test_a_word_that_is_known_long_before_is_told_just_before_its_audio():
    world = World(scripts={"one": Script(word_times=True)}).open(options=UtteranceOptions(words=True))
    world.speak("a", "hello there my old friend, how are you today. ").run(20)
    written, leads = 0, {}
    for _, reply in world.log:
        if isinstance(reply, replies.WordSpoken):
            leads[reply.word] = reply.start_sample - written
        if isinstance(reply, replies.AudioChunk):
            written += len(reply.data) // 2
    assert len(leads) == 9
    # The first waits for the utterance's beginning, and the last of a segment may still grow until that is whole.
    assert all(0 <= lead <= 1_920 for word, lead in leads.items() if word not in {"hello", "today."}), leads


@pytest.mark.parametrize("max_lead_ms", [-1, 300, 0])
@pytest.mark.parametrize("chars", [8, 14, 20, 30])
def test_words_of_the_next_route_are_told_behind_the_seam(chars, max_lead_ms):
    """Their audio was all there, so they were told up to a sentence before the client knew that somebody else said them."""
    scripts = {
        "one": Script(die_after_chars=chars, deaths=1, word_times=True),
        "two": Script(word_times=True),
    }
    world = World(scripts=scripts).open(options=UtteranceOptions(words=True), max_lead_ms=max_lead_ms)
    world.speak("a", "hello there my old friend, how are you today. ").run(20)
    told = [reply.word for _, reply in world.log if isinstance(reply, replies.WordSpoken | replies.Seam)]
    (seam,) = world.of(replies.Seam)
    at = next(n for n, (_, reply) in enumerate(world.log) if reply is seam)
    before = [reply.word for _, reply in world.log[:at] if isinstance(reply, replies.WordSpoken)]
    assert seam.word in before[-2:], f"at most the word that broke off comes between: {told}"
    assert len(set(before)) == len(before), f"no word is told again before its seam: {told}"
