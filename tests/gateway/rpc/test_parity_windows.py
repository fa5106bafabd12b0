"""Windows: what a client that reads slowly, not at all, or changes its mind is sent; the same by grpc.aio's server and ours."""

import pytest
from hyperframe.frame import SettingsFrame, WindowUpdateFrame

from tests.gateway.rpc.parity_stage import on_both, on_ours, stage
from tests.gateway.rpc.parity_wire import Wire, prefixed

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])
CHAT, MANY = "/parity.Echo/Chat", "/parity.Echo/WrittenMany"
TABLE, INITIAL_WINDOW, MAX_FRAME = 1, 4, 5
WINDOW = 65_535


async def full(wire, answer, size):
    """So much has come, and it stays at that."""
    await wire.until(lambda: len(answer.data) >= size)
    await wire.seen()
    await wire.seen()
    assert len(answer.data) == size


@on_both
async def test_nothing_is_sent_beyond_the_window_of_a_stream_and_of_the_connection(kind):
    async with stage(kind) as it, await Wire.connect(it.port, settings={INITIAL_WINDOW: 1000}) as wire:
        wire.gives_windows = False
        answer = wire.ask(b"300x1000", MANY)
        await full(wire, answer, 1000)
        wire.send(WindowUpdateFrame(1, 1))
        await full(wire, answer, 1001)
        wire.send(WindowUpdateFrame(1, 1 << 20))
        await full(wire, answer, WINDOW)
        wire.send(WindowUpdateFrame(0, 10))
        await full(wire, answer, WINDOW + 10)
        wire.send(WindowUpdateFrame(0, 1 << 20))
        assert (await wire.over(answer)).status == 0
        assert len(answer.data) == 300 * 1005


@on_both
async def test_a_window_of_nothing_lets_heads_and_trailers_pass(kind):
    async with stage(kind) as it, await Wire.connect(it.port, settings={INITIAL_WINDOW: 0}) as wire:
        wire.gives_windows = False
        answer = wire.ask()
        refused = await wire.over(wire.ask(path="/parity.Echo/Sing"))
        assert refused.status == 12
        await full(wire, answer, 0)
        assert not answer.over
        wire.send(WindowUpdateFrame(1, 9))
        await full(wire, answer, 9)
        wire.send(WindowUpdateFrame(1, 1))
        assert (await wire.over(answer)).messages == [b"hello"]


@on_both
async def test_empty_messages_need_a_window_too(kind):
    """Five bytes each."""
    async with stage(kind) as it, await Wire.connect(it.port, settings={INITIAL_WINDOW: 12}) as wire:
        wire.gives_windows = False
        answer = wire.ask(b"4x0", MANY)
        await full(wire, answer, 12)
        wire.send(WindowUpdateFrame(1, 8))
        assert (await wire.over(answer)).messages == [b""] * 4


@on_both
async def test_a_wider_initial_window_counts_for_streams_that_run(kind):
    async with stage(kind) as it, await Wire.connect(it.port, settings={INITIAL_WINDOW: 0}) as wire:
        wire.gives_windows = False
        answer = wire.ask(b"10x1000", MANY)
        await full(wire, answer, 0)
        wire.send(SettingsFrame(0, settings={INITIAL_WINDOW: 2000}))
        await full(wire, answer, 2000)
        wire.send(SettingsFrame(0, settings={INITIAL_WINDOW: 20_000}))
        assert (await wire.over(answer)).status == 0


@on_both
async def test_a_window_may_become_negative_and_must_be_made_good(kind):
    """RFC 9113, 6.9.2."""
    async with stage(kind) as it, await Wire.connect(it.port, settings={INITIAL_WINDOW: 5000}) as wire:
        wire.gives_windows = False
        answer = wire.ask(b"10x1000", MANY)
        await full(wire, answer, 5000)
        wire.send(SettingsFrame(0, settings={INITIAL_WINDOW: 1000}))  # now at -4000
        await full(wire, answer, 5000)
        wire.send(WindowUpdateFrame(1, 4000))  # now at 0
        await full(wire, answer, 5000)
        wire.send(WindowUpdateFrame(1, 50))
        await full(wire, answer, 5050)
        wire.send(SettingsFrame(0, settings={INITIAL_WINDOW: 1100}))
        await full(wire, answer, 5150)
        wire.send(WindowUpdateFrame(1, 10_000))
        assert (await wire.over(answer)).status == 0
        assert len(answer.messages) == 10


