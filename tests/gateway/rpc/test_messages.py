import gzip
import zlib

import grpc
import pytest

from gateway.rpc.messages import ACCEPTED, MessageError, Packed, Unpacker, prefix


def packed(message, flag=0):
    return bytes((flag,)) + prefix(len(message))[1:] + message


def read(messages):
    return [message.unpacked() if isinstance(message, Packed) else message for message in messages]


@pytest.mark.parametrize("size", [1, 3, 6, 1000])
def test_messages_are_found_however_they_are_cut(size):
    sent = packed(b"one") + packed(b"") + packed(b"x" * 50)
    unpacker, told = Unpacker(100), []
    for at in range(0, len(sent), size):
        told += unpacker.feed(sent[at : at + size])
    assert told == [b"one", b"", b"x" * 50]
    assert not unpacker.partial


def test_a_message_that_is_not_whole_is_known():
    unpacker = Unpacker(100)
    assert list(unpacker.feed(packed(b"abc")[:-1])) == []
    assert unpacker.partial


@pytest.mark.parametrize(
    "sent", [packed(b"x" * 101), packed(b"x" * 101)[:5], packed(b"ok") + packed(b"x" * 101)[:6]]
)
def test_a_message_that_is_too_long_is_refused_by_its_length_alone_in_grpcs_words(sent):
    with pytest.raises(MessageError) as told:
        list(Unpacker(100).feed(sent))
    assert told.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert told.value.words == "SERVER: Received message larger than max (101 vs. 100)"


@pytest.mark.parametrize(("encoding", "press"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_what_is_compressed_is_unpacked_and_what_is_not_is_left(encoding, press):
    unpacker = Unpacker(100, encoding)
    assert read(unpacker.feed(packed(press(b"hello"), 1) + packed(b"plain"))) == [b"hello", b"plain"]


@pytest.mark.parametrize(
    ("sent", "encoding", "code"),
    [
        (packed(gzip.compress(b"x" * 100_000, mtime=0), 1), "gzip", grpc.StatusCode.RESOURCE_EXHAUSTED),
        (packed(b"rubbish", 1), "gzip", grpc.StatusCode.INTERNAL),
        (packed(gzip.compress(b"hello", mtime=0)[:-9], 1), "gzip", grpc.StatusCode.INTERNAL),
        (packed(b"hello", 1), "identity", grpc.StatusCode.INTERNAL),
        (packed(b"hello", 2), "gzip", grpc.StatusCode.INTERNAL),
    ],
)
def test_what_cannot_be_unpacked_or_swells_beyond_the_bound_ends_the_call(sent, encoding, code):
    with pytest.raises(MessageError) as told:
        read(Unpacker(1000, encoding).feed(sent))
    assert told.value.code is code


@pytest.mark.parametrize("press", [gzip.compress, zlib.compress])
def test_a_compressed_message_never_gives_more_than_it_says(press):
    for size in (0, 1, 100, 1 << 20):
        pressed = press(bytes(size))
        (message,) = Unpacker(1 << 20, "deflate").feed(packed(pressed, 1))
        assert size <= message.most_bytes <= min(1 << 20, 1032 * len(pressed))


def test_what_is_accepted_is_told_in_grpcs_form():
    assert ACCEPTED == "identity,deflate,gzip"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_first_byte_that_is_neither_zero_nor_one_is_named(encoding):
    with pytest.raises(MessageError) as told:
        list(Unpacker(1000, encoding).feed(packed(b"hello", 71)))
    assert told.value.words.endswith("begin with 0, or with 1 if it is compressed; this one begins with 71")
