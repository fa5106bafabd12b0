import json

import pytest

from gateway.app.commands import vendors as module
from gateway.app.commands.admin_client import OperatorError
from tests.gateway.app.cli_stage import legato_run

ROUTE = {
    "route": "v/voice", "control": "", "breaker": "admitting", "retry_after_s": 0.0, "quality": 0.987, "leases": 100,
    "reused_share": 0.995, "ttfb_p50_s": 0.081, "ttfb_p95_s": 0.12, "errors": {"vendor_lost": 2},
}  # fmt: skip
FRESH = {
    **ROUTE,
    "route": "v/new",
    "control": "drained",
    "reused_share": None,
    "ttfb_p50_s": None,
    "ttfb_p95_s": None,
    "errors": {},
}
VENDOR = {
    "provider": "v", "runs": 3, "runs_allowed": 8, "runs_learnt": 8,
    "places": [{"place": "wss://h", "lines": {"idle": 2, "leased": 3}, "waiting": 1, "wanted": 5, "ceiling": 10,
                "trouble": ""}],
    "routes": [ROUTE, FRESH],
}  # fmt: skip


@pytest.fixture
def told(monkeypatch):
    answer = [VENDOR]

    async def vendors(admin):
        if admin == "http://nobody":
            raise OperatorError("nobody answers there")
        return answer

    monkeypatch.setattr(module, "vendors", vendors)
    return answer


def test_tables_of_vendors_and_routes(told):
    lines = legato_run("vendors").stdout.splitlines()
    assert lines[0].split() == [
        "PROVIDER",
        "IDLE",
        "LEASED",
        "DIALLING",
        "CLEANING",
        "DRAINING",
        "CEILING",
        "WAITING",
        "RUNS",
        "LEARNT",
    ]
    assert lines[1].split() == ["v", "2", "3", "0", "0", "0", "10", "1", "3/8", "8"]
    assert lines[4].split() == [
        "v/voice",
        "admitting",
        "0.99",
        "99.5%",
        "81",
        "ms",
        "120",
        "ms",
        "vendor_lost",
        "2",
    ]
    assert lines[5].split() == ["v/new", "drained", "0.99", "-", "-", "-", "-"]


def test_a_plan_without_a_bound_shows_what_runs(told):
    told[0] = {**VENDOR, "runs_allowed": 0, "runs_learnt": 0, "routes": []}
    lines = legato_run("vendors").stdout.splitlines()
    assert lines[1].split()[-2:] == ["3", "-"]
    assert len(lines) == 2


def test_a_shut_route_says_when_it_is_tried_again(told):
    told[0] = {**VENDOR, "routes": [{**ROUTE, "breaker": "shut", "retry_after_s": 4.2}]}
    assert "shut, 4 s" in legato_run("vendors").stdout


def test_a_local_engine_has_a_route_for_all_its_voices_and_no_lines(told):
    told[0] = {**VENDOR, "provider": "joe", "runs_allowed": 0, "runs_learnt": 0, "places": [],
               "routes": [{**ROUTE, "route": "joe/*", "breaker": "shut", "retry_after_s": 2.0}]}  # fmt: skip
    lines = legato_run("vendors").stdout.splitlines()
    assert lines[1].split() == ["joe", *"-------", "3", "-"]
    assert lines[4].split()[:4] == ["joe/*", "shut,", "2", "s"]
    assert len(lines) == 5


def failure(ago_s, message="OpenAI answered 401 (invalid_api_key)"):
    return {"reason": "vendor_rejected", "message": message, "ago_s": ago_s}


def test_why_runs_have_failed_is_told_the_latest_first(told):
    routes = [
        {**ROUTE, "last_failure": failure(75.2)},
        {**FRESH, "last_failure": failure(0.4, "OpenAI answered 404 (model_not_found)")},
        {**FRESH, "route": "v/well", "last_failure": None},
    ]
    told[0] = {**VENDOR, "routes": routes}
    assert legato_run("vendors").stdout.splitlines()[-3:] == [
        "ROUTE    LAST RUN FAILED  REASON           MESSAGE",
        "v/new    0 s ago          vendor_rejected  OpenAI answered 404 (model_not_found)",
        "v/voice  75 s ago         vendor_rejected  OpenAI answered 401 (invalid_api_key)",
    ]


