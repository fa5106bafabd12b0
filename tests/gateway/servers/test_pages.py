import asyncio
import contextlib
import json
import socket

import aiohttp
import pytest
from aiohttp import web

from gateway.servers import pages
from gateway.servers.pages import start_admin
from gateway.servers.settings import Address
from tests.gateway.families import without_ipv6
from tests.gateway.servers.stage import house


@contextlib.asynccontextmanager
async def browser(**changes):
    async with house(**changes) as built, aiohttp.ClientSession(built.http) as client:
        yield built, client


async def test_what_can_be_spoken_is_told_as_json():
    async with browser() as (_, client):
        async with client.get("/v1/voices", params={"language": "de"}) as response:
            voices = await response.json()
        assert [voice["name"] for voice in voices["voices"]] == ["bernd"]
        assert voices["defaultVoice"] == "anna"
        async with client.get("/v1/languages") as response:
            assert [one["tag"] for one in (await response.json())["languages"]] == ["cy", "de", "en-GB"]


async def test_a_list_that_many_ask_for_is_made_once(monkeypatch):
    """Whoever asked again and again for 3,000 voices held up every stream for 20 ms each time."""
    made = []
    monkeypatch.setattr(pages, "voices_json", lambda _, language: made.append(language) or "{}")
    monkeypatch.setattr(pages, "languages_json", lambda _: made.append("all") or "{}")
    async with browser() as (_, client):
        for page in ("voices", "languages", "voices?language=DE", "voices?language=de&x=1", "voices?x=2"):
            async with client.get(f"/v1/{page}") as response:
                assert await response.text() == "{}"
    assert made == ["", "all", "de"]


@pytest.mark.parametrize("page", ["/v1/voices", "/v1/languages"])
async def test_who_is_not_let_in_is_told_so(page):
    async with browser() as (_, client):
        async with client.get(page, headers={"authorization": "Bearer wrong"}) as response:
            assert response.status == 401
            assert (await response.json())["error"]["reason"] == "unauthenticated"
        async with client.get(page, headers={"origin": "https://evil.example"}) as response:
            assert response.status == 403


async def test_probes_follow_the_health_of_the_process():
    async with browser() as (built, client):
        for page, flag in (("/livez", "is_live"), ("/readyz", "is_ready")):
            for state in (True, False):
                setattr(built.health, flag, state)
                async with client.get(page) as response:
                    assert response.status == (200 if state else 503)
            setattr(built.health, flag, True)
        built.health.is_ready = False
        async with client.get("/readyz") as response:
            assert await response.text() == "not ready: unwell: engine\n"
        async with client.get("/healthz") as response:
            assert await response.json() == {"version": "1", "voices": {"anna": "ready"}}
        built.health.is_live = False
        async with client.get("/healthz") as response:
            assert response.status == 503


async def test_the_admin_port_has_metrics_and_probes():
    async with (
        house() as built,
        aiohttp.ClientSession(f"http://127.0.0.1:{built.servers.admin_port}") as client,
    ):
        async with client.get("/metrics") as response:
            assert await response.read() == b"up 1\n"
            assert response.headers["content-type"] == "text/plain; for=plain"
        async with client.get("/metrics", headers={"accept": "application/openmetrics-text"}) as response:
            assert response.headers["content-type"] == "text/plain; for=open"
        async with client.get("/readyz") as response:
            assert response.status == 200
        async with client.get("/v1/voices") as response:
            assert response.status == 404


async def test_metrics_are_not_on_the_public_port():
    async with browser() as (_, client), client.get("/metrics") as response:
        assert response.status == 404


async def test_the_playground_is_served_with_its_security_headers(tmp_path):
    (tmp_path / "index.html").write_text("<title>Legato</title>")
    (tmp_path / "player.js").write_text("export {}")
    async with browser(web_root=tmp_path) as (_, client):
        async with client.get("/") as response:
            assert response.content_type == "text/html"
            assert "Legato" in await response.text()
            assert response.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'self'" in response.headers["content-security-policy"]
        async with client.get("/static/player.js") as response:
            assert response.content_type.endswith("/javascript")
            assert response.headers["cache-control"] == "no-cache"
        async with client.get("/static/../../etc/passwd") as response:
            assert response.status in {403, 404}
        async with client.get("/static/") as response:
            assert response.status == 403
            assert (await response.json())["error"]["reason"] == "bad_frame"
        async with client.get("/livez") as response:
            assert "content-security-policy" not in response.headers


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        (("https://a.example:5173",), True),
        (("https://a.example:*",), True),
        (("*",), True),
        (("https://a.example",), False),
        ((), False),
    ],
)
async def test_browsers_of_allowed_origins_may_read_the_answers(origins, allowed):
    async with browser(cors_origins=origins) as (_, client):
        headers = {"origin": "https://a.example:5173"}
        async with client.get("/v1/voices", headers=headers) as response:
            assert ("access-control-allow-origin" in response.headers) is allowed
            assert (response.headers.get("access-control-expose-headers") == "*") is allowed
        headers["access-control-request-method"] = "GET"
        async with client.options("/v1/voices", headers=headers) as response:
            assert response.status == 204
            methods = response.headers.get("access-control-allow-methods", "")
            assert ("POST" in methods) is allowed


@pytest.mark.parametrize("asked", ["xi-api-key,content-type", None])
async def test_an_allowed_page_may_post_to_a_dialect_with_the_headers_that_it_has(asked):
    async with browser(cors_origins=("https://a.example",)) as (_, client):
        headers = {"origin": "https://a.example", "access-control-request-method": "POST"}
        if asked:
            headers["access-control-request-headers"] = asked
        async with client.options("/v1/audio/speech", headers=headers) as response:
            assert response.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
            allowed = response.headers["access-control-allow-headers"]
        assert allowed == (asked or "authorization, content-type, traceparent, tracestate")


async def test_an_unknown_method_is_no_preflight():
    async with browser() as (_, client), client.options("/v1/voices") as response:
        assert response.status == 405


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nothing", 404, "no such endpoint"),
        ("POST", "/v1/voices", 405, "expected GET here; got POST"),
    ],
)
async def test_what_is_not_there_is_told_by_name(method, path, status, said):
    async with browser() as (_, client), client.request(method, path) as response:
        assert response.status == status
        assert ("allow" in response.headers) is (status == 405)
        assert said in (await response.json())["error"]["message"]


async def test_a_fault_is_noted_and_told_as_internal():
    async with browser() as (built, client):
        built.health.report = lambda: 1 / 0
        async with client.get("/healthz") as response:
            assert response.status == 500
            assert json.loads(await response.text())["error"]["reason"] == "internal"
        [bug] = built.observer.facts
        assert (bug.where.rsplit(" ", 1)[0], bug.kind) == ("http /healthz", "ZeroDivisionError")


async def test_an_admin_address_of_a_family_that_the_system_does_not_have_is_told(monkeypatch):
    without_ipv6(monkeypatch, asyncio.get_running_loop())
    runner = web.AppRunner(web.Application())
    await runner.setup()
    with pytest.raises(OSError, match=r"not supported by protocol: ::1:9464$"):
        await start_admin(runner, Address("::1", 9464))
    await runner.cleanup()


async def test_a_name_of_the_admin_port_that_nobody_knows_is_told_with_its_port():
    runner = web.ServerRunner(web.Server(lambda _: web.Response()))
    await runner.setup()
    with pytest.raises(socket.gaierror, match=r"no such host\.invalid:9464$"):
        await start_admin(runner, Address("no such host.invalid", 9464))
    await runner.cleanup()
