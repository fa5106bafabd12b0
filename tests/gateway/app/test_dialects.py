import pytest

from gateway.app.config_sections import ServerSection
from gateway.app.dialects import DIALECTS, tcp_face
from gateway.servers.dialects import PageRoute
from legato.ports import RequestHead
from tests.gateway.servers.stage import TwoVoices


def test_no_two_dialects_claim_the_same_place():
    pages = [r for r in DIALECTS if isinstance(r, PageRoute)]
    places = [(r.path, r.claims) for r in pages] + [(r.path, r.shape) for r in DIALECTS if r not in pages]
    assert len(places) == len(set(places))
    for route in DIALECTS:
        assert route.make_face("r", ()).name


def test_the_bare_tcp_port_comes_in_with_the_configured_key():
    head = RequestHead("TCP", "", {}, {})
    assert tcp_face(ServerSection(), {}, TwoVoices())().key(head) == ""
    section = ServerSection(wyoming_key="env:HOME_KEY")
    assert tcp_face(section, {"HOME_KEY": "sesame"}, TwoVoices())().key(head) == "sesame"
    with pytest.raises(ValueError, match="HOME_KEY"):
        tcp_face(section, {}, TwoVoices())
