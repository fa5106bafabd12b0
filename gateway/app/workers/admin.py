"""The parent's admin port: combines what each worker answers on its own socket.

GET  /metrics      all workers' metrics merged, with this process's own
GET  /livez        this process's loop turns
GET  /readyz       all workers have been ready, one of them is now, and no shutdown has begun
GET  /healthz      each worker's report, its process and its ports
GET  /v1/vendors   all workers' vendors as one
POST /v1/routes, PUT /log-level   passed to every worker, and to each that is restarted
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import aiohttp
from aiohttp import hdrs, web

from gateway.app.config.sections import split_address
from gateway.app.link.messages import SetLevel, SetRoute
from gateway.app.link.post import Post
from gateway.app.workers.broker import Broker
from gateway.app.workers.metrics import ParentMetrics
from gateway.app.workers.staff import Staff
from gateway.app.workers.vendors import merged_vendors
from gateway.servers.mistakes import AiohttpLog
from gateway.servers.pages import named_errors, readiness, start_admin
from gateway.servers.settings import Address
from gateway.telemetry.logs import Logs, logger
from gateway.telemetry.merge import Merged
from gateway.telemetry.packed import PACKED
from legato.domain.facts import BugFound, Fact

_log = AiohttpLog(logging.getLogger("aiohttp.server"))
_ASK_S = 2.0
_SCRAPE_S = 5.0
"""A busy worker with the metrics of many voices needs seconds; a scraper usually waits for ten."""
_PARENT = "parent"
_OK, _NO_CONTENT, _BAD, _MISSING, _UNAVAILABLE = 200, 204, 400, 404, 503


class Answer:
    """A worker's answer.

    Args:
        status: HTTP status; 503 if it does not answer.
        body: the whole body.
    """

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body

    def json(self) -> object:
        """Parse the body; an empty mapping if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


async def ask(path: Path, method: str, page: str, body: bytes = b"", within_s: float = _ASK_S) -> Answer:
    """Ask a worker for one of its admin pages.

    Args:
        path: the worker's socket.
        method: HTTP method.
        page: path of the page, with the leading slash.
        body: body of the request.
        within_s: how long the answer may take.
    """
    timeout = aiohttp.ClientTimeout(total=within_s)
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path)), timeout=timeout) as client,
            client.request(method, f"http://worker{page}", data=body, headers={hdrs.ACCEPT: PACKED}) as got,
        ):
            return Answer(got.status, await got.read())
    except (aiohttp.ClientError, TimeoutError, OSError):
        return Answer(_UNAVAILABLE, b"")


