import pytest

from legato.domain.errors import Reason, SpeechError
from legato.faces.retry_after import retry_after


@pytest.mark.parametrize(("seconds", "told"), [(0.0, "1"), (0.2, "1"), (1.6, "2"), (30.0, "30")])
def test_whole_seconds_at_least_one(seconds, told):
    error = SpeechError(Reason.OVERLOADED, "busy", retry_after_s=seconds)
    assert retry_after(error) == {"retry-after": told}


def test_no_header_without_a_time():
    assert retry_after(SpeechError(Reason.OVERLOADED, "busy")) == {}
