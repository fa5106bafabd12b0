"""What each step of the audio path costs: microseconds for 20 ms of sound, the best of several rounds. Prints, judges nothing.

python loadtest/micro_audio.py
"""

import timeit
from collections.abc import Callable

import numpy as np

from legato.audio.codec import Encoder
from legato.audio.fades import crossfade, fade_out
from legato.audio.intake import Intake
from legato.audio.joiner import Joining
from legato.audio.pipe import Pipe
from legato.audio.resampler import Resampler
from legato.audio.silence import PauseFinder
from legato.domain.audio import AudioFormat, Encoding

ROUNDS, CALLS = 7, 200


def speech_like(rate_hz: int) -> np.ndarray:
    at = np.arange(rate_hz // 50) / rate_hz
    return np.rint(9_000 * np.sin(2 * np.pi * 220 * at + 0.5)).astype(np.int16)


def show(name: str, step: Callable[[], object]) -> None:
    step()
    best = min(timeit.repeat(step, number=CALLS, repeat=ROUNDS)) / CALLS
    print(f"{name:<52}{best * 1e6:9.2f}")


def resamplers() -> None:
    for in_rate, out_rate in [
        (24_000, 24_000),
        (24_000, 8_000),
        (24_000, 16_000),
        (24_000, 48_000),
        (24_000, 44_100),
        (22_050, 8_000),
        (22_050, 24_000),
        (44_100, 48_000),
        (16_000, 44_100),
    ]:
        resampler, samples = Resampler(in_rate, out_rate), speech_like(in_rate)
        show(f"resample {in_rate} -> {out_rate} Hz", lambda r=resampler, s=samples: r.push(s))


def encoders() -> None:
    for encoding, rate in [(Encoding.PCM_S16LE, 24_000), (Encoding.MULAW, 8_000), (Encoding.ALAW, 8_000)]:
        encoder, samples = Encoder(AudioFormat(encoding, rate)), speech_like(rate)
        show(f"encode {encoding} {rate} Hz", lambda e=encoder, s=samples: e.encode(s))


def pieces() -> None:
    samples = speech_like(24_000)
    data = samples.tobytes()
    view = memoryview(bytearray(data))
    intake, finder = Intake(24_000), PauseFinder(24_000)
    show("intake, bytes", lambda: intake.push(data))
    show("intake, a view that must be copied", lambda: intake.push(view))
    show("pauses", lambda: finder.push(samples))
    show("fade out", lambda: fade_out(samples))
    show("crossfade", lambda: crossfade(samples, samples))


def pipes() -> None:
    for name, joining in (("as it comes", None), ("joined", Joining())):
        for in_rate, out_rate in [(24_000, 24_000), (24_000, 8_000), (22_050, 24_000)]:
            pipe, data = Pipe(out_rate, joining), speech_like(in_rate).tobytes()
            pipe.begin_run(in_rate)
            pipe.begin_segment(0)
            show(
                f"pipe {name} {in_rate} -> {out_rate} Hz: push + take",
                lambda p=pipe, d=data: p.take(p.push(d)),
            )
    pipe, data = Pipe(24_000), speech_like(24_000).tobytes()
    pipe.begin_run(24_000)

    def with_ledger() -> None:
        pipe.take(pipe.push(data))
        pipe.entries()

    show("the same as it comes 24000 -> 24000 Hz, + entries", with_ledger)
    show("a new pipe and its run", lambda: Pipe(8_000, Joining()).begin_run(24_000))

    def first_audio() -> None:
        fresh = Pipe(8_000)
        fresh.begin_run(24_000)
        fresh.take(fresh.push(data))

    show("first 20 ms through a new pipe 24000 -> 8000 Hz", first_audio)


if __name__ == "__main__":
    print(f"{'step':<52}{'us/20 ms':>9}")
    resamplers()
    encoders()
    pieces()
    pipes()
