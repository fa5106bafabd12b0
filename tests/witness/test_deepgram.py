import pytest

from tests.witness.conftest import TEXT, Heard, Witness

pytestmark = [pytest.mark.e2e, pytest.mark.voice]


@pytest.fixture(scope="module")
def witness(gateway):
    with Witness("speak_deepgram.py", f"http://{gateway.http}") as witness:
        yield witness


@pytest.mark.parametrize("case", ["stream", "mulaw", "asynchronous"])
def test_words_are_heard_as_they_come(witness, seconds, case):
    heard = witness(case, text=TEXT)
    assert heard.lasts(seconds)
    assert heard["names"] == ["Metadata", "Flushed"]


def test_a_socket_speaks_again_and_again(witness, seconds):
    for heard in witness("twice", text=TEXT)["heard"]:
        assert Heard(heard).lasts(seconds)


def test_a_clear_stops_the_speech_and_the_socket_goes_on(witness):
    heard = witness("clear", text=TEXT * 5)
    assert heard["names"][-2:] == ["Cleared", "Flushed"]
    assert 0.1 < heard["seconds"] < 2


def test_a_conversation_goes_turn_by_turn(witness, seconds):
    for heard in witness("turns", text=TEXT)["heard"]:
        assert Heard(heard).lasts(seconds)
        assert heard["names"][-1] == "SpeechMetadata"
        assert {"SpeechStarted", "Flushed"} < set(heard["names"])


def test_a_turn_is_interrupted_and_the_next_one_spoken(witness):
    heard = witness("interrupt", text=TEXT * 5)
    assert 0.1 < heard["seconds"] < 2
    assert "SpeechInterrupted" in heard["names"]


def test_one_request_is_heard(witness, seconds):
    assert witness("rest", text=TEXT).lasts(seconds)


def test_a_voice_of_the_vendors_own_is_the_default_one(witness, seconds):
    assert witness("stream", text=TEXT, voice="aura-2-thalia-en").lasts(seconds)


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("asynchronous", "deepgram.ApiError"),
        ("rest", "deepgram.ApiError"),
        ("stream", "websockets.InvalidStatus"),  # which its synchronous client lets through
    ],
)
def test_errors_come_as_the_clients_own(witness, case, error):
    wrong = witness(case, key="wrong")
    assert (wrong["error"], wrong["status"]) == (error, 401)
    assert witness(case, voice="nobody")["status"] == 400


def test_a_client_that_names_no_format_is_given_mp3(witness, seconds):
    expected = {"seconds": pytest.approx(seconds, abs=0.2), "hz": 22_050, "kbps": 48}
    assert witness("default", text=TEXT) == expected


@pytest.mark.parametrize(("name", "hz"), [("opus", 48_000), ("aac", 22_050), ("flac", 48_000)])
def test_the_vendors_other_encodings_are_heard_whole(witness, seconds, name, hz):
    assert witness(name, text=TEXT) == {"seconds": pytest.approx(seconds, abs=0.2), "hz": hz}
