import pytest

from legato.domain.audio import EXTRAS, AudioFormat, Encoding, offered
from legato.domain.events import (
    Begin,
    Cancel,
    Configure,
    End,
    Flush,
    Open,
    Pause,
    Ping,
    Played,
    Prewarm,
    Resume,
    Text,
)
from legato.domain.speech import Position, UtteranceOptions
from legato.v1 import audio_pb2, speech_pb2
from legato_client.replies import format_of
from legato_client.requests import check, format_message, request_of

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)

EVERY_COMMAND = {
    "open": Open("joe", PCM, "en", UtteranceOptions(speed=2.0), 0, "00-a-b-01"),
    "begin": Begin("u1", 3, "joe", "en", UtteranceOptions(words=True), Position.NEXT, interruptible=False),
    "text": Text("u1", "Grüße"),
    "flush": Flush("u1", "f1"),
    "end": End("u1"),
    "cancel": Cancel("u1", fade_ms=20, force=True, played_sample=2**40),
    "pause": Pause(1),
    "resume": Resume(1),
    "played": Played(77, track=2),
    "configure": Configure(voice="anna", max_lead_ms=-1),
    "prewarm": Prewarm("anna"),
    "ping": Ping("p"),
}


def test_every_kind_of_the_contract_can_be_said():
    kinds = {field.name for field in speech_pb2.StreamRequest.DESCRIPTOR.oneofs_by_name["request"].fields}

    assert kinds == set(EVERY_COMMAND)


@pytest.mark.parametrize("kind", EVERY_COMMAND)
def test_a_command_becomes_the_message_of_its_name_with_all_its_fields(kind):
    command = EVERY_COMMAND[kind]

    request = request_of(command)

    assert request.WhichOneof("request") == kind
    message = getattr(request, kind)
    plain = {
        "utterance_id",
        "text",
        "flush_id",
        "track",
        "voice",
        "language",
        "payload",
        "sample",
        "traceparent",
        "tracestate",
    }
    for name in plain & set(type(command).__slots__):
        if getattr(command, name) is not None:
            assert getattr(message, name) == getattr(command, name), name


def test_what_is_unset_stays_unset():
    message = request_of(Cancel()).cancel
    assert not message.HasField("track")
    assert not message.HasField("played_sample")
    assert not request_of(Open("", PCM)).open.HasField("max_lead_ms")
    assert not request_of(Begin("u1")).begin.options.HasField("speed")
    assert not request_of(Configure()).configure.HasField("voice")


def test_zero_false_and_empty_are_not_unset():
    assert request_of(Cancel(track=0, played_sample=0)).cancel.HasField("track")
    assert request_of(Open("", PCM, max_lead_ms=0)).open.HasField("max_lead_ms")
    assert request_of(Begin("u1", interruptible=False)).begin.HasField("interruptible")
    assert request_of(Configure(voice="")).configure.HasField("voice")
    options = request_of(Begin("u1", options=UtteranceOptions(words=False, speed=0.5))).begin.options
    assert options.HasField("words")
    assert options.speed == 0.5


def test_positions_and_formats_have_their_numbers():
    numbers = [request_of(Begin("u1", position=position)).begin.position for position in Position]
    assert numbers == [
        speech_pb2.POSITION_APPEND,
        speech_pb2.POSITION_NEXT,
        speech_pb2.POSITION_REPLACE,
    ]
    assert request_of(Open("", PCM)).open.audio_format == audio_pb2.AudioFormat(
        encoding=audio_pb2.ENCODING_PCM_S16LE, sample_rate_hz=24_000
    )


def test_every_format_survives_the_wire():
    known = [*offered(EXTRAS), AudioFormat(Encoding.OPUS, 24_000, 96)]
    assert [format_of(format_message(audio_format)) for audio_format in known] == known


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (Begin("u1", track=256), "track must be 0 to 255, got 256"),
        (Pause(256), "track must be 0 to 255, got 256"),
        (Cancel(track=1000), "track must be 0 to 255, got 1000"),
        (Cancel("u1", fade_ms=201), "fade_ms must be 0 to 200, got 201"),
        (Begin(""), "utterance_id must have 1 to 128 characters, it has 0"),
        (Begin("x" * 129), "utterance_id must have 1 to 128 characters, it has 129"),
    ],
)
def test_what_the_gateway_never_accepts_is_refused_where_the_program_gives_it(command, told):
    """The gateway's refusal could end nothing: a cancel was ignored, and an utterance without its Begin never ended."""
    with pytest.raises(ValueError, match=told):
        check(command)


@pytest.mark.parametrize(
    "command", [Begin("x" * 128, track=255), Cancel("u1", track=0, fade_ms=200), Cancel()]
)
def test_what_the_gateway_just_accepts_is_not_refused(command):
    check(command)
