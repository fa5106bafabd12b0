import asyncio
import contextlib
import io
import json
from types import SimpleNamespace

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from gateway.app.link.messages import SetLevel, SetRoute
from gateway.app.workers.admin import Admin, ask
from gateway.telemetry.logs import Logs
from gateway.telemetry.packed import PACKED, pack
from tests.gateway.app.workers.test_vendors import view
from tests.gateway.app.workers_stage import post


async def nothing():
    pass


class Worker:
    """Answers on a worker's socket as its admin pages do."""

    def __init__(self, folder, number):
        self.post = post(folder, number)
        self.number, self.pid, self.restarts = number, 100 + number, 0
        self.ready, self.posted = True, []
        self.route_status = 404
        self.before_it_answers = nothing
        self.begin_anew()

    def begin_anew(self):
        self.registry = CollectorRegistry()
        self.streams = Counter("legato_streams", "Streams.", registry=self.registry)

    async def __aenter__(self):
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/v1/vendors", self._vendors)
        app.router.add_post("/v1/routes", self._route)
        app.router.add_route("*", "/log-level", self._level)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.UnixSite(self._runner, str(self.post.admin)).start()
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    async def _metrics(self, request):
        assert request.headers["Accept"] == PACKED
        body = pack(self.registry)
        await self.before_it_answers()
        return web.Response(body=body)

    async def _ready(self, _):
        await self.before_it_answers()
        return web.Response(status=200 if self.ready else 503)

    async def _health(self, _):
        return web.json_response({"status": "ready" if self.ready else "unwell", "streams": self.number})

    async def _vendors(self, _):
        return web.json_response({"vendors": [view()]})

    async def _route(self, request):
        self.posted.append(await request.json())
        return web.Response(status=self.route_status)

    async def _level(self, request):
        level = json.loads(await request.read() or b'{"level": "info"}')["level"]
        status = 400 if level == "loud" else 200
        return web.json_response({"level": level}, status=status)


@contextlib.asynccontextmanager
async def admin(folder):
    async with Worker(folder, 1) as one, Worker(folder, 2) as two:
        workers = [one, two]
        standing = {}
        staff = SimpleNamespace(
            posts=[worker.post for worker in workers],
            workers=workers,
            started=True,
            leaving=False,
            standing=standing,
            stand=lambda about, order: standing.update({about: order}),
        )
        broker = SimpleNamespace(lent=lambda: {"d": (3, 4)})
        logs = Logs("info", "json", io.StringIO())
        built = Admin(staff, broker, "127.0.0.1:0", logs)
        await built.start()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{built.port}") as client:
            yield SimpleNamespace(client=client, staff=staff, one=one, two=two, logs=logs)
        await built.stop()


async def get(house, page, **headers):
    async with house.client.get(page, headers=headers) as answer:
        return answer.status, await answer.text()


async def streams(house):
    _, body = await get(house, "/metrics")
    (line,) = [line for line in body.splitlines() if line.startswith("legato_streams_total")]
    return float(line.rpartition(" ")[2])


async def test_one_scrape_is_the_whole_and_never_falls(tmp_path):
    async with admin(tmp_path) as house:
        house.one.streams.inc(2)
        house.two.streams.inc(3)
        assert await streams(house) == 5
        house.two.begin_anew()
        house.two.restarts += 1
        assert await streams(house) == 5
        house.two.streams.inc()
        assert [await streams(house), await streams(house)] == [6, 6]
        _, body = await get(house, "/metrics", Accept="application/openmetrics-text")
        assert 'legato_worker_restarts_total{worker="2"} 1.0' in body
        assert body.endswith("# EOF\n")


