import json

from legato.v1 import speech_pb2
from tests.gateway.app.cli_stage import legato_run, served_grpc, served_websocket


def test_a_table_of_voices():
    with served_websocket() as gateway:
        result = legato_run("voices", "--server", gateway.url)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "   VOICE  STATE  LANGUAGES",
        "*  joe    ready  en-US, en  A man.",
        "   anna   down   de",
    ]


def test_as_json_over_grpc():
    with served_grpc() as gateway:
        result = legato_run("voices", "--json", "--server", gateway.url)
    told = json.loads(result.stdout)

    assert told["default_voice"] == "joe"
    assert [(voice["name"], voice["ready"]) for voice in told["voices"]] == [("joe", True), ("anna", False)]
    assert told["formats"][0]["sample_rate_hz"] == 24_000


def test_of_one_language():
    with served_websocket() as gateway:
        result = legato_run("voices", "-l", "de", "--server", gateway.url)

    assert "anna" in result.stdout
    assert "joe" not in result.stdout


def test_no_gateway():
    result = legato_run("voices", "--server", "grpc://127.0.0.1:9")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: " in result.stderr


def test_a_language_that_nobody_speaks(monkeypatch):
    async def nobody(url, **asked):
        return speech_pb2.ListVoicesResponse(default_voice="joe")

    monkeypatch.setattr("gateway.app.commands.voices.list_voices", nobody)
    result = legato_run("voices", "-l", "xx")

    assert result.stdout == "No voice speaks 'xx'; `legato languages` lists the languages that are spoken.\n"
