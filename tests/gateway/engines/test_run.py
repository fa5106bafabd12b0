import pytest

from gateway.engines.messages import Audio, Failed, Finished, Marker, Say, TimedWord, Words
from gateway.engines.run import Run
from gateway.engines.voice import Manner, Sound, SpokenWord, SpokenWords, UnknownVoiceError
from legato.domain.delivery import Delivery, Emphasis
from legato.domain.errors import Reason
from legato.domain.text import Pronunciation


class Parrot:
    """A voice that gives each word as one sample and its time, a word to a step."""

    name, sample_rate_hz, languages, first_step_s = "parrot", 10, ("en",), 0.5

    def speak(self, text, manner, take):
        if text == "ruin":
            raise RuntimeError("broken")
        if text == "who":
            raise UnknownVoiceError("no such voice")
        self.manner = manner
        words = text.split()
        for number, word in enumerate(words):
            if not take(Sound(word[:1].encode() * 2)):
                return
            if not take(SpokenWords((SpokenWord(0, len(word), number, number + 1),))):
                return
            if number + 1 < len(words):
                yield


@pytest.fixture
def answers():
    return []


@pytest.fixture
def run(answers):
    return Run(7, Parrot(), Manner(), answers.append)


def test_segments_follow_each_other_on_one_clock(run, answers):
    run.say(Say(7, 0, "a b"))
    run.say(Say(7, 4, "c"))
    run.end()
    steps = 0
    while run.has_work:
        run.step()
        steps += 1
    assert steps == 3
    assert answers == [
        Audio(7, b"aa"),
        Words(7, 0, (TimedWord(0, 1, 0, 1),)),
        Audio(7, b"bb"),
        Words(7, 0, (TimedWord(0, 1, 1, 2),)),
        Marker(7, 0),
        Audio(7, b"cc"),
        Words(7, 4, (TimedWord(0, 1, 2, 3),)),
        Marker(7, 4),
        Finished(7),
    ]
    assert (run.over, run.seconds) == (True, 0.3)


def test_a_run_without_an_end_waits_for_more(run, answers):
    assert not run.has_work
    run.say(Say(7, 0, "a"))
    run.step()
    assert (run.has_work, run.over) == (False, False)
    run.end()
    assert run.has_work
    run.step()
    assert answers[-1] == Finished(7)


def test_nothing_to_say_is_marked_all_the_same(run, answers):
    run.say(Say(7, 0, ""))
    run.end()
    run.step()
    assert answers == [Marker(7, 0), Finished(7)]


def test_a_step_without_work_does_nothing(run, answers):
    run.step()
    assert answers == []


def test_a_dropped_run_gives_nothing_more(run, answers):
    run.say(Say(7, 0, "a b"))
    run.step()
    run.drop()
    assert not run.has_work
    run.step()
    assert answers == [Audio(7, b"aa"), Words(7, 0, (TimedWord(0, 1, 0, 1),))]


def test_a_run_dropped_within_a_step_stops_at_the_next_piece(answers):
    def tell(answer):
        answers.append(answer)
        run.drop()

    run = Run(7, Parrot(), Manner(), tell)
    run.say(Say(7, 0, "a"))
    run.end()
    run.step()
    assert answers == [Audio(7, b"aa")]


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("who", Failed(7, Reason.UNKNOWN_VOICE, "no such voice")),
        ("ruin", Failed(7, Reason.VENDOR_REJECTED, "the voice parrot failed")),
    ],
)
def test_what_a_voice_cannot_do_ends_its_run_only(run, answers, text, failed):
    run.say(Say(7, 0, text))
    run.step()
    assert answers == [failed]
    assert (run.over, run.has_work) == (True, False)


def test_its_first_step_costs_what_the_voice_says(run):
    assert run.first_step_s == 0.5


def test_a_voice_that_breaks_when_nobody_listens_is_not_told(answers):
    class Late(Parrot):
        def speak(self, text, manner, take):
            run.drop()
            raise RuntimeError

    run = Run(7, Late(), Manner(), answers.append)
    run.say(Say(7, 0, "a"))
    run.step()
    assert answers == []


def test_each_segment_is_spoken_in_its_own_manner(answers):
    parrot = Parrot()
    run = Run(7, parrot, Manner("v", speed=2.0), answers.append)
    marks = (Pronunciation(0, 1, "x"),), (Emphasis(0, 1),)
    run.say(Say(7, 0, "a", Delivery(rate=0.5, language="fr"), *marks))
    run.say(Say(7, 1, "b"))
    run.step()
    assert parrot.manner == Manner(
        "v", speed=1.0, words_language="fr", pronunciations=marks[0], emphases=marks[1]
    )
    run.step()
    assert parrot.manner == Manner("v", speed=2.0)