async def test_what_a_worker_told_and_then_died_is_counted_once(tmp_path):
    async with admin(tmp_path) as house:
        house.one.streams.inc(2)
        house.two.streams.inc(3)

        answered = asyncio.Event()

        async def tell():
            answered.set()

        async def the_other_dies():
            await answered.wait()
            house.two.before_it_answers = nothing
            house.one.begin_anew()
            house.one.restarts += 1

        assert await streams(house) == 5
        house.one.streams.inc(4)
        house.one.before_it_answers, house.two.before_it_answers = tell, the_other_dies
        assert await streams(house) == 9
        assert await streams(house) == 9
        house.one.streams.inc()
        assert await streams(house) == 10


async def test_what_a_worker_told_stays_counted_while_it_does_not_answer(tmp_path):
    async with admin(tmp_path) as house:
        house.one.streams.inc(2)
        house.two.streams.inc(3)
        assert await streams(house) == 5
        house.two.post.admin.unlink()
        house.one.streams.inc()
        assert await streams(house) == 6


async def test_a_scraper_is_told_which_format_it_gets(tmp_path):
    async with admin(tmp_path) as house:
        for accept, told in (
            ("*/*", "text/plain"),
            ("application/openmetrics-text", "application/openmetrics-text"),
        ):
            async with house.client.get("/metrics", headers={"Accept": accept}) as answer:
                assert (answer.content_type, answer.charset) == (told, "utf-8")


async def test_a_worker_that_does_not_answer_in_time_is_not_available(tmp_path):
    async with Worker(tmp_path, 1) as worker:
        hung = asyncio.Event()
        worker.before_it_answers = hung.wait
        async with asyncio.timeout(60):
            answer = await ask(worker.post.admin, "GET", "/readyz", within_s=0.01)
        hung.set()
    assert (answer.status, answer.body, answer.json()) == (503, b"", {})


async def test_several_scrapes_at_once_are_each_whole(tmp_path):
    async with admin(tmp_path) as house:
        house.one.streams.inc(2)
        assert await asyncio.gather(*(streams(house) for _ in range(5))) == [2] * 5


async def test_the_whole_is_ready_while_one_is_and_nobody_is_leaving(tmp_path):
    async with admin(tmp_path) as house:
        assert await get(house, "/livez") == (200, "live\n")
        assert (await get(house, "/readyz"))[0] == 200
        house.one.ready = False
        assert (await get(house, "/readyz"))[0] == 200
        house.two.ready = False
        assert await get(house, "/readyz") == (503, "not ready: no worker is ready\n")
        house.one.ready = house.two.ready = True
        house.staff.started = False
        assert await get(house, "/readyz") == (503, "not ready: starting\n")
        house.staff.started, house.staff.leaving = True, True
        assert await get(house, "/readyz") == (503, "not ready: shutting down\n")


async def test_one_that_hangs_does_not_keep_the_word_of_another_back(tmp_path):
    async with admin(tmp_path) as house:
        hung = asyncio.Event()
        house.one.before_it_answers = hung.wait
        try:
            async with asyncio.timeout(1.5):  # the parent itself waits for two seconds
                assert (await get(house, "/readyz"))[0] == 200
        finally:
            hung.set()


async def test_health_shows_each_worker(tmp_path):
    async with admin(tmp_path) as house:
        status = []
        for one, two in ((True, True), (False, True), (False, False)):
            house.one.ready, house.two.ready = one, two
            status.append(json.loads((await get(house, "/healthz"))[1])["status"])
        assert status == ["ready", "degraded", "unwell"]
        house.staff.started = False
        assert json.loads((await get(house, "/healthz"))[1])["status"] == "starting"
        house.staff.leaving = True
        house.two.post.admin.unlink()
        report = json.loads((await get(house, "/healthz"))[1])
        assert (report["status"], report["streams"], report["seats"]) == (
            "leaving",
            1,
            {"d": {"lent": 3, "of": 4}},
        )
        one, two = report["workers"]
        assert one == {
            "worker": 1, "pid": 101, "restarts": 0, "http": 1001, "grpc": 1002, "status": "unwell", "streams": 1,
        }  # fmt: skip
        assert (two["worker"], two["status"]) == (2, "gone")


