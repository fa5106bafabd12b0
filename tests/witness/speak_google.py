"""Google's own client: its channel has no TLS here, as with the vendor's emulators."""

import grpc
from google.cloud import texttospeech
from google.cloud.texttospeech_v1.services.text_to_speech.transports import TextToSpeechGrpcTransport
from heard import play, sound

RATE = 24_000


def client(given):
    channel = grpc.insecure_channel(given.url.removeprefix("grpc://"))
    return texttospeech.TextToSpeechClient(transport=TextToSpeechGrpcTransport(channel=channel))


def heard(given, parts, encoding="s16", rate=RATE, **audio):
    config = texttospeech.StreamingSynthesizeConfig(
        voice=texttospeech.VoiceSelectionParams(name=given.voice, language_code="en-US"),
        streaming_audio_config=texttospeech.StreamingAudioConfig(**audio),
    )

    def requests():
        yield texttospeech.StreamingSynthesizeRequest(streaming_config=config)
        for part in parts:
            yield texttospeech.StreamingSynthesizeRequest(
                input=texttospeech.StreamingSynthesisInput(text=part)
            )

    answers = client(given).streaming_synthesize(
        requests(), metadata=[("authorization", f"Bearer {given.key}")]
    )
    return sound(b"".join(answer.audio_content for answer in answers), encoding, rate)


PCM = {"audio_encoding": texttospeech.AudioEncoding.PCM, "sample_rate_hertz": RATE}


def sentences(given):
    """Speak the sentences one by one, in one call."""
    return heard(given, [f"{part.strip()}. " for part in given.text.split(".") if part.strip()], **PCM)


def whole(given):
    return heard(given, [given.text], **PCM)


def telephone(given):
    mulaw = {"audio_encoding": texttospeech.AudioEncoding.MULAW, "sample_rate_hertz": 8_000}
    return heard(given, [given.text], "mulaw", 8_000, **mulaw)


def default(given):
    """Ask for no particular audio format."""
    return heard(given, [given.text])


play({case.__name__: case for case in (sentences, whole, telephone, default)})
