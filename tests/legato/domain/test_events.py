import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Refused


def test_a_refusal_keeps_nothing_of_where_it_was_found():
    """The frames of the face have the whole message in them, and the list that the refusal is in: they would keep each other."""
    with pytest.raises(SpeechError) as raised:
        raise SpeechError(Reason.BAD_FRAME, "not JSON") from ValueError("the whole message")
    refused = Refused(raised.value)
    assert refused.error is raised.value
    assert (refused.error.__traceback__, refused.error.__cause__) == (None, None)
