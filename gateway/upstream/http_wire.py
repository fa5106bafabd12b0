"""Requests on one keep-alive connection to a vendor; the bodies of the answers go straight to the language.

Rules:
- The connection is opened before the first request, and its end is noticed while it is idle.
- Answers are reported one after the other. Where the vendor allows one more request than is under way (`DialTarget.ahead`), the next one is
  made on a second connection while the previous answer still comes, and its own answer is held back.
- Stopping an answer that has not ended closes the connections.
- One task lives while requests are under way, and one for each of them; none is started for a chunk.
- Sockets are closed inside the call that closes the wire: tasks may be cancelled before they begin, and their group may be ending.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from aiohttp import (
    AddrInfoType,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientPayloadError,
    ClientRequest,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.upstream.http_answer import Answer
from gateway.upstream.looking_up import look_up
from gateway.upstream.reaching import is_acknowledged, tune
from gateway.upstream.wire import NO_CODE, DialError, DialTarget, Wire, WireListener, trouble
from legato.domain.traces import Trace, trace_headers
from legato.domain.vendors import HttpRequest, Outgoing, ResponseEnd, ResponseHead

_KEPT_S = 3_600.0
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (ServerDisconnectedError, "the vendor closed it without an answer"),
    (ClientPayloadError, "the vendor's answer broke off"),
    (ClientResponseError, "the vendor's answer is not valid HTTP"),
)
_UNENCODED = {"Accept-Encoding": "identity"}


async def dial(target: DialTarget, listener: WireListener) -> Wire:
    """Connect.

    Raises:
        DialError: the vendor cannot be reached.
    """
    wire = HttpWire(target, listener)
    try:
        await wire.connect(target.timeout_s)
    except (OSError, ClientError) as error:
        wire.close()
        raise DialError(_told(error)) from None
    except BaseException:
        wire.close()
        raise
    return wire


def _told(error: OSError | ClientError) -> str:
    # aiohttp's own errors are subclasses of the system's, but have none of their details.
    if isinstance(error, ClientConnectorCertificateError):
        return trouble(error.certificate_error)
    if isinstance(error, ClientConnectorError):
        return trouble(error.os_error)
    return next((words for kind, words in _WORDS if isinstance(error, kind)), None) or trouble(error)


class _Resolver(AbstractResolver):
    """Resolves hosts as every other wire does."""

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the plug's signature
    ) -> list[ResolveResult]:
        """Every address of a host."""
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(
                hostname=host, host=address[0], port=port, family=kin, proto=protocol, flags=numeric
            )
            for kin, _, protocol, _, address in await look_up(host, port)
        ]

    async def close(self) -> None:
        """There is nothing to close."""


class _Connector(TCPConnector):
    """A connector that can be closed without waiting: its resolver has nothing to close, and the loop closes the sockets."""

    def let_go(self) -> None:
        """Close every connection. How each of them ends is seen: the loop would take a vendor's reset for our bug."""
        for closing in self._close():
            if isinstance(closing, asyncio.Future):
                closing.add_done_callback(_seen)


def _seen(ended: "asyncio.Future[None]") -> None:
    """Retrieve the error by which something ended."""
    if not ended.cancelled():
        ended.exception()


def _tuned(address: AddrInfoType) -> socket.socket:
    """Create the socket of a connection, with its options set before it is used."""
    raw = socket.socket(*address[:3])
    tune(raw)
    return raw


