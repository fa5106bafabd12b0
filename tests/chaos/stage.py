"""The rehearsal: for each case a simulated vendor, a second one that is healthy, a gateway over both, and a client on a real socket."""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from gateway.app.config.settings import Settings, load
from gateway.app.dialects import tcp_face
from gateway.app.house import House
from gateway.app.listeners import server_settings
from gateway.app.simulation import simulator
from gateway.servers.servers import Servers
from gateway.simulator.log import Saw
from gateway.simulator.script import Fault, Script
from gateway.simulator.simulator import Simulator
from gateway.simulator.words import WORDS
from gateway.telemetry.logs import Logs
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import SpeechError
from legato_client import connect
from legato_client.errors import ConnectionLostError
from legato_client.speech import Speech
from tests.chaos.cases import VENDORS, Case
from tests.chaos.hearing import Ear, Heard

RATE_HZ = 24_000
FORMAT = AudioFormat(Encoding.PCM_S16LE, RATE_HZ)
LIMITS = {"dial_s": 1.0, "first_audio_s": 1.0, "between_audio_s": 0.5, "finish_s": 0.5, "cancel_s": 0.5}
"""Shorter than in production, in the same proportions."""
PATIENCE = {"no_route_before_audio_ms": 8_000, "no_route_after_audio_ms": 8_000}
"""Simulators, gateway and client share a machine with others: if all are slow, time-outs fire on healthy vendors. That is tolerated: how
long all routes may fail is not rehearsed here."""
HEALTHY = {"pace": {"first_byte": {"constant_ms": 60}, "speed": 4, "chunk_ms": 40}}
_UTTERANCE_S = 15.0
_CASE_S = 60.0
_IDLE_S = 0.4


@dataclass(frozen=True)
class Result:
    """What became of a case.

    Args:
        case: the case.
        fired: whether the simulator's fault fired at the moment that was asked for.
        faulty: the utterance that had the fault.
        after: the utterance after it.
        broken: what went wrong with the rehearsal itself; empty for nothing.
        on_second: number of utterances that the second vendor had a part in.
    """

    case: Case
    fired: bool
    faulty: Heard
    after: Heard
    broken: str = ""
    on_second: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing was lost and everything ended as it should."""
        told = (self.faulty, self.after)
        return not self.broken and not any(h.lost or h.disordered or h.error or not h.terminal for h in told)


NOTHING = Heard(lost=0, repeated=0, disordered=False, gap_ms=0.0, ttfb_ms=-1.0, terminal=False)


def coded_text(chance: random.Random, sentences: int = 3) -> str:
    """Return sentences of four coded words each; no word comes twice."""
    words = iter(chance.sample(WORDS, 4 * sentences))
    return "".join(f"{' '.join(next(words) for _ in range(4))}. " for _ in range(sentences))


async def rehearse(
    cases: Iterable[Case],
    *,
    faulty: bool = True,
    at_once: int = 16,
    told: Callable[[Result], None] = lambda _: None,
    limits: Mapping[str, float] = MappingProxyType({}),
) -> list[Result]:
    """Play the cases, `at_once` at a time: when one ends, the next begins. `limits` are limits of the first vendor that differ."""
    waiting = iter(cases)
    results: list[Result] = []

    async def slot() -> None:
        for case in waiting:  # shared by all slots
            result = await _bounded(case, limits, faulty=faulty)
            results.append(result)
            told(result)

    with Logs("error"):
        async with asyncio.TaskGroup() as slots:
            for _ in range(at_once):
                slots.create_task(slot())
    return results


async def _bounded(case: Case, limits: Mapping[str, float], *, faulty: bool) -> Result:
    try:
        async with asyncio.timeout(_CASE_S):
            return await _play(case, limits, faulty=faulty)
    except Exception as error:  # noqa: BLE001 - one case that breaks is a row in the table, not the end of it
        return Result(
            case, fired=False, faulty=NOTHING, after=NOTHING, broken=f"{type(error).__name__}: {error}"
        )


async def _play(case: Case, limits: Mapping[str, float], *, faulty: bool) -> Result:
    faults = [Fault.model_validate(fault) for fault in case.faults()] if faulty else []
    at_first = faults if case.from_the_start else []
    chance = random.Random(case.name)
    async with (
        simulator(
            [case.vendor], Script.model_validate({**HEALTHY, "faults": at_first}), seed=case.seed + 1
        ) as vendor,
        simulator(["deepgram"], Script.model_validate(HEALTHY), seed=1) as second,
        gateway(two_routes(case.vendor, vendor, second, limits)) as url,
        connect(url, voice="voice", audio_format=FORMAT) as speech,
    ):
        ear = Ear(RATE_HZ)
        if case.moment == "idle":
            if VENDORS[case.vendor].asks:
                await say(speech, coded_text(chance), ear)
            await asyncio.sleep(_IDLE_S)  # the fault fires while the line is idle, on a real socket
        elif not at_first:
            await say(speech, coded_text(chance), ear)  # the voice's pace is known from here on
            for fault in faults:
                vendor.add(fault)
        heard = await say(speech, coded_text(chance, case.sentences), ear)
        after = await say(speech, coded_text(chance), ear)
        return Result(
            case, case.fired(vendor.log.faults), heard, after, on_second=second.log.count(Saw.BEGUN)
        )


def two_routes(
    dialect: str,
    vendor: Simulator,
    second: Simulator,
    limits: Mapping[str, float] = MappingProxyType({}),
    **voice: Any,
) -> dict[str, Any]:
    """Return the configuration of a voice with this vendor, with these limits, as its first route and Deepgram as its second."""
    routes = [{"provider": "first", "voice": VENDORS[dialect].voice}, {"provider": "second", "voice": "two"}]
    return configuration(
        {
            "first": provider(dialect, vendor, limits=dict(limits)),
            "second": provider("deepgram", second),
        },
        {"voice": {"language": "en", "routes": routes, **voice}},
    )


def configuration(providers: Mapping[str, Any], voices: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return the configuration of a gateway on free ports."""
    free = "127.0.0.1:0"
    server = {"http": free, "grpc": free, "admin": free}
    return {
        "server": server,
        "providers": dict(providers),
        "voices": dict(voices),
        "limits": {**PATIENCE, **more.pop("limits", {})},
        **more,
    }


