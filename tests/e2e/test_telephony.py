"""The bridge of docs/telephony.md, taken from the page as it stands, with a telephone company of the test's own on its other side."""

import asyncio
import base64
import json
import re
import sys

import pytest
import websockets

from tests.e2e.processes import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

PAGE = (ROOT / "docs/telephony.md").read_text(encoding="utf-8")
(BRIDGE,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(GREETING,) = re.findall(r'^GREETING = "(.*)"$', BRIDGE, re.MULTILINE)
WITHIN_S = 60
LISTENS_FOR = 12_000
"""Samples, a second and a half: then the caller presses a key."""


@pytest.fixture
async def bridge(house, unused_tcp_port):
    """The program as a process."""
    code = BRIDGE.replace("127.0.0.1:8080", house.http).replace("8090", str(unused_tcp_port))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", code, stdout=asyncio.subprocess.PIPE
    )
    url = f"ws://127.0.0.1:{unused_tcp_port}"
    async with asyncio.timeout(WITHIN_S):
        assert url in (await child.stdout.readline()).decode()
    yield child, url
    child.terminate()
    await child.communicate()


async def test_a_caller_who_presses_a_key_stops_it_and_is_told_what_was_heard(bridge):
    child, url = bridge
    async with asyncio.timeout(WITHIN_S), websockets.connect(url) as phone:
        for message in ({"event": "connected"}, {"event": "start", "start": {"streamSid": "MZ1"}}):
            await phone.send(json.dumps(message))
        given, pressed, last = 0, False, ""
        while last != "clear":
            message = json.loads(await phone.recv())
            assert message["streamSid"] == "MZ1"
            last = message["event"]
            if last == "media":
                given += len(base64.b64decode(message["media"]["payload"]))
            if last == "mark":
                assert int(message["mark"]["name"]) == given
                if given <= LISTENS_FOR:
                    await phone.send(json.dumps(message))
                elif not pressed:
                    pressed = True
                    await phone.send(json.dumps({"event": "dtmf", "dtmf": {"digit": "1"}}))
        told = (await child.stdout.readline()).decode().removeprefix("heard: ").rstrip("\n")
    assert given > LISTENS_FOR
    assert told
    assert GREETING.startswith(told)
    assert len(told) < len(GREETING) / 2
