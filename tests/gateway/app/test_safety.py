import errno
import hashlib
from pathlib import Path

import pytest

from gateway.app import safety
from gateway.app.config.errors import ConfigError
from gateway.app.config.settings import Settings, load

PAID = {
    "providers": {
        "eleven": {"dialect": "elevenlabs", "credential": "env:ELEVENLABS_API_KEY"},
        "joe": {"engine": "piper"},
    },
    "voices": {"alloy": {"routes": [{"provider": "eleven"}, {"provider": "joe"}]}},
}
ENV = {"ELEVENLABS_API_KEY": "planted"}


def refused(settings, env=ENV, *, insecure=False):
    with pytest.raises(ConfigError) as caught:
        safety.check(settings, env, insecure=insecure)
    return str(caught.value)


@pytest.mark.parametrize("address", [":8080", "0.0.0.0:80", "10.1.2.3:80", "gateway.example:80", "[::]:80"])
@pytest.mark.parametrize("listener", ["http", "grpc", "wyoming"])
def test_a_paid_route_is_not_opened_to_strangers(listener, address):
    said = refused(Settings(**PAID, server={listener: address}))
    assert f"server.{listener}: {address} can be reached from other machines and 'eleven' costs money" in said
    assert "--insecure" in said


@pytest.mark.parametrize(
    ("url", "server", "listener"),
    [
        ("ws://127.0.0.1:8080", {}, "http"),
        ("ws://localhost:8080/", {"http": "127.0.0.1:8080"}, "http"),
        ("ws://localhost:8080/", {"http": "[::1]:8080"}, "http"),
        ("ws://[::1]:7/v1", {"http": "[::1]:7"}, "http"),
        ("ws://127.0.0.1:7", {"http": ":7"}, "http"),
        ("ws://[::1]:7", {"http": "[::]:7"}, "http"),
        ("ws://gateway.example:7", {"http": "gateway.example:7"}, "http"),
    ],
)
def test_a_vendor_that_is_the_gateway_itself_is_refused(url, server, listener):
    said = refused(itself(url, server), insecure=True)
    assert f"providers.eleven.url: this is the address of the gateway itself, server.{listener}" in said


def with_user(dialect, url, *, key=True):
    provider = {"dialect": dialect, "url": url, **({"credential": "env:ELEVENLABS_API_KEY"} if key else {})}
    return Settings(providers={"p": provider}, voices={"v": {"routes": [{"provider": "p", "voice": "x"}]}})


@pytest.mark.parametrize(
    ("dialect", "url", "said"),
    [
        ("openai", "http://user:pw@host/v1", "would both be sent as Authorization: leave one of them out"),
        ("deepgram", "wss://user:pw@host/v1/speak", "is sent over HTTP only, not by the dialect 'deepgram'"),
        ("riva", "grpc://user@host:1", "is sent over HTTP only, not by the dialect 'riva'"),
    ],
)
def test_a_user_name_in_an_address_that_cannot_be_sent_is_named(dialect, url, said):
    """Beside a key it ended the gateway at the first request; on other transports it was left out, or taken for the host."""
    told = refused(with_user(dialect, url), insecure=True)
    assert "providers.p.url: a user name in the url" in told
    assert said in told
    assert "pw" not in told


@pytest.mark.parametrize(
    ("dialect", "url", "key"),
    [
        ("openai", "http://user:pw@host/v1", False),
        ("elevenlabs_rest", "https://user:pw@host", True),
        ("openai", "http://host/v1/@x", True),
    ],
)
def test_a_user_name_that_can_be_sent_is_taken(dialect, url, key):
    safety.check(with_user(dialect, url, key=key), ENV, insecure=True)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("ws://127.0.0.1:8081", {}),
        ("ws://127.0.0.2:8080", {}),
        ("ws://[::1]:7", {"http": ":7"}),
        ("ws://other.example:7", {"http": ":7"}),
        ("ws://127.0.0.1:7", {"http": "127.0.0.1:0"}),
        ("ws://localhost:7", {"http": "10.1.2.3:7"}),
        ("wss://api.example", {"http": ":443"}),
    ],
)
def test_and_no_other_is(url, server):
    safety.check(itself(url, server), ENV, insecure=True)


