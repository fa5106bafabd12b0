"""NVIDIA Riva's own client."""

from heard import play, sound
from riva.client import Auth, SpeechSynthesisService
from riva.client.proto.riva_audio_pb2 import AudioEncoding
from riva.client.proto.riva_tts_pb2 import RivaSynthesisConfigRequest


def service(given):
    metadata = [["authorization", f"Bearer {given.key}"]]
    return SpeechSynthesisService(Auth(uri=given.url.removeprefix("grpc://"), metadata_args=metadata))


def online(given, text=None, encoding=AudioEncoding.LINEAR_PCM, rate=22_050, **more):
    return service(given).synthesize_online(
        text or given.text, given.voice, "en-US", encoding=encoding, sample_rate_hz=rate, **more
    )


def heard(answers, encoding="s16", rate=22_050):
    return sound(b"".join(answer.audio for answer in answers), encoding, rate)


def stream(given):
    return heard(online(given))


def sentences(given):
    """Send a request for each sentence, in one call."""
    return heard(online(given, [f"{part}." for part in given.text.split(".") if part.strip()]))


def telephone(given):
    return heard(online(given, encoding=AudioEncoding.MULAW, rate=8_000), "mulaw", 8_000)


def timed(given):
    answers = list(online(given, enable_word_time_offsets=True))
    words = [word for answer in answers for word in answer.meta.words]
    return {
        **heard(answers),
        "words": [word.word for word in words],
        "ends": [word.end_time for word in words],
    }


def whole(given):
    return heard([service(given).synthesize(given.text, given.voice, "en-US", sample_rate_hz=22_050)])


def voices(given):
    known = service(given)
    told = known.stub.GetRivaSynthesisConfig(
        RivaSynthesisConfigRequest(), metadata=known.auth.get_auth_metadata()
    )
    return {"voices": [model.parameters["voice_name"] for model in told.model_config]}


play({case.__name__: case for case in (stream, sentences, telephone, timed, whole, voices)})
