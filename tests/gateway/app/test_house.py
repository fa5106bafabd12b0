import asyncio
import base64
import hashlib
import hmac
import json
import math
import threading
import time
from functools import partial

import pytest
from sentry_sdk.transport import Transport

from gateway.app.house import House, new_name
from gateway.app.open_files import OpenFiles
from gateway.app.simulation import simulator
from gateway.telemetry.error_reports import ErrorReports
from legato.domain import hops
from legato.domain.audio import OFFERED, AudioFormat, Encoding
from legato.domain.errors import SpeechError
from legato.domain.events import Closed, End, Open, Text
from legato.domain.facts import StreamClosed, StreamOpened, UtteranceBegun, UtteranceEnded
from legato.domain.receipt import Receipt
from legato.domain.replies import AudioChunk, UtteranceFinished
from legato.domain.speech import UtteranceOptions
from tests.e2e.collector import Collector
from tests.gateway.app.test_vendor_room import ENV, settings_for
from tests.gateway.app.workers_stage import until

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)


class Outlet:
    paused, room_ms = False, math.inf

    def __init__(self):
        self.replies, self.over = [], asyncio.Event()

    def write(self, reply):
        self.replies.append(reply)
        if isinstance(reply, UtteranceFinished):
            self.over.set()

    def close(self, error):
        self.over.set()


class Alarm:
    """Rings on the loop, as the servers' does."""

    def __init__(self):
        self.session, self._handle = None, None

    def set(self, deadline):
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if deadline is not None:
            loop = asyncio.get_running_loop()
            self._handle = loop.call_at(deadline, self._ring)

    def _ring(self):
        self.session.tick()  # which is known by now: the alarm is set while the session is made


@pytest.mark.voice
async def test_a_sentence_goes_all_the_way_through_the_house(espeak, told):
    async with House(espeak(limits={"max_lead_ms": -1}), {}) as house, asyncio.TaskGroup() as group:
        warm = asyncio.Event()
        life = group.create_task(house.run(warm.set))
        await warm.wait()
        assert house.health.ready()
        outlet, alarm = Outlet(), Alarm()
        session = alarm.session = house.reception.open(house.reception.admit("", ""), "native", outlet, alarm)
        for event in (Open("", PCM), Text("u1", "Good morning, dear Anna."), End("u1")):
            session.feed(event)
        async with asyncio.timeout(20):
            await outlet.over.wait()
        audio = b"".join(reply.data for reply in outlet.replies if isinstance(reply, AudioChunk))
        receipt = outlet.replies[-1].receipt
        assert receipt.audio_samples == len(audio) // 2 > 12_000
        assert receipt.route == "espeak/"
        (seen,) = json.loads(await house.operations.vendors())
        (desk,) = seen["routes"]
        assert (seen["provider"], desk["route"], desk["leases"], desk["breaker"]) == (
            "espeak", "espeak/*", 1, "admitting",
        )  # fmt: skip
        session.feed(Closed())
        assert house.reception.open_streams == 0
        line = await told.event("utterance ended")
        assert line["audio_ms"] == round(receipt.audio_samples / 24)
        assert "Anna" not in str(told.lines)
        assert (
            b'legato_utterances_total{face="native",outcome="finished",provider="espeak",voice="e"} 1.0'
            in (house.metrics.expose()[0])
        )
        house.leave()
        assert not house.health.ready()
        with pytest.raises(SpeechError, match="shutting down"):
            house.reception.open(house.reception.admit("", ""), "native", outlet, alarm)
        life.cancel()


async def test_keys_make_the_principals(espeak):
    digest = hashlib.sha256(b"sesame").hexdigest()
    keys = {"shop": {"sha256": digest}, "free": {"sha256": "b" * 64, "max_streams": 0}}
    async with House(espeak(keys=keys, limits={"max_streams_per_principal": 7}), {}) as house:
        principal = house.reception.admit("sesame", "")
        assert (principal.name, principal.tenant, principal.max_streams) == ("shop", "shop", 7)
        with pytest.raises(SpeechError):
            house.reception.admit("", "")


