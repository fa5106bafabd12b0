"""What every provider's lines share: time, telemetry, tasks, trust."""

import asyncio
import random
import ssl
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.upstream.seats import ConcurrencyLender
from legato.domain.errors import forget_where
from legato.domain.facts import BugFound
from legato.domain.traces import NO_TRACE, Trace
from legato.ports import Clock, Observer


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all providers' lines share.

    Args:
        clock: monotonic seconds.
        observer: takes facts.
        line_ids: numbers that no other line of the process has.
        tasks: the group of the dials' tasks; it must outlive the lines.
        tls: whom to trust.
        chance: uniform in [0, 1), for jitter.
        lender: lends what a vendor's plan allows at once; `None` if this process has all of it.
        trace: the parent for the vendors' own spans, by stream and utterance; `NO_TRACE` without tracing.
        name: this gateway's name, for vendors that may be gateways themselves; empty for those that are not.
    """

    clock: Clock
    observer: Observer
    line_ids: Iterator[int]
    tasks: asyncio.TaskGroup
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    chance: Callable[[], float] = field(default_factory=lambda: random.SystemRandom().random)
    lender: ConcurrencyLender | None = None
    trace: Callable[[str, str], Trace] = lambda *_: NO_TRACE
    name: str = ""

    def task(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Start a task that runs beside everything else. A bug in it is reported, and ends no other task: all share one group."""
        task = self.tasks.create_task(self._run(work, name), name=name)
        task.add_done_callback(lambda _: work.close())  # it may have been cancelled before it began
        return task

    async def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except asyncio.CancelledError as error:
            # The task keeps it, with the frames of the work in it, and the work's owner keeps the task.
            forget_where(error)
            raise
        except Exception as error:  # noqa: BLE001 - a seam: a library that fails on one connection must not end the gateway
            self.observer.note(BugFound.of(name, error))
