from hypothesis import given
from hypothesis import strategies as st

from legato.providers.whole_samples import WholeSamples


@given(st.lists(st.binary(max_size=5)))
def test_bytes_may_be_cut_anywhere(pieces):
    samples = WholeSamples()
    taken = [samples.take(piece) for piece in pieces]
    data = b"".join(pieces)
    assert b"".join(taken) == data[: len(data) // 2 * 2]
    assert not any(len(piece) % 2 for piece in taken)


def test_half_a_sample_is_not_joined_to_the_next_turn():
    samples = WholeSamples()
    assert samples.take(b"abc") == b"ab"
    samples.drop()
    assert samples.take(b"de") == b"de"
