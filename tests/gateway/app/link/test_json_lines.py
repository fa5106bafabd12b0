import asyncio

from gateway.app.link.json_lines import JsonLines
from gateway.app.link.messages import AskSeat, Knock, Ready


async def pair(tmp_path):
    heard, over, ends = [], asyncio.Event(), []

    def there():
        ends.append(JsonLines(lambda _, message: heard.append(message), lambda _: over.set()))
        return ends[-1]

    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(there, str(tmp_path / "s"))
    transport, here = await loop.create_unix_connection(
        lambda: JsonLines(lambda _, message: heard.append(message), lambda _: over.set()), str(tmp_path / "s")
    )
    return server, transport, here, heard, over


async def finish(server, here, over):
    here.close()
    async with asyncio.timeout(5):
        await over.wait()
    server.close()
    await server.wait_closed()


async def test_messages_arrive_in_order_however_they_are_cut(tmp_path):
    server, transport, here, heard, over = await pair(tmp_path)
    here.send(AskSeat("ä"))
    for byte in b'{"is": "knock"}\n{"is": "':
        transport.write(bytes([byte]))
    transport.write(b'ready"}\n')
    async with asyncio.timeout(5):
        while len(heard) < 3:  # noqa: ASYNC110 - what is noted rings no bell
            await asyncio.sleep(0)
    assert heard == [AskSeat("ä"), Knock(), Ready()]
    await finish(server, here, over)
    here.send(Knock())  # nobody hears


async def test_what_is_not_ours_ends_the_connection(tmp_path):
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"x" * (1 << 20) + b"y"):
        (tmp_path / "s").unlink(missing_ok=True)
        server, transport, here, heard, over = await pair(tmp_path)
        transport.write(nonsense)
        async with asyncio.timeout(5):
            await over.wait()
        assert heard == []
        await finish(server, here, over)
