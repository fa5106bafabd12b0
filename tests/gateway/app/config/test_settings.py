import typing
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from gateway.app.config.errors import ConfigError
from gateway.app.config.lexicons import LexiconSettings
from gateway.app.config.sections import Section
from gateway.app.config.settings import load, schema, show
from legato.domain.speech import Failover
from legato.domain.text import TextLevel

DESIGN = """
voices:
  alloy: {language: en, routes: [{provider: eleven, voice: Xb7hH8MSUJpSbSDYk0k2, options: {}}, {provider: joe}], failover: splice}
providers:
  eleven: {dialect: elevenlabs, credential: env:ELEVENLABS_API_KEY, url: , limits: {}, pool: {floor: 1, ceiling: 10}, text_level: cleaned}
  joe: {engine: piper}
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "legato.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refused(path, env=None):
    with pytest.raises(ConfigError) as caught:
        load(path, env or {})
    return str(caught.value)


def test_with_nothing_given_there_are_the_local_voices():
    catalogue = load(None, {}).catalogue()
    assert catalogue.default_voice == "joe"
    assert catalogue.voices["joe"].fallback == "espeak"
    assert catalogue.voices["joe"].routes[0].provider == "joe"
    assert len(catalogue.voices["espeak"].languages) > 100


def test_the_shape_of_the_design_is_read(write):
    settings = load(write(DESIGN), {})
    voice = settings.catalogue().voices["alloy"]
    assert [route.provider for route in voice.routes] == ["eleven", "joe"]
    assert voice.routes[0].text_level is TextLevel.CLEANED
    assert voice.routes[1].text_level is TextLevel.SPOKEN
    assert voice.failover is Failover.SPLICE
    assert settings.providers["eleven"].pool.ceiling == 10
    assert settings.catalogue().default_voice == "alloy"


def test_variables_go_over_the_file(write):
    env = {
        "LEGATO_VOICES__ALLOY__FAILOVER": "none",
        "LEGATO_SERVER__HTTP": ":80",
        "LEGATO_LIMITS__MAX_STREAMS": "7",
        "LEGATO_SERVER__ORIGINS": "https://a.example, https://b.example",
    }
    settings = load(write(DESIGN), env)
    assert settings.voices["alloy"].failover is Failover.NONE
    assert len(settings.voices["alloy"].routes) == 2
    assert settings.server.http == ":80"
    assert settings.limits.max_streams == 7
    assert settings.server.origins == ("https://a.example", "https://b.example")


def test_variables_change_the_local_voices_too():
    settings = load(None, {"LEGATO_VOICES__JOE__DESCRIPTION": "Joe", "LEGATO_DEFAULT_VOICE": "espeak"})
    assert settings.voices["joe"].description == "Joe"
    assert settings.voices["joe"].routes[0].provider == "joe"
    assert settings.catalogue().default_voice == "espeak"


def test_whole_sections_may_come_as_json():
    settings = load(None, {"LEGATO_LIMITS": '{"max_streams": 5}', "LEGATO_KEYS__SHOP__SHA256": "a" * 64})
    assert settings.limits.max_streams == 5
    assert settings.keys["shop"].sha256 == ("a" * 64,)


@pytest.mark.parametrize("name", ["CONFIG_FILE", "CONFIG_PATH", "CONFG", "CONF", "CONFIGURATION"])
def test_a_variable_that_was_to_name_the_file_is_refused_where_no_file_is_named(name, write):
    """Otherwise the gateway would start with the defaults, without the keys that are in the file."""
    with pytest.raises(ConfigError) as refusal:
        load(None, {f"LEGATO_{name}": "/etc/legato.yaml"})
    assert str(refusal.value) == f"LEGATO_{name}: unknown variable; did you mean LEGATO_CONFIG?"
    assert load(write("server: {workers: 2}"), {f"LEGATO_{name}": "/etc/legato.yaml"}).server.workers == 2


def test_variables_of_others_are_left_alone():
    env = {"LEGATO_SERVICE_HOST": "10.0.0.1", "LEGATO_PORT_8080_TCP": "tcp://10.0.0.1:8080", "HOME__X": "1"}
    env |= {
        "LEGATO_SERVER_SERVICE_PORT_HTTP": "80",
        "LEGATO_SERVER_URL": "ws://h",
        "LEGATO_DEFAULT_VOICE": "",
    }
    assert load(None, env) == load(None, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("server: {htpp: ':80'}", "legato.yaml:1: server.htpp: no such option; did you mean 'http'?"),
        (
            "voices: {a: {language: no, routes: [{provider: joe}]}}",
            "legato.yaml:1: voices.a.language: expected text, but YAML reads this as true or false: put it in quotes",
        ),
        ("\nvoice: {}", "legato.yaml:2: voice: no such option; did you mean 'voices'?"),
        (
            "voices:\n  a:\n    routes:\n      - provider: joee",
            "legato.yaml:4: voices.a.routes[0].provider: there is no provider named 'joee'; did you mean 'joe'?",
        ),
        (
            "providers: {dg: {dialect: deepgram, credential: env:KEY}}",
            "legato.yaml: voices: `providers` replaces the local ones: give `voices` too, with routes to dg",
        ),
        (
            "voices:\n  a:\n    failover: splce\n    routes: [{provider: joe}]",
            "legato.yaml:3: voices.a.failover: expected 'none', 'before_audio' or 'splice', got 'splce'; did you mean",
        ),
        (
            "voices:\n  a: {routes: [{provider: joe}], fallback: b}",
            "legato.yaml:2: voices.a.fallback: there is no voice named 'b'; known: a",
        ),
        (
            "lexicons:\n  a: {voices: [jo], words: {x: y}}",
            "legato.yaml:2: lexicons.a.voices[0]: there is no voice named 'jo'; did you mean 'joe'?",
        ),
        (
            "keys: {shop: {sha256: " + "a" * 64 + "}}\nlexicons: {a: {tenants: [shopp], words: {x: y}}}",
            "legato.yaml:2: lexicons.a.tenants[0]: there is no tenant named 'shopp'; did you mean 'shop'?",
        ),
        (
            "default_voice: jo",
            "legato.yaml:1: default_voice: there is no voice named 'jo'; did you mean 'joe'?",
        ),
        (
            "limits:\n  max_streams: yes",
            "legato.yaml:2: limits.max_streams: expected a number, got true (YAML reads yes, no, on and off as true or false)",
        ),
        (
            "keys: {shop: {sha256: " + "a" * 64 + ", max_streams: off}}",
            "max_streams: expected a number, got false",
        ),
        (
            "providers:\n  joe: {engine: piper}\n  dg:\n    dialect: deepgram\n    limits:\n      contexts: on",
            "legato.yaml:6: providers.dg.limits.contexts: expected a number, got true",
        ),
        (
            "providers:\n  joe: {engine: piper}\n  dg:\n    dialect: deepgram\n    limits:\n      concurrency: -1",
            "legato.yaml:6: providers.dg.limits.concurrency: expected a number of at least 0, got -1",
        ),
        (
            "providers:\n  joe: {engine: piper}\n  dg:\n    dialect: deepgram\n    limits:\n      first_audio_s: .nan",
            "legato.yaml:6: providers.dg.limits.first_audio_s: expected a number of at least 0, got nan",
        ),
        (
            "providers:\n  joe: {engine: piper}\n  dg:\n    dialect: deepgram\n    limits:\n      dial_s: soon",
            "legato.yaml:6: providers.dg.limits.dial_s: expected a number of at least 0, got 'soon'",
        ),
        (
            "limits: {idle_stream_s: .inf}",
            "legato.yaml:1: limits.idle_stream_s: expected a finite number",
        ),
        ("limits: [1]", "legato.yaml:1: limits: expected a mapping (name: value)"),
        ("voices: true", "legato.yaml:1: voices: expected a mapping (name: value)"),
        ("limits: {max_streams: 1.5}", "legato.yaml:1: limits.max_streams: expected a whole number"),
        ("limits: {max_streams: many}", "legato.yaml:1: limits.max_streams: expected a whole number"),
        ("limits: {idle_stream_s: long}", "legato.yaml:1: limits.idle_stream_s: expected a number"),
        ("text: {inline_code: maybe}", "legato.yaml:1: text.inline_code: expected true or false"),
        (
            "server: {origins: {a: b}}",
            "legato.yaml:1: server.origins: expected a list, or text with commas",
        ),
        (
            "voices: {a: {languages: no, routes: [{provider: joe}]}}",
            "voices.a.languages: expected text, but YAML reads this as true or false: put it in quotes",
        ),
        ("voices: {a: {routes: joe}}", "legato.yaml:1: voices.a.routes: expected a list"),
        (
            "lexicons: {a: {words: {24/7: 247}}}",
            "lexicons.a.words.24/7: expected text, but YAML reads this as a number: put it in quotes",
        ),
        (
            "lexicons: {a: {words: {Nginx: [engine, x]}}}",
            "legato.yaml:1: lexicons.a.words.Nginx: expected text, or a mapping (name: value)",
        ),
        ("limits: {max_streams: 0}", "legato.yaml:1: limits.max_streams: expected at least 1, got 0"),
        ("server: {workers: 300}", "legato.yaml:1: server.workers: expected at most 256, got 300"),
        (
            "server: {max_message_bytes: 1}",
            "legato.yaml:1: server.max_message_bytes: expected at least 1024, got 1",
        ),
        ("telemetry: {loop_lag_interval_s: 0}", "loop_lag_interval_s: expected more than 0, got 0"),
        (
            "default_voice: 5",
            "default_voice: expected text, but YAML reads this as a number: put it in quotes",
        ),
        ("default_voice: 2024-01-01", "expected text, but YAML reads this as a date: put it in quotes"),
        ("voices: {a: {routes: []}}", "legato.yaml:1: voices.a.routes: expected at least 1 item"),
        ("lexicons: {a: {words: {}}}", "legato.yaml:1: lexicons.a.words: expected at least 1 item"),
        (
            "voices: {a: {language: x, routes: [{provider: joe}]}}",
            "legato.yaml:1: voices.a.language: expected a BCP 47 tag such as en or pt-BR, got",
        ),
        ("text: {protect: ['[[']}", "legato.yaml:1: text.protect[0]: expected two marks"),
        ("text: {emoji: x}", "legato.yaml:1: text.emoji: expected 'drop' or 'name', got 'x'"),
        ("voices: {}", "legato.yaml:1: voices: at least one voice is required"),
        ("voices: {a: {}}", "legato.yaml:1: voices.a.routes: is required"),
        (
            "voices:\n  a: {routes: [{provider: joe, vioce: x}]}",
            "voices.a.routes[0].vioce: no such option; did you mean 'voice'?",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(write, text, said):
    assert said in refused(write(text))


def test_every_mistake_is_told_at_once(write):
    said = refused(write("server: {htpp: x}\nlimits:\n  max_streams: none"))
    assert "legato.yaml:1: server.htpp" in said
    assert "legato.yaml:3: limits.max_streams" in said


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (
            {"LEGATO_SRVER__HTTP": "x"},
            "LEGATO_SRVER__HTTP: unknown section 'srver'; did you mean 'server'?",
        ),
        (
            {"LEGATO_SERVER_HTTP": "x"},
            "LEGATO_SERVER_HTTP: unknown variable; did you mean LEGATO_SERVER__HTTP, with two underscores?",
        ),
        (
            {"legato_limits_max_streams": "1"},
            "unknown variable; did you mean LEGATO_LIMITS__MAX_STREAMS, with two underscores?",
        ),
        (
            {"LEGATO_SERVER__HTPP": "x"},
            "LEGATO_SERVER__HTPP: server.htpp: no such option; did you mean 'http'?",
        ),
        ({"LEGATO_LIMITS__MAX_STREAMS": "x"}, "LEGATO_LIMITS__MAX_STREAMS: limits.max_streams:"),
        ({"LEGATO_SERVER": "x"}, "LEGATO_SERVER: server:"),
        ({"LEGATO_SERVER": "[" * 100_000}, "LEGATO_SERVER: server:"),
        ({"LEGATO_SERVER__HTTP__X": "x"}, "LEGATO_SERVER__HTTP__X: server.http:"),
        ({"LEGATO_SERVER____HTTP": "x"}, "LEGATO_SERVER____HTTP: server.: no such option"),
        ({"LEGATO_SERVER__HTTP": "null"}, "LEGATO_SERVER__HTTP: server.http:"),
    ],
)
def test_a_mistake_in_a_variable_names_the_variable(env, said):
    assert said in refused(None, env)


def test_a_variable_says_none_as_the_file_does(write):
    """The image has variables for its addresses, which win over a file: only a variable can take one back."""
    assert load(None, {"LEGATO_SERVER__ADMIN": "null"}).server.admin is None
    assert (
        load(write("server: {wyoming: ':10200'}"), {"LEGATO_SERVER__WYOMING": "null"}).server.wyoming is None
    )


def test_a_mistake_in_the_file_is_no_variables(write):
    said = refused(write("server: {http: x}"), {"LEGATO_SERVER__GRPC": ":1"})
    assert "legato.yaml:1: server.http:" in said


def test_a_secret_in_the_place_of_its_reference_is_refused_and_not_repeated(write):
    said = refused(write("providers: {joe: {engine: piper, credential: sk-planted-secret}}"))
    assert "expected env:NAME or file:PATH" in said
    assert "planted" not in said


def test_what_is_shown_can_be_read_again_and_holds_no_secret(write):
    planted = "d3adbeef" * 8
    text = DESIGN + f"keys: {{shop: {{sha256: '{planted}'}}}}\n"
    text = text.replace("url: ,", "url: 'wss://user:planted-password@vendor.example/x',")
    text = text.replace("options: {}", "options: {api_key: planted-key, speed: 2}")
    shown = show(load(write(text), {"ELEVENLABS_API_KEY": "planted-secret"}))
    assert "planted" not in shown
    assert planted not in shown
    read = yaml.safe_load(shown)
    assert read["providers"]["eleven"]["credential"] == "env:ELEVENLABS_API_KEY"
    assert read["voices"]["alloy"]["routes"][0]["options"] == {"api_key": "***", "speed": 2}


def test_what_is_shown_of_the_defaults_is_the_defaults(write):
    assert load(write(show(load(None, {}))), {}) == load(None, {})


def test_the_schema_is_one_that_editors_understand():
    found = schema()
    assert found["additionalProperties"] is False
    assert found["$defs"]["ServerSection"]["properties"]["http"]["default"] == "127.0.0.1:8080"


def _options_of(section):
    listed = section.model_json_schema()["properties"]
    return ((name, listed[name]) for name in section.model_fields)


def _takes(section, name, text):
    """Whether an option takes text as a form of its own; what the text says may be wrong."""
    with pytest.raises(ValidationError) as refused:
        section.model_validate({name: text, "no such option": 1})
    return (name, "tuple_type") not in {(error["loc"][0], error["type"]) for error in refused.value.errors()}


def test_the_schema_has_the_short_forms_that_are_read():
    """An editor that has the schema must not mark what the gateway takes, and the guides show."""
    lists = []
    for section in _sections(Section):
        for name, option in _options_of(section):
            forms = option.get("anyOf", [option])
            if any(form.get("type") == "array" for form in forms):
                assert ({"type": "string"} in forms) == _takes(section, name, "a, b"), name
                lists.append(name)
    assert {"origins", "sha256", "protect", "languages", "voices", "tenants", "routes"} <= set(lists)
    (word,) = dict(_options_of(LexiconSettings))["words"]["patternProperties"].values()
    assert {"type": "string"} in word["anyOf"]


def test_every_list_of_texts_may_be_written_with_commas():
    taken = load(None, {"LEGATO_VOICES__JOE__LANGUAGES": "de, fr"})
    assert taken.voices["joe"].languages == ("de", "fr")
    for section in _sections(Section):
        for name, option in _options_of(section):
            if option.get("items", {}).get("type") == "string":
                pytest.fail(f"{section.__name__}.{name} is only read as a list")


def test_a_file_that_is_not_there_is_named():
    assert (
        refused(Path("/nowhere/legato.yaml"))
        == "/nowhere/legato.yaml: cannot be read: No such file or directory"
    )


def test_an_item_that_is_wrong_is_told_alone(write):
    (said,) = refused(write("keys: {a: {sha256: abc}}")).splitlines()
    assert "legato.yaml:1: keys.a.sha256[0]: expected a SHA-256: 64 hex" in said


def _sections(one):
    yield one
    for below in one.__subclasses__():
        yield from _sections(below)


def test_no_number_of_any_section_takes_a_truth_value():
    asked = 0
    for section in _sections(Section):
        for name, field in section.model_fields.items():
            arguments = {field.annotation, *typing.get_args(field.annotation)}
            if not arguments & {int, float}:
                continue
            for truth in (True, False):
                with pytest.raises(ValidationError) as refused:
                    section.model_validate({name: truth})
                told = {error["loc"]: error["msg"] for error in refused.value.errors()}
                assert f"got {str(truth).lower()}" in told[name,]
            asked += 1
    assert asked > 30


@pytest.mark.parametrize("name", ["_env_file", "_cli_parse_args", "_secrets_dir", "__pydantic_self__"])
def test_a_name_that_means_something_to_the_library_is_no_option(write, name):
    assert refused(write(f"default_voice: joe\n{name}: true")).endswith(
        f"legato.yaml:2: {name}: no such option"
    )


def test_a_date_is_no_text(write):
    assert "default_voice: expected text" in refused(write("default_voice: 2024-01-02"))
