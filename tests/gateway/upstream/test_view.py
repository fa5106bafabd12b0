from gateway.upstream.view import PlaceView
from legato.domain.speech import Route
from legato.domain.vendors import VendorLimits
from tests.gateway.upstream.virtual_vendor import VirtualVendor, lease, virtual_lines
from tests.virtual_time import played


def test_what_a_scrape_counts_is_what_people_see(monkeypatch):
    monkeypatch.setattr("gateway.upstream.place_pool.dial", VirtualVendor().dial)

    async def story():
        async with virtual_lines(VendorLimits()) as lines:
            lines.keep_warm(Route("test", "other", {"model": "other"}), "en")
            await lines.tried()
            line = await lease(lines)
            places = lines.view().places
            assert {type(place) for place in places} == {PlaceView}
            assert lines.states() == {
                state: sum(place.lines[state] for place in places) for state in places[0].lines
            }
            assert (lines.states()["leased"], lines.waiting()) == (1, sum(place.waiting for place in places))
            line.release(clean=True)

    played(story)
