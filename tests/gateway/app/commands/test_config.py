import json

import pytest
import yaml

from tests.gateway.app.cli_stage import legato_run


@pytest.fixture
def typo(tmp_path):
    path = tmp_path / "legato.yaml"
    path.write_text("servr:\n  http: 127.0.0.1:1\n")
    return path


def test_the_defaults_are_fine():
    result = legato_run("config", "check")

    assert result.exit_code == 0
    assert "the defaults: ok; voices: joe" in result.stdout


def test_of_thousands_of_voices_the_first_are_named(tmp_path):
    path = tmp_path / "many.yaml"
    voices = "".join(f"  voice-{number}: {{routes: [{{provider: joe}}]}}\n" for number in range(300))
    path.write_text(f"voices:\n{voices}providers: {{joe: {{engine: piper}}}}\n")
    result = legato_run("config", "check", path)

    assert result.exit_code == 0
    assert result.stdout.endswith(", voice-18, voice-19 and 280 more; default: voice-0\n")


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_typo_is_told_with_its_place(typo, command):
    result = legato_run("config", command, typo)

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{typo}:1" in result.stderr
    assert "server" in result.stderr


def test_what_serve_would_refuse_is_refused(tmp_path):
    path = tmp_path / "paid.yaml"
    path.write_text(
        "voices: {v: {language: en, routes: [{provider: joe}, {provider: paid, voice: x}]}}\n"
        "providers: {joe: {engine: piper}, paid: {dialect: elevenlabs, credential: 'env:PAID_KEY'}}\n"
        "server: {http: '0.0.0.0:1'}\n"
    )
    result = legato_run("config", "check", path, env={"PAID_KEY": "secret"})
    assert result.exit_code == 1

    result = legato_run("config", "check", path, "--insecure", env={"PAID_KEY": "secret"})
    assert result.exit_code == 0
    assert "secret" not in result.output


def test_a_provider_that_nothing_here_speaks_to_is_noted(tmp_path):
    path = tmp_path / "legato.yaml"
    path.write_text(
        "providers: {mars: {dialect: martian}, joe: {engine: piper}}\n"
        "voices: {joe: {routes: [{provider: mars, voice: x}, {provider: joe}]}}\n"
    )
    result = legato_run("config", "check", path)

    assert result.exit_code == 0
    assert "note: the dialect of provider 'mars' is not built in; its routes are skipped" in result.stderr


def test_variables_count(tmp_path):
    result = legato_run("config", "show", env={"LEGATO_SERVER__HTTP": "127.0.0.1:4711"})

    assert yaml.safe_load(result.stdout)["server"]["http"] == "127.0.0.1:4711"


def test_the_schema_is_json():
    assert "voices" in json.loads(legato_run("config", "schema").stdout)["properties"]
