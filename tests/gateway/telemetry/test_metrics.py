from dataclasses import replace

import pytest

from gateway.telemetry.correlation import Context
from gateway.telemetry.metrics import Metrics
from legato.domain.errors import Reason
from legato.domain.facts import MessageRefused, SegmentSpoken, UtteranceBegun

HERE = Context(face="native", principal="shop")


@pytest.fixture
def metrics():
    return Metrics("1.2.3")


def value(metrics, name, **labels):
    return metrics.registry.get_sample_value(name, labels)


def play(metrics, *facts):
    for fact in facts:
        metrics.take(fact, HERE)


def test_streams_are_counted_open_and_closed(metrics, said):
    play(metrics, said.opened)
    assert value(metrics, "legato_streams_open", face="native") == 1
    play(metrics, said.closed)
    assert value(metrics, "legato_streams_open", face="native") == 0
    assert value(metrics, "legato_streams_total", face="native") == 1
    assert value(metrics, "legato_streams_closed_total", reason="clean") == 1
    assert value(metrics, "legato_late_messages_total") == 2


def test_an_utterance_leaves_its_times_audio_and_characters(metrics, said):
    play(metrics, said.opened, said.begun)
    assert value(metrics, "legato_utterances_open") == 1
    play(metrics, said.first, said.ended)
    route = {"face": "native", "provider": "joe", "voice": "joe"}
    assert value(metrics, "legato_utterances_open") == 0
    assert value(metrics, "legato_utterances_total", **route, outcome="finished") == 1
    assert value(metrics, "legato_ttfb_seconds_sum", **route, queued="false") == pytest.approx(0.12)
    assert value(metrics, "legato_ttfb_speakable_seconds_sum", **route, queued="false") == pytest.approx(0.07)
    assert value(metrics, "legato_ttfa_seconds_count", **route, queued="false") == 1
    assert value(metrics, "legato_ttfb_seconds_bucket", **route, queued="false", le="0.15") == 1
    assert value(metrics, "legato_ttfb_seconds_bucket", **route, queued="false", le="0.1") == 0
    assert value(metrics, "legato_stage_seconds_sum", **route, stage="vendor") == pytest.approx(0.07)
    assert value(metrics, "legato_audio_seconds_total", **route) == pytest.approx(2.0)
    assert value(metrics, "legato_audio_chunks_total", **route) == 10
    assert value(metrics, "legato_chunk_seconds_sum", **route) == pytest.approx(0.2)
    assert value(metrics, "legato_characters_total", **route, kind="accepted") == 20
    assert value(metrics, "legato_characters_total", **route, kind="sent") == 18
    assert value(metrics, "legato_characters_total", **route, kind="unheard") == 3
    assert value(metrics, "legato_repeated_words_total", **route) == 1


def test_what_waited_for_its_turn_is_told_apart(metrics, said):
    queued = replace(said.ended, receipt=replace(said.receipt, queued=True))
    play(metrics, said.opened, said.begun, queued)
    route = {"face": "native", "provider": "joe", "voice": "joe"}
    assert value(metrics, "legato_ttfb_speakable_seconds_count", **route, queued="true") == 1
    assert value(metrics, "legato_ttfb_speakable_seconds_count", **route, queued="false") is None


def test_a_stream_that_was_refused_before_its_open_is_none_that_closes(metrics, said):
    play(metrics, said.closed)
    assert value(metrics, "legato_streams_closed_total", reason="clean") is None
    play(metrics, replace(said.closed, reason="internal"))
    failed = {"face": "unknown", "reason": "internal", "whose": "gateway"}
    assert value(metrics, "legato_errors_total", **failed) == 1, "an error of it is one all the same"


def test_who_is_turned_away_at_the_door_is_counted_with_the_face_and_is_no_stream():
    metrics = Metrics("1")
    metrics.take(MessageRefused("", Reason.OVERLOADED, "openai"), Context())
    assert value(metrics, "legato_errors_total", face="openai", reason="overloaded", whose="gateway") == 1
    assert value(metrics, "legato_streams_total", face="openai") is None


