"""`legato simulate`: vendors on this machine, to rehearse with."""

import asyncio
import contextlib
import itertools
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import uvloop

from gateway.app.commands.line_writer import LineWriter
from gateway.app.config.settings import Settings
from gateway.app.config.speaking import EnginesSection
from gateway.app.config.voices import EngineName, ProviderSettings, RouteSettings, VoiceSettings
from gateway.app.engine_room import EngineRoom
from gateway.app.groups import told_as
from gateway.app.listeners import cannot_listen
from gateway.app.process import Departure, TooFewFilesError, check_file_limit, raise_file_limit
from gateway.app.serve import CannotServeError, no_directory
from gateway.app.simulation import NAMES, simulator
from gateway.engines.own_directory import OwnDirectory
from gateway.engines.supervisor import EngineFailedError, VoicesMissingError
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.script import Script
from gateway.simulator.speech import LocalVoice
from gateway.simulator.voices import SyntheticVoice
from legato.domain.speech import Route

_EXAMPLES = """
\b
legato simulate deepgram                               on a free port, printed in the first line
legato simulate deepgram elevenlabs --port 9000        two vendors on one port: their paths differ
legato simulate cartesia --script outage.yaml --seed 7 faults from a script: docs/simulator.md
legato simulate elevenlabs --tls                       its certificate is named in the first line

Prints what happens as JSON lines, and counts at the end. SIGTERM or Ctrl-C ends it.
"""
_ESPEAK = "espeak"
_PORT = click.IntRange(0, 65_535)
_FAILURES = (
    CannotServeError,
    EngineFailedError,
    TooFewFilesError,
    VoicesMissingError,
    ValueError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class SimulateOptions:
    """The options of `simulate`, as click gives them."""

    vendors: tuple[str, ...]
    host: str
    port: int
    tcp_port: int
    grpc_port: int
    tls: bool
    script: Path | None
    seed: int
    voice: str
    quiet: bool


@click.command("simulate", epilog=_EXAMPLES, short_help="Simulate one or more vendors.")
@click.argument("vendors", nargs=-1, required=True, type=click.Choice(NAMES), metavar="VENDOR...")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="Address to listen on.")
@click.option(
    "--port", default=0, type=_PORT, metavar="N", help="Port for HTTP and WebSockets [default: a free port]."
)
@click.option(
    "--tcp-port", default=0, type=_PORT, metavar="N", help="Port for TCP: wyoming [default: a free port]."
)
@click.option(
    "--grpc-port",
    default=0,
    type=_PORT,
    metavar="N",
    help="Port for gRPC: riva, google [default: a free port].",
)
@click.option(
    "--tls",
    is_flag=True,
    help="Serve HTTP and WebSockets with a self-signed certificate.",
)
@click.option(
    "--script",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Script of pace, limits and faults, in YAML or JSON.",
)
@click.option("--seed", default=1, show_default=True, metavar="N", help="Seed of the random choices.")
@click.option(
    "--voice",
    type=click.Choice(("tones", _ESPEAK)),
    default="tones",
    show_default=True,
    help="Tone-coded words or real speech.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print only the first line and the counts.")
def simulate_command(**options: Any) -> None:  # noqa: ANN401 - click's values, typed by SimulateOptions
    """Simulate one or more vendors: their protocols, limits and faults, with a synthetic voice. No key is needed.

    VENDOR is one of deepgram, deepgram_rest, deepgram_v2, elevenlabs, elevenlabs_stream, elevenlabs_rest, cartesia,
    cartesia_bytes, cartesia_sse, openai, wyoming, riva, google.
    """
    _, files = raise_file_limit()
    with told_as(_said, *_FAILURES):
        check_file_limit(files)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_simulate(SimulateOptions(**options)))


def _said(error: Exception) -> click.ClickException:
    return click.ClickException(cannot_listen(error) if isinstance(error, OSError) else str(error))


async def _simulate(asked: SimulateOptions) -> None:
    script = Script.read(asked.script) if asked.script is not None else Script()
    async with contextlib.AsyncExitStack() as stack:
        departure = Departure()
        departure.listen()
        stack.callback(departure.close)
        leftovers = stack.enter_context(contextlib.ExitStack())
        departure.last_words = leftovers.close
        lines = LineWriter(sys.stdout)
        told = None if asked.quiet else lambda entry: lines.write(json.dumps(entry.as_dict()))
        options = SimulatorOptions(asked.host, asked.port, asked.tcp_port, asked.grpc_port, told=told)
        first: dict[str, object] = {}
        if asked.tls:
            self_signed = import_module("gateway.app.self_signed")  # loads `cryptography`, 13 MB
            path = self_signed.certificate(_own_folder(leftovers))
            options = replace(options, tls=self_signed.context_with(path))
            first["certificate"] = str(path)
        if asked.voice == _ESPEAK:
            options = replace(options, voice=await stack.enter_async_context(_espeak(leftovers)))
        running = await stack.enter_async_context(simulator(asked.vendors, script, asked.seed, options))
        first |= {"http": running.url, "websocket": running.websocket_url}
        if running.tcp_port:
            first["tcp"] = running.tcp_url
        if running.grpc_port:
            first["grpc"] = running.grpc_url
        _write_first(lines, {"listening": first, "vendors": asked.vendors, "seed": asked.seed})
        await departure.asked.wait()
        lost = {"lines_lost": lines.lost} if lines.lost else {}
        lines.last(json.dumps({"counts": running.log.counts(), **lost}))


def _own_folder(leftovers: contextlib.ExitStack) -> Path:
    """Make a private folder. A private key may lie in it: if this process is killed, the next one removes it."""
    try:
        folder = OwnDirectory()
    except OSError as error:
        raise no_directory(error) from None
    leftovers.callback(folder.discard)
    return folder.path


@contextlib.asynccontextmanager
async def _espeak(leftovers: contextlib.ExitStack) -> AsyncIterator[SyntheticVoice]:
    """Run the engine process with one voice, for as long as the context lasts."""
    settings = Settings(
        voices={_ESPEAK: VoiceSettings(routes=(RouteSettings(provider=_ESPEAK),))},
        providers={_ESPEAK: ProviderSettings(engine=EngineName.ESPEAK)},
        engines=EnginesSection(socket=_own_folder(leftovers) / "engine.sock"),
    )
    async with EngineRoom(settings) as room, asyncio.TaskGroup() as group:
        link = group.create_task(room.keep_linked(), name="engine-link")
        try:
            await room.warm_up()
            watch = group.create_task(room.watch(), name="engine")
            try:
                yield LocalVoice(room.lines(itertools.count(1))[_ESPEAK], Route(_ESPEAK, ""))
            finally:
                watch.cancel()
        finally:
            link.cancel()


def _write_first(lines: LineWriter, said: dict[str, object]) -> None:
    try:
        lines.first(json.dumps(said))
    except OSError as error:
        raise CannotServeError(f"cannot write to standard output: {error.strerror}") from None
