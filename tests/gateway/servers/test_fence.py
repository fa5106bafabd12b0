import math

import pytest

from gateway.servers.fence import Fence


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def proven(limit_ms=250.0, trip_s=0.0):
    """A fence whose client has answered one mark."""
    clock = Clock()
    fence = Fence(limit_ms, clock)
    fence.mark(1)
    clock.now += trip_s
    fence.answered(1)
    return fence, clock


def room(fence, chunk_ms=10.0):
    """Audio that goes out before the fence shuts."""
    while not fence.shut:
        fence.sent(chunk_ms)
    return fence.beyond_ms


def test_a_client_that_never_answered_is_not_held_back():
    fence = Fence(250, Clock())
    for serial in range(100):
        fence.sent(100)
        fence.mark(serial)
    assert not fence.shut
    assert fence.beyond_ms == 10_000
    assert len(fence._marks) <= 64, "and takes no more room with every mark"


def test_a_client_that_will_answer_is_held_back_from_the_first_audio_on():
    fence = Fence(250, Clock())
    fence.hold()
    assert room(fence) == 250
    assert fence.wants_mark
    fence.mark(1)
    fence.answered(1)
    assert not fence.shut


def test_a_client_that_does_not_answer_after_all_is_let_go_until_it_does():
    fence = Fence(250, Clock())
    fence.hold()
    room(fence)
    fence.let_go()
    assert not fence.shut
    fence.mark(1)
    fence.sent(500)
    fence.answered(1)
    assert fence.shut
    fence.let_go()
    assert fence.shut


def test_what_has_waited_behind_it_is_told_how_much_may_come_in_one():
    fence = Fence(250, Clock())
    fence.sent(100)
    assert fence.room_ms == math.inf, "who never answered is not held back"
    fence.mark(1)
    fence.answered(1)
    for ms in (20, 20):
        fence.sent(ms)
    assert not fence.shut
    assert fence.room_ms == 210
    fence.sent(210)
    assert fence.shut
    fence.mark(2)
    fence.answered(2)
    assert fence.room_ms == 250


def test_who_can_answer_no_more_is_not_held_back():
    fence, _ = proven()
    room(fence)
    fence.mark(2)
    fence.give_up()
    assert not fence.shut
    assert fence.room_ms == math.inf
    fence.let_go()
    fence.sent(1000)
    assert not fence.shut


def test_it_shuts_before_one_more_chunk_would_be_too_much():
    fence, _ = proven()
    for _ in range(4):
        fence.sent(50)
        assert not fence.shut
    fence.sent(50)
    assert fence.beyond_ms == 250
    assert fence.shut


def test_chunks_that_double_do_not_step_over_it():
    fence, _ = proven()
    for ms in (20, 40, 80):
        assert not fence.shut
        fence.sent(ms)
    assert fence.shut, "the next one would be 160"
    fence.mark(2)
    fence.answered(2)
    for ms in (80, 80):
        assert not fence.shut
        fence.sent(ms)
    assert not fence.shut


def test_the_first_chunk_does_not_seem_to_grow():
    fence, _ = proven()
    fence.sent(100)
    assert not fence.shut


def test_a_chunk_beyond_the_limit_goes_alone():
    fence, _ = proven()
    assert not fence.shut
    fence.sent(400)
    assert fence.shut
    fence.mark(2)
    fence.answered(2)
    assert not fence.shut


def test_an_answer_stands_for_the_marks_before_it_and_only_for_what_was_written_before_them():
    fence, _ = proven()
    fence.sent(100)
    fence.mark(2)
    fence.sent(50)
    fence.mark(3)
    fence.sent(20)
    fence.answered(3)
    assert fence.beyond_ms == 20
    fence.answered(2)
    assert fence.beyond_ms == 20


def test_held_back_means_that_a_mark_behind_everything_is_on_its_way():
    fence, _ = proven()
    serial = 1
    for ms in (20, 20, 20, 10, 40, 80, 100):
        fence.sent(ms)
        if fence.wants_mark:
            serial += 1
            fence.mark(serial)
        assert not fence.shut or fence._marked_ms == fence._sent_ms
    assert fence.shut
    assert not fence.wants_mark, "one is enough"
    fence.answered(serial)
    assert not fence.shut


def test_small_audio_is_not_marked_one_by_one():
    fence, _ = proven()
    wanted = []
    for serial in range(2, 16):
        wanted.append(fence.sent(20))
        assert fence.wants_mark is wanted[-1]
        if fence.wants_mark:
            fence.mark(serial)
            fence.answered(serial)
    assert wanted.count(True) == 2
    assert not Fence(250, Clock()).wants_mark


