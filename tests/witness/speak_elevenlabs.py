"""ElevenLabs' own client."""

import base64

from elevenlabs.client import ElevenLabs
from heard import mpeg, ogg, play, sound


def client(given):
    return ElevenLabs(api_key=given.key, base_url=given.url)


def stream(given, output="pcm_24000", encoding="s16", rate=24_000):
    """Speak words as they come; the client's WebSocket insists on TLS."""
    words = iter([f"{word} " for word in given.text.split(" ")])
    parts = client(given).text_to_speech.convert_realtime(given.voice, text=words, output_format=output)
    return sound(b"".join(parts), encoding, rate)


def mulaw(given):
    return stream(given, "ulaw_8000", "mulaw", 8_000)


def ask(given, output="pcm_24000"):
    return {"voice_id": given.voice, "text": given.text, "output_format": output}


def rest(given):
    return sound(b"".join(client(given).text_to_speech.stream(**ask(given))), "s16", 24_000)


def whole(given):
    return sound(b"".join(client(given).text_to_speech.convert(**ask(given))), "s16", 24_000)


def timed(given):
    audio, spelled = b"", ""
    for part in client(given).text_to_speech.stream_with_timestamps(**ask(given)):
        audio += base64.b64decode(part.audio_base_64)
        spelled += "".join(part.alignment.characters) if part.alignment else ""
    return {**sound(audio, "s16", 24_000), "spelled": spelled}


def dialogue(given):
    lines = [{"text": text, "voice_id": given.voice} for text in (given.text, given.text)]
    asked = {"inputs": lines, "output_format": "pcm_24000"}
    whole = client(given).text_to_dialogue.convert_with_timestamps(**asked)
    streamed = list(client(given).text_to_dialogue.stream_with_timestamps(**asked))
    audio = b"".join(base64.b64decode(part.audio_base_64) for part in streamed)
    return {
        **sound(audio, "s16", 24_000),
        "whole": sound(base64.b64decode(whole.audio_base_64), "s16", 24_000)["seconds"],
        "spelled": "".join(whole.alignment.characters),
        "lines": [segment.dialogue_input_index for segment in whole.voice_segments],
    }


def default(given):
    words = iter([given.text])
    return mpeg(b"".join(client(given).text_to_speech.convert_realtime(given.voice, text=words)))


def default_rest(given):
    asked = {"voice_id": given.voice, "text": given.text}
    return mpeg(b"".join(client(given).text_to_speech.stream(**asked)))


def opus(given):
    return ogg(b"".join(client(given).text_to_speech.stream(**ask(given, "opus_48000_32"))))


def opus_as_it_comes(given):
    words = iter([f"{word} " for word in given.text.split(" ")])
    asked = {"text": words, "output_format": "opus_48000_64"}
    return ogg(b"".join(client(given).text_to_speech.convert_realtime(given.voice, **asked)))


def opus_timed(given):
    audio, spelled = b"", ""
    for part in client(given).text_to_speech.stream_with_timestamps(**ask(given, "opus_48000_96")):
        audio += base64.b64decode(part.audio_base_64)
        spelled += "".join(part.alignment.characters) if part.alignment else ""
    return {**ogg(audio), "spelled": spelled}


def unbuilt(given):
    return {"bytes": len(b"".join(client(given).text_to_speech.stream(**ask(given, "opus_48000_33"))))}


def voices(given):
    return {
        "all": [voice.voice_id for voice in client(given).voices.get_all().voices],
        "found": [voice.voice_id for voice in client(given).voices.search().voices],
        "paged": client(given).voices.search(page_size=1, search="espeak").total_count,
        "one": client(given).voices.get(voice_id="espeak").name,
        "models": [model.model_id for model in client(given).models.list()],
    }


CASES = {
    case.__name__: case
    for case in (
        stream,
        mulaw,
        rest,
        whole,
        timed,
        dialogue,
        default,
        default_rest,
        opus,
        opus_as_it_comes,
        opus_timed,
        unbuilt,
        voices,
    )
}
play(CASES)
