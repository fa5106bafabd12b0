import json

from tests.gateway.app.cli_stage import legato_run, served_grpc, served_websocket


def test_a_table_of_languages():
    with served_grpc() as gateway:
        result = legato_run("languages", "--server", gateway.url)

    assert result.stdout == "LANGUAGE  VOICES\nen        joe\n"


def test_as_json():
    with served_websocket() as gateway:
        result = legato_run("languages", "--json", "--server", gateway.url)

    assert json.loads(result.stdout) == {"languages": [{"tag": "en", "voices": ["joe"]}]}
