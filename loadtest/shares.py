"""Which parts of the gateway use the CPU of an utterance: the text front end, the chunk sizer, every other room. Without sockets.

    python -m loadtest.bench shares

A timer samples the stack while this process works, and counts the innermost module that belongs to a room: work that the standard
library or a value does for a room counts as the room's own.
"""

import asyncio
import io
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from types import FrameType

from gateway.app.process import tune_collector
from gateway.telemetry.logs import Logs
from loadtest.micro_relay import Relay, pcm
from loadtest.micro_text import CHAT, TEXTS
from loadtest.rows import Row

SPEND_S = 6.0
"""Processor seconds for each kind of utterance."""
LOOK_S = 0.001
CHUNKS_A_WORD = 20
"""Chunks of 20 ms: speech has 150 words a minute."""
ROOMS = {
    "legato.text": "text front end",
    "legato.core.sizer": "chunk sizer",
    "legato.core": "core, but the sizer",
    "legato.audio": "audio",
    "legato.faces": "the native face",
    "legato.providers": "the vendor's dialect",
    "gateway.session": "session",
    "gateway.upstream": "lines, connections, pool",
    "gateway.servers": "server",
    "gateway.telemetry": "telemetry",
    "loadtest": "",
}
"""Modules, and the rooms they belong to; no name for what is not part of the gateway."""
OTHERS = "everything else"


def rows() -> Iterable[Row]:
    """Return the shares in percent for two utterances: prose that is given whole, and chat that comes word by word, as from a language model."""

    async def on_a_loop() -> list[Row]:
        return [
            *shares("prose, given whole", [TEXTS["plain prose"]]),
            *shares("chat, word by word", [f"{word} " for word in CHAT.split()]),
        ]

    with Logs("info", "json", io.StringIO()):
        return asyncio.run(on_a_loop())


def shares(what: str, tokens: Sequence[str], spend_s: float = SPEND_S) -> Iterator[Row]:
    """Yield the share of each room, the largest first; on a running loop.

    Args:
        what: name of what is spoken.
        tokens: text of an utterance, in tokens.
        spend_s: processor seconds to sample.
    """
    looks: Counter[str] = Counter()
    relay, chunks = Relay(), [pcm(20)] * (CHUNKS_A_WORD * len("".join(tokens).split()))
    relay.utterance(chunks, tokens)
    tune_collector()  # as the gateway does when it is ready

    def look(_: int, frame: FrameType | None) -> None:
        looks[room_of(frame)] += 1

    usual = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, LOOK_S, LOOK_S)
    try:
        until = time.process_time() + spend_s
        while time.process_time() < until:
            relay.utterance(chunks, tokens)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, usual)
    del looks[""]
    total = looks.total()
    for room, count in looks.most_common():
        yield Row(f"{what}: {room}", 100 * count / max(total, 1), "% of CPU", total)


def room_of(frame: FrameType | None) -> str:
    """Return the room of the innermost frame that has one."""
    while frame is not None:
        room = _room(frame.f_globals.get("__name__", ""))
        if room is not None:
            return room
        frame = frame.f_back
    return OTHERS


@cache
def _room(module: str) -> str | None:
    fits = [prefix for prefix in ROOMS if f"{module}.".startswith(f"{prefix}.")]
    return ROOMS[max(fits, key=len)] if fits else None
