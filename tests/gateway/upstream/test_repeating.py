"""Repetitions of a recording. Promise R27."""

import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason
from tests.gateway.upstream.recorded import GREETING, Studio, receipt_of
from tests.plays.world import RATE, Script


def test_a_repetition_is_paused_cancelled_and_told_like_any_other():
    studio = Studio(scripts={"one": Script(word_times=True)})
    studio.speak("a", GREETING).run(10)
    guest = studio.guest(max_lead_ms=400)
    guest.speak("b", GREETING).run(0.5).tell(events.Cancel(played_sample=RATE // 2)).run(5)
    [cancelled] = guest.of(replies.UtteranceCancelled)
    assert cancelled.heard + cancelled.sent_unheard + cancelled.never_sent == GREETING
    assert cancelled.heard.startswith("hello")
    assert cancelled.never_sent
    assert len(studio.lines) == 1


def test_r27_the_first_audio_of_a_repetition_waits_for_nobody():
    studio = Studio(scripts={"one": Script(acquire_s=0.2, first_s=0.3)})
    studio.speak("a", GREETING).run(10)
    studio.scripts["one"] = Script(refuse=Reason.VENDOR_UNREACHABLE)
    guest = studio.guest().speak("b", GREETING).run(10)
    assert receipt_of(studio, "a").ttfb_s == pytest.approx(0.5)
    assert receipt_of(guest, "b").ttfb_s == pytest.approx(0.0)
