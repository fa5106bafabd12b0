import struct

import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import DataFrame, GoAwayFrame, PingFrame
from hyperframe.frame import Frame as Parsed

from gateway.rpc import frames
from gateway.rpc.frames import PREFACE, Cutter, Frame, FrameError


def cut(cutter):
    return list(iter(cutter.cut, None))


def settings(values):
    payload = b"".join(struct.pack(">HI", *setting) for setting in values.items())
    return frames.head(frames.SETTINGS, 0, 0, len(payload)) + payload


def fed(raw):
    cutter = Cutter()
    cutter.feed(PREFACE + raw)
    return cutter


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_frames_are_cut_however_they_come(size):
    one, two = DataFrame(3, b"abc", flags=["END_STREAM"]).serialize(), PingFrame(0, b"12345678").serialize()
    sent, cutter, told = PREFACE + one + two, Cutter(), []
    for at in range(0, len(sent), size):
        cutter.feed(sent[at : at + size])
        told += cut(cutter)
    assert [(frame.kind, frame.flags, frame.stream_id, frame.raw) for frame in told] == [
        (frames.DATA, 0x1, 3, one),
        (frames.PING, 0, 0, two),
    ]
    assert [frame.length for frame in told] == [3, 8]


@pytest.mark.parametrize("rubbish", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00", PREFACE[:-1] + b"!"])
def test_what_is_no_http2_is_told_at_its_first_wrong_byte(rubbish):
    cutter = Cutter()
    with pytest.raises(FrameError):
        cutter.feed(rubbish)
    assert not cutter.greeted


def test_nothing_is_cut_before_the_preface_is_whole():
    cutter = Cutter()
    cutter.feed(PREFACE[:10])
    assert cutter.cut() is None
    cutter.feed(PREFACE[10:])
    assert cutter.greeted
    assert cutter.cut() is None


def test_a_frame_that_is_too_large_is_refused_by_its_head_alone():
    cutter = Cutter()
    cutter.feed(PREFACE + frames.head(frames.DATA, 0, 1, frames.MAX_FRAME_BYTES + 1))
    with pytest.raises(FrameError) as told:
        cutter.cut()
    assert told.value.error_code is ErrorCodes.FRAME_SIZE_ERROR


@pytest.mark.parametrize(
    ("kind", "flags", "stream", "size", "code"),
    [
        (frames.SETTINGS, 0, 0, 6, None),
        (frames.SETTINGS, frames.ACK, 0, 0, None),
        (frames.SETTINGS, frames.ACK, 0, 6, ErrorCodes.FRAME_SIZE_ERROR),
        (frames.PING, frames.ACK, 0, 8, None),
        (frames.GOAWAY, 0, 0, 8, None),
        (frames.GOAWAY, 0, 0, 7, ErrorCodes.FRAME_SIZE_ERROR),
        (frames.GOAWAY, 0, 1, 8, ErrorCodes.PROTOCOL_ERROR),
    ],
)
def test_what_h2_does_not_look_at_is_looked_at(kind, flags, stream, size, code):
    frame = Frame(kind, flags, stream, bytes(frames.HEAD_BYTES + size))
    if code is None:
        frames.check(frame)
        return
    with pytest.raises(FrameError) as told:
        frames.check(frame)
    assert told.value.error_code is code


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ({}, {}),
        ({1: 0, 4: 70_000}, {1: 0, 4: 70_000}),
        ({9: 1, 4: 70_000, 0xFE03: 2, 3: 100, 0: 5}, {4: 70_000, 3: 100}),
    ],
)
def test_settings_that_nobody_knows_are_left_out(sent, left):
    (told,) = cut(fed(settings(sent)))
    assert frames.known_settings(told) == settings(left)


@pytest.mark.parametrize(
    "raw", [frames.head(frames.SETTINGS, frames.ACK, 0, 0), frames.head(4, 0, 0, 5) + b"\0\4\0\0\0"]
)
def test_settings_that_are_none_are_left_for_h2_to_judge(raw):
    (told,) = cut(fed(raw))
    assert frames.known_settings(told) == raw


def test_a_head_that_is_not_whole_is_known_as_one():
    cutter = Cutter()
    cutter.feed(PREFACE)
    assert not cutter.in_head
    cutter.feed(frames.head(frames.HEADERS, 0, 1, 100)[:5])
    assert cutter.in_head
    cutter.feed(bytes(104) + frames.head(frames.DATA, 0, 1, 100)[:5])
    assert cutter.cut().kind == frames.HEADERS
    assert not cutter.in_head


def test_what_is_written_by_hand_reads_as_it_should():
    parsed, length = Parsed.parse_frame_header(memoryview(frames.head(frames.DATA, 1, 5, 70_000)))
    assert (type(parsed), parsed.stream_id, length) == (DataFrame, 5, 70_000)
    away = frames.go_away(7, ErrorCodes.ENHANCE_YOUR_CALM, b"words")
    parsed, length = Parsed.parse_frame_header(memoryview(away[:9]))
    parsed.parse_body(memoryview(away[9:]))
    assert isinstance(parsed, GoAwayFrame)
    assert (parsed.last_stream_id, parsed.error_code, parsed.additional_data) == (7, 11, b"words")
    assert frames.ping(b"12345678") == PingFrame(0, b"12345678").serialize()
