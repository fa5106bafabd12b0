"""MP3, Opus, FLAC and AAC on the native contract, over both wires and `Speak`: what comes is a file that FFmpeg plays for as long."""

import json
import subprocess

import av
import grpc.aio
import pytest

from legato.domain.audio import EXTRAS, USUAL_HZ, AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import UtteranceCancelled
from legato.v1 import audio_pb2, speech_pb2
from legato_client.catalogue import list_voices
from legato_client.connect import connect
from legato_client.tuning import Tuning
from tests.e2e.processes import BIN
from tests.legato.audio.encoded import decoded

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

FORMS = {Encoding.MP3: "mp3", Encoding.OPUS: "ogg", Encoding.FLAC: "flac", Encoding.AAC: "aac"}
PADDING_MS = {Encoding.MP3: 70, Encoding.OPUS: 0, Encoding.FLAC: 0, Encoding.AAC: 130}
AT_ONCE = Tuning(max_lead_ms=-1)
TEXT = "Seven swans went to sea in a very small boat, and nobody saw them leave."
encodings = pytest.mark.parametrize("encoding", EXTRAS)


def sounds(data, audio_format):
    """Return how many samples FFmpeg decodes, without those that the codec puts before the first."""
    rate = audio_format.sample_rate_hz
    return len(decoded(data, FORMS[audio_format.encoding], rate)) - audio_format.codec_delay


def lasts(data, audio_format, samples):
    extra = sounds(data, audio_format) - samples
    return samples > 0 and 0 <= extra <= audio_format.samples(PADDING_MS[audio_format.encoding])


@encodings
async def test_r19_an_utterance_is_a_file_that_lasts_as_long_as_what_was_spoken(house, wire, encoding):
    asked = AudioFormat(encoding, USUAL_HZ[encoding])
    async with connect(house.urls[wire], voice="espeak", audio_format=asked, tuning=AT_ONCE) as speech:
        assert speech.audio_format == asked
        assert speech.opened.codec_delay_samples == asked.codec_delay
        for _ in range(2):
            utterance = speech.say(TEXT)
            chunks = [chunk async for chunk in utterance]
            data = b"".join(chunk.data for chunk in chunks)
            assert lasts(data, asked, utterance.receipt.audio_samples)
            assert len(data) < utterance.receipt.audio_samples * 2 * 0.8
            offsets = [chunk.sample_offset for chunk in chunks]
            assert offsets == sorted(offsets)
            assert offsets[0] == utterance.started.start_sample


@encodings
async def test_r10_a_cancel_tells_what_the_listener_has_of_it(house, wire, encoding):
    asked = AudioFormat(encoding, USUAL_HZ[encoding])
    tuning = Tuning(max_lead_ms=500)
    async with connect(house.urls[wire], voice="espeak", audio_format=asked, tuning=tuning) as speech:
        utterance = speech.say(TEXT * 3)
        data = b""
        async for chunk in utterance:
            data += chunk.data
            if chunk.sample_offset > asked.sample_rate_hz:
                break
        heard = sounds(data, asked)
        assert heard >= chunk.sample_offset
        told = await utterance.cancel(played_sample=chunk.sample_offset)
        assert isinstance(told, UtteranceCancelled)
        assert told.truncate_at_sample == chunk.sample_offset
        assert told.heard + told.sent_unheard + told.never_sent == TEXT * 3
        assert told.heard.startswith("Seven swans")
        assert await speech.speak("Yes?")


@encodings
async def test_speak_answers_with_one_file(house, encoding):
    request = speech_pb2.SpeakRequest(text=TEXT, voice="espeak")
    request.audio_format.encoding = audio_pb2.Encoding.Value(f"ENCODING_{encoding.name}")
    async with grpc.aio.insecure_channel(house.grpc) as channel:
        call = channel.unary_stream("/legato.v1.SpeechService/Speak")(request.SerializeToString())
        answers = [speech_pb2.SpeakResponse.FromString(answer) async for answer in call]
    made = answers[0].format
    asked = AudioFormat(encoding, made.sample_rate_hz, made.bit_rate_kbps)
    assert asked == AudioFormat(encoding, USUAL_HZ[encoding])
    data = b"".join(answer.audio.data for answer in answers)
    assert lasts(data, asked, answers[-1].finished.receipt.audio_samples)


async def test_a_bit_rate_is_taken_and_one_that_does_not_exist_is_refused_by_name(house, wire):
    sizes = []
    for kbps in (16, 96):
        asked = AudioFormat(Encoding.OPUS, 24_000, kbps)
        async with connect(house.urls[wire], voice="espeak", audio_format=asked, tuning=AT_ONCE) as speech:
            assert speech.audio_format.bit_rate_kbps == kbps
            sizes.append(len(await speech.speak(TEXT)))
    assert sizes[1] > 3 * sizes[0]
    wrong = AudioFormat(Encoding.OPUS, 24_000, 96)
    object.__setattr__(wrong, "bit_rate_kbps", 600)
    with pytest.raises(
        SpeechError, match=r"with ENCODING_OPUS at 24000 Hz it must be 0 .* or 4 to 256"
    ) as told:
        async with connect(house.urls[wire], audio_format=wrong):
            pass
    assert told.value.reason is Reason.UNKNOWN_FORMAT


async def test_the_formats_that_are_listed_are_those_that_can_be_made(house, wire):
    listed = (await list_voices(house.urls[wire])).formats
    assert {one.encoding for one in listed} == set(audio_pb2.Encoding.values()) - {0}
    assert all(one.bit_rate_kbps for one in listed if one.encoding == audio_pb2.ENCODING_OPUS)


@pytest.mark.parametrize(
    ("name", "arguments", "codec"),
    [
        ("a.opus", (), "opus"),
        ("a.ogg", ("-f", "opus@24000"), "opus"),
        ("a.mp3", (), "mp3"),
        ("a.flac", ("-f", "flac@44100"), "flac"),
        ("a.aac", (), "aac"),
    ],
)
def test_say_writes_a_file_that_ffprobe_knows(house, tmp_path, name, arguments, codec):
    path = tmp_path / name
    command = [BIN / "legato", "say", TEXT, "-o", path, "--json", "--server", house.urls["websocket"]]
    ran = subprocess.run(
        [*command, "-v", "espeak", *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    told = json.loads(ran.stdout)
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        frames = [frame.samples / frame.sample_rate for frame in file.decode(stream)]
        assert (stream.codec_context.codec.canonical_name, stream.channels) == (codec, 1)
    assert sum(frames) * 1000 == pytest.approx(
        told["audio_ms"], abs=0.1 if codec in {"opus", "flac"} else 180
    )