async def test_livekits_api_keys_make_principals_too(espeak):
    secret = "a-secret-of-the-project"
    keys = {"agents": {"livekit": {"APIagents": "env:LIVEKIT_API_SECRET"}, "tenant": "acme"}}
    claims = {"iss": "APIagents", "exp": time.time_ns() // 10**9 + 60, "inference": {"perform": True}}
    signed = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "HS256"}, claims)
    )
    signature = hmac.digest(secret.encode(), signed.encode(), "sha256")
    token = f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    async with House(espeak(keys=keys), {"LIVEKIT_API_SECRET": secret}) as house:
        principal = house.reception.admit(token, "")
        assert (principal.name, principal.tenant) == ("agents", "acme")
        with pytest.raises(SpeechError, match="not signed with the secret"):
            house.reception.admit(f"{token[:-8]}AAAAAAAA", "")


async def test_without_keys_the_bound_for_everybody_holds(espeak):
    async with House(espeak(limits={"max_streams_per_principal": 7}), {}) as house:
        assert house.reception.admit("", "").max_streams == 7


async def test_text_is_read_as_configured_and_every_stream_has_its_name(espeak):
    async with House(espeak(text={"lexicon": {"nginx": "engine x"}}), {}) as house:
        front = house.services.front_ends("en", UtteranceOptions(), "", "")
        segments = [*front.feed("We use nginx."), *front.end()]
        assert "engine x" in segments[0].spoken.text
        assert len({house.services.stream_ids() for _ in range(100)}) == 100


async def test_words_are_those_of_the_voice_and_the_tenant(espeak):
    lexicons = {
        "brand": {
            "tenants": ["shop"],
            "voices": ["espeak"],
            "words": {"SQL": {"say": "sequel", "ipa": "siːkwəl"}},
        }
    }
    keys = {"shop": {"sha256": "0" * 64}}
    async with House(espeak(lexicons=lexicons, keys=keys), {}) as house:

        def said(voice, tenant):
            front = house.services.front_ends("en", UtteranceOptions(), voice, tenant)
            (segment,) = [*front.feed("We use SQL."), *front.end()]
            return segment.spoken.text, [one.ipa for one in segment.spoken.pronunciations]

        assert said("espeak", "shop") == ("We use sequel.", ["siːkwəl"])
        assert said("espeak", "bank") == said("joe", "shop") == ("We use SQL.", [])


async def test_an_exception_nobody_awaited_is_a_bug_and_quotes_nobody(espeak, told):
    async with House(espeak(), {}) as house:
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: int("my secret diary"))
        line = await told.event("bug found")
        assert line["kind"] == "ValueError"
        assert "diary" not in str([line])
        loop.call_exception_handler({"message": "no exception at all"})
        assert b'kind="NoneType"' in house.metrics.expose()[0]


async def test_spans_are_exported_at_the_end_or_given_up(espeak, told, monkeypatch):
    monkeypatch.setattr("gateway.app.house._EXPORT_S", 0.0)
    answered = threading.Event()
    monkeypatch.setattr("opentelemetry.sdk.trace.TracerProvider.shutdown", lambda _: answered.wait(10))
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    async with House(espeak(), env) as house:
        assert house.services.observer is house.observer
    assert (await told.event("some telemetry could not be sent before the end"))["event"]
    answered.set()


async def test_of_what_went_well_the_configured_share_is_exported_and_all_that_was_slow_or_failed(
    espeak, monkeypatch
):
    with Collector() as receiver:
        for name, value in receiver.variables.items():
            monkeypatch.setenv(name, value)
        settings = espeak(telemetry={"trace_share": 0.0, "trace_slow_ms": 300.0})
        async with House(settings, receiver.variables) as house:
            note = house.observer.note
            for stream in ("all well", "not well"):
                note(StreamOpened(stream, "shop", "grpc", "pcm"))
            for stream, name, took_s, outcome in (
                ("all well", "quick", 0.2, "finished"),
                ("not well", "quick too", 0.2, "finished"),
                ("not well", "slow", 0.4, "finished"),
                ("not well", "failed", None, "failed"),
            ):
                note(UtteranceBegun(stream, name, "joe"))
                receipt = Receipt(ttfb_s=took_s, ttfb_speakable_s=took_s)
                reason = "all_routes_failed" if outcome == "failed" else ""
                note(UtteranceEnded(stream, name, "joe", outcome, reason, receipt))
            for stream in ("all well", "not well"):
                note(StreamClosed(stream, "", 1, 0, 1.0))
        exported = {(span.name, span.attributes["legato.stream_id"]) for span in receiver.spans}
        named = {span.attributes.get("legato.utterance_id") for span in receiver.spans}
    assert exported == {("utterance", "not well"), ("stream", "not well")}
    assert named == {None, "slow", "failed"}


