"""Floors of many places at one vendor, in virtual time: what a vendor with a place for each voice is dialled."""

import asyncio
import contextlib

import pytest

from gateway.upstream.floors import MOST_DIALLED
from gateway.upstream.wire import DialError
from legato.core.pool import Pool
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.vendors import VendorLimits
from legato.ports import LineRequest
from tests.gateway.upstream.stage import ANYBODY, Ear, idle
from tests.gateway.upstream.virtual_vendor import VirtualVendor, lease, virtual_lines
from tests.virtual_time import played

PLACES = 300
ALL_TRIED_S = 10.0


class ManyVoices(VirtualVendor):
    """A vendor that refuses some voices, and notes who was dialled."""

    def __init__(self):
        super().__init__()
        self.called, self.unknown = [], set()

    async def dial(self, transport, call, listener):
        self.called.append(call.place.url)
        wire = await super().dial(transport, call, listener)
        if call.place.url in self.unknown:
            raise DialError("unknown voice")
        return wire


@pytest.fixture
def vendor(monkeypatch):
    made = ManyVoices()
    monkeypatch.setattr("gateway.upstream.place_pool.dial", made.dial)
    return made


def route(number):
    return Route("test", "voice", {"model": str(number)})


@contextlib.asynccontextmanager
async def warmed(**settings):
    async with virtual_lines(VendorLimits(), floor=1, spare=0, **settings) as lines:
        for number in range(1, PLACES):
            lines.keep_warm(route(number), "en")
        yield lines


def test_a_vendor_that_is_down_is_dialled_by_one_place_at_a_time(vendor):
    vendor.is_down = True

    async def story():
        async with warmed() as lines:
            async with asyncio.timeout(ALL_TRIED_S):
                await lines.tried()
            assert vendor.most_dialling <= MOST_DIALLED
            assert not lines.is_ready()
            await asyncio.sleep(60)
            before, vendor.most_dialling = len(vendor.dials), 0
            await asyncio.sleep(600)
            assert vendor.most_dialling == 1
            assert 60 <= len(vendor.dials) - before <= 300, "five seconds apart on average, with jitter"
            assert len(set(vendor.called)) > 100, "each place has its turn"

    played(story)


def test_when_it_is_back_every_place_has_its_floor(vendor):
    vendor.is_down = True

    async def story():
        async with warmed() as lines:
            await asyncio.sleep(60)
            vendor.is_down = False
            await asyncio.sleep(60)
            assert idle(lines) == PLACES
            assert vendor.most_dialling == MOST_DIALLED

    played(story)


def test_all_floors_are_dialled_a_few_at_once_and_none_is_left_out(vendor):
    async def story():
        async with warmed() as lines:
            await lines.tried()
            assert idle(lines) == PLACES
            assert len(vendor.dials) == PLACES
            assert vendor.most_dialling == MOST_DIALLED

    played(story)


def test_r22_places_where_nobody_waits_are_not_gone_through_for_a_seat(vendor, monkeypatch):
    """With a bound on runs each place's timer went through all places, which with thousands left no time for streams."""
    looked_at, head = [], Pool.head
    monkeypatch.setattr(Pool, "head", lambda pool, now: looked_at.append(pool) or head(pool, now))

    async def story():
        async with warmed(concurrency=1) as lines:
            await lines.tried()
            await asyncio.sleep(60)
            first = await lease(lines)
            first.release(clean=True)
            assert not looked_at
            first, answers = await lease(lines), []
            wanted = LineRequest(
                route(200),
                "en",
                UtteranceOptions(),
                ANYBODY,
                "s",
                "u",
                asyncio.get_running_loop().time() + 10,
            )
            lines.acquire(wanted, Ear(), answers.append)
            assert lines.waiting() == 1
            first.release(clean=True)
            assert answers
            assert len(set(looked_at)) == 1
            answers[0].release(clean=True)
            assert (lines.waiting(), lines.states()["idle"]) == (0, PLACES)

    played(story)


