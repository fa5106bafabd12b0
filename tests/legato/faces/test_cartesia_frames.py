import base64

import pytest

from legato.domain import replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.faces.cartesia_formats import read_format
from legato.faces.cartesia_frames import Context, error_frame
from legato.faces.cartesia_requests import Caller

RAW = read_format({"container": "raw", "encoding": "pcm_s16le", "sample_rate": 8000}, ("raw",))
ALWAYS = {"type", "context_id", "done", "status_code"}
NEW, OLD, OLDER = (Caller(version, "") for version in ("2026-03-01", "2025-04-16", "2024-11-13"))


def context():
    return Context("c", "1", RAW)


def chunk(data):
    return replies.AudioChunk("1", 1, 0, 0, data)


def word(start, end):
    return replies.WordSpoken("1", "Hi", start, end, 0, 2, replies.WordMethod.VENDOR)


def test_sound_words_flushes_and_the_end_all_say_whose_they_are():
    one = context()
    assert one.frame(replies.UtteranceStarted("1", 1, 0, 0, 4000)) is None
    sound, spoken = one.frame(chunk(b"abcd")), one.frame(word(4000, 8000))
    flushed, later = one.frame(replies.Flushed("1", "1", 8000)), one.frame(chunk(b"ab"))
    done = one.frame(replies.UtteranceFinished("1", Receipt()))
    for frame in (sound, spoken, flushed, later, done):
        assert set(frame) >= ALWAYS
        assert (frame["context_id"], frame["done"]) == ("c", frame is done)
    assert base64.b64decode(sound["data"]) == b"abcd"
    assert spoken["word_timestamps"] == {"words": ["Hi"], "start": [0.0], "end": [0.5]}
    assert (sound["flush_id"], flushed["flush_id"], later["flush_id"]) == (1, 1, 2)
    assert (flushed["type"], flushed["flush_done"]) == ("flush_done", True)
    assert sound["status_code"] == done["status_code"] == 206


def test_there_is_no_word_for_the_rest():
    one = context()
    assert one.frame(chunk(b"")) is None
    assert one.frame(replies.Warned("c", "m")) is None
    assert one.frame(replies.GoAway(1, "r")) is None


@pytest.mark.parametrize("reason", list(Reason))
def test_every_error_ends_its_context_in_the_shape_of_the_version(reason):
    error = SpeechError(reason, "why")
    new, old = (error_frame(error, "c", "r-1", caller) for caller in (NEW, OLD))
    for frame in (new, old):
        assert set(frame) >= ALWAYS
        assert (frame["type"], frame["done"], frame["context_id"]) == ("error", True, "c")
        assert frame["status_code"] >= 400
    assert {"title", "message", "error_code", "request_id"} < set(new)
    assert old["error"].endswith(": why")
    assert (old["title"], old["message"]) == (new["title"], "why")


def test_clients_that_look_their_queues_up_by_the_number_of_the_flush_count_from_0():
    one = Context("c", "1", output=context().output, first_flush=OLDER.first_flush)
    told = [one.frame(reply) for reply in (chunk(b"ab"), replies.Flushed("1", "1", 1), chunk(b"ab"))]
    assert [frame["flush_id"] for frame in told] == [0, 0, 1]
    assert [caller.first_flush for caller in (OLD, NEW)] == [1, 1]
