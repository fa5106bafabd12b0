"""What voice agents say about prices, doses, trips, scores and sums, in tokens and with an idle moment anywhere. R14, R16"""

import pytest

from gateway.app.text_data import text_data
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import TextSettings
from tests.plays.text_promises import segmented, spoken_words

ROWS = [
    ("en", "In Q1: 5 + 7 = 12. Roll a d20: 17 + 5 = 22 now.", "In Q one: five plus seven equals twelve. Roll a d twenty: seventeen plus five equals twenty-two now."),
    ("en", "It went Q4'25 → Q1'26.", "It went Q four twenty-five to Q one twenty-six."),
    ("en", "The chance is 1/6 ≈ 0.167 (16.7%).", "The chance is one sixth is approximately zero point one six seven (sixteen point seven percent)."),
    ("en", "So 120 km ÷ 1.5 h = 80 km/h.", "So one hundred twenty kilometers divided by one point five hours equals eighty kilometers per hour."),
]  # fmt: skip


def heard(language: str, text: str, chars: int) -> str:
    return transcript(segmented(text, [chars], TextSettings(language=language)))


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, 10_000])
def test_an_answer_is_heard_as_a_good_reader_says_it(
    language: str, written: str, said: str, chars: int
) -> None:
    assert heard(language, written, chars) == said


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str, said: str) -> None:
    settings = TextSettings(language=language)
    whole = spoken_words(segmented(written, [len(written)], settings))
    assert said
    for at in range(1, len(written)):
        front = FrontEnd(text_data(language), settings)
        segments = front.feed(written[:at]) + front.idle(700) + front.feed(written[at:]) + front.end()
        assert spoken_words(segments) == whole, written[:at]
