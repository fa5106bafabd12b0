"""The real servers, sessions and dialects over loopback, with a voice that speaks at once."""

import itertools
from contextlib import asynccontextmanager
from functools import partial

from gateway.app.dialects import DIALECTS
from gateway.servers.servers import Backstage, Servers
from gateway.servers.settings import Address, ServerSettings
from gateway.session.services import SessionServices
from legato.domain.errors import Reason
from legato.domain.speech import Catalogue, StreamLimits
from legato.faces.wyoming import WyomingSpeech
from tests.e2e.browser.stage import VOICES, Directory, Door, Facts, Health, LoopClock, Voices
from tests.plays.world import PlainFront, Script


class RealHouse:
    def __init__(self, servers, door, voices, facts):
        self.http = f"http://127.0.0.1:{servers.http_port}"
        self.websocket = f"ws://127.0.0.1:{servers.http_port}"
        self.tcp_port = servers.tcp_port
        self.servers, self.door, self.voices, self.facts = servers, door, voices, facts


@asynccontextmanager
async def real_house(
    *,
    key="",
    dialects=DIALECTS,
    max_message_bytes=1 << 20,
    body_s=30.0,
    cors_origins=(),
    user_timeout_s=20.0,
    keep_alive_s=75.0,
    **script,
):
    clock, facts, numbers = LoopClock(), Facts(), itertools.count(1)
    joe = Script(**{"speed": 0.0, "first_s": 0.0, **script})
    voices = Voices(clock, {"joe": joe, "mute": Script(refuse=Reason.VENDOR_UNREACHABLE)})
    services = SessionServices(
        lines=voices,
        observer=facts,
        clock=clock,
        catalogue=Catalogue(VOICES, "joe"),
        limits=StreamLimits(no_route_before_audio_ms=100, no_route_after_audio_ms=100),
        front_ends=lambda *_: PlainFront(),
        stream_ids=lambda: f"s{next(numbers)}",
    )
    door = Door(services, key)
    backstage = Backstage(
        door,
        Health(),
        Directory(),
        facts,
        lambda accept: (b"", "text/plain"),
        clock,
        dialects,
        tcp_face=partial(WyomingSpeech, Directory(), key),
    )
    free = Address("127.0.0.1", 0)
    settings = ServerSettings(
        http=free,
        grpc=None,
        tcp=free,
        max_message_bytes=max_message_bytes,
        body_s=body_s,
        cors_origins=cors_origins,
        user_timeout_s=user_timeout_s,
        keep_alive_s=keep_alive_s,
    )
    async with Servers(settings, backstage) as servers:
        yield RealHouse(servers, door, voices, facts)
    assert facts == [fact for fact in facts if type(fact).__name__ != "BugFound"]