class HttpWire:
    """Implements `wire.Wire`.

    Args:
        target: where requests go, and their headers.
        listener: takes what comes.
    """

    def __init__(self, target: DialTarget, listener: WireListener) -> None:
        self._target = target
        self._listener: WireListener | None = listener
        self._connector = _Connector(
            limit=2, ssl=target.tls, keepalive_timeout=_KEPT_S, resolver=_Resolver(), socket_factory=_tuned
        )
        self._session = ClientSession(
            connector=self._connector,
            timeout=ClientTimeout(total=None),
            auto_decompress=False,
            cookie_jar=DummyCookieJar(),
            headers={**_UNENCODED, **dict(target.headers)},
        )
        self._waiting: deque[HttpRequest] = deque()
        self._serving: asyncio.Task[None] | None = None
        self._answering: Answer | None = None
        self._ahead: Answer | None = None
        self._fetching: set[asyncio.Task[None]] = set()
        self._reading = asyncio.Event()
        self._reading.set()
        self._is_gone = False
        self._transport: asyncio.Transport | None = None
        self._traced: tuple[tuple[str, str], ...] = ()

    async def connect(self, timeout_s: float) -> None:
        """Open the connection.

        Raises:
            OSError: the vendor cannot be reached or is not trusted; also as aiohttp's `ClientError`.
        """
        loop = asyncio.get_running_loop()
        request = ClientRequest(
            "POST", URL(self._target.place.url, encoded=True), loop=loop, session=self._session
        )
        connection = await self._connector.connect(request, [], ClientTimeout(total=None, connect=timeout_s))
        protocol = connection.protocol
        if protocol is None or protocol.transport is None or (closed := protocol.closed) is None:
            connection.close()
            raise ConnectionResetError
        self._transport = protocol.transport
        closed.add_done_callback(self._gone)
        connection.release()

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Make requests, whose answers come in order."""
        if self._listener is None:
            return
        for frame in frames:
            assert isinstance(frame, HttpRequest), "these are other transports' frames"
            self._waiting.append(
                replace(frame, headers=frame.headers + self._traced) if self._traced else frame
            )
        if self._waiting and self._serving is None:
            self._serving = self._target.task(self._serve(), "upstream-http")
        self._look_ahead()

    def belong(self, trace: Trace) -> None:
        """Requests made from now on belong to this span."""
        self._traced = trace_headers(trace)

    def ping(self) -> bool:
        """HTTP has no ping."""
        return False

    def is_acknowledged(self) -> bool:
        """Whether the vendor's kernel has acknowledged all that was sent on the first connection."""
        return is_acknowledged(self._transport)

    def stop(self) -> bool:
        """Cut off an answer under way, together with its connection."""
        if self._serving is None:
            return True
        self.close()
        return False

    def pause(self) -> None:
        """Stop reading; a bounded amount is still taken in."""
        self._reading.clear()

    def resume(self) -> None:
        """Read again."""
        self._reading.set()

    def close(self) -> None:
        """Close; nothing is reported any more."""
        if self._session.closed:
            return
        self._listener = None
        self._waiting.clear()
        if self._answering is not None:
            self._answering.drop()
        serving, self._serving = self._serving, None
        for task in (*self._fetching, *([serving] if serving is not None else [])):
            task.cancel()
        self._connector.let_go()

    # --------------------------------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        me = asyncio.current_task()
        try:
            while self._serving is me and self._listener is not None and (self._ahead or self._waiting):
                await self._next()
        except (OSError, ClientError) as error:
            self._serving = None
            self._over(_told(error))
        finally:
            if self._serving is me:
                self._serving = None
            del me  # a task keeps the error that it was cancelled by, which keeps this frame
        if self._is_gone and self._serving is None:
            self._over("")

    async def _next(self) -> None:
        answer, self._ahead = self._ahead, None
        if answer is None:
            answer = self._ask(self._waiting.popleft())
        elif answer.is_spoilt:
            answer = self._ask(answer.request)
        self._answering = answer
        try:
            await answer.told(self._tell)
        finally:
            self._answering = None
        if not self._waiting and self._ahead is None:
            self._serving = None  # the listener may react to the end by stopping, or by sending anew
        self._tell(ResponseEnd())

    def _ask(self, request: HttpRequest) -> Answer:
        answer = Answer(request, self._reading)
        url = URL(self._target.place.url + request.path, encoded=True)
        task = self._target.task(answer.fetch(self._session, url), "upstream-http-answer")
        self._fetching.add(task)
        task.add_done_callback(self._fetching.discard)
        return answer

    def _look_ahead(self) -> None:
        """Make the next request ahead, while the current answer is coming with a success status."""
        answering = self._answering
        if self._ahead is not None or not self._waiting or answering is None or not answering.is_good:
            return
        if self._target.ahead():
            self._ahead = self._ask(self._waiting.popleft())

    def _tell(self, frame: bytes | ResponseHead | ResponseEnd) -> None:
        if self._listener is not None:
            self._listener.came(frame)
            self._look_ahead()

    def _gone(self, closed: "asyncio.Future[None]") -> None:
        _seen(closed)
        self._is_gone = True
        if self._serving is None:
            self._over("")

    def _over(self, words: str) -> None:
        listener = self._listener
        if listener is not None:
            self.close()
            listener.ended(NO_CODE, words)
