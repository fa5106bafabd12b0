import json
import weakref

from gateway.simulator.connection import CURRENT_REQUEST, SimulatedRequest
from gateway.simulator.face import MARK, EveryVoice, face_maker, simulated
from legato.domain.replies import AudioChunk, Pong
from legato.ports import Accepted, RequestHead


class Plain:
    name = "plain"
    over = False

    def __init__(self, request_id, voices):
        self.request_id, self.voices = request_id, voices

    def open(self, head):
        self.eager = head.query.get("auto_mode") == "true"
        return Accepted({})

    def render(self, reply):
        if isinstance(reply, AudioChunk):
            return (reply.data,)
        return (json.dumps({"pong": reply.payload}),)


def test_it_is_the_face_itself():
    face = simulated(Plain("1", ()), SimulatedRequest(None))
    assert (face.name, face.over, face.request_id) == ("plain", False, "1")
    assert face.render(Pong("x")) == ('{"pong": "x"}',)
    assert face.render(MARK) == (b"",)


def test_it_is_free_at_once_when_it_is_over():
    face = simulated(Plain("1", ()), SimulatedRequest(None))
    kept = weakref.ref(face)
    del face
    assert kept() is None, "it waits for a collection"


def test_the_request_may_ask_for_every_message_to_be_spoken_at_once():
    for asked, eager in (({}, False), ({"auto_mode": "true"}, True)):
        request = SimulatedRequest(None)
        face = simulated(Plain("1", ()), request)
        assert isinstance(face.open(RequestHead("GET", "/", asked, {})), Accepted)
        assert request.eager is eager


def test_one_text_frame_is_cut_and_no_sound():
    request = SimulatedRequest(None, cut_json=True)
    face = simulated(Plain("1", ()), request)
    sound = AudioChunk("a", 1, 0, 0, b"\x01\x02\x03\x04")
    assert list(face.render(sound)) == [sound.data]
    assert list(face.render(Pong("x"))) == ['{"pong"'[:6]]
    assert face.render(Pong("x")) == ('{"pong": "x"}',)


def test_a_face_is_made_for_the_request_that_is_served():
    request = SimulatedRequest(None, "vendor")
    CURRENT_REQUEST.set(request)
    face = face_maker(Plain, ("anna",))("7", ())
    assert (face.request_id, face.voices) == ("7", ("anna",))
    request.cut_json = True
    assert face.render(Pong("x")) == ['{"pong"'[:6]]
    every = face_maker(Plain, ())("7", ()).voices
    assert isinstance(every, EveryVoice)
    assert "whatever" in every
    assert (len(every), list(every)) == (0, [])
