from gateway.telemetry.labels import OTHER, Bounded, BoundedTogether, provider_of


def test_values_beyond_the_limit_are_other():
    label = Bounded(2)
    assert [label(value) for value in "abcab"] == ["a", "b", OTHER, "a", "b"]


def test_combinations_are_bounded_too_and_the_face_is_still_told():
    together = BoundedTogether(2)
    assert together("a", "p", "v") == ("a", "p", "v")
    assert together("a", "p", "w") == ("a", "p", "w")
    assert together("b", "p", "v") == ("b", "other", "other")
    assert together("a", "p", "v") == ("a", "p", "v")


def test_the_provider_of_a_route():
    assert [provider_of(route) for route in ("one/voice", "one/", "")] == ["one", "one", "none"]
