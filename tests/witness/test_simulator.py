"""The same clients against the vendors that are simulated: what they hear from us they hear from those, and their errors."""

import json
from urllib.parse import urlsplit

import pytest

from tests.witness.conftest import TEXT, Heard, Simulator, Witness, lasting

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

VENDORS = (
    "openai",
    "deepgram",
    "deepgram_rest",
    "deepgram_v2",
    "elevenlabs_rest",
    "cartesia",
    "cartesia_bytes",
    "cartesia_sse",
    "wyoming",
    "riva",
    "google",
)
LISTENERS = {"wyoming": "tcp", "riva": "grpc", "google": "grpc"}
ALLOY, AURA, FLUX = "alloy", "aura-2-thalia-en", "flux-alexis-en"
CHIRP, MAGPIE = "en-US-Chirp3-HD-Kore", "Magpie-Multilingual.EN-US.Sofia"
UUID, ELEVEN = "a0e99841-438c-4a64-b679-ae501e7d6091", "21m00Tcm4TlvDq8ikWAM"
SCRIPT = {
    "pace": {"speed": 0},
    "faults": [
        {"when": {"key": "busy", "at": "dial"}, "do": {"http": 429, "retry_after_s": 1}, "times": 0},
        {"when": {"key": "stranger", "at": "dial"}, "do": {"http": 401}, "times": 0},
        {"when": {"key": "unlucky"}, "do": {"error": "vendor_unreachable"}, "times": 0},
        {"when": {"key": "cut", "at": "ms", "value": 200}, "do": "reset", "times": 0},
    ],
}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    script = tmp_path_factory.mktemp("simulator") / "script.json"
    script.write_text(json.dumps(SCRIPT), encoding="utf-8")
    with Simulator(*VENDORS, "--script", script) as running:
        yield running


@pytest.fixture(scope="module")
def length(simulator):
    return lasting(simulator.listening["http"], ALLOY)


@pytest.fixture(scope="module")
def play(simulator):
    """Plays a case of a vendor's client; each client is started once."""
    playing = {}

    def play(vendor, case, **options):
        if vendor not in playing:
            url = simulator.listening[LISTENERS.get(vendor, "http")]
            playing[vendor] = Witness(f"speak_{vendor}.py", url)
        return playing[vendor](case, **options)

    yield play
    for witness in playing.values():
        witness.__exit__()


@pytest.mark.parametrize(
    ("vendor", "case", "voice"),
    [
        ("openai", "pcm", ALLOY),
        ("openai", "sse", ALLOY),
        ("deepgram", "stream", AURA),
        ("deepgram", "rest", AURA),
        ("cartesia", "stream", UUID),
        ("cartesia", "floats-in-wav", UUID),
        ("cartesia", "sse", UUID),
        ("elevenlabs", "rest", ELEVEN),
        ("elevenlabs", "timed", ELEVEN),
        ("wyoming", "whole", "simulated"),
        ("wyoming", "stream", "simulated"),
        ("riva", "stream", MAGPIE),
        ("riva", "telephone", MAGPIE),
        ("riva", "whole", MAGPIE),
    ],
)
def test_the_speech_is_heard(play, length, vendor, case, voice):
    assert play(vendor, case, voice=voice, text=TEXT).lasts(length)


@pytest.mark.parametrize("case", ["whole", "telephone", "default"])
def test_googles_calls_are_heard(play, length, case):
    """With the silence at the end of them, which may belong between two texts."""
    assert play("google", case, voice=CHIRP, text=TEXT).lasts(length, within=0.1)


def test_a_conversation_goes_turn_by_turn(play, length):
    for heard in play("deepgram", "turns", voice=FLUX, text=TEXT)["heard"]:
        assert Heard(heard).lasts(length)


