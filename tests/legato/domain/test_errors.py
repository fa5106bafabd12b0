"""Every reason has its row, every row makes sense on every wire."""

import grpc
import pytest

from legato.domain.errors import PROPERTIES, Reach, Reason, SpeechError, Whose, listed


def test_the_table_is_total():
    assert set(PROPERTIES) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_codes_exist_on_every_wire(reason):
    row = PROPERTIES[reason]
    assert row.grpc_code in grpc.StatusCode.__members__
    assert 1000 <= row.close_code <= 1014
    assert 400 <= row.http_status <= 599


@pytest.mark.parametrize("reason", Reason)
def test_whose_fault_and_status_agree(reason):
    row = PROPERTIES[reason]
    assert (row.whose is Whose.CLIENT) == (row.http_status < 500)
    assert row.reach in set(Reach)


def test_an_error_tells_its_properties():
    error = SpeechError(Reason.UNKNOWN_VOICE, "there is no voice 'x'", utterance_id="u")
    assert error.properties is PROPERTIES[Reason.UNKNOWN_VOICE]
    assert "unknown_voice" in repr(error)


def test_a_list_in_an_error_ends_after_twenty_names():
    assert listed(["b", "a"]) == "a, b"
    names = [f"voice{number:02}" for number in range(30)]
    assert listed(names) == f"{', '.join(names[:20])} and 10 more"


def test_an_error_may_forget_where_it_was_raised():
    """The frames have the message that was read, and often what keeps the error: they would keep each other."""
    told = SpeechError(Reason.BAD_FRAME, "no text")
    with pytest.raises(SpeechError):
        raise told from KeyError("text")
    assert told.__traceback__ is not None
    told.forget_where()
    assert (told.__traceback__, told.__cause__, told.__context__) == (None, None, None)
    assert told.message == "no text"
