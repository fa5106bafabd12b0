import dataclasses

import pytest

from gateway.app.commands.receipt_text import as_json, waterfall
from legato.domain.receipt import Receipt, Stage

RECEIPT = Receipt(
    stages=((Stage.TEXT_WAIT, 0.010), (Stage.VENDOR, 0.030)),
    ttfb_s=0.040,
    ttfb_speakable_s=0.030,
    ttfa_s=0.041,
    route="joe/joe",
    attempts=1,
    line_reused=True,
    accepted_chars=12,
    sent_chars=12,
    audio_samples=24_000,
    sample_rate_hz=24_000,
    chunks=5,
    total_s=1.2,
)


def test_each_bar_lies_where_its_stage_lies():
    wait, vendor, *_ = waterfall(RECEIPT, None).splitlines()

    assert wait == "text wait      10.00 ms |" + "█" * 10 + " " * 30 + "|"
    assert vendor == "vendor         30.00 ms |" + " " * 10 + "█" * 30 + "|"


def test_the_totals_say_what_the_client_saw_and_where_it_went():
    text = waterfall(RECEIPT, 0.0415)

    assert "ttfb           40.00 ms   (here: 41.50 ms)" in text
    assert "audio           1000 ms   in 5 chunks at 24000 Hz" in text
    assert "joe/joe, a warm line, attempts: 1" in text


@pytest.mark.parametrize(
    ("attempts", "cached", "sent", "told"),
    [
        (2, 20, 12, "attempts: 2, one of them the audio cache"),
        (1, 20, 0, "attempts: 1"),
        (2, 0, 12, "attempts: 2"),
    ],
)
def test_an_attempt_that_was_the_audio_cache_is_no_sign_of_trouble(attempts, cached, sent, told):
    receipt = dataclasses.replace(RECEIPT, attempts=attempts, cached_chars=cached, sent_chars=sent)
    assert any(line.endswith(f", {told}") for line in waterfall(receipt, None).splitlines())


@pytest.mark.parametrize("stages", [(), ((Stage.WRITE, 0.0),)])
def test_without_audio_it_says_why(stages):
    text = waterfall(Receipt(stages=stages, no_audio="vendor_timeout"), None)

    assert "no audio: vendor_timeout" in text
    assert "none, a new line" in text


def test_a_bar_never_leaves_its_box():
    tiny = tuple((stage, 0.0001) for stage in Stage)
    for line in waterfall(Receipt(stages=(*tiny, (Stage.WRITE, 1.0), *tiny)), None).splitlines()[
        : len(tiny) * 2 + 1
    ]:
        assert len(line) == len("text wait      10.00 ms |") + 41


def test_as_json_in_milliseconds():
    summary = as_json(RECEIPT, None)

    assert summary["stages"] == {"text_wait": 10.0, "vendor": 30.0}
    assert (summary["ttfb_ms"], summary["client_ttfb_ms"], summary["audio_ms"]) == (40.0, None, 1000.0)
    assert (summary["sample_rate"], summary["total_ms"]) == (24_000, 1200.0)
    assert as_json(Receipt(), 0.001)["audio_ms"] == 0.0
