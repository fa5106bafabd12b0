"""A route's options: known, of their kind, or told."""

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.providers.route_options import (
    FIELDS,
    FLAG,
    LIST,
    TEXT,
    Between,
    OneOf,
    checked,
    clamped,
    rate_of,
    with_query,
)

KINDS = {
    "rate": OneOf((1, 2)),
    "warmth": Between(0, 1),
    "flag": FLAG,
    "name": TEXT,
    "more": FIELDS,
    "many": LIST,
}


def test_options_of_their_kind_are_taken():
    options = {"rate": 2, "warmth": 0.5, "flag": True, "name": "n", "more": {}, "many": []}
    assert checked("v", options, KINDS) == options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rat": 1}, "v has no option 'rat'; its options are flag, many, more, name, rate, warmth"),
        ({"rate": 3}, "option 'rate' of v must be one of 1, 2"),
        ({"rate": True}, "option 'rate' of v must be one of 1, 2"),
        ({"warmth": 2}, "option 'warmth' of v must be a number from 0 to 1"),
        ({"warmth": True}, "option 'warmth' of v must be a number from 0 to 1"),
        ({"flag": 1}, "option 'flag' of v must be true or false"),
        ({"name": 1}, "option 'name' of v must be a string"),
        ({"many": {}}, "option 'many' of v must be a list"),
    ],
)
def test_a_wrong_option_is_named(options, words):
    with pytest.raises(SpeechError) as caught:
        checked("v", options, KINDS)
    assert (caught.value.reason, caught.value.message) == (Reason.VENDOR_REJECTED, words)


def test_a_query_leaves_out_what_is_not_asked():
    assert with_query("u", {"a": None}) == "u"
    assert with_query("u?x=1", {"a": True, "b": "c d", "n": 0.7, "z": None}) == "u?x=1&a=true&b=c+d&n=0.7"


def test_speeds_are_clamped_and_the_usual_one_is_not_sent():
    assert [clamped(value, 0.7, 1.5) for value in (None, 1.0, 0.1, 1.2, 4.0)] == [None, None, 0.7, 1.2, 1.5]


def test_the_rate_is_the_option_or_the_usual_one():
    assert (rate_of({}, 24_000), rate_of({"sample_rate": 8_000}, 24_000)) == (24_000, 8_000)
