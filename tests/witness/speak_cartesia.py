"""Cartesia's own client."""

from cartesia import Cartesia
from heard import mpeg, play, sound, websocket_url

NAMES = {"pcm_f32le": "f32", "pcm_s16le": "s16", "pcm_mulaw": "mulaw"}


def client(given):
    return Cartesia(
        api_key=given.key, base_url=given.url, websocket_base_url=websocket_url(given.url), max_retries=0
    )


def raw(encoding, rate):
    return {"container": "raw", "encoding": encoding, "sample_rate": rate}


def ask(given, output):
    return {
        "model_id": "sonic-3",
        "transcript": given.text,
        "voice": {"mode": "id", "id": given.voice},
        "output_format": output,
    }


def stream(given, encoding="pcm_f32le", rate=44_100):
    with client(given).tts.websocket_connect() as connection:
        context = connection.context(
            model_id="sonic-3",
            voice={"mode": "id", "id": given.voice},
            output_format=raw(encoding, rate),
            add_timestamps=True,
        )
        for word in given.text.split(" "):
            context.push(f"{word} ")
        context.no_more_inputs()
        return told(context.receive(), encoding, rate)


def told(events, encoding, rate):
    audio, words, kinds = b"", [], []
    for event in events:
        if event.type == "chunk":
            audio += event.audio
        elif event.type == "timestamps":
            words += event.word_timestamps.words
        kinds.append(event.type)
    return {**sound(audio, NAMES[encoding], rate), "words": words, "last": kinds[-1]}


def mulaw(given):
    return stream(given, "pcm_mulaw", 8_000)


def bare_context(given):
    """Speak in a context without defaults: its last message names the client's own voice and format."""
    with client(given).tts.websocket_connect() as connection:
        context = connection.context()
        voice = {"mode": "id", "id": given.voice}
        context.send(transcript=given.text, voice=voice, output_format=raw("pcm_s16le", 16_000))
        context.no_more_inputs()
        return told(context.receive(), "pcm_s16le", 16_000)


def two_contexts(given):
    with client(given).tts.websocket_connect() as connection:
        asked = {**ask(given, raw("pcm_s16le", 24_000)), "continue_": False}
        contexts = [connection.context() for _ in range(2)]
        for context in contexts:
            context.send(**asked)
        return {"heard": [told(context.receive(), "pcm_s16le", 24_000) for context in contexts]}


def cancel(given):
    with client(given).tts.websocket_connect() as connection:
        asked = {**ask(given, raw("pcm_s16le", 24_000)), "continue_": False}
        first = connection.context()
        first.send(**asked)
        next(first.receive())
        first.cancel()
        left = [event.type for event in first.receive()]
        second = connection.context()
        second.send(**{**asked, "transcript": "Yes."})
        return {**told(second.receive(), "pcm_s16le", 24_000), "left": left[-1]}


def failing(given):
    """Return the error of a context, which is an event in this client, not an exception."""
    with client(given).tts.websocket_connect() as connection:
        context = connection.context()
        context.send(**ask(given, raw("pcm_s16le", 24_000)), continue_=False)
        (event,) = context.receive()
        return {"type": event.type, "status": event.status_code, "code": event.error_code}


def after_an_error(given):
    """Speak in a context after one that failed: contexts read one another's events, so an event of a finished one ends the next."""
    with client(given).tts.websocket_connect() as connection:
        asked = {"voice": {"mode": "id", "id": given.voice}, "output_format": raw("pcm_s16le", 24_000)}
        first = connection.context(**asked)
        first.push("word " * 12_000)
        first.no_more_inputs()
        (error,) = first.receive()
        second = connection.context(**asked)
        second.push(given.text)
        second.no_more_inputs()
        return {**told(second.receive(), "pcm_s16le", 24_000), "first": error.title}


def older(given):
    """Speak through the interface of the client's second version, which raises."""
    connection = client(given).tts.websocket()
    try:
        output = raw("pcm_s16le", 24_000)
        parts = [part.audio or b"" for part in connection.send(**ask(given, output))]
        return sound(b"".join(parts), "s16", 24_000)
    finally:
        connection.close()


def floats_in_wav(given):
    output = {"container": "wav", "encoding": "pcm_f32le", "sample_rate": 44_100}
    return sound(client(given).tts.generate(**ask(given, output)).read(), "wav", 44_100)


def bare(given):
    return sound(client(given).tts.generate(**ask(given, raw("pcm_s16le", 24_000))).read(), "s16", 24_000)


def sse(given):
    events = client(given).tts.generate_sse(**ask(given, raw("pcm_s16le", 24_000)), add_timestamps=True)
    return told(events, "pcm_s16le", 24_000)


def mp3(given):
    output = {"container": "mp3", "bit_rate": 128_000, "sample_rate": 44_100}
    return mpeg(client(given).tts.generate(**ask(given, output)).read())


def voices(given):
    return {"voices": [voice.id for voice in client(given).voices.list(limit=1)]}


def status(given):
    return {"ok": client(given).get_status().ok}


def voice(given):
    return {"name": client(given).voices.get(given.voice).name}


play(
    {
        "stream": stream,
        "mulaw": mulaw,
        "bare-context": bare_context,
        "two-contexts": two_contexts,
        "cancel": cancel,
        "failing": failing,
        "after-an-error": after_an_error,
        "older": older,
        "floats-in-wav": floats_in_wav,
        "bare": bare,
        "sse": sse,
        "mp3": mp3,
        "voices": voices,
        "voice": voice,
        "status": status,
    }
)
