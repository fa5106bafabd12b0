from legato.domain.errors import Reason
from legato.faces.errors import bad_frame, unknown_voice


def test_a_message_that_cannot_be_read_says_what_was_expected():
    error = bad_frame("text must be a string", "u1")
    assert (error.reason, error.message, error.utterance_id) == (
        Reason.BAD_FRAME,
        "text must be a string",
        "u1",
    )


def test_an_unknown_voice_is_quoted_and_the_known_ones_are_listed():
    error = unknown_voice("x" * 100, ("joe", "ann"))
    assert error.reason is Reason.UNKNOWN_VOICE
    assert error.message == f"there is no voice {'x' * 80!r}; the voices are ann, joe"
    assert unknown_voice("a", ["b"], "model").message == "there is no model 'a'; the models are b"
