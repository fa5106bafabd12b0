import threading

import pytest

from gateway.engines.bench import MOST_WAIT_S, Bench
from gateway.engines.messages import Finished, Say
from gateway.engines.run import Run
from gateway.engines.scheduler import OverloadedError
from gateway.engines.voice import Manner, Sound


class Gated:
    """A voice that speaks a sample for each word, and each time waits until it may."""

    name, sample_rate_hz, languages = "gated", 10, ("en",)

    def __init__(self, first_step_s=0.125):
        self.first_step_s = first_step_s
        self.may = threading.Semaphore(0)
        self.at_work = threading.Semaphore(0)
        self.threads = set()

    def speak(self, text, manner, take):
        for word in text.split():
            self.at_work.release()
            self.threads.add(threading.current_thread())
            assert self.may.acquire(timeout=10)
            if not take(Sound(word.encode() * 2)):
                return
            yield


@pytest.fixture
def voice():
    return Gated()


@pytest.fixture
def bench():
    bench = Bench(threads=2)
    yield bench
    bench.close()


class Told:
    """What comes of a run, and when it is over."""

    def __init__(self, bench, voice, text="a b"):
        self.answers, self.finished = [], threading.Event()
        self.run = Run(1, voice, Manner(), self.tell)
        self.run.say(Say(1, 0, text))
        self.run.end()
        self.seat = bench.seat(self.run, "t", 0)

    def tell(self, answer):
        self.answers.append(answer)
        if isinstance(answer, Finished):
            self.finished.set()


def test_as_many_speak_at_once_as_there_are_threads(bench, voice):
    runs = [Told(bench, voice, "a") for _ in range(3)]
    for told in runs:
        bench.wake(told.seat)
    assert voice.at_work.acquire(timeout=10)
    assert voice.at_work.acquire(timeout=10)
    assert not voice.at_work.acquire(blocking=False)
    voice.may.release(3)
    assert all(told.finished.wait(10) for told in runs)
    assert len(voice.threads) == 2


def test_a_held_run_stops_after_the_piece_that_is_being_made_and_goes_on_later(bench, voice):
    told = Told(bench, voice)
    bench.wake(told.seat)
    assert voice.at_work.acquire(timeout=10)
    bench.hold(told.seat, held=True)
    voice.may.release(2)
    other = Told(bench, voice, "")  # served after it: the queue has moved on
    bench.wake(other.seat)
    assert other.finished.wait(10)
    assert not told.finished.is_set()
    assert len(told.answers) <= 1
    bench.hold(told.seat, held=False)
    bench.hold(told.seat, held=False)
    assert told.finished.wait(10)


def test_a_run_held_and_let_go_within_one_step_goes_on(bench, voice):
    told = Told(bench, voice)
    bench.wake(told.seat)
    assert voice.at_work.acquire(timeout=10)
    bench.hold(told.seat, held=True)
    bench.hold(told.seat, held=False)
    voice.may.release(2)
    assert told.finished.wait(10)


def test_a_run_held_before_it_began_does_not_begin(bench, voice):
    told = Told(bench, voice)
    bench.hold(told.seat, held=True)
    bench.wake(told.seat)
    other = Told(bench, voice, "")
    bench.wake(other.seat)
    assert other.finished.wait(10)
    assert told.answers == []


def test_who_leaves_is_not_spoken_for(bench, voice):
    told = Told(bench, voice)
    bench.wake(told.seat)
    assert voice.at_work.acquire(timeout=10)
    bench.leave(told.seat)
    voice.may.release(2)
    bench.wake(told.seat)
    other = Told(bench, voice, "")
    bench.wake(other.seat)
    assert other.finished.wait(10)
    assert told.answers == []


def busy(bench, voice):
    """Both threads at a step that does not end."""
    running = [Told(bench, voice, "a") for _ in range(2)]
    for told in running:
        bench.wake(told.seat)
        assert voice.at_work.acquire(timeout=10)
    return running


def test_who_would_wait_too_long_is_refused(bench, voice):
    running = busy(bench, voice)
    waiting = [Told(bench, voice, "a") for _ in range(int(2 * MOST_WAIT_S / voice.first_step_s))]
    for told in waiting:
        bench.wake(told.seat)
    with pytest.raises(OverloadedError):
        bench.wake(Told(bench, voice, "a").seat)
    voice.may.release(len(running) + len(waiting))
    assert all(told.finished.wait(10) for told in [*running, *waiting])


@pytest.mark.voice
def test_a_herd_of_a_quick_voice_is_let_in_whole_and_one_of_a_dear_voice_is_not(bench, voice, espeak, joe):
    running = busy(bench, voice)
    herd = [Told(bench, espeak, "One.") for _ in range(100)]
    for told in herd:
        bench.wake(told.seat)
    dear = Gated(joe.first_step_s)
    let_in = int((2 * MOST_WAIT_S - 100 * espeak.first_step_s) / dear.first_step_s) + 1
    for _ in range(let_in):
        bench.wake(Told(bench, dear, "a").seat)
    with pytest.raises(OverloadedError):
        bench.wake(Told(bench, dear, "a").seat)
    voice.may.release(len(running))
    dear.may.release(let_in)
    assert all(told.finished.wait(10) for told in [*running, *herd])


def test_one_thread_per_core_by_default():
    bench = Bench()
    bench.close()
    assert len(bench._threads) >= 1


def test_a_step_that_hangs_does_not_keep_the_process_alive(bench, voice):
    """The process of a gateway that was killed ends by itself: nobody is there to kill it."""
    running = busy(bench, voice)
    closing = threading.Thread(target=bench.close, args=(0.05,), daemon=True)
    closing.start()
    closing.join(5)
    try:
        assert not closing.is_alive()
        assert all(thread.daemon for thread in bench._threads)
    finally:
        voice.may.release(len(running))


def test_it_is_known_who_waits_behind_others_and_how_many_steps_were_made(bench, voice):
    first, second, third = (Told(bench, voice, "a") for _ in range(3))
    for one in (first, second, third):
        bench.wake(one.seat)
    for _ in range(2):
        assert voice.at_work.acquire(timeout=10)
    assert [one.seat.waits for one in (first, second, third)] == [False, False, True]
    assert bench.made == 0
    for _ in range(3):
        voice.may.release()
    for one in (first, second, third):
        assert one.finished.wait(10)
    assert bench.made >= 3
    assert not third.seat.waits
