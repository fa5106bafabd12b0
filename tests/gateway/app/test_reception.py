import hashlib
import math
from dataclasses import replace

import pytest

from gateway.app.lines import LinesByProvider
from gateway.app.reception import Reception
from gateway.session.services import SessionServices
from gateway.store.keys import KeyStore
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Closed, End, Open, Ping, Text
from legato.domain.replies import AudioChunk, Opened, Pong, UtteranceFinished
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, Voice
from tests.plays.world import PlainFront

SHOP = Principal("shop", max_streams=2)
PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)


class Facts(list):
    note = list.append


class Outlet:
    paused, room_ms = False, math.inf

    def __init__(self):
        self.replies = []

    def write(self, reply):
        self.replies.append(reply)

    def close(self, error):
        pass


class Alarm:
    def set(self, deadline):
        pass


@pytest.fixture
def services():
    voice = Voice("joe", ("en",), (Route("joe", ""),))
    numbers = iter(range(1_000))
    return SessionServices(
        lines=LinesByProvider({}),
        observer=Facts(),
        clock=lambda: 0.0,
        catalogue=Catalogue({"joe": voice}, "joe"),
        limits=StreamLimits(),
        front_ends=lambda *_: None,
        stream_ids=lambda: f"s{next(numbers)}",
    )


@pytest.fixture
def reception(services):
    def reception(keys=None, origins=("https://a.example",), most=100):
        store = None if keys is None else KeyStore(keys)
        return Reception(services, store, Principal(max_streams=3), origins, most)

    return reception


def enter(reception, principal):
    return reception.open(principal, "native", Outlet(), Alarm())


@pytest.mark.parametrize(
    ("face", "configured", "asked", "lead_ms"),
    [
        ("grpc", -1, None, 3_000),
        ("websocket", -1, None, 3_000),
        ("websocket", 400, 100, 100),
        ("deepgram", -1, None, -1),
        ("elevenlabs", 400, None, 400),
        ("cartesia", 400, -1, -1),
    ],
)
def test_other_vendors_clients_are_given_audio_as_fast_as_it_comes(
    services, face, configured, asked, lead_ms
):
    reception = Reception(services, None, Principal(), (), 100, dialects_lead_ms=configured)
    outlet = Outlet()
    reception.open(Principal(), face, outlet, Alarm()).feed(Open("", PCM, max_lead_ms=asked))
    (opened,) = outlet.replies
    assert opened.limits.max_lead_ms == lead_ms


def refused(call, *arguments):
    with pytest.raises(SpeechError) as caught:
        call(*arguments)
    return caught.value


def test_without_keys_everybody_is_the_default_principal(reception):
    assert reception().admit("", "").name == "default"
    assert reception().admit("anything", "").name == "default"


def test_with_keys_only_their_holders_come_in(reception):
    door = reception({hashlib.sha256(b"sesame").hexdigest(): SHOP})
    assert door.admit("sesame", "") is SHOP
    assert refused(door.admit, "guess", "").reason is Reason.UNAUTHENTICATED
    error = refused(door.admit, "", "")
    assert error.reason is Reason.UNAUTHENTICATED
    assert "Bearer" in error.message


def test_a_page_that_is_not_on_the_list_is_refused_whatever_its_key(reception):
    door = reception({hashlib.sha256(b"sesame").hexdigest(): SHOP})
    assert door.admit("sesame", "https://a.example") is SHOP
    error = refused(door.admit, "sesame", "https://evil.example")
    assert error.reason is Reason.FORBIDDEN
    assert "server.origins" in error.message


def test_a_stream_counts_until_its_session_hears_closed(reception):
    door = reception()
    first, _ = enter(door, SHOP), enter(door, SHOP)
    assert door.open_streams == 2
    error = refused(enter, door, SHOP)
    assert error.reason is Reason.QUOTA_EXCEEDED
    assert error.retry_after_s
    first.feed(Closed())
    assert door.open_streams == 1
    enter(door, SHOP)


def test_a_stream_that_closes_twice_leaves_once(reception):
    door = reception()
    stream, _ = enter(door, SHOP), enter(door, SHOP)
    stream.feed(Closed())
    stream.feed(Closed())
    assert door.open_streams == 1


def test_principals_do_not_count_for_one_another(reception):
    door = reception()
    enter(door, SHOP)
    enter(door, SHOP)
    enter(door, Principal("other", max_streams=1))
    assert door.open_streams == 3


def test_no_bound_is_no_bound(reception):
    door = reception()
    for _ in range(50):
        enter(door, Principal("free", max_streams=0))
    assert door.open_streams == 50


def test_all_streams_together_are_bounded(reception):
    door = reception(most=2)
    enter(door, Principal("a"))
    enter(door, Principal("b"))
    assert refused(enter, door, Principal("c")).reason is Reason.OVERLOADED


def test_while_shutting_down_nobody_new_comes_in(reception):
    door = reception()
    stream = enter(door, SHOP)
    door.shut()
    assert refused(enter, door, SHOP).reason is Reason.SHUTTING_DOWN
    stream.feed(Ping("still here"))


def test_what_comes_out_is_a_working_session(reception):
    outlet = Outlet()
    stream = reception().open(SHOP, "native", outlet, Alarm())
    stream.feed(Open("", PCM))
    stream.feed(Ping("x"))
    stream.tick()
    stream.drained()
    assert isinstance(outlet.replies[0], Opened)
    assert outlet.replies[1] == Pong("x")


def test_nobody_comes_in_while_files_are_nearly_used_up(services):
    short = True
    reception = Reception(services, None, Principal(max_streams=3), (), 100, lambda: short)
    error = refused(enter, reception, Principal())
    assert error.reason is Reason.OVERLOADED
    assert "cannot open more files" in error.message
    assert error.retry_after_s is not None
    short = False
    enter(reception, Principal())
    assert reception.open_streams == 1


@pytest.mark.parametrize(("face", "samples"), [("websocket", 0), ("deepgram", 2_400), ("openai", 2_400)])
def test_clients_of_vendors_get_silence_for_a_text_with_nothing_to_say(services, face, samples):
    outlet, services = Outlet(), replace(services, front_ends=lambda *_: PlainFront())
    reception = Reception(services, None, Principal(), (), 100)
    session = reception.open(Principal(), face, outlet, Alarm())
    for event in (Open("", PCM), Text("a", " \n"), End("a")):
        session.feed(event)
    assert isinstance(outlet.replies[-1], UtteranceFinished)
    assert sum(len(one.data) // 2 for one in outlet.replies if isinstance(one, AudioChunk)) == samples
