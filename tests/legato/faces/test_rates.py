import pytest

from legato.domain.audio import OFFERED, AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.faces.rates import format_at


def test_every_offered_pair_is_a_format():
    for one in OFFERED:
        assert format_at(one.encoding, one.sample_rate_hz, named="x") == one
    assert format_at(Encoding.ALAW, 8_000, named="x") == AudioFormat(Encoding.ALAW, 8_000)


@pytest.mark.parametrize("rate", [0, -1, 11_025, 10**40])
def test_a_refusal_is_in_the_clients_words(rate):
    with pytest.raises(SpeechError) as refused:
        format_at(Encoding.MULAW, rate, named="encoding ulaw", field="hertz")
    error = refused.value
    assert error.reason is Reason.UNKNOWN_FORMAT
    assert (
        error.message == f"hertz {str(rate)[:12]} is not supported with encoding ulaw; supported: 8000, 16000"
    )
