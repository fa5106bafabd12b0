import inspect
import ssl
import typing

import pytest

import legato_client
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import UtteranceOptions
from legato.v1 import speech_pb2
from legato_client import (
    ConnectionLostError,
    Ending,
    Retry,
    Speech,
    StreamLimits,
    Tuning,
    Utterance,
    UtteranceFinished,
    connect,
)
from tests.gateway.servers.stage import house, sound

ONCE = Tuning(retry=Retry(attempts=1))


async def test_what_is_asked_for_is_what_is_opened(gateway):
    async def script(visit):
        await visit.open()
        await visit.until("ping")

    async with gateway(script) as running:
        options = UtteranceOptions(speed=1.5)
        speech = connect(
            running.url,
            key="secret",
            voice="joe",
            language="en",
            audio_format=AudioFormat(Encoding.MULAW, 8_000),
            options=options,
            tuning=Tuning(max_lead_ms=0, finish_when_heard=True),
        )
        async with speech:
            assert speech.opened.stream_id == "s1"
            assert speech.audio_format == AudioFormat(Encoding.MULAW, 8_000)
            assert speech.opened.codec_delay_samples == 3

    (visit,) = running.visits
    opening = visit.seen[0].open
    assert visit.key == "Bearer secret"
    assert (opening.voice, opening.language, opening.max_lead_ms) == ("joe", "en", 0)
    assert opening.HasField("max_lead_ms")
    assert opening.finish_when_heard
    assert opening.options == speech_pb2.UtteranceOptions(speed=1.5)


async def test_a_refused_open_is_raised_where_it_is_entered(gateway):
    async def script(visit):
        await visit.read("open")
        await visit.send(error=speech_pb2.Error(reason="unknown_voice", message="the voices are: joe"))
        await visit.read()

    async with gateway(script) as running:
        with pytest.raises(SpeechError, match="the voices are: joe") as caught:
            async with connect(running.url, voice="jo"):
                pytest.fail("entered")

    assert caught.value.reason is Reason.UNKNOWN_VOICE
    assert len(running.visits) == 1, "what cannot go better is not tried again"


async def test_a_fatal_error_before_opened_is_raised_too(gateway):
    async def script(visit):
        await visit.read("open")
        await visit.send(error=speech_pb2.Error(reason="unauthenticated", message="no key", fatal=True))

    async with gateway(script) as running:
        with pytest.raises(SpeechError, match="no key"):
            async with connect(running.url):
                pytest.fail("entered")


@pytest.mark.parametrize("scheme", ["grpc", "ws"])
async def test_nobody_there(scheme):
    with pytest.raises(ConnectionLostError):
        async with connect(f"{scheme}://127.0.0.1:9", tuning=ONCE):
            pytest.fail("entered")


async def test_a_gateway_that_never_opens_the_stream(gateway):
    async def script(visit):
        await visit.read("open")
        await visit.read()

    async with gateway(script) as running:
        with pytest.raises(ConnectionLostError, match="in time"):
            async with connect(running.url, tuning=Tuning(retry=Retry(attempts=1), open_timeout_s=0.05)):
                pytest.fail("entered")


@pytest.mark.parametrize("url", ["localhost:8080", None, 8080, b"ws://localhost"])
def test_no_address(url):
    with pytest.raises(ValueError, match="is not a gateway address: expected grpc://"):
        connect(url)


@pytest.mark.parametrize(
    ("argument", "wrong", "told"),
    [
        ("voice", 5, "voice cannot be 5"),
        ("language", 5, "language cannot be 5"),
        ("options", {"speed": 1.5}, r"options must be UtteranceOptions\(...\)"),
        (
            "audio_format",
            Encoding.MP3,
            r"audio_format must be an AudioFormat such as AudioFormat\(Encoding.MP3, ",
        ),
        ("audio_format", None, "audio_format must be an AudioFormat such as"),
        ("tuning", {"max_lead_ms": -1}, r"tuning must be Tuning\(...\)"),
    ],
)
def test_what_no_stream_could_be_opened_with_is_refused_where_it_is_given(argument, wrong, told):
    with pytest.raises(TypeError, match=told):
        connect("ws://127.0.0.1:9", **{argument: wrong})


@pytest.mark.parametrize("scheme", ["grpc", "ws"])
def test_no_key(scheme):
    with pytest.raises(ValueError, match="must be printable ASCII"):
        connect(f"{scheme}://127.0.0.1:9", key="planted\n")


@pytest.mark.parametrize("scheme", ["grpcs", "wss"])
def test_no_certificates(scheme):
    with pytest.raises(ValueError, match="not PEM"):
        connect(f"{scheme}://127.0.0.1:9", tuning=Tuning(ca_pem=b"\x82"))


@pytest.mark.parametrize("scheme", ["grpcs", "wss"])
async def test_speech_goes_through_tls_and_only_to_whom_the_certificate_names(scheme, certificate):
    key, cert = certificate
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    credentials = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    credentials.load_cert_chain(cert, key)
    credentials.set_alpn_protocols(["h2"])
    trusting = Tuning(ca_pem=cert.read_bytes(), retry=Retry(attempts=1))

    async with house(tls=tls, grpc_tls=credentials) as built:
        port = built.servers.grpc_port if scheme == "grpcs" else built.servers.http_port
        async with connect(f"{scheme}://localhost:{port}", tuning=trusting) as speech:
            assert await speech.speak("abc") == sound(0, 7_200)
        for stranger, tuning in (("localhost", ONCE), ("127.0.0.1", trusting)):
            with pytest.raises(ConnectionLostError) as caught:
                async with connect(f"{scheme}://{stranger}:{port}", tuning=tuning):
                    pytest.fail("entered")
            assert not caught.value.may_retry, str(caught.value)


def _named(annotation):
    """The classes that an annotation names."""
    inner = annotation if isinstance(annotation, list) else typing.get_args(annotation)
    return {annotation} if isinstance(annotation, type) and not inner else set().union(*map(_named, inner))


def _told_by(kind):
    """The classes in what an exported class offers: its fields, its properties, and the arguments and results of its methods."""
    members = [getattr(kind, name) for name in vars(kind) if not name.startswith("_")]
    offered = [member.fget if isinstance(member, property) else member for member in members]
    offered = [member for member in offered if inspect.isfunction(member)]
    hints = [typing.get_type_hints(each) for each in (kind, *offered)]
    return set().union(*(_named(annotation) for each in hints for annotation in each.values()))


def test_whatever_a_program_is_given_it_can_annotate():
    exported = {getattr(legato_client, name) for name in legato_client.__all__}
    faced = [Speech, Utterance, *(kind for kind in exported if kind not in {UtteranceOptions, SpeechError})]
    given = set().union(*(_told_by(kind) for kind in faced if isinstance(kind, type)))

    own = {kind for kind in given if kind.__module__.startswith("legato")}
    assert {UtteranceFinished, StreamLimits} <= own
    assert own - exported == set()
    assert set(typing.get_args(Ending)) <= exported