def test_lines_that_are_lost_together_are_not_all_dialled_again_at_once(vendor):
    async def story():
        async with warmed() as lines:
            await lines.tried()
            await asyncio.sleep(5)
            vendor.is_down, vendor.most_dialling = True, 0
            dialled = len(vendor.dials)
            vendor.drop_all()
            await asyncio.sleep(60)
            assert vendor.most_dialling <= MOST_DIALLED
            assert len(vendor.dials) - dialled < 100
            vendor.is_down = False
            await asyncio.sleep(60)
            assert idle(lines) == PLACES

    played(story)


def test_voices_that_the_vendor_does_not_know_keep_no_other_voice_cold(vendor):
    async def story():
        vendor.unknown = {f"virtual://vendor?model={number}" for number in range(10, 60)}
        async with warmed() as lines:
            await asyncio.sleep(600)
            assert idle(lines) == PLACES - len(vendor.unknown)
            before = len(vendor.dials)
            await asyncio.sleep(600)
            assert len(vendor.dials) - before < 300

    played(story)


def test_a_place_that_is_wanted_does_not_wait_for_its_turn_and_keeps_its_line(vendor):
    vendor.is_down = True

    async def story():
        async with warmed() as lines:
            await asyncio.sleep(60)
            wanted, vendor.called[:] = "virtual://vendor?model=200", []
            lines.warm(route(200), "en", Principal())
            await asyncio.sleep(0)
            assert vendor.called == [wanted]
            vendor.is_down = False
            lines.renew()
            await asyncio.sleep(600)
            assert idle(lines) == PLACES
            assert vendor.called.count(wanted) <= 3, "it has one line, and no more"

    played(story)


def test_a_place_that_has_a_line_already_needs_no_turn(vendor):
    async def story():
        async with virtual_lines(VendorLimits(), floor=1, spare=0) as lines:
            lines.warm(route(1), "en", Principal())
            await asyncio.sleep(1)
            vendor.is_down = True
            for number in (1, 1, *range(2, 40)):
                lines.keep_warm(route(number), "en")
            await asyncio.sleep(60)
            assert vendor.called.count("virtual://vendor?model=1") == 1
            assert idle(lines) == 2

    played(story)


def test_places_that_have_lines_already_are_not_in_the_way_of_others(vendor):
    async def story():
        async with virtual_lines(VendorLimits(), floor=1, spare=0) as lines:
            for number in range(1, 3 * MOST_DIALLED):
                lines.warm(route(number), "en", Principal())
            await asyncio.sleep(1)
            for number in range(1, 6 * MOST_DIALLED):
                lines.keep_warm(route(number), "en")
            async with asyncio.timeout(ALL_TRIED_S):
                await lines.tried()
            assert idle(lines) == 6 * MOST_DIALLED

    played(story)


def test_without_a_floor_nothing_is_dialled_and_nobody_waits_for_it(vendor):
    async def story():
        async with virtual_lines(VendorLimits(), floor=0, spare=0) as lines:
            lines.keep_warm(route(1), "en")
            async with asyncio.timeout(1):
                await lines.tried()
            assert vendor.called == []
            assert lines.is_ready()

    played(story)


def test_with_another_credential_nobody_waits_for_what_its_predecessor_was_refused(vendor):
    vendor.is_down = True

    async def story():
        async with warmed() as lines:
            await asyncio.sleep(600)
            vendor.is_down = False
            lines.renew()
            await asyncio.sleep(0.5)
            assert idle(lines) >= MOST_DIALLED

    played(story)


def test_nothing_is_dialled_after_the_end(vendor):
    vendor.is_down = True

    async def story():
        async with warmed() as lines:
            await lines.tried()
        dialled = len(vendor.dials)
        await asyncio.sleep(60)
        assert len(vendor.dials) == dialled

    played(story)