def itself(url, server):
    eleven = {**PAID["providers"]["eleven"], "url": url}
    return Settings(voices=PAID["voices"], providers={**PAID["providers"], "eleven": eleven}, server=server)


def test_unless_the_operator_says_so():
    safety.check(Settings(**PAID, server={"http": ":8080"}), ENV, insecure=True)


def test_or_there_is_a_key():
    safety.check(
        Settings(**PAID, server={"http": ":8080"}, keys={"a": {"sha256": "a" * 64}}), ENV, insecure=False
    )


def test_a_key_that_the_gateway_brings_for_its_clients_keeps_no_stranger_out():
    keys = {"a": {"sha256": "a" * 64}}
    server = {"wyoming": ":10200", "wyoming_key": "env:HOME_KEY"}
    env = {**ENV, "HOME_KEY": "planted"}
    said = refused(Settings(**PAID, keys=keys, server=server), env)
    assert "server.wyoming: :10200 can be reached from other machines" in said
    assert "Wyoming clients send no key" in said
    safety.check(Settings(**PAID, keys=keys, server={"wyoming": ":10200"}), env, insecure=False)
    assert "server.wyoming_key: the variable HOME_KEY" in refused(
        Settings(**PAID, keys=keys, server={**server, "wyoming": None})
    )


def test_the_secret_of_a_livekit_key_must_be_there():
    keys = {"agents": {"livekit": {"APIagents": "env:LIVEKIT_API_SECRET"}}}
    settings = Settings(**PAID, keys=keys, server={"http": ":8080"})
    said = "keys.agents.livekit.APIagents: the variable LIVEKIT_API_SECRET is missing or empty"
    assert refused(settings) == said
    safety.check(settings, {**ENV, "LIVEKIT_API_SECRET": "planted"}, insecure=False)


def test_where_bugs_are_told_must_be_known():
    settings = Settings(telemetry={"sentry_dsn": "env:BUGS"})
    assert "telemetry.sentry_dsn: the variable BUGS" in refused(settings)
    said = refused(settings, env={"BUGS": "https://planted@/x"})
    assert said == "telemetry.sentry_dsn: expected a Sentry DSN: https://KEY@HOST/PROJECT"
    safety.check(settings, {"BUGS": "https://key@errors.example.org/1"}, insecure=False)


def test_where_spans_go_must_be_usable_where_any_are_wanted():
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://receiver:4317", "OTEL_BSP_SCHEDULE_DELAY": "0"}
    assert refused(Settings(), env) == "OTEL_BSP_SCHEDULE_DELAY: must be a whole number above 0"
    safety.check(Settings(), {**env, "OTEL_SDK_DISABLED": "true"}, insecure=False)


def test_or_only_this_machine_can_come_in():
    safety.check(Settings(**PAID), ENV, insecure=False)


def test_local_voices_cost_nothing():
    safety.check(load(None, {"LEGATO_SERVER__HTTP": ":8080"}), {}, insecure=False)


def test_a_credential_that_is_not_there_is_named():
    said = refused(Settings(**PAID), env={})
    assert said == "providers.eleven.credential: the variable ELEVENLABS_API_KEY is missing or empty"


def test_a_certificate_that_is_not_there_is_named():
    said = refused(Settings(server={"tls": {"certificate": "/nowhere/c.pem", "key": "/nowhere/k.pem"}}))
    assert "server.tls.certificate: no such file: /nowhere/c.pem" in said
    assert "server.tls.key: no such file: /nowhere/k.pem" in said


