"""Looks for leaks over the wire: streams are opened, spoken on espeak and left, and the gateway's memory is read before and after.

    python loadtest/soak.py --streams 3000

Of the utterances 30 % are cancelled in the middle and 10 % are read slowly. A tenth of the streams warms up first; after it, R23
allows a growth of 5 %. Exit status 1 when it is more, or when a stream has gone wrong.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
import time

import psutil

from legato_client import Tuning, connect

ENV = {
    "LEGATO_VOICES": '{"espeak": {"routes": [{"provider": "espeak"}]}}',
    "LEGATO_PROVIDERS": '{"espeak": {"engine": "espeak"}}',
    "LEGATO_LIMITS__MAX_LEAD_MS": "-1",  # as fast as it can be spoken
}
MOST_GROWTH = 0.05
WORDS = [
    "one",
    "two",
    "three,",
    "four",
    "five",
    "six.",
    "Seven",
    "eight",
    "nine;",
    "ten",
    "eleven",
    "twelve!",
]


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


async def one_stream(url: str, dice: random.Random) -> str:
    fate = dice.choices(["cancelled", "slow", "heard"], [0.3, 0.1, 0.6])[0]
    async with connect(url, tuning=Tuning()) as speech:
        utterance = speech.say(" ".join(dice.choices(WORDS, k=dice.randrange(3, 30))))
        async for _ in utterance:
            if fate == "cancelled":
                await utterance.cancel()
                break
            if fate == "slow":
                await asyncio.sleep(0.02)
    return fate


async def many(urls: list[str], count: int, width: int, deadline: float) -> dict[str, int]:
    """So many streams, `width` at a time, until the deadline: how many there were of each kind."""
    told: dict[str, int] = {}
    left = iter(range(count))

    async def worker() -> None:
        for number in left:
            if time.monotonic() > deadline:
                return
            try:
                async with asyncio.timeout(30):
                    fate = await one_stream(urls[number % 2], random.Random(number))
            except Exception as error:  # noqa: BLE001 whatever goes wrong is counted and shown
                fate = f"failed: {type(error).__name__}"
            told[fate] = told.get(fate, 0) + 1

    async with asyncio.TaskGroup() as tasks:
        for number in range(width):
            tasks.create_task(worker(), name=f"soak-{number}")
    return told


async def soak(streams: int, width: int, within_s: float) -> bool:
    http, grpc, admin = free_ports(3)
    addresses = [
        f"--{name}=127.0.0.1:{port}"
        for name, port in zip(("http", "grpc", "admin"), (http, grpc, admin), strict=True)
    ]
    gateway = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from gateway.app.cli import main; main()",
        "serve",
        *addresses,
        env={**os.environ, **ENV},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        urls = [f"ws://127.0.0.1:{http}", f"grpc://127.0.0.1:{grpc}"]
        process = psutil.Process(gateway.pid)
        deadline = time.monotonic() + within_s
        warm = await warmed_up(urls, streams // 10, width, deadline)
        before = process.memory_info().rss
        told = await many(urls, streams, width, deadline)
        await asyncio.sleep(1)
        after = process.memory_info().rss
    finally:
        gateway.send_signal(signal.SIGTERM)
        await gateway.wait()
    growth = after / before - 1
    print(f"warm-up {warm}\nstreams {told}: {sum(told.values())} of {streams}")
    print(
        f"RSS {before / 2**20:.1f} MiB before, {after / 2**20:.1f} MiB after: {growth:+.1%} (at most {MOST_GROWTH:+.0%})"
    )
    return growth <= MOST_GROWTH and not any(fate.startswith("failed") for fate in told)


async def warmed_up(urls: list[str], count: int, width: int, deadline: float) -> dict[str, int]:
    while time.monotonic() < deadline:
        with contextlib.suppress(Exception):
            await one_stream(urls[0], random.Random(0))
            break
        await asyncio.sleep(0.2)
    return await many(urls, count, width, deadline)


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("--streams", type=int, default=3_000)
    asks.add_argument("--width", type=int, default=16, help="streams at once")
    asks.add_argument("--within-s", type=float, default=480.0, help="no new stream after so long")
    given = asks.parse_args()
    sys.exit(0 if asyncio.run(soak(given.streams, given.width, given.within_s)) else 1)


if __name__ == "__main__":
    main()
