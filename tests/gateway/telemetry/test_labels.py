from gateway.telemetry.labels import OTHER, Bounded


def test_values_beyond_the_limit_are_other():
    label = Bounded(2)
    assert [label(value) for value in "abcab"] == ["a", "b", OTHER, "a", "b"]
