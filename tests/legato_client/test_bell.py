import asyncio

from legato_client.bell import Bell


async def test_it_asks_before_it_waits():
    await Bell().until(lambda: True)


async def test_everybody_who_waits_looks_again_and_only_goes_on_when_it_holds():
    bell, state, order = Bell(), set(), []

    async def wait(name):
        await bell.until(lambda: name in state)
        order.append(name)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(wait("a"))
        tasks.create_task(wait("b"))
        for name in ("b", "a"):
            await asyncio.sleep(0)
            state.add(name)
            bell.ring()
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    assert order == ["b", "a"]
