import asyncio

import pytest

from gateway.app.groups import told_as


class ToldError(Exception):
    """What the caller tells."""


def tell(error):
    return ToldError(f"{type(error).__name__}: {error}")


async def fail(error):
    raise error


async def in_a_group(*errors):
    async with asyncio.TaskGroup() as tasks:
        for error in errors:
            tasks.create_task(fail(error))


async def in_a_group_of_a_group(error):
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(in_a_group(error))


@pytest.mark.parametrize("work", [fail, in_a_group, in_a_group_of_a_group])
async def test_one_of_the_kinds_is_told_and_nothing_else_with_it(work):
    with pytest.raises(ToldError, match=r"^KeyError: 'a'$") as caught, told_as(tell, KeyError, OSError):
        await work(KeyError("a"))
    assert caught.value.__suppress_context__


async def test_the_first_of_several_is_told():
    with pytest.raises(ToldError, match=r"^OSError: b$"), told_as(tell, KeyError, OSError):
        await in_a_group(OSError("b"), KeyError("a"))


async def test_another_is_raised_as_it_is():
    with pytest.raises(LookupError, match=r"^mine$"), told_as(tell, KeyError):
        await fail(LookupError("mine"))


async def test_another_beside_one_of_the_kinds_is_not_lost():
    with pytest.raises(ExceptionGroup) as caught, told_as(tell, KeyError):
        await in_a_group(KeyError("a"), ValueError("mine"))
    assert caught.group_contains(ValueError, match=r"^mine$")


async def test_work_that_ends_well_is_not_cut_short():
    done = []
    with told_as(tell, KeyError):
        await asyncio.sleep(0)
        done.append("to its end")
    assert done == ["to its end"]