async def test_it_has_a_name_of_its_own_or_the_one_that_all_workers_have(espeak):
    async with House(espeak(), {}) as house, House(espeak(), {}, name="shared") as worker:
        assert house.name != new_name() != new_name()
        assert hops.passed(house.name, "other") == (house.name,)
        assert worker.name == "shared"


async def test_before_it_is_ready_every_filter_is_prepared(espeak, monkeypatch):
    prepared = []
    monkeypatch.setattr("gateway.app.house.prepare", lambda *rates: prepared.append(rates))
    warm = asyncio.Event()
    async with House(espeak(), {}) as house, asyncio.TaskGroup() as group:
        life = group.create_task(house.run(warm.set))
        await warm.wait()
        assert set(prepared) == {(22_050, one.sample_rate_hz) for one in OFFERED}
        life.cancel()


async def test_a_house_whose_only_voices_are_vendors_is_ready_when_its_floors_were_tried_and_speaks_through_them():
    async with simulator(["deepgram"]) as running:
        settings = settings_for("deepgram", running, pool={"floor": 2})
        async with House(settings, ENV) as house, asyncio.TaskGroup() as group:
            assert not house.health.ready()
            warm = asyncio.Event()
            life = group.create_task(house.run(warm.set))
            async with asyncio.timeout(20):
                await warm.wait()
            assert house.health.ready()
            assert house.directory.voices()[0].ready
            await until(
                lambda: b'legato_lines{provider="deepgram",state="idle"} 2.0' in house.metrics.expose()[0]
            )
            for number in (1, 2):
                outlet, alarm = Outlet(), Alarm()
                principal = house.reception.admit("", "")
                session = alarm.session = house.reception.open(principal, "native", outlet, alarm)
                for event in (Open("v", PCM), Text("u1", "Good morning, dear Anna."), End("u1")):
                    session.feed(event)
                async with asyncio.timeout(20):
                    await outlet.over.wait()
                receipt = outlet.replies[-1].receipt
                assert receipt.audio_samples > 0
                assert receipt.line_reused
                session.feed(Closed())
                assert json.loads(await house.operations.vendors())[0]["routes"][0]["leases"] == number
            life.cancel()


async def test_open_files_are_watched_also_while_nobody_opens_a_stream(espeak, monkeypatch):
    looked, warm = asyncio.Event(), asyncio.Event()

    async def watch(self):
        looked.set()

    monkeypatch.setattr(OpenFiles, "watch", watch)
    async with House(espeak(), {}) as house, asyncio.TaskGroup() as group:
        life = group.create_task(house.run(warm.set))
        await looked.wait()
        await warm.wait()
        life.cancel()


async def test_vendors_are_dialled_while_the_local_voices_warm(monkeypatch):
    dialling, warming = asyncio.Event(), asyncio.Event()

    async def floors(_):
        dialling.set()
        await warming.wait()

    async def engine(_):
        warming.set()
        await dialling.wait()

    monkeypatch.setattr("gateway.app.house.VendorRoom.warm_up", floors)
    monkeypatch.setattr("gateway.app.house.EngineRoom.warm_up", engine)
    async with (
        simulator(["deepgram"]) as running,
        House(settings_for("deepgram", running), ENV) as house,
        asyncio.TaskGroup() as group,
    ):
        warm = asyncio.Event()
        life = group.create_task(house.run(warm.set))
        async with asyncio.timeout(20):
            await warm.wait()
        life.cancel()


class Reports(Transport):
    """Keeps what would have been sent."""

    events: list = []  # noqa: RUF012 - the client makes the transport itself

    def capture_envelope(self, envelope):
        self.events.append(envelope.get_event())


async def test_a_bug_on_the_loop_is_counted_told_and_quotes_nobody(espeak, told, monkeypatch):
    monkeypatch.setattr("gateway.app.house.ErrorReports", partial(ErrorReports, transport=Reports))
    monkeypatch.setattr(Reports, "events", [])
    dsn = {"telemetry": {"sentry_dsn": "env:BUGS"}}
    async with House(espeak(**dsn), {"BUGS": "https://key@errors.example.org/1"}) as house:

        def broken(text):
            raise ValueError(text)

        asyncio.get_running_loop().call_soon(broken, "what somebody said")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        body = house.metrics.expose()[0].decode()
    assert 'legato_bugs_total{kind="ValueError",where="loop tests.gateway.app.test_house:' in body
    (event,) = Reports.events
    assert event["exception"]["values"][0]["type"] == "ValueError"
    line = await told.event("bug found")
    assert "what somebody said" not in f"{body}{event}{line}"
