"""Conversations that were right once, and then came apart: whatever is left of one, nothing but its own connection suffers from it.

Seeded, so that a fault that is found is found again: its number is in the test's name.
"""

import asyncio
import contextlib
import random
import struct

import hpack
import pytest
from hyperframe.frame import (
    DataFrame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from tests.gateway.rpc.parity_stage import OURS, stage
from tests.gateway.rpc.parity_wire import LATEST_S, PREFACE, Wire, frame, prefixed

pytestmark = [pytest.mark.volume, pytest.mark.asyncio(loop_factories=["uvloop"])]
ROUNDS = (*range(4), 39, 86)
CONVERSATIONS = 50
METHODS = ("Unary", "Chat", "Talk", "Collect", "Hang", "Deaf", "Sing", "WrittenMany", "Coded", "Metadata")
ODD_HEADS = (
    (b"grpc-timeout", b"5m"),
    (b"grpc-timeout", b"0n"),
    (b"grpc-encoding", b"gzip"),
    (b"grpc-encoding", b"snappy"),
    (b"content-length", b"7"),
    (b"x-bin", b"AAE"),
    (b"x-bin", b"\xff"),
    (b"\xff\xfe", b"\xff"),
    (b":path", b"/"),
    (b"te", b"x"),
    (b"", b""),
)
PAYLOADS = (b"", b"hello", b"3x100", b"400x400", bytes(3000))


def conversation(chance: random.Random) -> list[bytes]:
    """The frames of some calls, right and in order."""
    encoder = hpack.Encoder()
    said = [SettingsFrame(0, settings={4: chance.choice((0, 1, 100, 65_535, 1 << 20))}).serialize()]
    for number in range(1, 2 * chance.randint(1, 5), 2):
        said += one_call(chance, encoder, number)
    return said


def one_call(chance: random.Random, encoder: hpack.Encoder, number: int) -> list[bytes]:
    head = [
        (b":method", b"POST"),
        (b":scheme", b"http"),
        (b":path", b"/parity.Echo/" + chance.choice(METHODS).encode()),
        (b":authority", b"localhost"),
        (b"te", b"trailers"),
        (b"content-type", b"application/grpc"),
    ]
    if chance.random() < 0.2:
        head.insert(chance.randint(0, len(head)), chance.choice(ODD_HEADS))
    block = encoder.encode(head)
    cut = chance.randint(0, len(block))
    said = [HeadersFrame(number, block, flags=["END_HEADERS"]).serialize()]
    if chance.random() < 0.3:
        said = [frame(1, 0, number, block[:cut]), frame(9, 4, number, block[cut:])]
    for _ in range(chance.randint(0, 3)):
        said.append(DataFrame(number, prefixed(chance.choice(PAYLOADS))).serialize())
        said += chance.sample(
            [
                PingFrame(0, b"12345678").serialize(),
                WindowUpdateFrame(number, 1000).serialize(),
                WindowUpdateFrame(0, 1000).serialize(),
                SettingsFrame(0, settings={4: chance.randint(0, 70_000)}).serialize(),
                PriorityFrame(number, depends_on=0, stream_weight=1).serialize(),
            ],
            chance.randint(0, 2),
        )
    ends = [
        DataFrame(number, b"", flags=["END_STREAM"]).serialize(),
        RstStreamFrame(number, error_code=8).serialize(),
        frame(1, 5, number, b"\x00\x01x\x01y"),
        GoAwayFrame(0, last_stream_id=0, error_code=0).serialize(),
        b"",
    ]
    return [*said, chance.choice(ends)]


def drop(chance, said):
    del said[chance.randrange(len(said))]


def double(chance, said):
    said.insert(chance.randrange(len(said) + 1), chance.choice(said))


def swap(chance, said):
    one, other = chance.randrange(len(said)), chance.randrange(len(said))
    said[one], said[other] = said[other], said[one]


def flip(chance, said):
    at = chance.randrange(len(said))
    data = bytearray(said[at])
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    said[at] = bytes(data)


def scribble(chance, said):
    """Over a frame's head: its length is left as it is."""
    at = chance.randrange(len(said))
    if len(said[at]) >= 9:
        length, body = said[at][:3], said[at][9:]
        number = chance.choice((0, 1, 2, 3, 7, 99, (1 << 31) - 1))
        kind, flags = chance.randrange(12), chance.randrange(256)
        said[at] = length + struct.pack(">BBI", kind, flags, number) + body


def shorten(chance, said):
    at = chance.randrange(len(said))
    said[at] = said[at][: chance.randrange(len(said[at]) + 1)]


def recut(chance, said):
    """A frame whose payload is any part of itself, its length told right."""
    at = chance.randrange(len(said))
    if len(said[at]) >= 9:
        body = said[at][9:]
        body = body[: chance.randrange(len(body) + 1)]
        said[at] = struct.pack(">I", len(body))[1:] + said[at][3:9] + body


def rubbish(chance, said):
    said.insert(chance.randrange(len(said) + 1), chance.randbytes(chance.randint(1, 40)))


def any_frame(chance, said):
    body = chance.randbytes(chance.choice((0, 1, 4, 5, 6, 8, 12, 40)))
    made = frame(chance.randrange(12), chance.randrange(256), chance.choice((0, 1, 2, 3, 9)), body)
    said.insert(chance.randrange(len(said) + 1), made)


MUTATIONS = (drop, double, swap, flip, flip, scribble, shorten, recut, rubbish, any_frame)


def mutated(chance: random.Random) -> bytes:
    said = conversation(chance)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        if said:
            chance.choice(MUTATIONS)(chance, said)
    greeting = PREFACE if chance.random() < 0.98 else PREFACE[: chance.randrange(24)]
    return greeting + b"".join(said)


async def converse(port: int, data: bytes, chance: random.Random) -> None:
    """Say it in pieces of any size, and go: by the front door or not."""
    async with await Wire.connect(port, preface=False) as wire:
        at = 0
        while at < len(data):
            size = chance.choice((1, 9, 10, 100, 1000, 100_000))
            wire.raw(data[at : at + size])
            at += size
            if chance.random() < 0.2:
                await asyncio.sleep(0)
        for _ in range(
            chance.choice((0, 2, 10))
        ):  # turns, in which what was said is heard and handlers begin
            await asyncio.sleep(0)
        if chance.random() < 0.2:
            return
        wire.end()
        async with asyncio.timeout(LATEST_S):
            with contextlib.suppress(OSError):
                while await wire.reader.read(65_536):
                    pass


@pytest.mark.parametrize("seed", ROUNDS)
async def test_no_conversation_however_broken_harms_any_but_its_own_connection(seed):
    """`stage` asks whether anything unexpected was heard of the server."""
    async with stage(OURS, calls=20) as it:
        for number in range(CONVERSATIONS):
            chance = random.Random(f"{seed} {number}")
            await converse(it.port, mutated(chance), chance)
            if number % 10 == 0:
                await it.honest()
        await it.calm()


async def test_a_conversation_that_nobody_has_touched_is_served():
    """Else what is fuzzed is not what is spoken."""
    async with stage(OURS) as it:
        for seed in range(30):
            chance = random.Random(f"right {seed}")
            await converse(it.port, PREFACE + b"".join(conversation(chance)), chance)
        assert it.service.began > 30
        await it.calm()
