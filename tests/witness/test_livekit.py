import pytest

from tests.witness.conftest import TEXT, Heard, Witness

pytestmark = [pytest.mark.e2e, pytest.mark.voice]
UUID = "9626c31c-bec5-4cca-baa8-f8ba9e84c8bc"


@pytest.fixture(scope="module")
def witness(gateway):
    with Witness("speak_livekit.py", f"http://{gateway.http}") as witness:
        yield witness


@pytest.mark.parametrize("case", ["whole", "from-a-string", "other-rate"])
def test_every_way_to_ask_is_heard(witness, seconds, case):
    assert witness(case, text=TEXT).lasts(seconds)


def test_a_connection_that_was_warmed_is_used(witness, seconds):
    heard = witness("warmed", text=TEXT)
    assert heard.lasts(seconds)
    assert heard["reused"]


def test_a_voice_of_the_vendors_own_is_the_default_one(witness, seconds):
    assert witness("whole", text=TEXT, voice=UUID).lasts(seconds)


def test_turns_share_a_connection_also_an_empty_one(witness, seconds):
    told = witness("turns", text=TEXT)
    assert told["reused"]
    for heard in told["heard"]:
        assert Heard(heard).lasts(seconds)


def test_words_come_with_their_times(witness, seconds):
    heard = witness("words", text=TEXT)
    assert heard.lasts(seconds)
    assert "".join(heard["words"]).strip() == TEXT
    times = [time for span in heard["times"] for time in span]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= seconds * 1.05
    assert witness("words-with-their-spaces", text=TEXT)["said"] == TEXT


def test_a_client_that_interrupts_is_heard_on_another_connection(witness):
    heard = witness("interrupted", text=TEXT * 5)
    assert 0.1 < heard["seconds"] < 2
    assert not heard["reused"]


def test_a_text_with_nothing_to_say_is_no_failure(witness):
    assert witness("whole", text="\N{THUMBS UP SIGN}")["seconds"] == pytest.approx(0.1, abs=0.05)


def test_errors_come_as_the_clients_own(witness, seconds):
    stranger = witness("whole", key="wrong")
    assert (stranger["error"], stranger["status"]) == ("livekit.APIStatusError", 401)
    nobody = witness("whole", voice="nobody")
    assert nobody["error"] == "livekit.APIError"
    assert "the voices are espeak" in nobody["said"]
    heard = witness("another-voice", text=TEXT)
    assert "unknown_voice" in heard["failed"]
    assert heard.lasts(seconds)