def test_errors_are_counted_by_reason_and_by_who_can_mend_them(metrics, said):
    play(
        metrics,
        said.opened,
        said.begun,
        said.failed,
        said.refused,
        replace(said.closed, reason="idle_timeout"),
    )
    assert value(metrics, "legato_errors_total", face="native", reason="vendor_lost", whose="vendor") == 1
    assert value(metrics, "legato_errors_total", face="native", reason="bad_frame", whose="client") == 1
    assert value(metrics, "legato_errors_total", face="native", reason="idle_timeout", whose="client") == 1


def test_the_first_error_raises_a_number_that_is_there(metrics, said):
    """A counter that appears with 1 has no increase: the first failure was in no rate, and woke nobody."""
    metrics.expect(["native", "openai"], ["v/voice"])
    labels = {"face": "native", "reason": "vendor_quota", "whose": "vendor"}
    assert value(metrics, "legato_errors_total", **labels) == 0
    play(metrics, said.opened, replace(said.ended, outcome="failed", reason="vendor_quota"))
    assert value(metrics, "legato_errors_total", **labels) == 1
    assert value(metrics, "legato_errors_total", face="openai", reason="internal", whose="gateway") == 0
    assert value(metrics, "legato_errors_total", face="openai", reason="bad_frame", whose="client") is None
    assert value(metrics, "legato_streams_closed_total", reason="internal") == 0
    for reason in ("clean", "client_gone"):
        assert value(metrics, "legato_streams_closed_total", reason=reason) == 0, (
            "they are the whole of a share"
        )
    asked = {"provider": "v", "reused": "false", "reason": "vendor_timeout"}
    assert value(metrics, "legato_attempts_total", **asked) == 0
    assert value(metrics, "legato_underruns_total", face="openai") == 0
    assert value(metrics, "legato_underrun_seconds_total", face="openai") == 0
    assert value(metrics, "legato_breaker_state", route="v/voice") == 0


def test_what_is_shown_at_0_is_little(metrics):
    def lines():
        return len(metrics.expose("application/openmetrics-text")[0].splitlines())

    before = lines()
    metrics.expect([f"face{n}" for n in range(9)], ())
    faces = lines() - before
    metrics.expect((), [f"v{n}/voice" for n in range(10)])
    assert faces < 250
    assert lines() - before - faces < 600


def test_a_client_that_went_away_is_no_error(metrics, said):
    play(metrics, said.opened, replace(said.closed, reason="client_gone"))
    assert value(metrics, "legato_streams_closed_total", reason="client_gone") == 1
    assert b'reason="client_gone",whose' not in metrics.expose()[0]


def test_cancels_underruns_attempts_bugs_and_lag(metrics, said):
    play(metrics, said.opened, said.begun, said.attempt, said.underran, said.cancelled, said.served, said.bug)
    play(metrics, replace(said.attempt, reason="vendor_timeout", reused=False))
    metrics.observe_loop_lag(0.004)
    assert value(metrics, "legato_cancel_seconds_bucket", face="native", le="0.005") == 1
    assert value(metrics, "legato_underruns_total", face="native") == 1
    assert value(metrics, "legato_underrun_seconds_total", face="native") == 0.25
    assert value(metrics, "legato_attempts_total", provider="joe", reused="true", reason="leased") == 1
    assert (
        value(metrics, "legato_attempts_total", provider="joe", reused="false", reason="vendor_timeout") == 1
    )
    assert value(metrics, "legato_acquire_seconds_count", provider="joe", reused="true") == 1
    assert value(metrics, "legato_acquire_seconds_count", provider="joe", reused="false") is None
    assert value(metrics, "legato_bugs_total", where="session", kind="KeyError: _write:12") == 1
    assert value(metrics, "legato_loop_lag_seconds_bucket", le="0.005") == 1