async def test_vendors_are_merged_and_an_operator_reaches_every_worker(tmp_path):
    async with admin(tmp_path) as house:
        (vendor,) = json.loads((await get(house, "/v1/vendors"))[1])["vendors"]
        assert (vendor["runs"], vendor["runs_allowed"]) == (2, 4)
        wanted = {"route": "d/anna", "action": "drain"}
        for known, status in ((404, 404), (204, 204)):
            house.two.route_status = known
            async with house.client.post("/v1/routes", json=wanted) as answer:
                assert answer.status == status
            assert bool(house.staff.standing) is (status == 204), "what nobody knows does not stand"
        assert house.one.posted == house.two.posted == [wanted, wanted]
        assert house.staff.standing == {"route d/anna": SetRoute(**wanted)}


async def test_what_there_is_not_is_told_by_name_as_by_a_gateway_that_is_one_process(tmp_path):
    async with admin(tmp_path) as house:
        status, body = await get(house, "/metric")
        assert (status, json.loads(body)["error"]["reason"]) == (404, "bad_frame")
        async with house.client.delete("/metrics") as answer:
            assert answer.status == 405
            assert answer.headers["Allow"] == "GET,HEAD"
            assert "expected GET here; got DELETE" in await answer.text()


async def test_a_bug_of_a_page_is_told_in_the_log_and_to_whoever_asked(tmp_path):
    async with admin(tmp_path) as house:
        written = io.StringIO()
        with Logs("info", "json", written):
            house.staff.workers = None
            status, body = await get(house, "/metrics")
        assert (status, json.loads(body)["error"]["reason"]) == (500, "internal")
        (line,) = map(json.loads, written.getvalue().splitlines())
        where = line["where"].rsplit(" ", 1)[0]
    assert (line["event"], where, line["kind"]) == ("bug found", "http /metrics", "TypeError")


async def test_requests_are_not_logged_nor_is_one_that_does_not_parse_an_error_of_ours(tmp_path):
    async with admin(tmp_path) as house:
        written = io.StringIO()
        with Logs("info", "json", written):
            assert (await get(house, "/livez"))[0] == 200
            base = house.client._base_url
            reader, writer = await asyncio.open_connection(base.host, base.port)
            writer.write(b"GET /metrics HTTP/1.1\r\nAuthori\x01zation: s3cret\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.0 400")
            writer.close()
    assert written.getvalue() == ""


async def test_the_level_of_the_log_is_everybodys(tmp_path):
    async with admin(tmp_path) as house:
        async with house.client.put("/log-level", json={"level": "debug"}) as answer:
            assert (answer.status, await answer.json()) == (200, {"level": "debug"})
        assert house.logs.level == "debug"
        async with house.client.put("/log-level", json={"level": "loud"}) as answer:
            assert answer.status == 400
        assert house.logs.level == "debug"
        assert house.staff.standing == {"level": SetLevel("debug")}


async def test_the_level_of_the_log_is_told(tmp_path):
    async with admin(tmp_path) as house, house.client.get("/log-level") as answer:
        assert (answer.status, await answer.json()) == (200, {"level": "info"})


async def test_of_a_worker_that_is_gone_the_others_answer(tmp_path):
    async with admin(tmp_path) as house:
        house.one.post.admin.unlink()
        for level, status in (("debug", 200), ("loud", 400)):
            async with house.client.put("/log-level", json={"level": level}) as answer:
                assert (answer.status, await answer.json()) == (status, {"level": level})
        wanted = {"route": "d/anna", "action": "drain"}
        async with house.client.post("/v1/routes", json=wanted) as answer:
            assert answer.status == 404
        house.two.post.admin.unlink()
        async with house.client.put("/log-level", json={"level": "info"}) as answer:
            assert (answer.status, await answer.read()) == (503, b"")
        assert house.logs.level == "debug"


async def test_without_an_address_there_is_no_port():
    built = Admin(SimpleNamespace(posts=[], workers=[]), None, None, None)
    await built.start()
    await built.stop()
    assert built.port == 0
