import asyncio
import socket
import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from gateway.upstream.route_desk import Control
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Marker
from legato.domain.facts import BreakerMoved, LineDialled, LineLost
from legato.domain.speech import Principal, Route
from legato.domain.text import Reading
from legato.domain.vendors import VendorLimits
from tests.gateway.upstream.stage import ROUTE, Asked, Ear, Notes, idle, lines_of, speak
from tests.gateway.upstream.vendor import Dialect, Vendor


async def ready(vendor, lines, count=1):
    await vendor.until(lambda: idle(lines) >= count)


async def test_r2_an_idle_line_is_leased_inside_the_call(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        await ready(vendor, lines)
        line = Asked(lines, Ear()).now
        assert line.reused
        assert (line.sample_rate_hz, line.keeps_context, line.word_times, line.can_pause) == (
            8_000,
            False,
            False,
            True,
        )
        line.release(clean=True)


async def test_an_utterance_from_asking_to_giving_back(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        ear, line = await speak(lines)
        assert [type(event) for event in ear.events] == [Audio, Marker, Finished]
        assert ear.audio == vendor.audio
        await ready(vendor, lines)
        _, other = await speak(lines)
        assert other.reused
        assert other.line_id != line.line_id
        assert len(vendor.sockets) == 1


async def test_the_knock_carries_the_secret_and_offers_no_compression(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        await ready(vendor, lines)
        headers = vendor.knocks[0].headers
        assert headers["Authorization"] == "Key s3cret"
        assert headers["X-App"] == "legato"
        assert "Sec-WebSocket-Extensions" not in headers


async def test_every_dial_fetches_the_key_anew(vendor):
    keys = iter(["old", "new"])
    async with lines_of(Dialect(vendor.url), secret=lambda: next(keys)) as lines:
        await ready(vendor, lines)
        lines.renew()
        await vendor.until(lambda: len(vendor.knocks) == 2)
        assert [knock.headers["Authorization"] for knock in vendor.knocks] == ["Key old", "Key new"]


async def test_r22_a_new_key_is_tried_at_once_whatever_the_old_one_was_refused(vendor):
    """An account without credit had been given five minutes: the key of another account, put in its place, waited for them as well."""
    vendor.refusal = (429, {"Retry-After": "300"})
    async with lines_of(Dialect(vendor.url)) as lines:
        await lines.tried()
        lines._concurrency.refused(300.0, time.monotonic())
        refused = Asked(lines, Ear()).now
        assert (refused.reason, refused.retry_after_s > 200) == (Reason.VENDOR_QUOTA, True)
        vendor.refusal = None
        lines.renew()
        line = await Asked(lines, Ear()).answer()
        assert not isinstance(line, Failed)
        line.release(clean=True)


async def test_a_key_that_is_not_there_is_told_without_it(vendor):
    def missing():
        raise ValueError("the file /run/key cannot be read")

    async with lines_of(Dialect(vendor.url), secret=missing, warm=False) as lines:
        answer = await Asked(lines, Ear()).answer()
        assert answer.reason is Reason.VENDOR_REJECTED
        assert "credential" in answer.message


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (401, {}, Reason.VENDOR_REJECTED),
        (429, {"Retry-After": "7"}, Reason.VENDOR_QUOTA),
        (503, {}, Reason.VENDOR_UNREACHABLE),
    ],
)
async def test_a_refused_handshake_is_read_by_the_vendors_language(vendor, status, headers, reason):
    vendor.refusal = (status, headers)
    notes = Notes()
    async with lines_of(Dialect(vendor.url), notes, warm=False) as lines:
        answer = await Asked(lines, Ear()).answer()
        assert answer.reason is reason
        assert not headers or answer.retry_after_s >= 7
        assert {fact.reason for fact in notes.of(LineLost)} == {reason}
        assert lines.view().places[0].ceiling > 1, "with no line connected it was not one too many"


async def test_nobody_there_is_told_at_once_and_again_without_a_dial():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{free.getsockname()[1]}/"
    async with lines_of(Dialect(url), warm=False) as lines:
        first = await Asked(lines, Ear()).answer()
        assert first.reason is Reason.VENDOR_UNREACHABLE
        assert Asked(lines, Ear()).now.retry_after_s > 0


async def test_options_that_are_none_of_the_vendors_are_refused_inside_the_call(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        assert Asked(lines, Ear(), Route("test", "nobody")).now.reason is Reason.VENDOR_REJECTED


async def test_r22_runs_at_once_are_counted_over_all_places(vendor):
    dialect = Dialect(vendor.url)
    async with lines_of(dialect, concurrency=1, warm=False) as lines:
        first = await Asked(lines, Ear(), Route("test", "a", {"model": "one"})).answer()
        second = Asked(lines, Ear(), Route("test", "b", {"model": "two"}))
        await vendor.until(lambda: lines.view().places[1].waiting == 1)
        assert second.now is None
        first.release(clean=True)
        line = await second.answer()
        assert not isinstance(line, Failed)
        line.release(clean=True)


async def test_r22_a_run_that_is_one_too_many_holds_the_next_ones_back(vendor):
    vendor.mute = True
    async with lines_of(Dialect(vendor.url), floor=2) as lines:
        await ready(vendor, lines, 2)
        ear = Ear()
        line = Asked(lines, ear).now
        line.say(0, Reading("hello"))
        await vendor.until(lambda: "say 1 0 hello" in vendor.heard)
        for peer in vendor.sockets:
            await peer.send("error 1 vendor_quota")
        assert (await ear.end()).reason is Reason.VENDOR_QUOTA
        line.release(clean=False)
        refused = Asked(lines, Ear(), wait_s=0.5).now
        assert refused.reason is Reason.VENDOR_QUOTA
        assert 0 < refused.retry_after_s <= 1
        assert lines.view().runs_learnt == 1


@pytest.mark.parametrize(("hold_s", "waits"), [(0.4, True), (1.5, False)])
async def test_r22_a_pause_that_the_vendor_has_asked_for_is_not_waited_for_where_there_is_another_route(
    vendor, hold_s, waits
):
    """An utterance waited up to two seconds for it, beside a route that was free."""
    async with lines_of(Dialect(vendor.url)) as lines:
        await ready(vendor, lines)
        lines._concurrency.refused(hold_s, time.monotonic())
        asked = Asked(lines, Ear(), wait_s=2.0, elsewhere=True)
        if waits:
            assert asked.now is None
            asked.ticket.withdraw()
        else:
            assert asked.now.reason is Reason.VENDOR_QUOTA
            assert 1 < asked.now.retry_after_s <= 1.5
        last = Asked(lines, Ear(), wait_s=2.0)
        assert last.now is None, "where there is no other it is waited for"
        last.ticket.withdraw()


async def test_r22_the_pause_sends_those_who_wait_elsewhere_at_every_place_of_the_vendor(vendor):
    """They waited for up to two seconds, beside a route that was free."""
    vendor.mute = True
    async with lines_of(Dialect(vendor.url), concurrency=1) as lines:
        await ready(vendor, lines)
        ear = Ear()
        line = Asked(lines, ear).now
        routes = (ROUTE, Route("test", "b", {"model": "two"}))
        waiting = [Asked(lines, Ear(), route, wait_s=60.0, elsewhere=True) for route in routes]
        staying = [Asked(lines, Ear(), route, wait_s=60.0) for route in routes]
        line.say(0, Reading("hello"))
        await vendor.until(lambda: "say 1 0 hello" in vendor.heard)
        assert not any(asked.answers for asked in waiting)
        line._broke(Failed(Reason.VENDOR_QUOTA, "too many", 5.0))
        assert (await ear.end()).reason is Reason.VENDOR_QUOTA
        assert [asked.now.reason for asked in waiting] == [Reason.VENDOR_QUOTA] * 2
        assert not any(asked.answers for asked in staying)
        for asked in staying:
            asked.ticket.withdraw()
        line.release(clean=False)


async def test_r22_a_pause_that_another_worker_was_asked_for_sends_those_who_wait_elsewhere(vendor):
    async with lines_of(Dialect(vendor.url), ceiling=1) as lines:
        await ready(vendor, lines)
        held = Asked(lines, Ear()).now
        waiting, staying = Asked(lines, Ear(), elsewhere=True), Asked(lines, Ear(), wait_s=60.0)
        lines._seats.paused(5.0)
        assert waiting.now.reason is Reason.VENDOR_QUOTA
        assert not staying.answers
        assert Asked(lines, Ear(), elsewhere=True).now.retry_after_s > 4
        staying.ticket.withdraw()
        held.release(clean=True)


async def test_tickets_can_be_taken_back(vendor):
    async with lines_of(Dialect(vendor.url), ceiling=1) as lines:
        await ready(vendor, lines)
        held = Asked(lines, Ear()).now
        waiting = Asked(lines, Ear())
        waiting.ticket.withdraw()
        waiting.ticket.withdraw()
        held.release(clean=True)
        assert waiting.answers == []
        line = Asked(lines, Ear()).now
        assert not isinstance(line, Failed)
        line.release(clean=True)


async def test_a_route_that_fails_is_shut_and_says_when_to_come_back(vendor):
    notes = Notes()
    vendor.audio = b""
    async with lines_of(Dialect(vendor.url), notes, chance=lambda: 0.9) as lines:
        for _ in range(3):
            await speak(lines)
        refused = Asked(lines, Ear()).now
        assert refused.reason is Reason.VENDOR_UNREACHABLE
        assert 0 < refused.retry_after_s <= 1
        (route,) = lines.view().routes
        assert (route.breaker, route.errors) == ("shut", {"vendor_empty": 3})
        assert route.last_failure.reason == "vendor_empty"
        why = route.last_failure.message
        assert why
        assert notes.of(BreakerMoved) == [BreakerMoved("test/voice", "shut", why)]
        assert route.quality < 0.9
        other = await Asked(lines, Ear(), Route("test", "other")).answer()
        other.release(clean=True)


async def test_an_operator_may_have_it_asked_all_the_same(vendor):
    vendor.audio = b""
    async with lines_of(Dialect(vendor.url), chance=lambda: 0.9) as lines:
        for _ in range(3):
            await speak(lines)
        assert lines.control("test/voice", Control.PINNED)
        vendor.audio = b"\1\0"
        ear, _ = await speak(lines)
        assert ear.audio


async def test_one_request_is_the_probe_and_its_first_audio_admits_the_rest(vendor):
    notes = Notes()
    vendor.audio = b""
    async with lines_of(Dialect(vendor.url), notes, chance=lambda: 0.0, floor=2) as lines:
        for _ in range(3):
            await speak(lines)
        vendor.audio = b"\1\0"
        await vendor.until(lambda: lines.view().routes[0].retry_after_s == 0)
        ear = Ear()
        probe = await Asked(lines, ear).answer()
        assert Asked(lines, Ear()).now.reason is Reason.VENDOR_UNREACHABLE
        probe.say(0, Reading("hello"))
        await ear.until(lambda ear: ear.audio)
        rest = await Asked(lines, Ear()).answer()
        rest.release(clean=True)
        probe.release(clean=True)
        assert [fact.state for fact in notes.of(BreakerMoved)] == ["shut", "probing", "admitting"]


async def test_a_probe_that_is_called_off_leaves_its_place(vendor):
    vendor.audio = b""
    async with lines_of(Dialect(vendor.url), chance=lambda: 0.0) as lines:
        for _ in range(3):
            await speak(lines)
        await vendor.until(lambda: lines.view().routes[0].retry_after_s == 0)
        probe = await Asked(lines, Ear()).answer()
        probe.release(clean=True)
        again = await Asked(lines, Ear()).answer()
        assert not isinstance(again, Failed)
        again.release(clean=True)


async def test_a_stream_comes_back_only_to_a_route_that_has_been_well(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        await ready(vendor, lines)
        assert Asked(lines, Ear(), returning=True).now.reason is Reason.VENDOR_UNREACHABLE
        line = Asked(lines, Ear()).now
        line.release(clean=True)


async def test_a_drained_route_takes_nothing_new_and_ends_what_it_has(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        await ready(vendor, lines)
        ear = Ear()
        line = Asked(lines, ear).now
        assert lines.control("test/voice", Control.DRAINED)
        assert "drained" in Asked(lines, Ear()).now.message
        line.say(0, Reading("hello"))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        line.release(clean=True)
        assert lines.control("test/voice", Control.NONE)
        Asked(lines, Ear()).now.release(clean=True)


async def test_a_route_that_is_kept_warm_is_seen_and_drained_before_its_first_use(vendor):
    """An operator whose gateway is restarted in the middle of an outage."""
    async with lines_of(Dialect(vendor.url)) as lines:
        await ready(vendor, lines)
        assert [route.route for route in lines.view().routes] == ["test/voice"]
        assert lines.control("test/voice", Control.DRAINED)
        assert "drained" in Asked(lines, Ear()).now.message


async def test_a_route_that_is_held_before_it_is_used_takes_nothing_and_may_be_let_go(vendor):
    other = Route("test", "other")
    async with lines_of(Dialect(vendor.url)) as lines:
        await ready(vendor, lines)
        assert not lines.control("test/other", Control.DRAINED)
        lines.hold("test/other", Control.DRAINED)
        assert lines.control("test/other", Control.DRAINED), "an operator who has set it may set it anew"
        assert "drained" in Asked(lines, Ear(), other).now.message
        assert lines.control("test/other", Control.NONE)
        Asked(lines, Ear(), other).now.release(clean=True)


async def test_an_ejected_route_is_cut_and_its_neighbour_is_not(vendor):
    vendor.mute = True
    async with lines_of(Dialect(vendor.url), floor=2) as lines:
        await ready(vendor, lines, 2)
        mine, other = Ear(), Ear()
        cut = Asked(lines, mine).now
        cut.say(0, Reading("hello"))
        kept = Asked(lines, other, Route("test", "other")).now
        assert lines.control("test/voice", Control.EJECTED)
        assert [type(event) for event in mine.events] == [Lost]
        assert other.events == []
        cut.release(clean=False)
        kept.release(clean=True)
        assert not lines.control("test/unknown", Control.PINNED)


async def test_a_configured_route_may_be_drained_however_many_there_are(vendor):
    def at(model):
        return Route("test", "voice", {"model": model})

    async with lines_of(Dialect(vendor.url), floor=0, warm=False) as lines:
        for number in range(600):
            lines.keep_warm(Route("test", f"v{number}"), "en")
        lines.keep_warm(at("0"), "en")
        assert lines.control("test/v0", Control.DRAINED)
        assert lines.control("test/voice", Control.EJECTED)
        for number in range(600):
            assert isinstance(Asked(lines, Ear(), route=at(str(number))).now, Failed)
        seen = [desk.route for desk in lines.view().routes]
        assert [seen.count("test/v0"), seen.count("test/v599")] == [1, 1]
        assert len(seen) == 601 + 512, "what was only used is forgotten some time"


async def test_a_wish_expressed_beforehand_warms_a_line(vendor):
    async with lines_of(Dialect(vendor.url), warm=False) as lines:
        lines.warm(Route("test", "voice"), "en", Principal())
        lines.warm(Route("test", "nobody"), "en", Principal())
        await ready(vendor, lines)
        line = Asked(lines, Ear()).now
        assert line.reused
        line.release(clean=True)


@pytest.mark.parametrize("refusal", [None, (503, {})])
async def test_the_floor_has_been_tried_when_every_dial_was_answered(vendor, refusal):
    vendor.refusal = refusal
    async with lines_of(Dialect(vendor.url)) as lines:
        assert not lines.is_ready()
        async with asyncio.timeout(5):
            await lines.tried()
        assert lines.is_ready() is (refusal is None)
        assert lines.rates_hz() == {8_000}


async def test_without_a_floor_nothing_need_be_tried(vendor):
    async with lines_of(Dialect(vendor.url), floor=0) as lines:
        await lines.tried()
        assert lines.is_ready()
        assert not vendor.knocks


async def test_the_end_tells_whoever_speaks_or_waits(vendor):
    vendor.mute = True
    ear = Ear()
    async with lines_of(Dialect(vendor.url), ceiling=1) as lines:
        await ready(vendor, lines)
        line = Asked(lines, ear).now
        line.say(0, Reading("hello"))
        await vendor.until(lambda: "say 1 0 hello" in vendor.heard)
        waiting = Asked(lines, Ear())
    assert waiting.now.reason is Reason.SHUTTING_DOWN
    assert isinstance(ear.events[-1], Lost | Failed)
    line.release(clean=False)
    assert Asked(lines, Ear()).now.reason is Reason.SHUTTING_DOWN
    lines.warm(Route("test", "voice"), "en", Principal())


async def test_a_place_is_worked_out_once_for_those_who_want_the_same(vendor):
    asked = []

    class Counting(Dialect):
        def place(self, route, language, options):
            asked.append((route, language, options))
            return super().place(route, language, options)

    async with lines_of(Counting(vendor.url)) as lines:
        await ready(vendor, lines)
        asked.clear()
        for _ in range(3):
            Asked(lines, Ear()).now.release(clean=True)
        assert len(asked) == 1
        (await Asked(lines, Ear(), Route("test", "voice", {"model": "other"})).answer()).release(clean=True)
        assert len(asked) == 2
        assert {place.place.partition("?")[2] for place in lines.view().places} == {"", "model=other"}


async def test_what_comes_through_gateways_has_lines_of_its_own_and_the_next_one_is_told_through_which(
    vendor,
):
    far = Principal(via=("far", "near"))
    async with lines_of(Dialect(vendor.url), name="here") as lines:
        await ready(vendor, lines)
        Asked(lines, Ear()).now.release(clean=True)
        lines.warm(Route("test", "voice"), "en", far)
        await ready(vendor, lines, 2)
        Asked(lines, Ear(), principal=far).now.release(clean=True)
        assert [knock.headers["legato-via"] for knock in vendor.knocks] == ["here", "far, near, here"]
        assert [place.place for place in lines.view().places] == [
            vendor.url,
            f"{vendor.url} for texts that come through far, near",
        ]


async def test_a_vendor_that_is_no_gateway_is_told_nothing_and_has_the_same_lines_for_all(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        await ready(vendor, lines)
        Asked(lines, Ear(), principal=Principal(via=("far",))).now.release(clean=True)
        assert ["legato-via" in knock.headers for knock in vendor.knocks] == [False]


async def test_places_are_bounded(vendor):
    async with lines_of(Dialect(vendor.url), warm=False, chance=lambda: 0.0) as lines:
        vendor.refusal = (503, {})
        for number in range(100):
            await Asked(lines, Ear(), Route("test", "voice", {"model": str(number)})).answer()
        assert len(lines.view().places) <= 64


async def test_what_people_are_told(vendor):
    notes = Notes()
    url = vendor.url.replace("ws://", "ws://user:pass@")
    async with lines_of(Dialect(vendor.url), notes) as lines:
        await speak(lines)
        await ready(vendor, lines)
        view = lines.view()
        assert (view.provider, view.runs, view.runs_allowed) == ("test", 0, 0)
        (place,), (route,) = view.places, view.routes
        assert place.place == vendor.url
        assert place.lines["idle"] == 1
        assert (route.route, route.leases, route.breaker, route.quality) == (
            "test/voice",
            1,
            "admitting",
            1.0,
        )
        assert 0 < route.ttfb_p50_s <= route.ttfb_p95_s
        assert notes.of(LineDialled)[0].provider == "test"
    async with lines_of(Dialect(url), warm=False) as lines:
        await asyncio.gather(Asked(lines, Ear()).answer())
        assert "pass" not in lines.view().places[0].place


async def test_limits_reach_the_line(vendor):
    vendor.mute = True
    dialect = Dialect(vendor.url, VendorLimits(first_audio_s=0.05))
    async with lines_of(dialect) as lines:
        ear, _ = await speak(lines)
        assert ear.events[-1].reason is Reason.VENDOR_TIMEOUT


async def test_a_view_of_many_places_is_made_in_small_steps_and_a_place_is_named_once(vendor, monkeypatch):
    named = []
    monkeypatch.setattr("gateway.upstream.place_pool.label", lambda place: named.append(place) or place.url)
    async with lines_of(Dialect(vendor.url)) as lines:
        place = next(iter(lines._pools))
        for number in range(250):
            place = replace(place, url=f"ws://v/{number}")
            lines._warm.add(place)
            lines._desk(lines._pool(place).place, str(number), 0.0)
        steps = lines.view_in_steps()
        assert sum(1 for _ in steps) == 6
        assert lines.view() == lines.view()
        assert len(lines.view().places) == len(named) == len(lines._pools) > 200
        assert len(lines.view().routes) >= 250


async def test_a_line_that_has_grown_old_is_replaced_at_the_address_that_the_host_has_by_then(monkeypatch):
    async with Vendor() as old, Vendor() as new:
        addresses = [old]

        async def look_up(host, port):
            assert host == "vendor.example"
            server = urlsplit(addresses[0].url)
            return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (server.hostname, server.port))]

        monkeypatch.setattr("gateway.upstream.reaching.look_up", look_up)
        async with lines_of(Dialect("ws://vendor.example"), max_age_s=0.2) as lines:
            await ready(old, lines)
            addresses[0] = new
            await new.until(lambda: new.knocks)
            asked = len(old.knocks)
            await old.until(lambda: not old.sockets)
            await ready(new, lines)
            assert len(old.knocks) == asked
