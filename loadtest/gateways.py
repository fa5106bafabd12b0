"""Gateways side by side over one fake vendor, as one process or as several workers, all under the same load.

Two generators have half of the streams each. With two workers each generator speaks to one of them, on that worker's own port, so
that the halves are exact; with one process both generators speak to it, so that the ends are the same.
"""

import contextlib
import json
import math
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from loadtest.children import Child, Order, free_ports
from loadtest.contenders import FOLDER, NATIVE, Contender, Field, legato_order, make_ready
from loadtest.listeners import Heard, Load, listen

GENERATORS = 2
LEAST_SPOKEN = 0.99
MOST_FOREIGN = 0.35
"""Cores that other processes may use before a run is called noisy."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to run the gateway.

    Args:
        name: its name in the table.
        workers: number of workers; with one there is no parent.
        program: command to run in place of `legato`; empty for `legato` itself.
        env: variables to add to the environment.
    """

    name: str
    workers: int = 1
    program: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway.

    Args:
        variant: how it was started.
        child: its processes.
        field: the gateway as contenders, and where the ends run.
    """

    variant: Variant
    child: Child
    field: Field

    def asked(self, load: Load) -> "Together":
        """Run the load, half of it from each generator."""
        half = replace(load, streams=load.streams // GENERATORS)
        with ThreadPoolExecutor(GENERATORS) as pool:
            heard = list(pool.map(lambda one: listen(self.field, one, half), self.field.contenders))
        return Together(half, heard)


@dataclass(frozen=True, slots=True)
class Together:
    """What the generators heard at the same time.

    Args:
        load: load of each generator.
        heard: one account for each generator; its figures of the gateway are those of the whole gateway.
    """

    load: Load
    heard: Sequence[Heard]

    @property
    def cores(self) -> float:
        """Cores that the gateway used, all its processes together."""
        return sum(one.cores for one in self.heard) / len(self.heard)

    @property
    def each_ms(self) -> float:
        """Milliseconds of CPU per second for each stream."""
        return 1e3 * self.cores / (self.load.streams * len(self.heard))

    @property
    def cost(self) -> float:
        """CPU-seconds for 1,000 seconds of audio."""
        rate = sum(one.audio_s / one.window_s for one in self.heard)
        return 1e3 * self.cores / rate if rate else math.inf

    @property
    def rss_mb(self) -> float:
        """Memory of the gateway; pages that its processes share are counted for each of them."""
        return max(one.rss_mb for one in self.heard)

    @property
    def errors(self) -> int:
        """Utterances that failed, and streams that were lost."""
        return sum(one.errors for one in self.heard)

    @property
    def spoken(self) -> float:
        """Share of the utterances that were due and were spoken."""
        return sum(int(one.told["spoken"]) for one in self.heard) / (self.load.utterances * len(self.heard))

    @property
    def foreign(self) -> float:
        """Cores used by anything but the gateway, the vendor and the generators."""
        first, *others = self.heard
        return max(first.foreign - sum(float(one.told["cpu_s"]) / one.window_s for one in others), 0.0)

    def ms(self, what: str, share: str) -> float:
        """Return a percentile, as `ms("ttfb_ms", "p50")`: the worst of all generators."""
        return max(one.ms(what, share) for one in self.heard)

    @property
    def mark(self) -> str:
        """Why this run does not count, or not fully; empty if it does."""
        if self.errors:
            return f"INVALID: {self.errors} errors"
        if self.spoken < LEAST_SPOKEN:
            return f"INVALID: {self.spoken:.0%} of the offered rate"
        return f"noisy: others used {self.foreign:.2f} cores" if self.foreign > MOST_FOREIGN else ""


@contextlib.contextmanager
def gateways(
    variants: Sequence[Variant], ends_core: str, core: str, warm_lines: int
) -> Iterator[Sequence[Gateway]]:
    """Start a vendor and all gateways; end them on leaving.

    Args:
        variants: the variants; one gateway is started for each.
        ends_core: core for the vendor and the generators; may be a list of several.
        core: core for the gateways.
        warm_lines: warm lines that each gateway keeps to the vendor, its workers together.

    Raises:
        MissingError: a tool is missing.
        ChildError: a child did not start.
    """
    make_ready()
    with contextlib.ExitStack() as stack:
        websocket, grpc = free_ports(2)
        order = Order((str(NATIVE / "vendor"), str(websocket), str(grpc)), ends_core, (websocket, grpc))
        vendor = stack.enter_context(Child(order, FOLDER / "vendor.log"))
        made = []
        for variant in variants:
            http, rpc, admin = free_ports(3)
            usual = legato_order(core, websocket, (http, rpc, admin), warm_lines, variant.workers)
            order = order_of(variant, usual)
            child = stack.enter_context(Child(order, FOLDER / f"{variant.name}.log"))
            own = _own_ports(admin) if variant.workers > 1 else [http]
            contenders = tuple(
                Contender(variant.name, "native", own[number % len(own)], child)
                for number in range(GENERATORS)
            )
            made.append(Gateway(variant, child, Field(contenders, vendor, ends_core, child)))
        yield made


def order_of(variant: Variant, order: Order) -> Order:
    """Return how to start a variant, given how `legato` itself is started."""
    _, *arguments = order.command
    command = (*variant.program, *arguments) if variant.program else order.command
    return replace(order, command=command, env={**(order.env or {}), **variant.env})


def _own_ports(admin: int) -> list[int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{admin}/healthz", timeout=10) as answer:
        return [int(worker["http"]) for worker in json.load(answer)["workers"]]
