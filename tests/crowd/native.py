"""A client of the native contract, on gRPC or WebSocket, who says anything on several tracks, interrupts, pauses, reads slowly, leaves."""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import grpc.aio

from legato.faces.native_formats import write_format
from legato.v1 import speech_pb2
from tests.crowd.formats import EVERY, some_format
from tests.crowd.native_oracle import Asked, Terms, wrong_conversation
from tests.crowd.stage import Stage
from tests.crowd.texts import pieces
from tests.wires.stage import TERMINAL, Client, GrpcClient, WebSocketClient, about

LEADS_MS = (-1, -1, 3_000, 400)
FATES = {"heard": 6, "followed": 3, "cancelled": 2, "track cancelled": 1, "replaced": 2, "paused": 1}
_MOST_OPEN = 7
_MOMENTS_S = (0.0, 0.01, 0.1, 0.4)
_SLOW_S = 0.05
"""How long a client that is slower than speech rests after each message, of which it gets some 20 in a second of each track."""


class OneAtATime(GrpcClient):
    """A call on which what is asked and what is acknowledged do not overtake one another."""

    def __init__(self, on: Any) -> None:
        super().__init__(on)
        self._turn = asyncio.Lock()

    async def send(self, **fields: Any) -> None:
        async with self._turn:
            # What ends the call is told by what is read, behind all that came before it.
            with contextlib.suppress(asyncio.InvalidStateError, grpc.aio.AioRpcError):
                await super().send(**fields)


WIRES = {"grpc": OneAtATime, "websocket": WebSocketClient}


@dataclass
class Turn:
    """One utterance as it will be: everything is decided before it begins."""

    text: list[str]
    fate: str
    words: bool
    begins: bool
    flushes: frozenset[int]
    pause_s: float
    moment_s: float
    at_sound: bool
    keeps: int
    """How many of its pieces are sent before it is cut."""


def a_turn(chance: random.Random, said: str) -> Turn:
    """Return a turn by chance, in which this is said."""
    text = pieces(chance, said)
    fate = chance.choices(list(FATES), list(FATES.values()))[0]
    cut = "cancelled" in fate or fate == "replaced"
    return Turn(
        text,
        fate,
        words=chance.random() < 0.5,
        begins=chance.random() < 0.7,
        flushes=frozenset(
            n for n, piece in enumerate(text) if chance.random() < 0.08 and piece[-1].isspace()
        ),
        pause_s=chance.choice((0.0, 0.0, 0.005, 0.03)),
        moment_s=chance.choice(_MOMENTS_S) * chance.random() * 2,
        at_sound=chance.random() < 0.6,
        keeps=chance.randint(1, len(text)) if cut and chance.random() < 0.3 else len(text),
    )