@pytest.mark.parametrize(
    ("vendor", "case", "voice", "busy", "stranger"),
    [
        ("openai", "pcm", ALLOY, "openai.RateLimitError", "openai.AuthenticationError"),
        ("deepgram", "asynchronous", AURA, "deepgram.ApiError", "deepgram.ApiError"),
        ("cartesia", "bare", UUID, "cartesia.RateLimitError", "cartesia.AuthenticationError"),
        ("elevenlabs", "rest", ELEVEN, "elevenlabs.ApiError", "elevenlabs.ApiError"),
    ],
)
def test_refusals_come_as_the_clients_own(play, vendor, case, voice, busy, stranger):
    told = [play(vendor, case, voice=voice, key=key) for key in ("busy", "stranger")]
    assert [(one["error"], one["status"]) for one in told] == [(busy, 429), (stranger, 401)]


@pytest.mark.parametrize(
    ("vendor", "case", "voice"),
    [("riva", "stream", MAGPIE), ("riva", "whole", MAGPIE), ("google", "whole", CHIRP)],
)
def test_on_grpc_they_are_the_statuses_of_the_call(play, vendor, case, voice):
    told = [play(vendor, case, voice=voice, key=key)["status"] for key in ("busy", "stranger", "unlucky")]
    assert told == ["RESOURCE_EXHAUSTED", "UNAUTHENTICATED", "UNAVAILABLE"]


def test_rivas_own_client_is_told_the_times_of_the_words_and_the_voices(play, length):
    told = play("riva", "timed", voice=MAGPIE, text=TEXT)
    assert Heard(told).lasts(length)
    assert told["words"] == TEXT.rstrip(".").split(" ")
    assert told["ends"] == sorted(told["ends"])
    assert told["ends"][-1] <= told["seconds"] * 1000
    assert play("riva", "voices")["voices"]


@pytest.mark.parametrize(("vendor", "voice"), [("riva", MAGPIE), ("google", CHIRP)])
def test_on_grpc_sentences_go_one_by_one_in_a_call(play, length, vendor, voice):
    assert play(vendor, "sentences", voice=voice, text=f"{TEXT} {TEXT}").lasts(2 * length, within=0.15)


@pytest.mark.parametrize(
    ("vendor", "case", "voice", "error"),
    [
        ("openai", "pcm", ALLOY, "openai.InternalServerError"),
        ("deepgram", "rest", AURA, "deepgram.ApiError"),
        ("cartesia", "bare", UUID, "cartesia.InternalServerError"),
        ("elevenlabs", "rest", ELEVEN, "elevenlabs.ApiError"),
    ],
)
def test_a_voice_that_fails_before_its_first_sound_has_its_status(play, vendor, case, voice, error):
    told = play(vendor, case, voice=voice, key="unlucky")
    assert (told["error"], told["status"] >= 500) == (error, True)


def test_on_cartesias_socket_it_is_an_event(play):
    told = play("cartesia", "failing", voice=UUID, key="unlucky")
    assert (told["type"], told["status"] >= 500) == ("error", True)


@pytest.mark.parametrize(
    ("vendor", "case", "voice"),
    [
        ("openai", "pcm", ALLOY),
        ("deepgram", "stream", AURA),
        ("cartesia", "stream", UUID),
        ("elevenlabs", "rest", ELEVEN),
        ("riva", "stream", MAGPIE),
        ("google", "whole", CHIRP),
    ],
)
def test_speech_that_is_cut_off_is_never_taken_for_whole(play, vendor, case, voice):
    assert "error" in play(vendor, case, voice=voice, text=TEXT, key="cut")


def test_elevenlabs_own_stream_through_tls(length):
    with Simulator("elevenlabs_stream", "--tls") as running:
        port = urlsplit(running.listening["http"]).port
        trust = {"SSL_CERT_FILE": running.listening["certificate"]}
        with Witness("speak_elevenlabs.py", f"https://localhost:{port}", **trust) as witness:
            assert witness("stream", voice=ELEVEN, text=TEXT).lasts(length, within=0.1)
