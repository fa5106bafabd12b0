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


def test_a_client_that_never_answered_is_not_held_back():
    fence = Fence(250, Clock())
    for serial in range(100):
        fence.sent(100)
        fence.mark(serial)
    assert not fence.shut
    assert fence.beyond_ms == 10_000


def test_it_shuts_before_one_more_chunk_would_be_too_much():
    fence, _ = proven()
    for _ in range(4):
        fence.sent(50)
        assert not fence.shut
    fence.sent(50)
    assert fence.beyond_ms == 250
    assert fence.shut


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
    fence.answered(serial)
    assert not fence.shut


def test_small_audio_is_not_marked_one_by_one():
    fence, _ = proven()
    wanted = []
    for serial in range(2, 12):
        fence.sent(20)
        wanted.append(fence.wants_mark)
        if fence.wants_mark:
            fence.mark(serial)
            fence.answered(serial)
    assert wanted.count(True) == 2
    assert not Fence(250, Clock()).wants_mark


def test_the_limit_is_three_round_trips_on_a_long_path():
    fence, clock = proven(trip_s=0.2)
    for _ in range(5):
        fence.sent(100)
        assert not fence.shut
    fence.sent(100)
    assert fence.shut
    fence.mark(2)
    clock.now += 0.05
    fence.answered(2)  # the path is quicker than it looked
    fence.sent(200)
    assert fence.shut


def test_a_slow_answer_does_not_widen_it():
    fence, clock = proven(trip_s=0.001)
    fence.sent(200)
    fence.mark(2)
    clock.now += 30
    fence.answered(2)
    fence.sent(200)
    assert fence.shut
