"""How a client can be tuned. The defaults are meant to be right."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from legato_client.backoff import Retry
from legato_client.bounds import Bounds
from legato_client.conversation import Notice
from legato_client.errors import Trouble


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a connection behaves.

    Args:
        max_lead_ms: how far ahead of the listener audio is sent; `None` for the gateway's default, 0 for real time, -1 for no bound.
        finish_when_heard: an utterance ends when the listener has heard it, by the playback clock, not when all of it was sent: a
            barge-in while it still sounds then reports what was heard.
        retry: when to connect again.
        bounds: how much may wait in the client.
        open_timeout_s: a connection that is not `Opened` by then has failed.
        close_timeout_s: how long leaving waits for the gateway's goodbye.
        silence_s: a WebSocket on which nothing, not even a pong, has come for this long is lost.
        ca_pem: certificates to trust, PEM; `None` for the system's.
        on_notice: called with the warnings, refusals and `GoAway`s that concern the stream as a whole; what it raises goes to the
            loop's exception handler.
        on_retry: called before each wait for another attempt to connect, with what went wrong and the seconds to wait, but
            not where the gateway has closed an idle stream; what it raises goes there, too.
        clock: monotonic seconds.
        chance: random numbers in [0, 1), for back-off.
        sleep: waits this many seconds.
    """

    max_lead_ms: int | None = None
    finish_when_heard: bool = False
    retry: Retry = field(default_factory=Retry)
    bounds: Bounds = field(default_factory=Bounds)
    open_timeout_s: float = 10.0
    close_timeout_s: float = 1.0
    silence_s: float = 30.0
    ca_pem: bytes | None = None
    on_notice: Callable[[Notice], None] | None = None
    on_retry: Callable[[Trouble, float], None] | None = None
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def __post_init__(self) -> None:
        """Refuse what would be noticed only when a connection is lost.

        Raises:
            TypeError: `retry` or `bounds` is of another kind.
        """
        for name, kind in (("retry", Retry), ("bounds", Bounds)):
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"{name} must be {kind.__name__}(...), got {getattr(self, name)!r}")
