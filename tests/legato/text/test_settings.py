"""Settings have the published defaults."""

from legato.text.settings import IdleTimes, TextSettings, Thresholds


def test_defaults_are_the_published_ones() -> None:
    assert TextSettings().thresholds == Thresholds(8, 24, 90, 32, 120, 240)
    assert TextSettings().idle == IdleTimes(120, 350, 700, 2000)
    assert TextSettings().language == "en"
