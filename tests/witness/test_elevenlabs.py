import pytest

from tests.witness.conftest import TEXT, TLS, Witness

pytestmark = [pytest.mark.e2e, pytest.mark.voice]


@pytest.fixture(scope="module")
def witness(tls_gateway):
    port = tls_gateway.http.rpartition(":")[2]
    trust = {"SSL_CERT_FILE": str(TLS / "certificate.pem")}
    with Witness("speak_elevenlabs.py", f"https://localhost:{port}", **trust) as witness:
        yield witness


@pytest.mark.parametrize("case", ["stream", "mulaw", "rest", "whole"])
def test_words_are_heard(witness, seconds, case):
    assert witness(case, text=TEXT).lasts(seconds)


def test_letters_have_their_times(witness, seconds):
    heard = witness("timed", text=TEXT)
    assert heard.lasts(seconds)
    assert heard["spelled"].split() == TEXT.split()


def test_a_dialogue_has_its_times_and_whose_they_are(witness, seconds):
    heard = witness("dialogue", text=TEXT)
    assert heard.lasts(heard["whole"])
    assert heard["whole"] > 1.9 * seconds
    assert (heard["spelled"], heard["lines"]) == (TEXT * 2, [0, 1])


def test_a_voice_of_the_vendors_own_is_the_default_one(witness, seconds):
    assert witness("stream", text=TEXT, voice="21m00Tcm4TlvDq8ikWAM").lasts(seconds)


def test_errors_come_as_the_clients_own(witness):
    wrong = witness("rest", key="wrong")
    assert (wrong["error"], wrong["status"]) == ("elevenlabs.ApiError", 401)
    nobody = witness("rest", voice="nobody")
    assert (nobody["error"].partition(".")[0], nobody["status"]) == ("elevenlabs", 404)
    unbuilt = witness("unbuilt")
    assert (unbuilt["error"].partition(".")[0], unbuilt["status"]) == ("elevenlabs", 400)
    assert "mp3_44100_128" in unbuilt["said"]


def test_a_client_that_names_no_format_is_given_mp3(witness, seconds):
    expected = {"seconds": pytest.approx(seconds, abs=0.2), "hz": 44_100, "kbps": 128}
    assert witness("default_rest", text=TEXT) == expected


@pytest.mark.parametrize("case", ["opus", "opus_as_it_comes"])
def test_opus_is_heard_whole(witness, seconds, case):
    assert witness(case, text=TEXT) == {"seconds": pytest.approx(seconds, abs=0.2), "hz": 48_000}


def test_letters_have_their_times_in_opus(witness, seconds):
    heard = witness("opus_timed", text=TEXT)
    assert heard["seconds"] == pytest.approx(seconds, abs=0.2)
    assert heard["spelled"].split() == TEXT.split()


def test_the_lists_are_read(witness):
    told = witness("voices")
    assert told["all"] == told["found"] == ["espeak"]
    assert (told["paged"], told["one"]) == (1, "espeak")
    assert told["models"]
