import pytest

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.events import Begin, Cancel
from legato.domain.replies import Opened
from legato.domain.speech import StreamLimits
from legato_client.pauses import Pauses
from legato_client.record import UtteranceRecord

OPENED = Opened("s1", AudioFormat(Encoding.PCM_S16LE, 24_000), StreamLimits(pause_max_ms=10_000))


def paused(*tracks):
    pauses = Pauses()
    for track in tracks:
        pauses.pause(track)
        pauses.sent(track, 100.0, OPENED)
    return pauses


def record(name, track=0, *, interruptible=True):
    return UtteranceRecord(Begin(name, track=track, interruptible=interruptible))


def test_a_new_connection_is_told_of_what_is_paused():
    pauses = paused(3, 1, 2)
    pauses.resume(2)
    assert pauses.retold(105.0, OPENED) == [1, 3]


def test_a_pause_that_the_gateway_has_ended_is_not_told_again():
    pauses = paused(0)
    assert pauses.retold(109.9, OPENED) == [0]
    pauses.sent(0, 111.0, OPENED)
    assert pauses.retold(120.9, OPENED) == [0], "each connection counts for itself"
    pauses.sent(0, 121.0, OPENED)
    assert pauses.retold(131.0, OPENED) == []


def test_a_second_pause_does_not_make_the_first_longer_and_one_after_its_end_begins_anew():
    pauses = paused(0)
    pauses.pause(0)
    pauses.sent(0, 108.0, OPENED)
    assert pauses.retold(110.0, OPENED) == []
    pauses = paused(0)
    pauses.pause(0)
    pauses.sent(0, 115.0, OPENED)
    assert pauses.retold(120.0, OPENED) == [0]


def test_a_pause_that_was_never_sent_is_told():
    pauses = Pauses()
    pauses.pause(0)
    assert pauses.retold(1e9, None) == [0]
    assert pauses.retold(1e9, OPENED) == [0]


@pytest.mark.parametrize(
    ("cancel", "left"),
    [
        (Cancel(), [1]),
        (Cancel(force=True), []),
        (Cancel(track=0), [1, 2]),
        (Cancel(track=1), [0, 1, 2]),
        (Cancel(track=2), [0, 1]),
        (Cancel("a"), [1, 2]),
        (Cancel("b"), [0, 1, 2]),
        (Cancel("b", force=True), [0, 2]),
        (Cancel("unknown"), [0, 1, 2]),
    ],
)
def test_a_cancel_that_leaves_nothing_on_a_track_ends_its_pause(cancel, left):
    pauses = paused(0, 1, 2)
    pauses.cut(cancel, [record("a", 0), record("b", 1, interruptible=False)])
    assert pauses.retold(101.0, OPENED) == left
