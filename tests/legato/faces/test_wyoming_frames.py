import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.faces.wyoming_frames import MAX_LINE_BYTES, FrameReader, Message, UnreadableError, frame


def read(*pieces):
    reader = FrameReader()
    return [message for piece in pieces for message in reader.feed(piece)]


def line(**head):
    return json.dumps(head).encode() + b"\n"


def test_a_frame_is_a_line_then_data_then_payload():
    whole = frame("audio-chunk", {"rate": 22050}, b"\n\n{}")
    head, _, rest = whole.partition(b"\n")
    told = json.loads(head)
    assert (told["type"], told["payload_length"]) == ("audio-chunk", 4)
    assert json.loads(rest[: told["data_length"]]) == {"rate": 22050}
    assert rest[told["data_length"] :] == b"\n\n{}"
    assert json.loads(frame("audio-stop")).keys() == {"type", "version"}


messages = st.tuples(
    st.text(min_size=1, max_size=8),
    st.dictionaries(st.text(max_size=4), st.text(max_size=8), max_size=3),
    st.binary(max_size=40),
)


@given(st.lists(messages, max_size=5), st.lists(st.integers(0, 400), max_size=8))
def test_frames_are_read_however_they_are_cut(sent, cuts):
    whole = b"".join(frame(*one) for one in sent)
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    assert read(*pieces) == [Message(kind, data) for kind, data, _ in sent]


def test_data_in_the_line_is_merged_and_data_behind_it_wins():
    inline = line(type="synthesize", data={"text": "a", "voice": {}}, data_length=12) + b'{"text":"b"}'
    assert read(inline) == [Message("synthesize", {"text": "b", "voice": {}})]
    assert read(line(type="describe", data=None)) == [Message("describe", {})]


def test_a_payload_is_skipped_and_not_kept():
    reader = FrameReader()
    assert [m.kind for m in reader.feed(line(type="audio-chunk", payload_length=10**9))] == ["audio-chunk"]
    for _ in range(100):
        assert list(reader.feed(bytes(1 << 16))) == []
    assert len(reader._bytes) == 0


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\n",
        b"{}\n",
        b"[]\n",
        b"GET / HTTP/1.1\r\n",
        b"\xff\xfe\n",
        b"[" * 60_000 + b"\n",
        b"x" * (MAX_LINE_BYTES + 1),
        b" " * MAX_LINE_BYTES + line(type="ping"),
        line(type=3),
        line(type="a", data=[1]),
        line(type="a", data_length=-1),
        line(type="a", data_length=True),
        line(type="a", data_length=1 << 30),
        line(type="a", payload_length="9"),
        line(type="a", data_length=2) + b"[]",
        line(type="a", data_length=2) + b"xx",
    ],
)
def test_what_is_no_frame_ends_the_reading(nonsense):
    reader = FrameReader()
    with pytest.raises(UnreadableError):
        list(reader.feed(nonsense))
    assert list(reader.feed(frame("describe"))) == []


def test_what_came_before_the_nonsense_is_read():
    told = FrameReader().feed(frame("describe") + b"nonsense\n")
    assert next(told).kind == "describe"
    with pytest.raises(UnreadableError):
        next(told)
