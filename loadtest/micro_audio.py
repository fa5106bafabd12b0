"""What each step of the audio path costs: microseconds for 20 ms of sound.

python -m loadtest.bench audio
"""

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from legato.audio.codec import encoder_for
from legato.audio.fades import crossfade, fade_out
from legato.audio.intake import Intake
from legato.audio.joiner import Joining
from legato.audio.pipe import Pipe
from legato.audio.resampler import Resampler
from legato.audio.samples import Samples
from legato.domain.audio import AudioFormat, Encoding
from loadtest.rows import Row, Step, measured

_RATES = (
    (24_000, 24_000),
    (24_000, 8_000),
    (24_000, 16_000),
    (24_000, 48_000),
    (24_000, 44_100),
    (22_050, 8_000),
    (22_050, 24_000),
    (44_100, 48_000),
    (16_000, 44_100),
)
_ENCODED = (
    (Encoding.PCM_S16LE, 24_000, 0),
    (Encoding.MULAW, 8_000, 0),
    (Encoding.ALAW, 8_000, 0),
    (Encoding.MP3, 24_000, 128),
    (Encoding.OPUS, 24_000, 64),
    (Encoding.OPUS, 48_000, 32),
    (Encoding.FLAC, 24_000, 0),
    (Encoding.AAC, 24_000, 96),
)


def rows() -> Iterable[Row]:
    """Return all steps, measured."""
    return measured(steps())


def steps() -> Iterator[Step]:
    """Yield all steps."""
    yield from resamplers()
    yield from encoders()
    yield from pieces()
    yield from pipes()


def speech_like(rate_hz: int) -> Samples:
    """Return 20 ms of a tone."""
    at = np.arange(rate_hz // 50) / rate_hz
    wave: Samples = np.rint(9_000 * np.sin(2 * np.pi * 220 * at + 0.5)).astype(np.int16)
    return wave


def resamplers() -> Iterator[Step]:
    """Yield steps that resample from one rate to another."""
    for in_rate, out_rate in _RATES:
        resampler, samples = Resampler(in_rate, out_rate), speech_like(in_rate)
        yield Step(f"resample {in_rate} -> {out_rate} Hz", partial(resampler.push, samples))


def encoders() -> Iterator[Step]:
    """Yield steps that encode for the wire."""
    for encoding, rate, kbps in _ENCODED:
        encoder, samples = encoder_for(AudioFormat(encoding, rate, kbps)), speech_like(rate)
        bits = f", {kbps} kbit/s" if kbps else ""
        yield Step(f"encode {encoding} {rate} Hz{bits}", partial(encoder.encode, samples))


def pieces() -> Iterator[Step]:
    """Yield the other parts, each alone."""
    samples = speech_like(24_000)
    data = samples.tobytes()
    view = memoryview(bytearray(data))
    intake = Intake(24_000)
    yield Step("intake, bytes", lambda: intake.push(data))
    yield Step("intake, a view that must be copied", lambda: intake.push(view))
    yield Step("fade out", lambda: fade_out(samples))
    yield Step("crossfade", lambda: crossfade(samples, samples))


def _push_and_take(pipe: Pipe, data: bytes) -> None:
    pipe.take(pipe.push(data))


def pipes() -> Iterator[Step]:
    """Yield the whole pipe, and what a new one costs."""
    for name, joining in (("as it comes", None), ("joined", Joining())):
        for in_rate, out_rate in ((24_000, 24_000), (24_000, 8_000), (22_050, 24_000)):
            pipe, data = Pipe(out_rate, joining), speech_like(in_rate).tobytes()
            pipe.begin_run(in_rate)
            pipe.begin_segment(0)
            yield Step(
                f"pipe {name} {in_rate} -> {out_rate} Hz: push + take",
                partial(_push_and_take, pipe, data),
            )
    ledger, data = Pipe(24_000), speech_like(24_000).tobytes()
    ledger.begin_run(24_000)

    def with_ledger() -> None:
        ledger.take(ledger.push(data))
        ledger.entries()

    def first_audio() -> None:
        fresh = Pipe(8_000)
        fresh.begin_run(24_000)
        fresh.take(fresh.push(data))

    yield Step("the same as it comes 24000 -> 24000 Hz, + entries", with_ledger)
    yield Step("a new pipe and its run", lambda: Pipe(8_000, Joining()).begin_run(24_000))
    yield Step("first 20 ms through a new pipe 24000 -> 8000 Hz", first_audio)
