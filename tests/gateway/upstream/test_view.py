from gateway.upstream.view import PlaceView, VendorView


def test_lines_are_counted_over_all_places():
    places = (
        PlaceView("a", {"idle": 1, "leased": 2}, 0, 3, 10),
        PlaceView("b", {"idle": 4}, 0, 4, 10),
    )
    assert VendorView("v", 2, 0, 0, places, ()).lines() == {"idle": 5, "leased": 2}