@on_both
async def test_who_does_not_read_holds_up_nobody_and_is_not_written_for(kind):
    async with stage(kind) as it, await Wire.connect(it.port, settings={INITIAL_WINDOW: 1000}) as wire:
        wire.gives_windows = False
        slow = wire.ask(b"100000x1000", MANY)
        await full(wire, slow, 1000)
        neighbour = wire.call(CHAT)
        for n in range(1, 6):
            wire.say(neighbour, b"on")
            await wire.until(lambda n=n: len(neighbour.messages) == n)
        await it.honest()
        # One on the way, one with the transport; grpc.aio's C core takes some more before it says so.
        assert it.service.written <= (3 if it.ours else 100)
        wire.cancel(slow)
        wire.write(neighbour, b"", end=True)
        assert (await wire.over(neighbour)).status == 0
        await it.service.idle()


@on_both
async def test_a_connection_whose_window_one_stream_has_used_up_serves_others_when_it_opens(kind):
    async with stage(kind) as it, await Wire.connect(it.port, settings={INITIAL_WINDOW: 1 << 20}) as wire:
        wire.gives_windows = False
        greedy = wire.ask(b"2000x1000", MANY)
        await full(wire, greedy, WINDOW)
        modest = wire.ask(b"hello")
        refused = await wire.over(wire.ask(path="/parity.Echo/Sing"))
        assert refused.status == 12
        for _ in range(200):
            if modest.over:
                break
            wire.send(WindowUpdateFrame(0, 1 << 14))
            size = len(greedy.data) + len(modest.data) + (1 << 14)
            await wire.until(lambda size=size: len(greedy.data) + len(modest.data) >= size)
            await wire.seen()
        # Fair: it is not served behind two million bytes of the other.
        assert modest.messages == [b"hello"]
        assert len(greedy.data) < 1_500_000
        wire.cancel(greedy)
        await it.service.idle()


@on_both
async def test_frames_are_no_larger_than_the_client_takes(kind):
    async with stage(kind) as it:
        async with await Wire.connect(it.port) as wire:
            await wire.over(wire.ask(b"5x60000", MANY))
            assert wire.largest_frame <= 16_384
        async with await Wire.connect(it.port, settings={MAX_FRAME: 20_000}) as wire:
            await wire.over(wire.ask(b"5x60000", MANY))
            assert wire.largest_frame <= 20_000


@on_both
async def test_the_client_has_a_window_for_as_much_as_it_sends(kind):
    """It never sends more than it was given, and is given more while the handler reads."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        await wire.until(lambda: wire.settings_acks)
        answer = wire.call("/parity.Echo/Collect")
        data = b"".join(prefixed(bytes(10_000)) for _ in range(19))
        sent = 0
        while sent < len(data):
            await wire.until(lambda sent=sent: wire.given(1) > sent)
            room = wire.given(1) - sent
            piece = data[sent : sent + min(room, 16_384)]
            wire.write(answer, piece)
            sent += len(piece)
        wire.write(answer, b"", end=True)
        await wire.over(answer)
        assert [len(one) for one in answer.messages] == [190_000]


@on_both
async def test_a_handler_that_does_not_read_is_not_sent_for(kind):
    """What it leaves lies in the windows, which do not grow."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        await wire.until(lambda: wire.settings_acks)
        wire.call("/parity.Echo/Deaf")
        await it.service.until(lambda service: service.running)
        number, sent = 1, 0
        while (room := wire.given(number) - sent) > 0:
            piece = min(room, 16_384)
            wire.write(wire.answer(number), (prefixed(bytes(1000)) * 20)[:piece])
            sent += piece
            await wire.seen()
            assert sent < 1 << 21
        await it.honest()
        wire.cancel(wire.answer(number))
        await it.service.idle()


@on_both
async def test_a_client_that_keeps_no_table_is_sent_none(kind):
    async with stage(kind) as it, await Wire.connect(it.port, settings={TABLE: 0}) as wire:
        await wire.until(lambda: wire.settings_acks)
        wire.decoder.max_allowed_table_size = 0
        wire.decoder.header_table_size = 0
        for _ in range(3):
            answer = await wire.over(wire.ask(path="/parity.Echo/Metadata"))
            assert answer.blocks[0]["early"] == "one"
        assert wire.decoder.header_table_size == 0


@on_ours
async def test_several_who_wait_for_the_same_window_all_go_on(kind):
    async with stage(kind) as it, await Wire.connect(it.port, settings={INITIAL_WINDOW: 0}) as wire:
        wire.gives_windows = False
        answer = wire.ask(b"", "/parity.Echo/Pair")
        await full(wire, answer, 0)
        wire.send(WindowUpdateFrame(1, 5000))
        await wire.over(answer)
        assert sorted(message[:1] for message in answer.messages) == [b"a", b"b", b"c"]
        assert answer.status == 0
