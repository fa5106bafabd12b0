import asyncio
import socket

import pytest

from gateway.upstream.gathering import BLINK_S, Gathering
from tests.virtual_time import on_virtual_time


class Raw:
    """A socket that only notes what it is to sleep for."""

    def __init__(self):
        self.asked = []

    def setsockopt(self, level, option, size):
        assert (level, option) == (socket.SOL_SOCKET, socket.SO_RCVLOWAT)
        self.asked.append(size)


class Stage:
    def __init__(self):
        self.told, self.raw = [], Raw()
        self.again = 0
        """What is allowed again as soon as something was told."""
        self.gathering = Gathering(self._tell)
        self.gathering.connected(self.raw)

    def _tell(self, data):
        self.told.append(data)
        if self.again:
            self.gathering.allow(self.again)

    def blink(self):
        """A blink passes."""
        self.gathering._look.cancel()
        self.gathering._look_again()


@pytest.fixture
def stage():
    return Stage()


async def test_frames_are_told_in_one_when_they_are_enough(stage):
    stage.gathering.allow(5)
    stage.gathering.put(b"ab")
    stage.gathering.put(b"cd")
    assert stage.told == []
    stage.gathering.put(b"ef")
    assert stage.told == [b"abcdef"]
    assert stage.gathering.room == 0


async def test_a_frame_that_is_just_enough_waits_for_no_other(stage):
    """It would be told behind the next one, which no leave holds up."""
    stage.gathering.allow(4)
    stage.gathering.put(b"abcd")
    assert stage.told == [b"abcd"]


async def test_what_is_there_is_told_when_the_leave_is_taken_back(stage):
    stage.gathering.allow(100)
    stage.gathering.put(b"ab")
    stage.gathering.allow(0)
    stage.gathering.allow(0)
    assert stage.told == [b"ab"]


async def test_nothing_waits_longer_than_two_blinks(stage):
    stage.gathering.allow(100)
    stage.gathering.put(b"ab")
    stage.blink()
    stage.blink()
    assert stage.told == [b"ab"]
    assert stage.gathering.room == 98, "the leave stays"
    stage.gathering.allow(0)
    stage.blink()
    assert stage.gathering._look is None, "nobody looks where nothing may wait"


async def test_the_socket_sleeps_for_a_part_of_what_a_blink_brings_and_wakes_when_it_brings_nothing(stage):
    stage.gathering.allow(100_000)
    await asyncio.sleep(0)
    assert stage.raw.asked == [], "nobody knows yet how much comes"
    stage.gathering.put(bytes(4_000))
    stage.blink()
    stage.gathering.allow(100_000)
    await asyncio.sleep(0)
    assert stage.raw.asked == [2_800]
    stage.blink()
    assert stage.raw.asked == [2_800, 1]


async def test_where_nothing_came_nothing_is_told(stage):
    stage.gathering.allow(100)
    stage.blink()
    stage.gathering.allow(0)
    assert stage.told == []


async def test_a_leave_that_is_used_up_wakes_the_socket_for_every_byte(stage):
    """The last audio of an answer would wait in the kernel for more that never comes."""
    stage.gathering.allow(8_000)
    stage.gathering.put(bytes(4_000))
    stage.blink()
    stage.gathering.allow(8_000)
    await asyncio.sleep(0)
    stage.gathering.put(bytes(8_000))
    await asyncio.sleep(0)
    assert stage.raw.asked == [2_800, 1]


@on_virtual_time
async def test_leave_that_is_given_often_sets_one_timer_and_none_where_nothing_may_wait():
    stage, loop = Stage(), asyncio.get_running_loop()
    stage.gathering.allow(0)
    assert not loop._scheduled
    for _ in range(20):
        stage.gathering.allow(100_000)
    assert len(loop._scheduled) == 1
    await asyncio.sleep(10 * BLINK_S)
    assert len(loop._scheduled) == 1


async def test_the_socket_sleeps_on_while_the_leave_is_given_again(stage):
    stage.again = 6_000
    stage.gathering.allow(6_000)
    stage.gathering.put(bytes(4_000))
    stage.blink()
    stage.gathering.put(bytes(4_000))
    await asyncio.sleep(0)
    assert stage.raw.asked == [2_800]
    stage.gathering.put(bytes(6_000))
    stage.gathering.allow(0)
    stage.gathering.allow(6_000)
    await asyncio.sleep(0)
    assert stage.raw.asked == [2_800]
    stage.again = 0
    stage.gathering.allow(0)
    await asyncio.sleep(0)
    assert stage.raw.asked == [2_800, 1]


async def test_where_little_comes_the_socket_stays_awake(stage):
    stage.gathering.allow(100_000)
    stage.gathering.put(bytes(1_920))  # 40 ms at real time
    stage.blink()
    stage.gathering.allow(100_000)
    await asyncio.sleep(0)
    assert stage.raw.asked == []


async def test_after_the_end_nothing_is_told_and_no_socket_touched(stage):
    stage.gathering.allow(100)
    stage.gathering.put(b"ab")
    stage.gathering.close()
    stage.gathering.close()
    stage.gathering.allow(0)
    await asyncio.sleep(0)
    assert stage.told == []
    assert stage.raw.asked == []


async def test_a_socket_that_is_closed_before_it_was_woken_is_let_be(stage):
    stage.gathering.allow(100_000)
    stage.gathering.put(bytes(4_000))
    stage.blink()
    stage.gathering.allow(100_000)
    await asyncio.sleep(0)
    stage.gathering.allow(0)
    stage.gathering.close()
    await asyncio.sleep(0)
    assert stage.raw.asked == [2_800]
