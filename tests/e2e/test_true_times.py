"""R24: what the receipt says is what the client saw, over both wires, by two clocks in two processes."""

import asyncio
import contextlib
import statistics
import time

import pytest
import yaml

from gateway.app.simulation import simulator
from gateway.simulator.script import Script
from tests.chaos.stage import configuration, provider
from tests.e2e.processes import Gateway
from tests.e2e.raw import raw_client, read_until

pytestmark = [pytest.mark.e2e, pytest.mark.alone]

VENDOR_MS = 80
PACE = {"first_byte": {"constant_ms": VENDOR_MS}, "speed": 1}


@contextlib.asynccontextmanager
async def house_of_a_vendor(folder):
    """A gateway in its own process, over a vendor that takes this long and hardly any processor."""
    voices = {"voice": {"language": "en", "routes": [{"provider": "first", "voice": "one"}]}}
    async with simulator(["deepgram"], Script.model_validate({"pace": PACE}), seed=1) as vendor:
        path = folder / "legato.yaml"
        path.write_text(
            yaml.safe_dump(configuration({"first": provider("deepgram", vendor)}, voices)), encoding="utf-8"
        )
        with Gateway(LEGATO_CONFIG=str(path)) as running:
            yield await asyncio.to_thread(running.ready)


async def test_the_clients_own_time_to_first_byte_is_the_receipts(tmp_path, wire):
    """Within 5 ms on loopback, by the median of some utterances, from a socket without a library of ours.

    What the way there and back takes by itself is measured beside each: where both processes wait for a processor, that is no
    difference between two clocks.
    """
    differences, ways = [], []
    async with house_of_a_vendor(tmp_path) as house, raw_client(wire, house) as client:
        await client.send(open={"voice": "voice", "max_lead_ms": -1})
        for name in map(str, range(7)):
            began = time.monotonic()
            await client.send(text={"utterance_id": name, "text": "vabado zebelu."})
            await client.send(end={"utterance_id": name})
            await read_until(client, "audio")
            own_s = client.read_at - began
            asked = time.monotonic()
            await client.send(ping={})
            messages = await read_until(client, "pong")
            ways.append(1000 * (client.read_at - asked))
            receipt = await receipt_of(name, messages, client)
            assert receipt.ttfb_ms >= VENDOR_MS
            assert sum(stage.ms for stage in receipt.stages) == pytest.approx(receipt.ttfb_ms, abs=0.01)
            differences.append(1000 * own_s - receipt.ttfb_ms)
    assert -5 < statistics.median(differences) < 5 + statistics.median(ways), (differences, ways)


async def receipt_of(name, messages, client):
    """What the end of this utterance says, which is among these messages or follows them."""
    if not any(message.HasField("utterance_finished") for message in messages):
        messages = messages + await read_until(client, "utterance_finished", name)
    (receipt,) = (m.utterance_finished.receipt for m in messages if m.HasField("utterance_finished"))
    return receipt
