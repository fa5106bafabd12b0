"""How little audio a text can take. R4."""

import numpy as np
import pytest

from legato.audio.samples import amplitude
from legato.audio.silence import SILENCE_DBFS
from legato.core.least_audio import is_audible, shortfall, sure_chars
from legato.domain.errors import Reason

LONG = "The quick brown fox jumps over the lazy dog, and then goes home."


@pytest.mark.parametrize(
    ("text", "given_s", "is_whole"),
    [
        (LONG, 0.0, False),
        (LONG, 0.2, False),
        (LONG, 0.3, True),
        ("Yes, of course we do.", 0.01, True),
        (
            '<break time="900ms"/> <phoneme alphabet="ipa" ph="təˈmɑːtəʊ">tomato</phoneme> [laughs loudly] yes',
            0.04,
            True,
        ),
        ("https://example.com/a/very/long/path/that/a/voice/calls/a?link=" + "x" * 400, 0.04, True),
        ("— … !? ** __ ~~ " * 40, 0.01, True),
        ("今日は、とても良い天気ですね。散歩に行きましょう。", 2.0, True),
        ("今日は、とても良い天気ですね。散歩に行きましょう。", 0.1, False),
        ("วันนี้อากาศดีมากเราไปเดินเล่นในสวนสาธารณะกันเถอะ", 1.5, True),
        ("วันนี้อากาศดีมากเราไปเดินเล่นในสวนสาธารณะกันเถอะ", 0.1, False),
        ("오늘은 날씨가 정말 좋네요. 내일은 친구와 바다에 가요.", 0.05, False),
    ],
)
def test_r4_a_text_that_ends_long_before_it_can_have_been_spoken_has_failed(text, given_s, is_whole):
    failed = shortfall(sure_chars(text), given_s)
    assert (failed is None) == is_whole
    assert is_whole or failed.reason is Reason.VENDOR_EMPTY


@pytest.mark.parametrize(("speed", "least_s"), [(0.5, 1.0), (1.0, 1.0), (2.0, 0.5)])
def test_where_the_speed_is_known_the_bound_is_closer_and_slow_speech_has_no_higher_one(speed, least_s):
    assert shortfall(50, least_s, speed) is None
    assert shortfall(50, least_s - 0.01, speed) is not None


def test_only_the_beginning_of_a_long_word_counts():
    assert sure_chars("x" * 50 + " one") == 23
    assert sure_chars("x" * 20) == 20
    assert sure_chars("https://пример.рф/очень/длинный/путь/до/страницы") == 20
    assert sure_chars("详情请看https://example.com/a/very/long/path。谢谢！") == 4 + 2 + 20


@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_audible_is_what_is_no_silence_for_the_listener(sign):
    quiet, loud = amplitude(SILENCE_DBFS), amplitude(SILENCE_DBFS) + 1
    assert not is_audible(np.array([0, sign * quiet], "<i2").tobytes() + b"\x7f")
    assert is_audible(np.array([0, sign * loud], "<i2").tobytes())
    assert not is_audible(b"")
