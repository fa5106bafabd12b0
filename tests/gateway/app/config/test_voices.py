import pytest
from pydantic import ValidationError

from gateway.app.config import voices as module
from gateway.app.config.voices import (
    KeySettings,
    PoolSettings,
    ProviderSettings,
    Routes,
    RouteSettings,
    VoiceSettings,
    principal_of,
    voice_of,
)
from legato.domain.delivery import Takes
from legato.domain.speech import Failover, Principal
from legato.domain.stage_directions import ANY_DIRECTION
from legato.domain.text import TextLevel


def test_languages_are_read_in_both_spellings_and_what_is_none_is_refused():
    routes = (RouteSettings(provider="p"),)
    assert VoiceSettings(language="en_US", languages=("pt_BR",), routes=routes).languages == ("pt-BR",)
    for wrong in ({"language": "english"}, {"languages": ("en", "")}):
        with pytest.raises(ValueError, match="expected a BCP 47 tag such as en or pt-BR"):
            VoiceSettings(routes=routes, **wrong)


def test_a_voice_knows_its_routes_languages_and_text_level():
    settings = VoiceSettings(
        language="de",
        languages=("en", "de"),
        routes=(RouteSettings(provider="p", voice="v", options={"speed": 2}),),
        failover="none",
        description="d",
    )
    voice = voice_of("anna", settings, Routes({"p": ProviderSettings(dialect="x", text_level="raw")}))
    assert voice.languages == ("de", "en")
    assert voice.failover is Failover.NONE
    (route,) = voice.routes
    assert (route.provider, route.voice, route.options, route.text_level) == (
        "p",
        "v",
        {"speed": 2},
        TextLevel.RAW,
    )


@pytest.mark.parametrize(
    ("provider", "batch_chars"),
    [
        ({"dialect": "openai"}, 240),
        ({"dialect": "openai", "limits": {"batch_chars": 0}}, 0),
        ({"dialect": "cartesia"}, 0),
        ({"engine": "piper"}, 0),
    ],
)
def test_text_that_waits_is_joined_where_each_request_counts(provider, batch_chars):
    settings = VoiceSettings(routes=(RouteSettings(provider="p", voice="v"),))
    (route,) = voice_of("anna", settings, Routes({"p": ProviderSettings(**provider)})).routes
    assert route.batch_chars == batch_chars


@pytest.mark.parametrize("settings", [{}, {"engine": "piper", "dialect": "x"}])
def test_a_provider_is_either_an_engine_or_a_vendor(settings):
    with pytest.raises(ValidationError, match="either engine"):
        ProviderSettings(**settings)


def test_a_floor_above_the_ceiling_is_refused():
    with pytest.raises(ValidationError, match="floor 3 is above ceiling 2"):
        PoolSettings(floor=3, ceiling=2)


@pytest.mark.parametrize("credential", ["env:KEY", "file:/run/secrets/key"])
def test_a_credential_is_a_reference(credential):
    assert ProviderSettings(dialect="x", credential=credential).credential == credential


@pytest.mark.parametrize("credential", ["sk-123", "env:", ""])
def test_a_secret_is_no_reference(credential):
    with pytest.raises(ValidationError, match="must not contain the secret itself"):
        ProviderSettings(dialect="x", credential=credential)


def test_a_key_makes_its_principal():
    key = KeySettings(sha256="a" * 64, tenant="acme", priority=2, max_streams=5)
    assert principal_of("shop", key, 9) == Principal("shop", "acme", 2, 5)


def test_what_a_key_leaves_open_is_as_usual():
    assert principal_of("shop", KeySettings(sha256="a" * 64), 9) == Principal("shop", "shop", 0, 9)


def test_a_principal_may_have_two_keys_while_they_are_rotated():
    assert KeySettings(sha256=["a" * 64, "b" * 64]).sha256 == ("a" * 64, "b" * 64)


def test_a_principal_may_have_livekit_keys_instead():
    assert KeySettings(livekit={"APIx": "file:/run/secret"}).livekit == {"APIx": "file:/run/secret"}
    for settings in ({}, {"livekit": {}}, {"livekit": {"": "env:X"}}):
        with pytest.raises(ValidationError):
            KeySettings(**settings)


def test_a_livekit_secret_is_never_in_the_file():
    with pytest.raises(ValidationError) as caught:
        KeySettings(livekit={"APIx": "planted"})
    (told,) = caught.value.errors(include_input=False)
    assert "env:NAME or file:PATH" in told["msg"]
    assert "planted" not in told["msg"]


@pytest.mark.parametrize("digest", ["a" * 63, "A" * 64, "g" * 64, "my-plain-key", []])
def test_only_a_digest_is_a_digest(digest):
    with pytest.raises(ValidationError):
        KeySettings(sha256=digest)


@pytest.mark.parametrize(
    ("provider", "takes"),
    [
        ({"engine": "espeak"}, "prosody pitch"),
        ({"engine": "piper"}, "prosody rate 0.25 to 4, prosody volume -40 to +12 dB"),
        ({"dialect": "openai"}, "prosody rate 0.25 to 4"),
        ({"dialect": "openai", "switches": {"sends_speed": False}}, str(Takes())),
        ({"dialect": "openai", "switches": {"what": 1}}, str(Takes())),
        ({"dialect": "not_built_in"}, str(Takes())),
    ],
)
def test_a_route_knows_what_of_a_delivery_it_follows(provider, takes):
    settings = VoiceSettings(routes=(RouteSettings(provider="p", voice="v"),))
    (route,) = voice_of("joe", settings, Routes({"p": ProviderSettings(**provider)})).routes
    assert takes in str(route.takes)


@pytest.mark.parametrize(
    ("asked", "model", "directions"),
    [
        (None, "eleven_v3", ANY_DIRECTION),
        (None, "eleven_flash_v2_5", frozenset()),
        (False, "eleven_v3", frozenset()),
        (True, "eleven_flash_v2_5", ANY_DIRECTION),
    ],
)
def test_stage_directions_go_where_the_model_acts_them_or_where_it_is_said_to(asked, model, directions):
    settings = VoiceSettings(routes=(RouteSettings(provider="p", voice="v", options={"model_id": model}),))
    provider = ProviderSettings(dialect="elevenlabs", audio_tags=asked)
    (route,) = voice_of("joe", settings, Routes({"p": provider})).routes
    assert route.takes.directions == directions


def test_a_local_voice_acts_no_stage_directions():
    with pytest.raises(ValidationError, match="audio_tags"):
        ProviderSettings(engine="piper", audio_tags=True)


def test_a_provider_is_read_once_however_many_routes_it_has(monkeypatch):
    built = []

    def build(*args):
        built.append(args)
        return module.VENDORS["deepgram"](*args)

    routes = Routes({"p": ProviderSettings(dialect="counted", credential="env:K")})
    voices = [VoiceSettings(routes=(RouteSettings(provider="p", voice=f"v{n}"),)) for n in range(100)]
    monkeypatch.setattr(module, "VENDORS", {**module.VENDORS, "counted": build})
    assert [voice_of("v", voice, routes).routes[0].voice for voice in voices] == [f"v{n}" for n in range(100)]
    assert len(built) <= 2
