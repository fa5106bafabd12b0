"""What a vendor says of a text may be its own code, but not the text."""

import pytest

from legato.core.quotes import unquoted
from legato.domain.errors import Reason
from legato.domain.events import Failed


def told(code, *texts):
    failed = Failed(Reason.VENDOR_REJECTED, f"OpenAI answered 400 ({code})", 2.0)
    left = unquoted(failed, texts)
    assert (left.reason, left.retry_after_s) == (failed.reason, failed.retry_after_s)
    return left.message


@pytest.mark.parametrize("code", ["invalid_api_key", "INVALID_AUTH", "1008", "voice_not_found"])
def test_a_code_of_its_own_is_kept(code):
    assert told(code, "My password is Hunter2.", "Thank you!") == f"OpenAI answered 400 ({code})"


@pytest.mark.parametrize(
    "code",
    [
        "Hunter2",
        "hunter2",
        "HUNTER2",
        "unter",
        "bad_word_Hunter2",
        "badwordHunter2isnot",
        "is.it-Hunter2",
        "unknown-is",
    ],
)
def test_a_code_that_quotes_the_text_is_left_out(code):
    assert told(code, "Thank you!", "My password is Hunter2.") == "OpenAI answered 400"


def test_the_rest_of_the_message_may_share_words_with_the_text():
    assert told("no_credit", "OpenAI answered 400 times") == "OpenAI answered 400 (no_credit)"


def test_each_code_is_looked_at():
    failed = Failed(Reason.VENDOR_REJECTED, "closed with 1008 (no_credit) and (quondam), a redirect")
    assert unquoted(failed, ["A quondam."]).message == "closed with 1008 (no_credit) and, a redirect"


def test_a_message_without_a_code_is_passed_on():
    failed = Failed(Reason.VENDOR_REJECTED, "the voice failed")
    assert unquoted(failed, ["the voice"]) is failed
