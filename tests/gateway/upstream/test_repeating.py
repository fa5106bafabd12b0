"""Repetitions of a recording. Promise R27."""

from dataclasses import replace

import pytest

from gateway.upstream.repeating import Repeater
from legato.core.recordings import Recording
from legato.core.shared import Shared
from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.events import Audio, Finished, Lost, Marker, Words, WordTime
from legato.domain.text import Reading
from tests.gateway.upstream.recorded import GREETING, Studio, receipt_of
from tests.plays.world import RATE, Script


def test_a_repetition_is_paused_cancelled_and_told_like_any_other():
    studio = Studio(scripts={"one": Script(word_times=True)})
    studio.speak("a", GREETING).run(10)
    guest = studio.guest(max_lead_ms=400)
    guest.speak("b", GREETING).run(0.5).tell(events.Cancel(played_sample=RATE // 2)).run(5)
    [cancelled] = guest.of(replies.UtteranceCancelled)
    assert cancelled.heard + cancelled.sent_unheard + cancelled.never_sent == GREETING
    assert cancelled.heard.startswith("hello")
    assert cancelled.never_sent
    assert len(studio.lines) == 1


def test_r27_the_first_audio_of_a_repetition_waits_for_nobody():
    studio = Studio(scripts={"one": Script(acquire_s=0.2, first_s=0.3)})
    studio.speak("a", GREETING).run(10)
    studio.scripts["one"] = Script(refuse=Reason.VENDOR_UNREACHABLE)
    guest = studio.guest().speak("b", GREETING).run(10)
    assert receipt_of(studio, "a").ttfb_s == pytest.approx(0.5)
    assert receipt_of(guest, "b").ttfb_s == pytest.approx(0.0)


class Listening:
    """A session that listens to a repetition, and a loop whose turns are taken by hand."""

    def __init__(self, recording):
        self.told, self.turns, self.left = [], [], 0
        self.line = Repeater(1, recording, self, lambda delay_s, do: self.turns.append(do), self._left)
        self.on_heard = lambda: None

    def _left(self, repeater):
        self.left += 1

    def heard(self, line, event):
        self.told.append(event)
        self.on_heard()

    def turn(self):
        turns, self.turns = self.turns, []
        for do in turns:
            do()
        return len(turns)


WORDING = Reading("one.").wording
TWENTY_MS = bytes([1, 0]) * 160


def recorded(pieces, *, whole=True):
    made = Recording(8_000, False, False, 0.0, WORDING)
    made.say(0, WORDING)
    made.input_ended = True
    for _ in range(pieces):
        made.hear(Audio(TWENTY_MS))
    if whole:
        made.hear(Marker(0))
        made.hear(Finished())
    return made


def audio_of(listening):
    return b"".join(event.data for event in listening.told if isinstance(event, Audio))


def repeated(made):
    listening = Listening(made)
    listening.line.say(7, Reading("one."))
    listening.line.end_input()
    return listening


def test_a_long_recording_is_given_in_pieces_of_a_fifth_of_a_second_and_a_few_in_a_turn_of_the_loop():
    listening = repeated(recorded(100))
    assert listening.turn() == 1
    assert [len(event.data) for event in listening.told] == [8_000 // 5 * 2] * 2
    while listening.turn():
        pass
    assert listening.told[-2:] == [Marker(7), Finished()]
    assert audio_of(listening) == TWENTY_MS * 100
    assert (listening.turn(), listening.left) == (0, 1)


def test_a_pause_takes_effect_at_once_and_the_rest_comes_when_it_is_over():
    listening = repeated(recorded(100))
    listening.on_heard = listening.line.pause
    listening.turn()
    assert len(listening.told) == 1
    assert listening.turn() == 0
    listening.on_heard = lambda: None
    listening.line.resume()
    while listening.turn():
        pass
    assert audio_of(listening) == TWENTY_MS * 100


@pytest.mark.parametrize("stop", [Repeater.cancel, lambda line: line.release(clean=True)])
def test_a_repetition_that_is_stopped_says_nothing_more_and_leaves_the_recording_once(stop):
    listening = repeated(recorded(100))
    stop(listening.line)
    stop(listening.line)
    listening.turn()
    assert (listening.told, listening.left) == ([], 1)


def test_what_is_still_being_recorded_is_passed_on_as_it_comes():
    listening = repeated(made := recorded(2, whole=False))
    listening.turn()
    assert audio_of(listening) == TWENTY_MS * 2
    made.hear(Audio(TWENTY_MS))
    listening.line.wake()
    listening.line.wake()
    assert listening.turn() == 1
    assert audio_of(listening) == TWENTY_MS * 3
    assert listening.left == 0


def test_a_recording_that_comes_to_nothing_loses_the_line():
    listening = repeated(made := recorded(2, whole=False))
    listening.turn()
    made.close()
    before = len(listening.told)
    listening.line.wake()
    listening.turn()
    [lost] = listening.told[before:]
    assert isinstance(lost, Lost)
    assert listening.left == 1


def test_a_run_whose_text_has_not_ended_has_not_finished():
    listening = Listening(recorded(5))
    listening.line.say(7, Reading("one."))
    listening.turn()
    assert listening.told[-1] == Marker(7)
    listening.line.end_input()
    listening.turn()
    assert listening.told[-1] == Finished()


def test_word_times_come_where_they_came_and_only_of_what_is_said():
    one, two = Reading("one.").wording, Reading("two.").wording
    made = Recording(8_000, False, True, 0.0, one)
    made.say(3, one)
    made.say(5, two)
    made.input_ended = True
    first, ahead = WordTime(3, 0, 3, 0.0, 90.0), WordTime(5, 0, 3, 100.0, 190.0)
    for event in (Audio(TWENTY_MS), Words((first, ahead)), Audio(TWENTY_MS * 4), Marker(3)):
        made.hear(event)
    for event in (Audio(TWENTY_MS * 5), Marker(5), Finished()):
        made.hear(event)
    listening = repeated(made)
    while listening.turn():
        pass
    told = [
        Audio(TWENTY_MS),
        Words((replace(first, segment=7),)),
        Audio(TWENTY_MS * 4),
        Marker(7),
        Finished(),
    ]
    assert listening.told == told


def test_a_repetition_says_nothing_about_whether_its_voice_marks_ends():
    """A recording marks its end, its voice may not: more text would wait for the voice's markers while nothing sounds."""
    shared = Shared()
    studio = Studio(scripts={"one": Script(marks=False)}, shared=shared)
    studio.speak("a", "hello there.").run(10)
    studio.text("b", "hello there. ").run(3)
    assert receipt_of(studio.tell(events.End("b")).run(3), "b").cached_chars == len("hello there.")
    assert not shared.marking


def test_a_long_repetition_gives_way_to_others_after_less_than_half_a_second_of_audio():
    """An encoder of MP3 or Opus takes milliseconds for so much."""
    studio = Studio()
    studio.speak("a", GREETING * 10).run(30)
    guest, given = studio.guest(), []

    def later(seconds, do):
        def turn():
            before = len(guest.audio())
            do()
            given.append(len(guest.audio()) - before)

        return studio.call_later(seconds, turn)

    studio.recorded._schedule = later
    guest.speak("b", GREETING * 10).run(1)
    assert guest.terminals() == {"b": ["UtteranceFinished"]}
    assert max(given) < RATE / 2
