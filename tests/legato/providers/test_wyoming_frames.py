"""Wyoming's framing, cut anywhere."""

import json

import pytest

from legato.providers.wyoming_frames import Broken, Event, Reader, written

WHOLE = (
    b'{"type":"audio-chunk","data":{"rate":1},"data_length":11,"payload_length":3}\n{"width": 2}abc'.replace(
        b"11", b"12"
    )
    + b'{"type":"audio-stop"}\n'
)
EVENTS = [Event("audio-chunk", {"rate": 1, "width": 2}, b"abc"), Event("audio-stop")]


def test_r17_events_are_read_wherever_they_are_cut():
    for cut in range(len(WHOLE)):
        reader = Reader()
        assert [*reader.read(WHOLE[:cut]), *reader.read(WHOLE[cut:])] == EVENTS
    reader = Reader()
    assert [event for i in range(len(WHOLE)) for event in reader.read(WHOLE[i : i + 1])] == EVENTS


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (1 << 16),
        b"[]\n",
        b'{"type":"a","data_length":-1}\n',
        b'{"type":"a","data_length":"3"}\n',
        b'{"type":"a","payload_length":99999999999}\n',
        b'{"type":"a","data_length":2}\n[]',
    ],
)
def test_bytes_that_are_no_events_are_told(data):
    with pytest.raises(Broken):
        Reader().read(data)


def test_data_stands_behind_the_line():
    assert written("describe") == b'{"type":"describe","version":"1.10.2"}\n'
    line, _, data = written("synthesize", {"text": "é"}).partition(b"\n")
    assert json.loads(line)["data_length"] == len(data)
    assert json.loads(data) == {"text": "é"}
