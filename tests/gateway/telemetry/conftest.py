from types import SimpleNamespace

import pytest

from legato.domain.errors import Reason
from legato.domain.facts import (
    AttemptMade,
    BugFound,
    CancelServed,
    FirstAudio,
    MessageRefused,
    StreamClosed,
    StreamOpened,
    Underran,
    UtteranceBegun,
    UtteranceEnded,
)
from legato.domain.receipt import Receipt, Stage

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def said():
    """The facts of one stream with one utterance, by name."""
    receipt = Receipt(
        stages=((Stage.TEXT_WAIT, 0.05), (Stage.VENDOR, 0.07)),
        ttfb_s=0.12,
        ttfb_speakable_s=0.07,
        ttfa_s=0.13,
        route="joe/",
        attempts=1,
        line_reused=True,
        accepted_chars=20,
        sent_chars=18,
        unheard_chars=3,
        repeated_words=1,
        audio_samples=48_000,
        sample_rate_hz=24_000,
        chunks=10,
        total_s=2.0,
    )
    return SimpleNamespace(
        receipt=receipt,
        trace=TRACE,
        traceparent=f"00-{TRACE}-b7ad6b7169203331-01",
        opened=StreamOpened("s1", "shop", "native", "pcm_s16le/24000"),
        begun=UtteranceBegun("s1", "u1", "joe"),
        attempt=AttemptMade("s1", "u1", "joe/", True, 0.001),
        first=FirstAudio("s1", "u1", 0.12, 0.07, False),
        underran=Underran("s1", "u1", 0.25),
        ended=UtteranceEnded("s1", "u1", "joe", "finished", "", receipt),
        cancelled=UtteranceEnded("s1", "u1", "joe", "cancelled", "", receipt),
        failed=UtteranceEnded(
            "s1", "u1", "joe", "failed", "vendor_lost", Receipt(no_audio="vendor_lost", route="joe/")
        ),
        served=CancelServed("s1", "u1", 0.003),
        refused=MessageRefused("s1", Reason.BAD_FRAME),
        bug=BugFound("session", "KeyError: _write:12"),
        closed=StreamClosed("s1", "", 1, 2, 3.0),
    )