@pytest.mark.parametrize(
    ("trip_s", "limit_ms"), [(0.0, 250), (0.08, 250), (0.1, 300), (0.2, 500), (0.6, 900), (5.0, 900)]
)
def test_the_limit_grows_with_the_round_trip_up_to_the_longest_path_there_is(trip_s, limit_ms):
    fence, _ = proven(trip_s=trip_s)
    assert room(fence) == limit_ms


def test_the_path_is_as_short_as_it_ever_looked():
    fence, clock = proven(trip_s=0.2)
    fence.sent(100)
    fence.mark(2)
    clock.now += 0.05
    fence.answered(2)
    assert room(fence) == 250


def test_a_slow_answer_does_not_widen_it():
    fence, clock = proven(trip_s=0.001)
    fence.sent(200)
    fence.mark(2)
    clock.now += 30
    fence.answered(2)
    fence.sent(200)
    assert fence.shut


@pytest.mark.parametrize("answer", ["mark", "ping"])
def test_r7_a_slow_answer_with_nothing_on_its_way_does_not_widen_it_either(answer):
    """Enough got through: a client that takes its time with an answer has no longer path for that."""
    fence, clock = proven(trip_s=0.001)
    fence.mark(2)
    if answer == "ping":
        fence.ponged()
    clock.now += 0.5
    fence.answered(2)
    assert room(fence) == 250


class Path:
    """A way to a client: so wide and so long, first in, first out; the client reads at once, or at a pace of its own, and answers.

    With `pings` it is gRPC's: every chunk is a mark, only audio is acknowledged, and a ping is answered whether the client reads or not.
    """

    def __init__(self, trip_s, *, wide=math.inf, reads=math.inf, pings=False):
        self.clock = Clock()
        self.fence = Fence(250, self.clock)
        self.trip_s, self.wide, self.reads = trip_s, wide, reads
        self.pings, self.answers_pings, self.pinged = pings, True, 0
        self.serial = self.sent_ms = 0
        self.most_ms = 0.0
        self.answers, self.free_at, self.read_at = [], 0.0, 0.0
        self.fence.hold()
        self.mark(0)

    def mark(self, ms):
        """What was written since the last mark goes, and the mark behind it."""
        self.serial += 1
        self.fence.mark(self.serial)
        self.free_at = max(self.clock.now, self.free_at) + ms / 1000 / self.wide
        came_at = max(self.free_at + self.trip_s / 2, self.read_at)
        self.read_at = came_at + ms / 1000 / self.reads
        self.answers.append(((came_at if self.pings else self.read_at) + self.trip_s / 2, self.serial))

    def plays(self, until_s):
        """A voice without end. Returns the audio that went in the time, per second."""
        began_at, before_ms, fresh_ms = self.clock.now, self.sent_ms, 0.0
        while self.clock.now < until_s:
            while not self.fence.shut:
                ms = min(self.fence.room_ms, 240.0)
                wanted = self.fence.sent(ms)
                self.sent_ms += ms
                fresh_ms += ms
                self.most_ms = max(self.most_ms, self.fence.beyond_ms)
                if wanted or self.pings:
                    self.mark(fresh_ms)
                    fresh_ms = 0.0
            self.clock.now, answered = self.answers.pop(0)
            if answered is None:
                if self.answers_pings:
                    self.fence.ponged()
                continue
            self.fence.answered(answered)
            if self.fence.is_dry and self.pings:
                self.fence.pinged()
                self.pinged += 1
                self.answers.append((self.clock.now + self.trip_s, None))
            elif self.fence.is_dry:
                self.mark(0)
        return (self.sent_ms - before_ms) / 1000 / (self.clock.now - began_at)


@pytest.mark.parametrize("pings", [False, True], ids=["websocket", "grpc"])
@pytest.mark.parametrize("trip_s", [0.02, 0.05, 0.1, 0.15, 0.2, 0.3])
def test_r21_a_path_that_is_wide_enough_carries_real_time(trip_s, pings):
    """Chunks of 240 ms went one at a time where the bound has no room for two, and the path stood empty in between."""
    path = Path(trip_s, wide=1.15, pings=pings)
    path.plays(2)
    assert path.plays(12) > 1.02
    assert path.most_ms < max(250, min(3000 * trip_s, 1000 * trip_s + 300)) + 1


