import pytest

from tests.witness.conftest import TEXT, Heard, Witness

pytestmark = [pytest.mark.e2e, pytest.mark.voice]
UUID = "a0e99841-438c-4a64-b679-ae501e7d6091"


@pytest.fixture(scope="module")
def witness(gateway):
    with Witness("speak_cartesia.py", f"http://{gateway.http}") as witness:
        yield witness


@pytest.mark.parametrize("case", ["stream", "mulaw", "sse"])
def test_words_are_heard_as_they_come_with_their_times(witness, seconds, case):
    heard = witness(case, text=TEXT)
    assert heard.lasts(seconds)
    assert heard["last"] == "done"
    assert heard["words"] == TEXT.split(" ")


@pytest.mark.parametrize("case", ["bare-context", "older", "bare", "floats-in-wav"])
def test_every_other_way_to_ask_is_heard(witness, seconds, case):
    assert witness(case, text=TEXT).lasts(seconds)


def test_contexts_share_a_socket(witness, seconds):
    for heard in witness("two-contexts", text=TEXT)["heard"]:
        assert Heard(heard).lasts(seconds)


def test_a_cancelled_context_gives_way_to_the_next(witness):
    heard = witness("cancel", text=TEXT * 5)
    assert 0.1 < heard["seconds"] < 2
    assert heard["last"] == heard["left"] == "done"


def test_a_voice_of_the_vendors_own_is_the_default_one(witness, seconds):
    assert witness("stream", text=TEXT, voice=UUID).lasts(seconds)


def test_errors_come_as_the_clients_own(witness):
    assert witness("bare", key="wrong")["error"] == "cartesia.AuthenticationError"
    assert witness("voices", key="wrong")["error"] == "cartesia.AuthenticationError"
    assert witness("bare", voice="nobody")["error"] == "cartesia.NotFoundError"
    assert witness("voice", voice="nobody")["error"] == "cartesia.NotFoundError"


def test_mp3_is_as_long_as_the_speech_with_the_rate_that_was_asked_for(witness, seconds):
    expected = {"seconds": pytest.approx(seconds, abs=0.2), "hz": 44_100, "kbps": 128}
    assert witness("mp3", text=TEXT) == expected


def test_on_the_socket_errors_are_events_and_the_older_interface_raises(witness):
    assert witness("failing", voice="nobody") == {"type": "error", "status": 404, "code": "voice_not_found"}
    assert witness("older", voice="nobody")["error"] == "builtins.RuntimeError"
    handshake = witness("stream", key="wrong")
    assert (handshake["error"], handshake["status"]) == ("websockets.InvalidStatus", 401)


def test_a_context_behind_one_that_failed_is_heard(witness, seconds):
    heard = witness("after-an-error", text=TEXT)
    assert heard["first"] == "Transcript too long"
    assert heard.lasts(seconds)


def test_the_voices_are_listed_page_by_page_to_the_end(witness):
    assert witness("voices")["voices"] == ["espeak"]
    assert witness("voice")["name"] == "espeak"


def test_the_client_sees_that_the_service_is_there(witness):
    assert witness("status")["ok"]
    assert witness("status", key="wrong")["error"] == "cartesia.AuthenticationError"
