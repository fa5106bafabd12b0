import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.engines.messages import (
    Audio,
    Begin,
    Cancel,
    End,
    Failed,
    Finished,
    Hello,
    Marker,
    OfferedVoice,
    Pause,
    Queued,
    Resume,
    Say,
    TimedWord,
    Tried,
    Words,
)
from gateway.engines.wire import MOST_BYTES, Decoder, WireError, encode
from legato.domain.delivery import Delivery, Emphasis, Stress
from legato.domain.errors import Reason
from legato.domain.text import Pronunciation

MESSAGES = [
    Begin(7, "piper", "joe", "en-US", "acme", 1.5, -2.0, 3.25, -4),
    Begin(0xFFFFFFFF, "espeak"),
    Say(7, 3, "Größe 🙂"),
    Say(7, 4, ""),
    Say(
        7,
        5,
        "say Siobhan now",
        Delivery(0.5, -2.0, 6.0, language="fr"),
        (Pronunciation(4, 11, "\u0283\u026av\u0254\u02d0n"),),
        (Emphasis(0, 3, Stress.STRONG), Emphasis(12, 15)),
    ),
    End(7),
    Cancel(7),
    Pause(7),
    Resume(7),
    Hello(
        (
            OfferedVoice("piper", "joe", ("en-US",), 22_050),
            OfferedVoice("espeak", "espeak", ("en-us", "de"), 22_050),
        )
    ),
    Hello(()),
    Audio(7, b"\x01\x02\x03\x04"),
    Words(7, 3, (TimedWord(0, 5, 10, 2**40), TimedWord(6, 7, 2**40, 2**41))),
    Marker(7, 3),
    Queued(7),
    Tried(7),
    Begin(7, "e", suspect=True),
    Finished(7),
    Failed(7, Reason.OVERLOADED, "too many wait", 0.5),
    Failed(7, Reason.INTERNAL, ""),
]

BYTES = [
    (Say(258, 1, "é"), "1d000000 02 02010000 01000000 0000803f 00000000 00000000 0000 0000 0000 c3a9"),
    (Say(1, 2, "a b", Delivery(0.5, 1.0, -1.0, language="de"), (Pronunciation(0, 1, "x"),), (Emphasis(2, 3, Stress.STRONG),)),
     ("3b000000 02 01000000 02000000 0000003f 0000803f 000080bf 0200 6465 0100 00000000 01000000 0100 78"
     " 0100 02000000 03000000 0600 7374726f6e67 612062")),
    (End(1), "05000000 03 01000000"),
    (Cancel(1), "05000000 04 01000000"),
    (Pause(1), "05000000 05 01000000"),
    (Resume(1), "05000000 06 01000000"),
    (Begin(1, "e", "", "de", "t", 1.0, 0.0, -2.0, -1),
     "22000000 01 01000000 0100 65 0000 0200 6465 0100 74 0000803f 00000000 000000c0 ffffffff 00"),
    (Hello((OfferedVoice("e", "v", ("a", "b"), 16),)),
     "18000000 40 00000000 0300 0100 0100 65 0100 76 0300 612062 10000000"),
    (Audio(1, b"\x10\x20"), "07000000 41 01000000 1020"),
    (Words(1, 2, (TimedWord(3, 4, 5, 6),)),
     "21000000 42 01000000 02000000 03000000 04000000 0500000000000000 0600000000000000"),
    (Marker(1, 9), "09000000 43 01000000 09000000"),
    (Finished(1), "05000000 44 01000000"),
    (Queued(1), "05000000 46 01000000"),
    (Tried(1), "05000000 47 01000000"),
    (Failed(1, Reason.CANCELLED, "m", 0.5), "17000000 45 01000000 0000003f 0900 63616e63656c6c6564 0100 6d"),
    (Failed(1, Reason.CANCELLED, "m"), "17000000 45 01000000 000080bf 0900 63616e63656c6c6564 0100 6d"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "data"), BYTES, ids=lambda value: type(value).__name__)
def test_the_bytes_of_every_message(message, data):
    assert encode(message).hex() == data.replace(" ", "")
    assert Decoder().feed(bytes.fromhex(data)) == [message]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_messages_come_whole_however_the_bytes_are_cut(size):
    data, decoder = b"".join(map(encode, MESSAGES)), Decoder()
    assert [
        message for at in range(0, len(data), size) for message in decoder.feed(data[at : at + size])
    ] == MESSAGES


@pytest.mark.parametrize(
    ("frame", "complaint"),
    [
        ("04000000 00000000", "frame of 4 bytes"),
        ("01004000 41", f"frame of {MOST_BYTES + 1} bytes"),
        ("05000000 09 01000000", "unknown message 9"),
        ("06000000 03 01000000 00", "1 bytes too many"),
        ("08000000 43 01000000 000000", "message 67 is malformed"),
        (
            "1c000000 02 01000000 01000000 0000803f 00000000 00000000 0000 0000 0000 ff",
            "message 2 is malformed",
        ),
        ("0a000000 02 01000000 01000000 ff", "message 2 is malformed"),
        ("09000000 01 01000000 0a00 6565", "expected 10 more bytes, found 2"),
        ("0a000000 42 01000000 01000000 00", "message 66 is malformed"),
        ("0e000000 45 01000000 000080bf 0100 72 0000", "message 69 is malformed: 'r' is not a valid Reason"),
        ("09000000 40 00000000 0100 0000", "speaks version 1, this one 3"),
    ],
)
def test_what_is_no_message_is_said_so(frame, complaint):
    with pytest.raises(WireError, match=complaint):
        Decoder().feed(bytes.fromhex(frame))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 255), st.binary(max_size=64))
def test_any_frame_is_a_message_or_a_wire_error(kind, fields):
    frame = struct.pack("<IBI", 5 + len(fields), kind, 1) + fields
    try:
        (message,) = Decoder().feed(frame)
    except WireError:
        return
    assert Decoder().feed(encode(message)) == [message] or message != message  # noqa: PLR0124 - not a number


def test_half_a_surrogate_pair_becomes_a_question_mark():
    assert Decoder().feed(encode(Say(1, 0, "a\ud800b"))) == [Say(1, 0, "a?b")]


def test_a_text_field_too_long_is_cut_and_stays_readable():
    (failed,) = Decoder().feed(encode(Failed(1, Reason.INTERNAL, "é" * 70_000)))
    assert failed.message.startswith("éé")
