import pytest

from gateway.app.config_dialects import DialectsSection
from gateway.app.config_sections import ServerSection
from gateway.app.dialects import DIALECTS, configured, tcp_face
from gateway.servers.dialects import PageRoute
from legato.ports import Accepted, RequestHead
from tests.gateway.servers.stage import TwoVoices


def test_no_two_dialects_claim_the_same_place():
    pages = [r for r in DIALECTS if isinstance(r, PageRoute)]
    places = [(r.path, r.claims) for r in pages] + [(r.path, r.shape) for r in DIALECTS if r not in pages]
    assert len(places) == len(set(places))
    for route in DIALECTS:
        assert route.make_face("r", ()).name


def test_what_vendors_leave_open_is_decided_by_the_configuration():
    head = RequestHead("POST", "/v1/text-to-speech/joe", {}, {})

    def answers(section):
        faces = [r.make_face("r", {"joe"}) for r in configured(section) if "{voice_id}" in r.path]
        return {type(face.open(head)) is Accepted for face in faces}

    assert answers(DialectsSection()) == {False}
    assert answers(DialectsSection(elevenlabs_format="pcm_24000")) == {True}
    assert [route.path for route in configured(DialectsSection())] == [route.path for route in DIALECTS]


def test_the_bare_tcp_port_comes_in_with_the_configured_key():
    head = RequestHead("TCP", "", {}, {})
    assert tcp_face(ServerSection(), {}, TwoVoices())().key(head) == ""
    section = ServerSection(wyoming_key="env:HOME_KEY")
    assert tcp_face(section, {"HOME_KEY": "sesame"}, TwoVoices())().key(head) == "sesame"
    with pytest.raises(ValueError, match="HOME_KEY"):
        tcp_face(section, {}, TwoVoices())
