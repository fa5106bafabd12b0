import pytest

from tests.witness.conftest import TEXT, Witness

pytestmark = [pytest.mark.e2e, pytest.mark.voice]


@pytest.fixture(scope="module")
def witness(gateway):
    with Witness("speak_openai.py", f"http://{gateway.http}") as witness:
        yield witness


@pytest.mark.parametrize("case", ["pcm", "wav"])
def test_streamed_bytes_are_heard(witness, seconds, case):
    assert witness(case, text=TEXT).lasts(seconds)


def test_server_sent_events_are_heard(witness, seconds):
    heard = witness("sse", text=TEXT)
    assert heard.lasts(seconds)
    assert (heard["last"], heard["usage"]["input_tokens"]) == ("speech.audio.done", len(TEXT))


def test_a_voice_of_the_vendors_own_is_the_default_one(witness, seconds):
    assert witness("pcm", text=TEXT, voice="alloy").lasts(seconds)


def test_errors_come_as_the_clients_own(witness):
    wrong = witness("pcm", key="wrong")
    assert (wrong["error"], wrong["status"]) == ("openai.AuthenticationError", 401)
    assert witness("pcm", voice="nobody")["error"] == "openai.BadRequestError"
    unbuilt = witness("unbuilt")
    assert unbuilt["error"] == "openai.BadRequestError"
    assert '"vorbis" is not supported; supported: pcm, wav, mp3, opus, aac, flac' in unbuilt["said"]


def test_a_client_that_names_no_format_is_given_mp3(witness, seconds):
    assert witness("default", text=TEXT) == {
        "seconds": pytest.approx(seconds, abs=0.2),
        "hz": 24_000,
        "kbps": 128,
    }


@pytest.mark.parametrize("name", ["opus", "aac", "flac"])
def test_the_vendors_other_formats_are_heard_whole(witness, seconds, name):
    heard = witness(name, text=TEXT)
    assert heard == {"seconds": pytest.approx(seconds, abs=0.2), "hz": 24_000, "type": f"audio/{name}"}


def test_the_models_are_listed(witness):
    told = witness("models")
    assert (told["one"], "tts-1" in told["models"]) == ("tts-1", True)
