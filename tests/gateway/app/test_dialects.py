import json

import pytest

from gateway.app.config.dialects import DialectsSection
from gateway.app.config.sections import ServerSection
from gateway.app.dialects import DIALECTS, FACES, configured, tcp_face
from gateway.servers.dialects import PageRoute, Shape
from legato.domain.audio import EXTRAS, Encoding
from legato.domain.events import Open
from legato.faces.google import GoogleSpeech
from legato.faces.riva import RivaSpeech
from legato.faces.wyoming import WyomingSpeech
from legato.ports import Accepted, Refusal, RequestHead
from tests.gateway.servers.stage import TwoVoices


def test_no_two_dialects_claim_the_same_place():
    pages = [r for r in DIALECTS if isinstance(r, PageRoute)]
    places = [(r.path, r.claims) for r in pages] + [(r.path, r.shape) for r in DIALECTS if r not in pages]
    assert len(places) == len(set(places))
    for route in DIALECTS:
        assert route.make_face("r", ()).name


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FIRST = {
    "/v1/audio/speech": '{"model": "m", "input": "hi.", "voice": "joe", "response_format": "pcm"}',
    "/tts/websocket": '{"model_id": "m", "transcript": "hi.", "context_id": "c", "voice": {"mode": "id", "id": "joe"}, '
    '"output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}}',
    "/v1/tts": '{"type": "session.create", "voice": "joe"}',
    "/tts": '{"type": "session.create", "voice": "joe"}',
    "/v1/text-to-dialogue": '{"inputs": [{"text": "hi.", "voice_id": "joe"}]}',
    "/v1/text-to-dialogue/stream": '{"inputs": [{"text": "hi.", "voice_id": "joe"}]}',
    "/v1/speak": '{"text": "hi."}',
    "/v2/speak": '{"text": "hi."}',
}
"""What a client asks for first, by place; at the others the head says all."""


@pytest.mark.parametrize(
    "route",
    [r for r in DIALECTS if not isinstance(r, PageRoute)],
    ids=lambda route: f"{route.shape.name} {route.path}",
)
def test_every_dialect_takes_the_trace_of_its_header(route):
    method = "POST" if route.shape is Shape.ONE_SHOT else "GET"
    path = route.path.replace("{voice_id}", "joe")
    place = "/tts/websocket" if path.startswith("/tts/") else path.removesuffix("/with-timestamps")
    query = {"model": "joe", "encoding": "linear16", "container": "none", "output_format": "pcm_24000"}
    head = RequestHead(
        method, path, query, {"traceparent": TRACE, "tracestate": "a=1", "content-type": "application/json"}
    )
    face = route.make_face("r", {"joe"})
    opened = face.open(head)
    assert isinstance(opened, Accepted), opened
    first = FIRST.get(place, '{"text": "hi."}')
    told = [*opened.events, *face.parse(first.encode() if method == "POST" else first)]
    (start,) = [event for event in told if isinstance(event, Open)]
    assert (start.traceparent, start.tracestate) == (TRACE, "a=1")


def test_every_face_is_named_for_telemetry():
    named = {route.make_face("r", {"joe"}).name for route in DIALECTS if not isinstance(route, PageRoute)}
    assert set(FACES) == {"grpc", "websocket", GoogleSpeech.name, RivaSpeech.name, WyomingSpeech.name} | named


def test_what_vendors_leave_open_is_decided_by_the_configuration():
    head = RequestHead("POST", "/v1/text-to-speech/joe", {}, {})

    def answers(section):
        faces = [r.make_face("r", {"joe"}) for r in configured(section) if "{voice_id}" in r.path]
        return {type(face.open(head)) is Accepted for face in faces}

    assert answers(DialectsSection()) == {False}
    assert answers(DialectsSection(elevenlabs_format="pcm_24000")) == {True}
    wav = configured(DialectsSection(openai_format="wav"))
    [face] = [route.make_face("r", {"joe"}) for route in wav if route.path == "/v1/audio/speech"]
    assert face.parse(b'{"input": "hi.", "voice": "joe"}')[0].audio_format.encoding is Encoding.WAV
    assert [route.path for route in configured(DialectsSection())] == [route.path for route in DIALECTS]


def test_every_dialect_that_has_encoded_audio_offers_what_is_installed():
    def answer(path, head, body, installed):
        [make_face] = {
            r.make_face
            for r in configured(DialectsSection(), installed)
            if r.path == path and r.shape is Shape.ONE_SHOT
        }
        face = make_face("r", {"joe"})
        opened = face.open(head)
        [told, *_] = (opened,) if isinstance(opened, Refusal) else face.parse(json.dumps(body).encode())
        return told.audio_format.encoding if isinstance(told, Open) else told

    asked = [
        ("/v1/speak", {"encoding": "opus"}, {"text": "Hi."}, Encoding.OPUS),
        ("/v2/speak", {"encoding": "aac"}, {"text": "Hi."}, Encoding.AAC),
        ("/v1/audio/speech", {}, {"input": "Hi.", "voice": "joe", "response_format": "flac"}, Encoding.FLAC),
        ("/v1/text-to-speech/{voice_id}", {"output_format": "opus_48000_64"}, {"text": "Hi."}, Encoding.OPUS),
        (
            "/tts/bytes",
            {},
            {
                "transcript": "Hi.",
                "voice": {"mode": "id", "id": "joe"},
                "output_format": {"container": "mp3"},
            },
            Encoding.MP3,
        ),
    ]
    for path, query, body, encoding in asked:
        head = RequestHead("POST", path.format(voice_id="joe"), query, {})
        assert answer(path, head, body, frozenset(EXTRAS)) is encoding
        refused = answer(path, head, body, frozenset())
        message = refused.body.decode() if isinstance(refused, Refusal) else refused.error.message
        assert f"pip install 'legato[{EXTRAS[encoding]}]'" in message


def test_the_bare_tcp_port_comes_in_with_the_configured_key():
    head = RequestHead("TCP", "", {}, {})
    assert tcp_face(ServerSection(), {}, TwoVoices())().key(head) == ""
    section = ServerSection(wyoming_key="env:HOME_KEY")
    assert tcp_face(section, {"HOME_KEY": "sesame"}, TwoVoices())().key(head) == "sesame"
    with pytest.raises(ValueError, match="HOME_KEY"):
        tcp_face(section, {}, TwoVoices())
