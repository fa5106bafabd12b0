import asyncio
import os
import threading

import pytest

from gateway.app.commands.token_source import tokens_of


async def collect(fd):
    return [token async for token in tokens_of(fd)]


async def test_pieces_come_as_they_are_written():
    read, write = os.pipe()
    tokens = tokens_of(read)
    for piece in ("Well", " then", "."):
        os.write(write, piece.encode())
        assert await anext(tokens) == piece
    os.close(write)
    with pytest.raises(StopAsyncIteration):
        await anext(tokens)
    os.close(read)


async def test_a_character_that_was_cut_is_made_whole():
    read, write = os.pipe()
    tokens = tokens_of(read)
    first, second = "Grü"[:3].encode()[:3], "Grü".encode()[3:]
    os.write(write, first)
    assert await anext(tokens) == "Gr"
    os.write(write, second)
    assert await anext(tokens) == "ü"
    os.close(write)
    assert [token async for token in tokens] == []
    os.close(read)


async def test_a_file_is_read_too(tmp_path):
    path = tmp_path / "text"
    path.write_text("x" * 10_000)
    with path.open() as file:
        assert "".join(await collect(file.fileno())) == "x" * 10_000


@pytest.mark.parametrize("data", [b"\xff", b"cut \xc3"])
async def test_what_is_not_utf8_is_an_error(data):
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)
    with pytest.raises(ValueError, match="standard input: expected UTF-8"):
        await collect(read)
    for thread in threading.enumerate():
        if thread.name == "legato-stdin":  # it would read whatever gets this descriptor's number next
            await asyncio.to_thread(thread.join, 10)
    os.close(read)


async def test_what_cannot_be_read_is_an_error(tmp_path):
    with (tmp_path / "out").open("w") as file, pytest.raises(OSError, match="Bad file descriptor"):
        await collect(file.fileno())


def test_a_loop_that_ends_does_not_wait_for_text_that_never_comes():
    read, write = os.pipe()

    async def impatient():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await collect(read)

    asyncio.run(impatient())
    os.write(write, b"too late")
    os.close(write)
