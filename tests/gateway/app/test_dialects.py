from gateway.app.dialects import DIALECTS
from gateway.servers.dialects import PageRoute


def test_no_two_dialects_claim_the_same_place():
    places = [(r.path, "page" if isinstance(r, PageRoute) else r.shape) for r in DIALECTS]
    assert len(places) == len(set(places))
    for route in DIALECTS:
        assert route.make_face("r", ()).name
