"""Lines that wait for minutes, in virtual time: R1, R2 where vendors drop what is idle, and what a change of network costs."""

import asyncio
import random
from functools import partial

import numpy as np
import pytest

from legato.domain.events import Finished
from legato.domain.text import Reading
from legato.domain.vendors import VendorLimits
from tests.gateway.upstream.stage import idle
from tests.gateway.upstream.vendor import Language
from tests.gateway.upstream.virtual_vendor import (
    AUDIO,
    DIAL_S,
    HALF_WAY_S,
    THINKS_S,
    VirtualVendor,
    lease,
    say,
    virtual_lines,
)
from tests.virtual_time import played

STREAMS = 12
HEALTHY_S = 2 * HALF_WAY_S + THINKS_S


class Mute(Language):
    """A language without anything that keeps a line alive."""

    def keep_alive(self, now):
        return ()


@pytest.fixture
def vendor_of(monkeypatch):
    """A vendor in the place of the network."""

    def made(*how, **more):
        vendor = VirtualVendor(*how, **more)
        monkeypatch.setattr("gateway.upstream.place_pool.dial", vendor.dial)
        return vendor

    return made


async def conversation(lines, number, times, interrupts=0.0):
    """Speaks now and then: between 1 and 90 s pass in silence."""
    chance, said = random.Random(number), []
    for _ in range(times):
        await asyncio.sleep(chance.uniform(1, 90))  # virtual
        said.append(await say(lines, Reading("hello"), interrupted=chance.random() < interrupts))
    return said


async def conversations(lines, times=25, **more):
    async with asyncio.TaskGroup() as tasks:
        held = [tasks.create_task(conversation(lines, number, times, **more)) for number in range(STREAMS)]
    return [said for task in held for said in task.result()]


def is_whole(said):
    return isinstance(said.ear.events[-1], Finished) and said.ear.audio == AUDIO


@pytest.mark.parametrize("how", ["silent", "close"])
@pytest.mark.parametrize("counts", ["pings", "frames", "text"])
def test_r1_r2_no_line_is_handed_out_that_a_vendor_of_known_limits_has_dropped(vendor_of, how, counts):
    vendor = vendor_of(how, counts, idle_s=(20.0, 20.0))

    async def play():
        async with virtual_lines(
            VendorLimits(idle_s=20.0), Language if counts == "frames" else Mute
        ) as lines:
            return await conversations(lines)

    heard = played(play)
    assert len(heard) == 300
    assert [said.ear.events for said in heard if not is_whole(said)] == []
    assert not any(vendor.begun), "no dead line was spoken on"
    assert np.mean([said.line.reused for said in heard]) >= 0.99
    assert np.quantile([said.acquire_s for said in heard], 0.99) == 0.0
    assert max(said.first_audio_s for said in heard) == pytest.approx(HEALTHY_S)


@pytest.mark.parametrize("how", ["silent", "close"])
def test_r1_a_vendor_that_drops_idle_lines_at_limits_that_nobody_knows_is_not_noticed(vendor_of, how):
    vendor = vendor_of(how, "text", idle_s=(7.0, 60.0))

    async def play():
        async with virtual_lines(VendorLimits()) as lines:
            return await conversations(lines, times=84)

    heard = played(play)
    assert [said.ear.events for said in heard if not is_whole(said)] == []
    assert len(vendor.dials) > 100, "lines were dropped"
    assert any(vendor.begun) is (how == "silent"), "now and then before that could be known"
    late_s = np.array([said.first_audio_s for said in heard]) - HEALTHY_S
    assert np.quantile(late_s, 0.99) < DIAL_S
    assert max(late_s) < 1.0 + DIAL_S, "a ping that is not answered, and another line"


@pytest.mark.parametrize("runs_per_line", [1, 5])
def test_r2_behind_a_barge_in_a_warm_line_is_there_at_once(vendor_of, runs_per_line):
    vendor = vendor_of("silent", "text", idle_s=(20.0, 20.0))

    async def play():
        limits = VendorLimits(idle_s=20.0, runs_per_line=runs_per_line)
        async with virtual_lines(limits, Mute, runs_per_line=runs_per_line) as lines:
            return await conversations(lines, interrupts=0.5)

    heard = played(play)
    assert all(said.ear.audio == AUDIO for said in heard)
    assert np.mean([said.line.reused for said in heard]) >= 0.99
    assert np.quantile([said.acquire_s for said in heard], 0.99) == 0.0
    assert not any(vendor.begun)


@pytest.mark.parametrize("how", ["silent", "close"])
def test_a_change_of_network_refills_all_lines_without_a_storm(vendor_of, how):
    """Twenty lines lead nowhere any more, at once, and for half a minute nobody is to be reached."""
    vendor = vendor_of(how)

    async def play():
        async with virtual_lines(VendorLimits(), floor=20, ceiling=20, dials_at_once=4) as lines:
            await asyncio.sleep(60)
            assert idle(lines) == 20
            vendor.dials.clear()
            vendor.is_down = True
            vendor.drop_all()
            await asyncio.sleep(30)
            during = len(vendor.dials)
            vendor.is_down = False
            await asyncio.sleep(15)
            assert idle(lines) == 20
            assert is_whole(await say(lines, Reading("hello")))
            return during

    during = played(play)
    assert 3 <= during <= 20, "every back-off is longer than the one before it"
    assert vendor.most_dialling <= 4
    assert len(vendor.dials) - during <= 21, "then each line is dialled once"
    assert vendor.most_dials_in(1.0) <= 4 / DIAL_S, "as fast as four at once go"


def test_a_change_of_network_that_is_over_at_once_costs_each_line_one_dial(vendor_of):
    vendor = vendor_of("close")

    async def play():
        async with virtual_lines(VendorLimits(), floor=20, ceiling=20, dials_at_once=4) as lines:
            await asyncio.sleep(60)
            vendor.dials.clear()
            vendor.drop_all()
            await asyncio.sleep(HALF_WAY_S + 0.001)
            assert is_whole(said := await say(lines, Reading("hello")))
            assert said.acquire_s <= DIAL_S + 0.001, "who waits is dialled for at once"
            await asyncio.sleep(3)
            assert idle(lines) == 20

    played(play)
    assert len(vendor.dials) == 20
    assert vendor.most_dialling <= 4


@pytest.mark.parametrize(("every_s", "holds_s"), [(1.0, 5.0), (0.5, 10.0), (4.0, 2.5)])
def test_the_floor_follows_how_often_lines_are_asked_for_times_how_long_they_are_held(
    vendor_of, every_s, holds_s
):
    vendor_of()

    async def play():
        async with virtual_lines(VendorLimits(), floor=1, ceiling=60) as lines:
            for _ in range(int(300 / every_s)):
                await asyncio.sleep(every_s)
                line = await lease(lines)
                asyncio.get_running_loop().call_later(holds_s, partial(line.release, clean=True))
            await asyncio.sleep(holds_s + 0.001)
            wanted = lines.view().places[0].wanted
            await asyncio.sleep(600)
            return wanted, idle(lines)

    mean = holds_s / every_s
    wanted, after = played(play)
    assert mean <= wanted <= mean + 2 * mean**0.5 + 1
    assert after == 1, "and goes when nobody asks"
