"""What a server may do wrong within a call ends this call, and no other."""

import zlib

import pytest
from h2.events import StreamReset

from gateway.rpc import frames
from gateway.rpc.messages import prefix
from tests.gateway.rpc.served import DONE, HEAD, Served, sent


async def next_call(served):
    """Check that another call is heard."""
    already = len(served.told)
    stream = served.ask(b"two")
    served.answer(stream, b"<two>")
    served.end(stream)
    assert served.told[already:] == [b"<two>", ("OK", "")]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ([*HEAD, ("grpc-status", "8"), ("grpc-message", "too%20many")], ("RESOURCE_EXHAUSTED", "too many")),
        ([(":status", "503")], ("UNAVAILABLE", "the answer has the HTTP status 503")),
        ([(":status", "200"), ("content-type", "text/html")], ("UNKNOWN", "the answer is not gRPC's")),
        (HEAD, ("UNKNOWN", "the call ended without a status")),
    ],
)
async def test_an_answer_of_one_block_ends_the_call(fields, told):
    served = Served()
    served.end(served.ask(b"one"), fields)
    assert served.told == [told]
    await next_call(served)


async def test_a_web_page_ends_the_call_and_is_not_read():
    served = Served()
    stream = served.ask(b"one")
    head = [(":status", "502"), ("content-type", "text/html"), ("content-length", "15")]
    served.server.send_headers(stream, head)
    served.server.send_data(stream, b"<html>no</html>", end_stream=True)
    served.carry()
    assert served.told == [("UNAVAILABLE", "the answer has the HTTP status 502")]
    await next_call(served)


async def test_hints_before_the_head_are_passed_over():
    served = Served()
    stream = served.ask(b"one")
    served.server.send_headers(stream, [(":status", "103")])
    served.answer(stream, b"<one>")
    served.end(stream, [*DONE, ("grpc-status-details-bin", "CAg")])
    assert served.told == [b"<one>", ("OK", "")]
    assert served.listener.details == b"\x08\x08"


async def test_an_end_without_trailers_is_no_status():
    served = Served()
    stream = served.ask(b"one")
    served.server.send_headers(stream, HEAD)
    served.server.send_data(stream, sent(b"<one>"), end_stream=True)
    served.carry()
    assert served.told == [b"<one>", ("UNKNOWN", "the call ended without a status")]
    assert served.listener.ours
    await next_call(served)


async def test_a_message_that_breaks_off_is_no_ok():
    served = Served()
    stream = served.ask(b"one")
    served.server.send_headers(stream, HEAD)
    served.server.send_data(stream, sent(b"<one>")[:-1])
    served.end(stream)
    assert served.told == [("INTERNAL", "the last message is incomplete")]
    assert served.listener.ours
    await next_call(served)


async def test_a_server_that_resets_the_call_ends_it():
    served = Served()
    stream = served.ask(b"one")
    served.answer(stream, b"<one>")
    served.server.reset_stream(stream, 7)
    served.carry()
    assert served.told == [b"<one>", ("UNAVAILABLE", "the server has reset the call with REFUSED_STREAM")]
    await next_call(served)


async def test_a_server_that_opens_the_calls_window_too_far_is_told_as_the_one_at_fault():
    """It read as if the server had reset the call."""
    served = Served()
    stream = served.ask(b"one")
    served.give(frames.window_update(stream, 2**31 - 1))
    words = "the server violates HTTP/2: the call was reset with FLOW_CONTROL_ERROR"
    assert served.told == [("INTERNAL", words)]
    served.carry()
    assert [event.error_code for event in served.saw(StreamReset)] == [3]
    await next_call(served)


async def test_data_before_the_head_ends_the_call():
    served = Served()
    stream = served.ask(b"one")
    served.give(frames.head(frames.DATA, 0, stream, 8) + sent(b"one"))
    assert served.told == [("INTERNAL", "the answer has no head")]
    assert served.listener.ours
    served.carry()
    assert served.saw(StreamReset)
    await next_call(served)


async def test_a_message_that_is_too_long_ends_the_call_by_its_length_alone():
    served = Served(message_bytes=1000)
    stream = served.ask(b"one")
    served.answer(stream, b"x" * 1000)
    served.server.send_data(stream, prefix(1001))
    served.carry()
    assert served.told[0] == b"x" * 1000
    # What was sent is wrong; nobody asks for too much, and it is not the server that received it.
    assert served.told[1] == ("INTERNAL", "Received message larger than max (1001 vs. 1000)")
    assert served.listener.ours
    await next_call(served)


@pytest.mark.parametrize(("flag", "words"), [(1, "flagged as compressed"), (2, "begins with 2")])
async def test_what_is_compressed_is_refused_unread(flag, words):
    """None was agreed upon."""
    served = Served()
    stream = served.ask(b"one")
    bomb = zlib.compress(bytes(1_000_000))
    served.server.send_headers(stream, [*HEAD, ("grpc-encoding", "deflate")])
    served.server.send_data(stream, bytes((flag,)) + prefix(len(bomb))[1:] + bomb)
    served.carry()
    ((code, told),) = served.told
    assert code == "INTERNAL"
    assert words in told
    assert served.listener.ours
    await next_call(served)
    assert not served.listener.ours


async def test_padding_is_taken_off():
    served = Served()
    stream = served.ask(b"one")
    served.server.send_headers(stream, HEAD)
    for pad in (0, 1, 255):
        served.server.send_data(stream, sent(b"<one>"), pad_length=pad)
        served.carry()
    assert served.told == [b"<one>"] * 3


async def test_messages_come_however_they_are_split():
    served = Served()
    stream = served.ask(b"one")
    served.server.send_headers(stream, HEAD)
    for byte in sent(b"<one>", b"", b"<two>"):
        served.server.send_data(stream, bytes((byte,)))
    served.carry()
    assert served.told == [b"<one>", b"", b"<two>"]


async def test_after_a_half_close_nothing_is_sent():
    served = Served()
    stream = served.ask(b"one", None, b"two", None)
    assert served.got(stream) == sent(b"one")
    served.answer(stream, b"<one>")
    served.end(stream)
    assert not served.saw(StreamReset)
