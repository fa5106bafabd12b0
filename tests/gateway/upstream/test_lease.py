import asyncio

from legato.domain.errors import Reason
from legato.domain.events import Failed, Finished
from legato.domain.speech import Principal
from legato.domain.text import Reading
from legato.domain.vendors import VendorLimits
from tests.gateway.upstream.stage import Asked, Ear, idle, lines_of, speak
from tests.gateway.upstream.vendor import Dialect


async def test_an_overloaded_gateway_is_no_fault_of_the_route(vendor):
    async with lines_of(Dialect(vendor.url), ceiling=1) as lines:
        await vendor.until(lambda: idle(lines))
        held = Asked(lines, Ear()).now
        refused = await Asked(lines, Ear(), wait_s=0.05).answer()
        assert refused.reason is Reason.OVERLOADED
        assert lines.view().routes[0].errors == {}
        held.release(clean=True)


async def test_r22_a_request_that_is_held_back_is_no_fault_of_the_route(vendor):
    """Each of them made the route look broken, though the vendor had never got it; those that came a moment later did not count."""
    async with lines_of(Dialect(vendor.url), ceiling=1) as lines:
        await vendor.until(lambda: idle(lines))
        held = Asked(lines, Ear()).now
        waiting = [Asked(lines, Ear(), elsewhere=True) for _ in range(3)]
        lines._pools[next(iter(lines._pools))].refused(Failed(Reason.VENDOR_QUOTA, "too many", 5.0))
        late = Asked(lines, Ear(), wait_s=1.0)
        assert {asked.now.reason for asked in (*waiting, late)} == {Reason.VENDOR_QUOTA}
        (route,) = lines.view().routes
        assert (route.quality, route.errors) == (1.0, {})
        held.release(clean=True)


async def test_a_line_that_cannot_be_had_is_one(vendor):
    vendor.refusal = (503, {})
    async with lines_of(Dialect(vendor.url), warm=False) as lines:
        await Asked(lines, Ear()).answer()
        assert lines.view().routes[0].errors == {"vendor_unreachable": 1}


async def test_what_one_run_has_learnt_of_markers_holds_for_the_next(vendor):
    async with lines_of(Dialect(vendor.url, VendorLimits(between_audio_s=0.05))) as lines:
        vendor.audio = bytes(16_000 * 4)
        await speak(lines)
        await vendor.until(lambda: idle(lines))
        vendor.mute = True
        ear = Ear()
        line = Asked(lines, ear).now
        line.say(0, Reading("a very short text"))
        await vendor.until(lambda: "say 2 0 a very short text" in vendor.heard)
        await vendor.sockets[0].send(b"2|" + bytes(16_000))
        assert (await ear.end()).reason is Reason.VENDOR_TIMEOUT, "its marker is owed"
        line.release(clean=False)


async def test_markers_that_come_with_the_end_do_not_tell_where_segments_end(vendor):
    vendor.mute = True
    async with lines_of(Dialect(vendor.url)) as lines:
        await vendor.until(lambda: idle(lines))
        for run, end, tells in ((1, ["mark 1 0 and done"], False), (2, ["mark 2 0", "done 2"], True)):
            ear = Ear()
            line = Asked(lines, ear).now
            line.say(0, Reading("a very short text"))
            line.end_input()
            await vendor.until(lambda run=run: f"end {run}" in vendor.heard)
            for frame in (f"{run}|".encode() + bytes(16_000), *end):
                await vendor.sockets[0].send(frame)
            assert type(await ear.end()) is Finished
            assert line._keeper.sends_markers is tells
            line.release(clean=True)


async def test_r22_whoever_waits_is_served_fairly_between_tenants(vendor):
    async with lines_of(Dialect(vendor.url), ceiling=1) as lines:
        await vendor.until(lambda: idle(lines))
        order = []
        held = Asked(lines, Ear()).now

        async def one(number, tenant):
            line = await Asked(lines, Ear(), principal=Principal(tenant, tenant)).answer()
            order.append(number)
            line.release(clean=True)

        async with asyncio.TaskGroup() as tasks:
            for number, tenant in enumerate(("a", "a", "a", "b")):
                tasks.create_task(one(number, tenant))
            await vendor.until(lambda: lines.view().places[0].waiting == 4)
            held.release(clean=True)
        assert order[:2] == [0, 3]
        assert sorted(order) == [0, 1, 2, 3]
