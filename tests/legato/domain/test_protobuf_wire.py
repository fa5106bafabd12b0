"""The wire form of protocol buffers, against the language's own library."""

import contextlib

import pytest
from google.protobuf import struct_pb2, wrappers_pb2
from hypothesis import given
from hypothesis import strategies as st

from legato.domain.protobuf_wire import NoMessageError, data, double, fields, text, whole


@given(st.integers(0, 2**64 - 1))
def test_whole_numbers_are_the_librarys(value):
    assert whole(1, value) == wrappers_pb2.UInt64Value(value=value).SerializeToString()
    assert list(fields(wrappers_pb2.UInt64Value(value=value).SerializeToString())) == (
        [(1, value)] if value else []
    )


@given(st.text(), st.binary(), st.floats(allow_nan=False))
def test_texts_bytes_and_doubles_are_the_librarys(words, raw, number):
    assert text(1, words) == wrappers_pb2.StringValue(value=words).SerializeToString()
    assert (data(1, raw) if raw else b"") == wrappers_pb2.BytesValue(value=raw).SerializeToString()
    if number:
        assert double(1, number) == wrappers_pb2.DoubleValue(value=number).SerializeToString()


def test_messages_in_messages():
    message = struct_pb2.Value(struct_value=struct_pb2.Struct())
    assert data(5, b"") == message.SerializeToString()
    assert list(fields(data(2, text(1, "a")))) == [(2, b"\n\x01a")]


def test_fixed_numbers_are_passed_over():
    assert list(fields(b"\x0d" + bytes(4) + whole(2, 3))) == [(1, bytes(4)), (2, 3)]


@pytest.mark.parametrize("wire", [b"\x0a\x05ab", b"\xff" * 11, b"\x08", b"\x0b", b"\x00\x01", b"\x09\x01"])
def test_what_is_no_message_is_one_error(wire):
    with pytest.raises(NoMessageError):
        list(fields(wire))


@given(st.binary(max_size=60))
def test_bytes_are_a_message_or_one_error(wire):
    with contextlib.suppress(NoMessageError):
        assert all(number > 0 for number, _ in fields(wire))
