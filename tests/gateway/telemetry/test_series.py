import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from gateway.telemetry.series import CANCEL_BUCKETS, FINE_BUCKETS, VOICE_BUCKETS, RouteFamilies
from legato.domain.receipt import Receipt, Stage

LABELS = {"face": "native", "provider": "joe", "voice": "v"}


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def series(registry):
    return RouteFamilies(registry).bind("native", "joe", "v")


def test_buckets_are_for_voice():
    assert (VOICE_BUCKETS[0], VOICE_BUCKETS[-1]) == (0.02, 5.0)
    assert 0.2 in VOICE_BUCKETS
    assert 0.005 in CANCEL_BUCKETS
    for buckets in (VOICE_BUCKETS, FINE_BUCKETS, CANCEL_BUCKETS):
        assert list(buckets) == sorted(set(buckets))


def test_an_utterance_without_audio_has_no_times(registry, series):
    series.ended("failed", Receipt(no_audio="vendor_lost", accepted_chars=5), "")
    assert registry.get_sample_value("legato_ttfb_seconds_count", {**LABELS, "queued": "false"}) is None
    assert registry.get_sample_value("legato_utterances_total", {**LABELS, "outcome": "failed"}) == 1
    assert registry.get_sample_value("legato_characters_total", {**LABELS, "kind": "accepted"}) == 5
    assert registry.get_sample_value("legato_audio_seconds_total", LABELS) == 0


def test_every_stage_has_its_child(registry, series):
    stages = tuple((stage, 0.01) for stage in Stage)
    series.ended("finished", Receipt(stages=stages, ttfb_s=0.1, ttfb_speakable_s=0.05, ttfa_s=0.1), "")
    for stage in Stage:
        assert registry.get_sample_value("legato_stage_seconds_count", {**LABELS, "stage": stage.value}) == 1


def test_what_a_voice_adds_to_a_scrape_is_what_has_a_value(registry):
    families, stages = RouteFamilies(registry), tuple((stage, 0.01) for stage in Stage)

    def lines():
        return len(generate_latest(registry).splitlines())

    lengths = []
    for voice in "abc":
        series = families.bind("native", "joe", voice)
        for queued in (False, True):
            receipt = Receipt(stages=stages, ttfb_s=0.1, ttfb_speakable_s=0.05, ttfa_s=0.1, queued=queued)
            series.ended("finished", receipt, "")
            lengths.append(lines())
    assert lengths[2] - lengths[1] == lengths[4] - lengths[3] < 270
    assert lengths[3] - lengths[2] == lengths[5] - lengths[4] < 65, "utterances that waited for their turn"
