import pytest

from gateway.app.workers.vendors import merged_vendors


def view(**more):
    return {
        "provider": "d", "runs": 1, "runs_allowed": 5, "runs_learnt": 0,
        "places": [{"place": "ws://d", "lines": {"idle": 1, "leased": 2}, "waiting": 1, "wanted": 3, "ceiling": 5,
                    "trouble": ""}],
        "routes": [route()],
        **more,
    }  # fmt: skip


def route(**more):
    return {
        "route": "d/anna", "control": "", "breaker": "admitting", "retry_after_s": 0.0, "quality": 1.0,
        "leases": 3, "reused_share": 1.0, "ttfb_p50_s": 0.1, "ttfb_p95_s": 0.2, "errors": {"vendor_lost": 1},
        "last_failure": None,
        **more,
    }  # fmt: skip


def test_counts_are_added_and_states_are_the_worse():
    other = view(
        runs=2,
        runs_learnt=4,
        routes=[
            route(
                control="drained", breaker="shut", retry_after_s=2.0, quality=0.5, leases=1, reused_share=0.0,
                ttfb_p50_s=0.5, ttfb_p95_s=None, errors={"vendor_lost": 1, "vendor_timeout": 1},
            )
        ],
    )  # fmt: skip
    (told,) = merged_vendors([[view()], [other]], {"d": (3, 4)})
    assert (told["runs"], told["runs_allowed"], told["runs_learnt"]) == (3, 4, 4)
    assert told["places"] == [
        {
            "place": "ws://d", "lines": {"idle": 2, "leased": 4}, "waiting": 2, "wanted": 6, "ceiling": 10,
            "trouble": "",
        }
    ]  # fmt: skip
    (seen,) = told["routes"]
    assert (seen["control"], seen["breaker"], seen["retry_after_s"], seen["leases"]) == (
        "drained",
        "shut",
        2.0,
        4,
    )
    assert (seen["quality"], seen["reused_share"]) == (0.875, 0.75)
    assert (seen["ttfb_p50_s"], seen["ttfb_p95_s"]) == (pytest.approx(0.2), 0.2)
    assert seen["errors"] == {"vendor_lost": 2, "vendor_timeout": 1}


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        (("admitting", "probing"), "probing"),
        (("shut", "probing"), "shut"),
        (("admitting", "admitting"), "admitting"),
    ],
)
def test_a_breaker_is_as_it_is_where_it_is_worst(states, worst):
    (told,) = merged_vendors([[view(routes=[route(breaker=state)])] for state in states], {})
    assert told["routes"][0]["breaker"] == worst


def test_what_the_slowest_and_the_most_restricted_tell_is_told():
    others = [view(runs_learnt=learnt, runs_allowed=allowed) for learnt, allowed in ((6, 6), (0, 9), (4, 4))]
    slow = view(routes=[route(ttfb_p95_s=0.9)])
    (told,) = merged_vendors([[one] for one in (view(), slow, *others)], {})
    assert (told["provider"], told["runs_learnt"], told["runs_allowed"]) == ("d", 4, 9)
    (seen,) = told["routes"]
    assert (seen["route"], seen["control"], seen["ttfb_p95_s"]) == ("d/anna", "", 0.9)


def test_nothing_is_said_to_be_learnt_where_nobody_has_learnt_it():
    (told,) = merged_vendors([[view()], [view()]], {})
    assert told["runs_learnt"] == 0


def test_why_one_of_them_has_no_line_is_told():
    place = {**view()["places"][0], "trouble": "connection refused"}
    (told,) = merged_vendors([[view()], [view(places=[place])]], {})
    assert told["places"][0]["trouble"] == "connection refused"


def test_what_nobody_knows_stays_unknown():
    unused = route(leases=0, reused_share=None, ttfb_p50_s=None, ttfb_p95_s=None)
    (told,) = merged_vendors([[view(routes=[unused])], []], {})
    assert told["routes"][0]["reused_share"] is told["routes"][0]["ttfb_p95_s"] is None
    assert told["runs_allowed"] == 5
    assert merged_vendors([], {}) == []


def test_local_engines_have_routes_and_no_places():
    (told,) = merged_vendors([[view(places=[])], [view(places=[])]], {})
    assert told["places"] == []
    assert len(told["routes"]) == 1


def test_of_the_failures_of_a_route_the_latest_is_told():
    old, new = ({"reason": "vendor_lost", "message": "lost", "ago_s": ago} for ago in (9.0, 0.5))
    views = [view(routes=[route(last_failure=failure)]) for failure in (None, old, new)]
    assert merged_vendors([[one] for one in views], {})[0]["routes"][0]["last_failure"] == new
    assert merged_vendors([[view()]], {})[0]["routes"][0]["last_failure"] is None