@dataclass
class Live:
    """An utterance while it lives."""

    asked: Asked
    sounds: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Conversation:
    """One stream from its opening to its end.

    Args:
        stage: whom it talks to, and what about.
        wire: grpc or websocket.
        seed: of everything that it does.
    """

    def __init__(self, stage: Stage, wire: str, seed: str) -> None:
        self._chance = random.Random(seed)
        self._seed, self._stage, self._wire = seed, stage, wire
        self._client: Client = WIRES[wire](SimpleNamespace(servers=stage))
        self._live: dict[str, Live] = {}
        self._lag_s = self._chance.choice((0.0, 0.0, 0.0, 0.01, _SLOW_S))
        self.form = some_format(self._chance, EVERY)
        self.heard: list[speech_pb2.StreamResponse] = []
        self.ended = asyncio.Event()
        self._said_all = False

    @property
    def slow(self) -> bool:
        """Whether it reads so slowly that a gateway which is leaving may not wait for it."""
        return self._lag_s >= _SLOW_S

    def wrong(self, terms: Terms) -> list[str]:
        """Return what was wrong with it."""
        asked = {name: live.asked for name, live in self._live.items()}
        stream = next((said.opened.stream_id for said in self.heard if said.HasField("opened")), "none")
        return [f"{one} (stream {stream})" for one in wrong_conversation(asked, self.heard, self.form, terms)]

    async def __call__(self) -> bool:
        """Hold it; return whether the client stayed until everything had ended."""
        leaves = self._chance.random() < 0.12
        async with self._client:
            try:
                async with asyncio.timeout(self._chance.uniform(0, 2) if leaves else None) as staying:
                    await self._held()
            except (TimeoutError, ExceptionGroup):  # a read that is cancelled ends as if the stream had ended
                if not staying.expired():
                    raise
                await self._client.vanish()
                return False
        return True

    async def _held(self) -> None:
        await self._client.send(
            open=speech_pb2.Open(
                voice=self._chance.choice(self._stage.voices),
                audio_format=write_format(self.form),
                max_lead_ms=self._chance.choice(LEADS_MS),
                finish_when_heard=self._chance.random() < 0.15,
                acknowledges=self._wire == "grpc" and self._chance.random() < 0.8,
            )
        )
        turns, tracks = self._chance.randint(1, 4), self._chance.choice((1, 1, 2, 3))
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read())
            async with asyncio.TaskGroup() as talking:
                for track in range(tracks):
                    talking.create_task(self._talk(track, turns))
            self._said_all = True
            if self._wire == "grpc":
                await self._client.no_more()
                await self.ended.wait()
            for live in self._live.values():
                await live.over.wait()
            reading.cancel()

    async def _read(self) -> None:
        while (message := await self._client._read()) is not None:
            self.heard.append(message)
            live = self._live.get(about(message))
            kind = message.WhichOneof("response")
            if live is not None and kind in TERMINAL | {"audio"}:
                live.sounds.set()
            if live is not None and kind in TERMINAL:
                live.over.set()
            if self._lag_s:
                await asyncio.sleep(self._lag_s)
        self.ended.set()
        answered = self._said_all and all(live.over.is_set() for live in self._live.values())
        if not answered or self._wire == "websocket":
            raise ConnectionError(f"the stream has ended: {self._client.end}")

    async def _talk(self, track: int, turns: int) -> None:
        chance = random.Random(f"{self._seed} {track}")
        waits: list[Live] = []
        replaces = False
        for number in range(turns):
            turn = a_turn(chance, self._stage.text(chance))
            if turn.fate == "replaced" and number == turns - 1:  # nothing comes that could replace it
                turn = replace(turn, fate="heard", keeps=len(turn.text))
            while sum(not live.over.is_set() for live in self._live.values()) >= _MOST_OPEN and waits:
                await waits.pop(0).over.wait()
            live = await self._begin(f"{track}.{number}", track, turn, replaces=replaces)
            waits.append(live)
            await self._say(live, turn)
            replaces = turn.fate == "replaced"
            await self._meet(live, turn)
        for live in waits:
            await live.over.wait()

    async def _begin(self, name: str, track: int, turn: Turn, *, replaces: bool) -> Live:
        live = self._live[name] = Live(Asked(name, track, words=turn.words))
        if replaces:
            self._cut(track, name)
        if turn.begins or replaces or turn.words or track:
            await self._client.send(
                begin=speech_pb2.Begin(
                    utterance_id=name,
                    track=track,
                    position="POSITION_REPLACE" if replaces else "POSITION_APPEND",
                    options=speech_pb2.UtteranceOptions(words=turn.words),
                )
            )
        return live

    def _cut(self, track: int, but: str = "") -> None:
        for live in self._live.values():
            if live.asked.track == track and live.asked.name != but and not live.over.is_set():
                live.asked.cut = True

    async def _say(self, live: Live, turn: Turn) -> None:
        name = live.asked.name
        for number, piece in enumerate(turn.text[: turn.keeps]):
            live.asked.text += piece
            await self._client.text(name, piece)
            if number in turn.flushes:
                live.asked.flushes.append(f"{number}")
                await self._client.send(flush={"utterance_id": name, "flush_id": f"{number}"})
            if turn.pause_s:
                await asyncio.sleep(turn.pause_s)
        if turn.keeps == len(turn.text):
            live.asked.ended_at = asyncio.get_running_loop().time()
            await self._client.send(end={"utterance_id": name})

    async def _meet(self, live: Live, turn: Turn) -> None:
        """Bring about the fate of an utterance whose text was sent."""
        if turn.fate == "followed":
            return
        if turn.fate == "heard":
            await live.over.wait()
            return
        if turn.at_sound:
            await live.sounds.wait()
        await asyncio.sleep(turn.moment_s)
        track, name = live.asked.track, live.asked.name
        if turn.fate == "paused":
            await self._client.send(pause={"track": track})
            await asyncio.sleep(turn.moment_s)
            await self._client.send(resume={"track": track})
        elif turn.fate == "cancelled":
            live.asked.cut = True
            await self._client.send(cancel={"utterance_id": name, "fade_ms": 20})
            await self._client.text(name, "too late")
        elif turn.fate == "track cancelled":
            self._cut(track)
            await self._client.send(cancel={"track": track})