def test_of_many_routes_whose_runs_have_failed_the_latest_is_named_for_each_reason(told):
    routes = [{**ROUTE, "route": f"v/{n}", "last_failure": failure(1_000.0 - n)} for n in range(30)]
    routes[3]["last_failure"] = failure(5.0, "OpenAI closed the connection with 1008")
    told[0] = {**VENDOR, "routes": routes}
    assert legato_run("vendors").stdout.splitlines()[-2:] == [
        "v/3               5 s ago          vendor_rejected  OpenAI closed the connection with 1008",
        "v/29 and 28 more  971 s ago        vendor_rejected  OpenAI answered 401 (invalid_api_key)",
    ]
    assert len(legato_run("vendors", "--all").stdout.splitlines()) == 4 + 30 + 2 + 30


def test_why_a_line_cannot_be_had_is_told(told):
    ill = {
        **VENDOR["places"][0],
        "trouble": "the vendor's certificate is not trusted: certificate has expired",
    }
    told[0] = {**VENDOR, "places": [ill]}
    lines = legato_run("vendors").stdout.splitlines()
    assert lines[-2].split("  ")[0] == "PROVIDER"
    assert lines[-1] == f"v         {ill['trouble']}  wss://h"


def test_of_many_routes_those_are_listed_that_tell_something(told):
    unused = {**FRESH, "control": "", "leases": 0}
    many = [{**unused, "route": f"v/{number}"} for number in range(3_000)]
    many[7] = {**many[7], "leases": 1}
    many[8] = {**many[8], "errors": {"vendor_lost": 1}}
    many[9] = {**many[9], "control": "drained"}
    many[10] = {**many[10], "breaker": "shut"}
    told[0] = {**VENDOR, "routes": many}
    lines = legato_run("vendors").stdout.splitlines()
    assert [line.split()[0] for line in lines[4:8]] == ["v/7", "v/8", "v/9", "v/10"]
    assert lines[8:] == ["", "2996 routes were not used yet; --all lists them."]
    assert len(legato_run("vendors", "--all").stdout.splitlines()) == 4 + 3_000
    told[0] = {**VENDOR, "routes": many[100:120]}
    assert len(legato_run("vendors").stdout.splitlines()) == 4 + 20
    told[0] = {**VENDOR, "routes": many[100:200]}
    assert legato_run("vendors").stdout.splitlines()[2:] == [
        "",
        "100 routes were not used yet; --all lists them.",
    ]


def test_of_many_places_that_cannot_be_dialled_one_is_named_for_each_reason(told):
    place = VENDOR["places"][0]
    ill = [{**place, "place": f"wss://h/{number}", "trouble": "no answer"} for number in range(3_000)]
    ill[5] = {**ill[5], "trouble": "refused"}
    told[0] = {**VENDOR, "routes": [], "places": ill}
    lines = legato_run("vendors").stdout.splitlines()
    assert lines[4:] == [
        "v         no answer         wss://h/0 and 2998 more",
        "v         refused           wss://h/5",
    ]
    assert len(legato_run("vendors", "--all").stdout.splitlines()) == 4 + 3_000


def test_as_json(told):
    assert json.loads(legato_run("vendors", "--json").stdout) == [VENDOR]


def test_no_vendors(told):
    told.clear()
    assert legato_run("vendors").stdout == "No vendors and no local voices are configured.\n"


def test_nobody_there(told):
    result = legato_run("vendors", "--admin", "http://nobody")
    assert (result.exit_code, result.stderr) == (1, "Error: nobody answers there\n")


@pytest.mark.parametrize("action", ["drain", "pin", "eject", "reset"])
def test_a_route_is_acted_on(monkeypatch, action):
    asked = []

    async def control(admin, route, action):
        asked.append((admin, route, action))

    monkeypatch.setattr(module, "control", control)
    result = legato_run("route", action, "v/voice", env={"LEGATO_ADMIN_URL": "http://there"})
    assert result.stdout == f"v/voice: {action}\n"
    assert asked == [("http://there", "v/voice", action)]


def test_an_action_that_there_is_not():
    assert legato_run("route", "kick", "v/voice").exit_code == 2
