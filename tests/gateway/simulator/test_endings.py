from dataclasses import replace

from gateway.simulator.endings import Account
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import HeardMethod

ACCOUNT = Account("a", "anna", "One two three", 7, 480, 24_000, 2, 0.25, 1.5)


def test_the_receipt_adds_up():
    receipt = ACCOUNT.finished().receipt
    assert (receipt.route, receipt.attempts, receipt.no_audio) == ("simulator/anna", 1, "")
    assert (receipt.ttfb_s, receipt.ttfa_s, receipt.total_s) == (0.25, 0.25, 1.5)
    assert (receipt.accepted_chars, receipt.sent_chars) == (13, 7)
    assert (receipt.audio_samples, receipt.sample_rate_hz, receipt.chunks) == (480, 24_000, 2)


def test_it_says_why_there_was_no_audio():
    silent, error = replace(ACCOUNT, first_s=None), SpeechError(Reason.OVERLOADED, "full")
    told = [silent.finished(), silent.cancelled(0, 0, HeardMethod.PLAYED), silent.failed(0, error)]
    assert [one.receipt.no_audio for one in told] == ["empty", "cancelled", "overloaded"]
    assert {one.receipt.ttfb_s for one in told} == {None}


def test_what_was_heard_what_was_not_and_what_was_never_spoken_add_up():
    told = ACCOUNT.cancelled(3, 240, HeardMethod.PLAYED)
    assert (told.heard, told.sent_unheard, told.never_sent) == ("One", " two", " three")
    assert (told.truncate_at_sample, told.method) == (240, HeardMethod.PLAYED)


def test_a_failure_gives_back_what_was_not_heard():
    error = SpeechError(Reason.OVERLOADED, "full")
    told = ACCOUNT.failed(3, error)
    assert (told.error, told.unspoken) == (error, " two three")
