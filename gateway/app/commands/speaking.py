"""What `say` does: text to a gateway, audio to a sink, and a barge-in when it is interrupted."""

import asyncio
import contextlib
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field

from gateway.app.commands.sinks import Sink
from legato.domain.audio import AudioFormat
from legato.domain.receipt import Receipt
from legato.domain.replies import UtteranceCancelled
from legato_client.connect import connect
from legato_client.errors import Trouble
from legato_client.tuning import Tuning
from legato_client.utterance import Utterance

_BARGE_IN_S = 1.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be said, and how.

    Args:
        text: the whole text, or a source of it.
        audio_format: format of the audio.
        voice: its name; empty for the gateway's default.
        language: BCP 47 tag; empty for the voice's own.
        key: API key; empty for none.
        ca_pem: certificates to trust, PEM; `None` for the system's.
        max_lead_ms: how far ahead of the listener audio may come; `None` for the gateway's default, -1 for no bound.
        on_retry: called before each wait for another attempt, with what went wrong and the seconds to wait.
    """

    text: str | AsyncIterable[str]
    audio_format: AudioFormat
    voice: str = ""
    language: str = ""
    key: str = ""
    ca_pem: bytes | None = None
    max_lead_ms: int | None = None
    on_retry: Callable[[Trouble, float], None] | None = None


@dataclass(slots=True)
class Spoken:
    """What became of a wish; filled in while it is spoken.

    Args:
        clock: monotonic seconds.
        samples: how many were handed to the sink; of encoded audio, how many there were before its last piece, until its end.
        first_at: when the first of them were.
        receipt: the gateway's receipt, at the end.
        client_ttfb_s: time to first byte as the client measured it.
        cancelled: what was heard and what was not, if it was interrupted.
        warnings: the gateway's warnings.
    """

    clock: Callable[[], float]
    samples: int = 0
    first_at: float | None = None
    receipt: Receipt | None = None
    client_ttfb_s: float | None = None
    cancelled: UtteranceCancelled | None = None
    warnings: list[str] = field(default_factory=list)

    def played_samples(self, audio_format: AudioFormat) -> int:
        """Return how much a sound card that began with the first audio has played by now."""
        if self.first_at is None:
            return 0
        due = int((self.clock() - self.first_at) * audio_format.sample_rate_hz)
        return min(due, self.samples)


async def speak(url: str, wish: Wish, sink: Sink, spoken: Spoken, told: Callable[[Spoken], None]) -> None:
    """Speak a text.

    Args:
        url: URL of the gateway.
        wish: what to say, and how.
        sink: where the audio goes.
        spoken: filled in.
        told: called after every piece of audio.

    Raises:
        asyncio.CancelledError: it was interrupted; the gateway was told, and `spoken.cancelled` says what was heard.
        SpeechError, ConnectionLostError: the gateway refuses, or is gone.
        PlayerError: the sink cannot play.
    """
    opening = connect(
        url,
        key=wish.key,
        voice=wish.voice,
        language=wish.language,
        audio_format=wish.audio_format,
        tuning=Tuning(
            ca_pem=wish.ca_pem, clock=spoken.clock, max_lead_ms=wish.max_lead_ms, on_retry=wish.on_retry
        ),
    )
    async with opening as speech:
        # A player without a sound card has ended by now: nothing is said that nobody can hear.
        await sink.begin()
        utterance = speech.say(wish.text)
        try:
            await _play(utterance, wish.audio_format, sink, spoken, told)
        except asyncio.CancelledError:
            await sink.stop()
            await _barge_in(utterance, wish.audio_format, spoken)
            raise
        except BaseException:
            await sink.stop()
            raise
        finally:
            spoken.receipt = utterance.receipt
            spoken.client_ttfb_s = utterance.ttfb_s
            spoken.warnings = [warning.message for warning in utterance.warnings]


async def _play(
    utterance: Utterance,
    audio_format: AudioFormat,
    sink: Sink,
    spoken: Spoken,
    told: Callable[[Spoken], None],
) -> None:
    async for audio in utterance:
        if spoken.first_at is None:
            spoken.first_at = spoken.clock()
        await sink.write(audio.data)
        if not audio_format.lags:
            spoken.samples += audio_format.samples_in(len(audio.data))
        elif utterance.started is not None:
            spoken.samples = audio.sample_offset - utterance.started.start_sample
        told(spoken)
    if audio_format.lags and utterance.receipt is not None:
        spoken.samples = utterance.receipt.audio_samples
    await sink.finish()


async def _barge_in(utterance: Utterance, audio_format: AudioFormat, spoken: Spoken) -> None:
    played = spoken.played_samples(audio_format) + (
        utterance.started.start_sample if utterance.started else 0
    )
    with contextlib.suppress(ConnectionError, TimeoutError):  # it is over either way
        async with asyncio.timeout(_BARGE_IN_S):
            spoken.cancelled = await utterance.cancel(force=True, played_sample=played)
