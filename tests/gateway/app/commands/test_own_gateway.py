import asyncio
import errno
import tempfile
from pathlib import Path

import pytest

from gateway.app.commands.own_gateway import OwnGatewayError, _beside, _for_one, answers, with_own_gateway
from gateway.app.config.settings import load
from gateway.app.listeners import server_settings
from gateway.engines.supervisor import VoicesMissingError
from legato_client import connect
from tests.legato_client import scripted


class FakeHouse:
    """Warms at once, or fails."""

    def __init__(self, error=None):
        self._error = error
        self.left = False

    async def run(self, warm):
        if self._error:
            raise self._error
        warm()
        try:
            await asyncio.Event().wait()
        finally:
            self.left = True


async def test_whether_anybody_answers():
    async with scripted.over_websocket() as gateway:
        assert await answers(gateway.url)
    assert not await answers("ws://127.0.0.1:9")


async def test_the_house_is_left_when_the_work_is_done():
    house = FakeHouse()

    assert await _beside(house, lambda: asyncio.sleep(0, "done")) == "done"
    assert house.left


async def test_an_error_of_the_work_is_raised_as_it_is():
    async def fail():
        raise LookupError("mine")

    house = FakeHouse()
    with pytest.raises(LookupError, match="mine"):
        await _beside(house, fail)

    assert house.left


async def test_missing_voices_are_told():
    with pytest.raises(OwnGatewayError, match="install the extra"):
        await _beside(FakeHouse(VoicesMissingError("install the extra")), asyncio.Event().wait)


async def test_a_place_for_bugs_that_is_none_is_told():
    variables = {"LEGATO_TELEMETRY__SENTRY_DSN": "env:BUGS", "BUGS": "planted"}
    with pytest.raises(OwnGatewayError, match=r"telemetry\.sentry_dsn: expected a Sentry DSN") as caught:
        await with_own_gateway(lambda _: None, variables)
    assert "planted" not in str(caught.value)


async def test_a_missing_place_for_the_voices_socket_is_told(monkeypatch):
    def nowhere(*_, **__):
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    expected = r"^cannot create a temporary directory \(TMPDIR\): No usable temporary directory found$"
    with pytest.raises(OwnGatewayError, match=expected):
        await with_own_gateway(lambda _: None, {})


@pytest.mark.voice
@pytest.mark.slow
async def test_a_real_gateway_with_real_voices_for_one_sentence():
    async def work(url):
        async with connect(url) as speech:
            utterance = speech.say("Good morning.")
            audio = [chunk.data async for chunk in utterance]
            return b"".join(audio), utterance.receipt

    audio, receipt = await with_own_gateway(work, {})

    assert len(audio) == 2 * receipt.audio_samples > 12_000


async def test_what_keeps_others_out_of_a_gateway_for_everybody_does_not_keep_its_own_program_out():
    """`legato say` in a shell that has the variables of a gateway with TLS and keys."""
    tls = Path(__file__).parents[1] / "tls"
    settings = load(
        None,
        {
            "LEGATO_SERVER__TLS__CERTIFICATE": str(tls / "certificate.pem"),
            "LEGATO_SERVER__TLS__KEY": str(tls / "key.pem"),
            "LEGATO_KEYS__SHOP__SHA256": "0" * 64,
        },
    )
    own = _for_one(settings)
    assert (own.keys, server_settings(own.server).tls) == ({}, None)
    assert own.server.http == settings.server.http