class Admin:
    """The pages and their server.

    Args:
        staff: the workers.
        broker: lends seats; for what is shown about vendors.
        address: `HOST:PORT`; `None` for no server.
        logs: the parent's own log, whose level changes with the workers'.
        engine_restarts: returns how often the process of the local voices, which the parent starts, was restarted.
    """

    def __init__(
        self,
        staff: Staff,
        broker: Broker,
        address: str | None,
        logs: Logs,
        engine_restarts: Callable[[], int] = int,
    ) -> None:
        self._staff = staff
        self._broker = broker
        self._address = address
        self._logs = logs
        self._own = ParentMetrics(staff, engine_restarts)
        self._merged = Merged()
        self._seen: dict[int, int] = {}
        self._scrape = asyncio.Lock()
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the address cannot be bound.
        """
        if self._address is None:
            return
        self._runner = web.AppRunner(self.application(), access_log=None, logger=_log, shutdown_timeout=1.0)
        await self._runner.setup()
        self.port = await start_admin(self._runner, Address(*split_address(self._address)))

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def application(self) -> web.Application:
        """Make the aiohttp application."""
        app = web.Application(middlewares=[named_errors(_Bugs())])
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/livez", _live)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/v1/vendors", self._vendors)
        app.router.add_post("/v1/routes", self._route)
        app.router.add_get("/log-level", self._to_all)
        app.router.add_put("/log-level", self._level)
        return app

    async def _all(
        self, method: str, page: str, body: bytes = b"", within_s: float = _ASK_S
    ) -> Sequence[tuple[Post, Answer]]:
        posts = self._staff.posts
        answers = await asyncio.gather(*(ask(p.admin, method, page, body, within_s) for p in posts))
        return list(zip(posts, answers, strict=True))

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        async with self._scrape:
            # Noted before they are asked: a worker that dies before all have answered has reported on this life.
            lives = {worker.number: worker.restarts for worker in self._staff.workers}
            told = {
                post.number: answer.body
                for post, answer in await self._all("GET", "/metrics", within_s=_SCRAPE_S)
                if answer.status == _OK
            }
            # Adding up some thousand lines takes longer than the lender's loop may be held up.
            accept = request.headers.get(hdrs.ACCEPT, "")
            body, content_type = await asyncio.to_thread(self._merge, told, lives, accept)
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})

    def _merge(self, told: Mapping[int, bytes], lives: Mapping[int, int], accept: str) -> tuple[bytes, str]:
        for number, life in lives.items():
            if self._seen.setdefault(number, life) != life:
                self._merged.left(str(number))
                self._seen[number] = life
        for number, body in told.items():
            self._merged.told(str(number), body)
        self._merged.told(_PARENT, self._own.packed())
        return self._merged.expose(accept)

    async def _ready(self, request: web.Request) -> web.StreamResponse:
        del request
        staff = self._staff
        if staff.leaving:
            return readiness("shutting down")
        if not staff.started:
            return readiness("starting")
        return readiness("" if await self._any_is_ready() else "no worker is ready")

    async def _any_is_ready(self) -> bool:
        # The first one that is ready is enough: probes do not wait for one that hangs.
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(ask(post.admin, "GET", "/readyz")) for post in self._staff.posts]
            found = False
            for answer in asyncio.as_completed(asked):
                found = (await answer).status == _OK
                if found:
                    break
            for one in asked:
                one.cancel()
        return found

    async def _health(self, request: web.Request) -> web.StreamResponse:
        del request
        workers = [
            {
                "worker": worker.number,
                "pid": worker.pid,
                "restarts": worker.restarts,
                "http": post.http,
                "grpc": post.grpc,
                **(report if isinstance(report := answer.json(), dict) and report else {"status": "gone"}),
            }
            for worker, (post, answer) in zip(
                self._staff.workers, await self._all("GET", "/healthz"), strict=True
            )
        ]
        seats = {name: {"lent": lent, "of": of} for name, (lent, of) in self._broker.lent().items()}
        return web.json_response(
            {
                "status": self._status(workers),
                "streams": sum(int(worker.get("streams", 0)) for worker in workers),
                "seats": seats,
                "workers": workers,
            }
        )

    def _status(self, workers: Sequence[Mapping[str, object]]) -> str:
        if self._staff.leaving:
            return "leaving"
        if not self._staff.started:
            return "starting"
        well = [worker["status"] == "ready" for worker in workers]
        return "ready" if all(well) else "degraded" if any(well) else "unwell"

    async def _vendors(self, request: web.Request) -> web.StreamResponse:
        del request
        told = [answer.json() for _, answer in await self._all("GET", "/v1/vendors") if answer.status == _OK]
        lists = [found.get("vendors", []) for found in told if isinstance(found, dict)]
        return web.json_response({"vendors": merged_vendors(lists, self._broker.lent())})

    async def _to_all(self, request: web.Request) -> web.StreamResponse:
        answers = [
            answer for _, answer in await self._all(request.method, request.path, await request.read())
        ]
        # A worker that has done it answers for all, or else one that says what is wrong; the others have nothing to say.
        order = (_OK, _NO_CONTENT, _BAD, _MISSING)
        known = [answer for answer in answers if answer.status in order]
        best = min(known, key=lambda answer: order.index(answer.status), default=answers[0])
        return web.Response(status=best.status, body=best.body or None, content_type="application/json")

    async def _route(self, request: web.Request) -> web.StreamResponse:
        answer = await self._to_all(request)
        if answer.status == _NO_CONTENT:  # done by one: others may not have used the route yet
            wanted = json.loads(await request.read())
            route = str(wanted["route"])
            self._staff.stand(f"route {route}", SetRoute(route, str(wanted["action"])))
        return answer

    async def _level(self, request: web.Request) -> web.StreamResponse:
        answer = await self._to_all(request)
        if answer.status == _OK:
            level = str(json.loads(await request.read())["level"])
            self._logs.set_level(level)
            self._staff.stand("level", SetLevel(level))
        return answer


class _Bugs:
    """Implements `ports.Observer` for the pages: the parent has no telemetry of its own, only a log."""

    def note(self, fact: Fact) -> None:
        """Log a bug; no other facts come here."""
        if isinstance(fact, BugFound):
            logger("legato.workers").error("bug found", where=fact.where, kind=fact.kind)


async def _live(request: web.Request) -> web.StreamResponse:
    del request
    return web.Response(text="live\n")