def test_a_folder_of_voices_that_is_not_there_is_named_if_a_provider_needs_it():
    missing = {"engines": {"voices": "/nowhere"}}
    said = "engines.voices: no such folder: /nowhere; python -m gateway.engines.prepare /nowhere makes it"
    assert refused(Settings(**missing)) == said
    alone = {"voices": {"e": {"routes": [{"provider": "e"}]}}, "providers": {"e": {"engine": "espeak"}}}
    safety.check(Settings(**missing, **alone), {}, insecure=False)


def test_a_certificate_that_only_others_may_read_is_named(tmp_path, monkeypatch):
    """As certbot's are, in a folder that the user of a service may not even look into."""

    def refuse(self, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    said = refused(Settings(server={"tls": {"certificate": "/live/c.pem", "key": "/live/k.pem"}}))
    assert "server.tls.certificate: /live/c.pem cannot be read: permission denied" in said
    assert "server.tls.key: /live/k.pem cannot be read: permission denied" in said


def test_a_voice_that_could_never_speak_is_refused():
    providers = {"eleven": {**PAID["providers"]["eleven"], "dialect": "martian"}}
    settings = Settings(providers=providers, voices={"alloy": {"routes": [{"provider": "eleven"}]}})
    assert safety.unbuilt(settings) == ["eleven"]
    assert "voices.alloy.routes: no route can speak: the dialect 'martian' is not built in" in refused(
        settings
    )


def test_a_dialect_with_a_slip_in_its_name_is_told_with_the_nearest():
    providers = {"eleven": {**PAID["providers"]["eleven"], "dialect": "elevenlab"}}
    settings = Settings(providers=providers, voices={"alloy": {"routes": [{"provider": "eleven"}]}})
    assert refused(settings).endswith("'elevenlab' is not built in; did you mean 'elevenlabs'?")


def test_a_voice_of_a_vendor_that_is_built_in_may_start():
    settings = Settings(
        **{**PAID, "voices": {"alloy": {"routes": [{"provider": "eleven", "voice": "anna"}]}}}
    )
    assert safety.unbuilt(settings) == []
    safety.check(settings, ENV, insecure=False)


def test_limits_switches_and_options_that_a_vendor_does_not_know_are_refused():
    eleven = PAID["providers"]["eleven"]
    voices = {"alloy": {"routes": [{"provider": "eleven", "voice": "anna", "options": {"colour": "red"}}]}}
    said = refused(Settings(providers={"eleven": eleven}, voices=voices))
    assert "voices.alloy.routes[0]" in said
    assert "colour" in said
    for strange in ({"limits": {"patience": 1}}, {"switches": {"mood": True}}):
        said = refused(Settings(providers={"eleven": {**eleven, **strange}}, voices=voices))
        assert said.startswith("providers.eleven: unknown elevenlabs ")


def test_the_voices_are_worked_out_once_however_many_providers_there_are(monkeypatch):
    """For each provider, five hundred voices would cost a tenth of a second at every start."""
    asked, catalogue = [], Settings.catalogue
    monkeypatch.setattr(Settings, "catalogue", lambda settings: asked.append(1) or catalogue(settings))
    more = {f"eleven{n}": PAID["providers"]["eleven"] for n in range(5)}
    safety.check(Settings(**{**PAID, "providers": {**PAID["providers"], **more}}), ENV, insecure=True)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("server", "keys", "said"),
    [
        ({"wyoming": ":10200"}, ["planted"], "unless server.wyoming_key names one of these keys"),
        ({"wyoming": ":10200", "wyoming_key": "env:HOME_KEY"}, ["other"], "is none of those in `keys`"),
        ({"wyoming": ":10200", "wyoming_key": "env:HOME_KEY"}, ["other", "planted"], ""),
        ({"wyoming": ":10200"}, [], ""),
        ({}, ["planted"], ""),
    ],
)
def test_a_listener_that_would_refuse_everybody_is_told(server, keys, said):
    digests = [hashlib.sha256(key.encode()).hexdigest() for key in keys]
    settings = Settings(server=server, keys={"home": {"sha256": digests}} if digests else {})
    found = safety.shut_out(settings, {"HOME_KEY": "planted"})
    assert said in found
    assert bool(found) is bool(said)