@pytest.mark.parametrize("pings", [False, True], ids=["websocket", "grpc"])
@pytest.mark.parametrize("wide", [1.5, math.inf])
@pytest.mark.parametrize("trip_s", [0.26, 0.3, 0.4, 0.6])
def test_r21_a_path_that_has_become_longer_carries_real_time_again(trip_s, wide, pings):
    """A gRPC client starved there until its connection ended: what it acknowledges comes too late to tell how long the path is."""
    path = Path(0.02, wide=wide, pings=pings)
    path.plays(2)
    path.trip_s = trip_s
    path.plays(2 + 10 * trip_s)
    assert path.plays(15) > 1.02
    path.trip_s = 0.02
    path.plays(17)
    path.most_ms = 0.0
    assert path.plays(20) > 1.0
    assert path.most_ms < 251, "as it was before"


def test_who_answers_no_ping_is_not_pinged_again():
    path = Path(0.005, reads=0.5, pings=True)
    path.answers_pings = False
    assert path.plays(300) == pytest.approx(0.5, rel=0.02)
    assert path.pinged == 1


def test_a_pong_that_nobody_asked_for_says_nothing():
    fence = proven(trip_s=0.1)[0]
    limit_ms = room(fence)
    fence.ponged()
    assert room(fence) == limit_ms


@pytest.mark.parametrize("reads", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("trip_s", [0.005, 0.1])
def test_who_was_found_to_read_slowly_is_tried_ever_less_often(trip_s, reads):
    path = Path(trip_s, reads=reads, pings=True)
    path.plays(300)
    soon, path.pinged = path.pinged, 0
    path.plays(600)
    assert 4 < soon < 25
    assert 2 < path.pinged <= 10, "at most a minute later, whatever became of the path"


def test_a_way_that_has_become_longer_again_is_found_out_as_soon_as_the_first_time():
    path = Path(0.02, reads=0.5, pings=True)
    path.plays(300)
    path.reads, path.trip_s = math.inf, 0.3
    path.plays(400)
    path.pinged, path.trip_s = 0, 0.5
    path.plays(410)
    assert path.pinged
    assert path.plays(415) > 1.02


@pytest.mark.parametrize(("lasts_s", "is_tried"), [(0.3, False), (2.5, True)])
def test_a_way_is_not_let_run_dry_for_a_stumble(lasts_s, is_tried):
    """That costs a moment without audio: as much as real time must be missed for a second."""
    path = Path(0.05, wide=2.0, pings=True)
    for begins_s in range(5, 50, 5):  # wherever in a second it comes
        path.wide = 2.0
        path.plays(begins_s + begins_s / 50)
        path.wide = 0.5
        path.plays(begins_s + begins_s / 50 + lasts_s)
    assert (path.pinged > 0) is is_tried


def test_what_nobody_said_did_not_come_late():
    path = Path(0.1, pings=True)
    for began_s in (0, 7, 14, 21):
        path.clock.now = began_s
        fewest_ms = path.plays(began_s + 3) * 3000
        assert fewest_ms > 5000
        assert not path.pinged, "the way is not let run dry for the silence before"
        while path.answers:
            path.clock.now, answered = path.answers.pop(0)
            path.fence.answered(answered)


@pytest.mark.parametrize("pings", [False, True], ids=["websocket", "grpc"])
@pytest.mark.parametrize("reads", [0.2, 0.5, 0.9, 1.0])
def test_r7_letting_the_way_run_dry_shows_who_only_reads_slowly(reads, pings):
    path = Path(0.005, reads=reads, pings=pings)
    got = path.plays(300)
    assert path.most_ms < 251
    assert got == pytest.approx(reads, rel=0.02), "and costs it nothing to speak of"


@pytest.mark.volume
@pytest.mark.parametrize("every_chunk", [False, True], ids=["websocket", "grpc"])
@pytest.mark.parametrize("chunk_ms", [20, 40, 100, 125, 200, 400])
@pytest.mark.parametrize("trip_s", [0.001, 0.05, 0.083, 0.1, 0.2, 0.3, 0.6])
def test_r21_a_distant_client_is_never_short_of_audio(trip_s, chunk_ms, every_chunk):
    """A voice without end, and a client that reads at once: at least as much is heard as the time lasts."""
    fence, clock = proven(trip_s=trip_s)
    answers, serial, sent_ms = [], 1, 0.0
    while clock.now < 20:
        while not fence.shut:
            fence.sent(chunk_ms)
            sent_ms += chunk_ms
            if every_chunk or fence.wants_mark:
                serial += 1
                fence.mark(serial)
                answers.append((clock.now + trip_s, serial))
        clock.now, answered = answers.pop(0)
        fence.answered(answered)
    assert sent_ms >= 20_000
