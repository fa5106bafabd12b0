import pytest

from tests.witness.conftest import TEXT, Heard, Witness

pytestmark = [pytest.mark.e2e, pytest.mark.voice]


@pytest.fixture(scope="module")
def witness(gateway):
    with Witness("speak_wyoming.py", f"tcp://{gateway.wyoming}") as witness:
        yield witness


@pytest.mark.parametrize("case", ["whole", "language"])
def test_a_whole_text_is_heard(witness, seconds, case):
    heard = witness(case, text=TEXT)
    assert heard.lasts(seconds)
    assert heard["kinds"] == ["audio-start", "audio-chunk", "audio-stop"]


def test_a_text_in_pieces_is_heard_once(witness, seconds):
    heard = witness("stream", text=TEXT)
    assert heard.lasts(seconds)
    assert heard["kinds"] == ["audio-start", "audio-chunk", "audio-stop", "synthesize-stopped"]


def test_a_connection_speaks_again(witness, seconds):
    for heard in witness("twice", text=TEXT)["heard"]:
        assert Heard(heard).lasts(seconds)


def test_who_asks_is_told_of_the_voices(witness):
    told = witness("describe")
    assert (told["pong"], told["streams"], told["voices"]) == ("are you there", True, ["espeak"])
    assert "en" in {tag.partition("-")[0] for tag in told["languages"]}


@pytest.mark.parametrize("case", ["whole", "stream"])
def test_an_error_is_told_by_its_name(witness, case):
    assert witness(case, voice="nobody")["code"] == "unknown_voice"
