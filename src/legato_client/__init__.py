"""The typed asyncio client of Legato.

    async with connect("grpc://localhost:50051") as speech:
        async for audio in speech.say("Hello."):
            player.write(audio.data)

It takes and returns the values of `legato.domain`; those that a program needs are exported here as well.
"""

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Begin
from legato.domain.receipt import Receipt, Stage
from legato.domain.replies import (
    AudioChunk,
    Flushed,
    GoAway,
    HeardMethod,
    Opened,
    Seam,
    StreamError,
    UtteranceCancelled,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceStarted,
    Warned,
    WordMethod,
    WordSpoken,
)
from legato.domain.speech import Position, StreamLimits, UtteranceOptions
from legato_client.backoff import Retry
from legato_client.bounds import Bounds
from legato_client.connect import PCM_24K, connect
from legato_client.conversation import Notice
from legato_client.errors import ConnectionLostError, UtteranceError
from legato_client.record import Ending
from legato_client.speech import Speech
from legato_client.tuning import Tuning
from legato_client.utterance import Utterance

__all__ = [
    "PCM_24K",
    "AudioChunk",
    "AudioFormat",
    "Begin",
    "Bounds",
    "ConnectionLostError",
    "Encoding",
    "Ending",
    "Flushed",
    "GoAway",
    "HeardMethod",
    "Notice",
    "Opened",
    "Position",
    "Reason",
    "Receipt",
    "Retry",
    "Seam",
    "Speech",
    "SpeechError",
    "Stage",
    "StreamError",
    "StreamLimits",
    "Tuning",
    "Utterance",
    "UtteranceCancelled",
    "UtteranceError",
    "UtteranceFailed",
    "UtteranceFinished",
    "UtteranceOptions",
    "UtteranceStarted",
    "Warned",
    "WordMethod",
    "WordSpoken",
    "connect",
]