def provider(dialect: str, vendor: Simulator, **changed: Any) -> dict[str, Any]:
    """Return the configuration of a provider that is this simulator."""
    known = VENDORS[dialect]
    urls = {"ws": vendor.websocket_url, "http": vendor.url, "tcp": vendor.tcp_url, "grpc": vendor.grpc_url}
    pool = {"floor": 1, "ceiling": 24, "spare": 1, **changed.pop("pool", {})}
    limits = {**LIMITS, **changed.pop("limits", {})}
    return {
        "dialect": dialect,
        "url": urls[known.scheme] + known.path,
        "limits": limits,
        "pool": pool,
        **changed,
    }


@asynccontextmanager
async def gateway(settings: dict[str, Any], *, wire: str = "ws") -> AsyncIterator[str]:
    """Run a whole gateway on this loop; yield its URL on this wire: ws, grpc or http (admin)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "legato.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        loaded = load(path, {})
    async with _serving(loaded) as servers:
        ports = {"ws": servers.http_port, "grpc": servers.grpc_port, "http": servers.admin_port}
        yield f"{wire}://127.0.0.1:{ports[wire]}"


@asynccontextmanager
async def _serving(loaded: Settings) -> AsyncIterator[Servers]:
    async with House(loaded, {}) as house:
        backstage = replace(
            house.backstage(),
            operations=house.operations,
            tcp_face=tcp_face(loaded.server, {}, house.directory),
        )
        async with Servers(server_settings(loaded.server), backstage) as servers, _living(house):
            yield servers


@asynccontextmanager
async def _living(house: House) -> AsyncIterator[None]:
    warm = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        life = tasks.create_task(house.run(warm.set))
        async with asyncio.timeout(20):
            await warm.wait()
        try:
            yield
        finally:
            life.cancel()


async def say(speech: Speech, text: str, ear: Ear) -> Heard:
    """Speak an utterance of coded words; return what was heard of it."""
    loop = asyncio.get_running_loop()
    ear.ask(loop.time())
    utterance = speech.say(text)
    error, terminal = "", True
    try:
        async with asyncio.timeout(_UTTERANCE_S):
            async for chunk in utterance:
                ear.hear(chunk.data, loop.time())
    except TimeoutError:
        terminal = False
        await utterance.cancel()
    except (SpeechError, ConnectionLostError) as problem:
        error = str(problem)
    return ear.told(text, error=error, terminal=terminal, methods=[seam.method for seam in utterance.seams])
