"""A vendor fails, through the real gateway, on real sockets: the most telling of `make chaos`, and every place at which it may die."""

import itertools

import numpy as np
import pytest

from tests.chaos.cases import Case
from tests.chaos.report import describe, why_not
from tests.chaos.stage import rehearse

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TELLING = [
    Case("deepgram", "reset", "before", 0),
    Case("deepgram", "half_open", "during", 0),
    Case("deepgram", "close 1011", "idle", 0),
    Case("deepgram", "drip", "during", 0),
    Case("deepgram", "503", "before", 0),
    Case("deepgram_v2", "stall", "between", 0),
    Case("deepgram_v2", "quota", "during", 0),
    Case("deepgram_rest", "eof", "during", 0),
    Case("elevenlabs", "context limit", "before", 0),
    Case("elevenlabs", "truncated JSON", "during", 0),
    Case("elevenlabs", "absent words", "before", 0),
    Case("elevenlabs_rest", "429", "before", 0),
    Case("cartesia", "outage", "during", 0),
    Case("cartesia", "late words", "before", 0),
    Case("cartesia_bytes", "odd bytes", "during", 0),
    Case("openai", "slow start", "before", 0),
    Case("openai", "half_open", "idle", 0),
    Case("riva", "unavailable", "during", 0),
    Case("google", "close 1011", "between", 0),
    Case("wyoming", "reset", "between", 0),
    Case("wyoming", "refused dial", "before", 0),
]


UNLIMITED = {"first_audio_s": 60, "first_audio_factor": 0, "between_audio_s": 60, "finish_s": 60}
"""What is found out by a time limit has no end before the rehearsal's own."""


async def test_r8_whatever_fails_nothing_is_lost_and_everything_ends():
    results = await rehearse(TELLING, at_once=9)
    assert [describe(result) for result in results if why_not(result, timed=False)] == []


async def test_r3_killed_behind_every_word_all_text_is_heard_once():
    places = [(("at", "word"), ("value", words)) for words in range(10)]
    results = await rehearse([Case("cartesia", "reset", "during", 0, cue) for cue in places], at_once=6)
    assert [describe(result) for result in results if why_not(result, timed=False)] == []


@pytest.mark.parametrize(
    ("vendors", "limits"),
    [
        (("deepgram", "openai", "wyoming"), UNLIMITED),
        (
            ("elevenlabs",),
            {},
        ),  # tells the end of a context only when its text has ended: there it is `first_audio_s`
    ],
)
async def test_r4_a_success_without_sound_is_a_failure_as_soon_as_it_is_told(vendors, limits):
    results = await rehearse([Case(vendor, "silence", "before", 0) for vendor in vendors], limits=limits)
    assert [describe(result) for result in results if why_not(result, timed=False)] == []


async def test_r4_a_success_after_a_moment_of_sound_is_a_failure_too():
    """A vendor that dies in mid-sentence, and ends its answer as if nothing had happened."""
    cue = (("at", "ms"), ("value", 60))
    vendors = ("deepgram", "deepgram_v2", "wyoming", "elevenlabs", "cartesia", "openai", "riva")
    results = await rehearse([Case(vendor, "silence", "during", 0, cue) for vendor in vendors], at_once=4)
    assert [describe(result) for result in results if why_not(result, timed=False)] == []


@pytest.mark.alone  # the promise is a time of this machine's
async def test_r6_dead_after_so_many_milliseconds_of_audio_the_seam_is_not_heard():
    cases = [
        Case(vendor, "reset", "during", 0, (("at", "ms"), ("value", ms)), sentences)
        for vendor, ms, sentences in [
            *itertools.product(("elevenlabs", "deepgram"), (50, 130, 400, 900, 1_700), (3,)),
            ("elevenlabs", 5_000, 7),  # Deepgram counts anew behind each flush
        ]
    ]
    results = await rehearse(cases, at_once=6)
    assert [describe(result) for result in results if why_not(result, timed=False)] == []
    assert (
        np.median([result.faulty.gap_ms for result in results]) <= 150
    )  # make chaos, on a machine of its own, looks at p95