def test_an_utterance_that_got_nowhere_has_a_route_of_none(metrics, said):
    play(metrics, replace(said.failed, receipt=replace(said.failed.receipt, route="")))
    assert (
        value(
            metrics, "legato_utterances_total", face="native", provider="none", voice="joe", outcome="failed"
        )
        == 1
    )


def test_series_are_bounded_whatever_comes(said):
    """Ten thousand voices, providers, faces and bugs are as few series as six."""

    def series(count):
        metrics = Metrics("1", max_label_values=2)
        for number in range(count):
            receipt = replace(said.receipt, route=f"provider{number}/v")
            face = replace(said.opened, face=f"face{number}", stream_id=f"s{number}")
            metrics.take(face, Context(face=face.face))
            for fact in (
                replace(said.ended, voice=f"voice{number}", receipt=receipt),
                replace(said.attempt, route=f"provider{number}/v"),
                replace(said.bug, where=f"place{number}", kind=f"kind{number}"),
                said.served,
                said.underran,
                said.refused,
            ):
                metrics.take(fact, Context(face=face.face))
        return {
            (sample.name, tuple(sample.labels.items()))
            for family in metrics.registry.collect()
            if family.name.startswith("legato_")
            for sample in family.samples
        }

    some, many = series(300), series(10_000)
    assert some == many
    assert {labels["voice"] for _, pairs in many if "voice" in (labels := dict(pairs))} == {
        "voice0", "voice1", "other",
    }  # fmt: skip
    assert len({labels["face"] for _, pairs in many if "face" in (labels := dict(pairs))}) == 51


def test_combinations_are_bounded(said):
    metrics = Metrics("1", max_label_values=10)
    for number in range(100):
        receipt = replace(said.receipt, route=f"provider{number % 10}/v")
        play(metrics, replace(said.ended, voice=f"voice{number // 10}", receipt=receipt))
    told = [
        sample.labels for sample in metrics.registry.collect() for sample in sample.samples
        if sample.name == "legato_audio_seconds_total"
    ]  # fmt: skip
    assert len(told) == 31
    assert {"face": "native", "provider": "other", "voice": "other"} in told


def test_open_utterances_do_not_outlive_their_stream(metrics, said):
    play(metrics, said.opened, said.begun, UtteranceBegun("s1", "u2", "joe"), said.closed)
    assert value(metrics, "legato_utterances_open") == 0


def test_an_utterance_that_has_ended_is_not_counted_off_again_with_its_stream(metrics, said):
    play(metrics, said.opened, said.begun, said.ended, said.closed)
    assert value(metrics, "legato_utterances_open") == 0


def test_the_scrape_names_the_build_and_the_process(metrics):
    body, content_type = metrics.expose()
    assert content_type.startswith("text/plain")
    assert b'legato_build_info{version="1.2.3"} 1.0' in body
    assert b"process_resident_memory_bytes" in body


def test_trace_ids_are_exemplars_in_open_metrics(metrics, said):
    context = Context(face="native", trace_id=said.trace)
    metrics.take(said.ended, context)
    body, content_type = metrics.expose("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert f'# {{trace_id="{said.trace}"}} 0.12'.encode() in body


def test_a_slow_cancel_lease_or_segment_leads_to_its_trace(metrics, said):
    context = Context(face="native", trace_id=said.trace)
    for fact in (said.served, said.attempt, SegmentSpoken("s1", "u1", 0, "joe/", 20, took_s=1.9)):
        metrics.take(fact, context)
    lines = metrics.expose("application/openmetrics-text; version=1.0.0")[0].decode().splitlines()
    led = {line.partition("_bucket")[0] for line in lines if f'# {{trace_id="{said.trace}"}}' in line}
    assert led == {"legato_cancel_seconds", "legato_acquire_seconds", "legato_segment_seconds"}
