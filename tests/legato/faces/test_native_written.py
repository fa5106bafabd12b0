import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain import replies
from legato.domain.receipt import Receipt, Stage
from legato.domain.replies import WordMethod
from legato.faces.native_json import write
from legato.faces.native_replies import response
from legato.faces.native_written import audio_response, response_json

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
u32 = st.integers(0, (1 << 32) - 1)
u64 = st.integers(0, (1 << 64) - 1)
seconds = st.floats(0, 1e9) | st.floats(
    allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300
)
stages = st.lists(st.tuples(st.sampled_from(Stage), seconds), max_size=11).map(tuple)
receipts = st.builds(
    Receipt,
    stages,
    *[st.none() | seconds] * 3,
    queued=st.booleans(),
    no_audio=text,
    route=text,
    attempts=u32,
    line_reused=st.booleans(),
    accepted_chars=u32,
    sent_chars=u32,
    unheard_chars=u32,
    repeated_words=u32,
    audio_samples=u64,
    sample_rate_hz=u32,
    chunks=u32,
    total_s=seconds,
)
by_hand = st.one_of(
    st.builds(replies.UtteranceStarted, text, u32, u32, u32, u64),
    st.builds(replies.WordSpoken, text, text, u64, u64, u32, u32, st.sampled_from(WordMethod)),
    st.builds(replies.Flushed, text, text, u64),
    st.builds(replies.UtteranceFinished, text, receipts),
)
chunks = st.builds(replies.AudioChunk, text, u32, u32, u64, st.binary(max_size=300))


@given(by_hand, u32, u32)
def test_json_by_hand_says_what_the_library_writes(reply, server_seq, acked):
    told = json.loads(response_json(reply, server_seq, acked))
    assert told == json.loads(write(response(reply, server_seq, acked)))


@given(by_hand)
def test_json_by_hand_is_compact(reply):
    written = response_json(reply, 1, 2)
    assert written == json.dumps(json.loads(written), ensure_ascii=False, separators=(",", ":"))


@given(chunks, u32, u32)
def test_audio_by_hand_is_what_the_library_writes(chunk, server_seq, acked):
    assert audio_response(chunk, server_seq, acked) == response(chunk, server_seq, acked).SerializeToString()


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])
def test_lengths_of_any_size_are_written(size):
    chunk = replies.AudioChunk("a", 1, 2, 3, bytes(size))
    assert audio_response(chunk, 1, 0) == response(chunk, 1, 0).SerializeToString()


@pytest.mark.parametrize("reply", [replies.Pong("p"), replies.Warned("c", "m"), replies.GoAway(1.0, "r")])
def test_what_is_rare_is_left_to_the_library(reply):
    assert response_json(reply, 1, 1) is None
