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
    ("en", "The confirmation number is KJ7-P22Q, the case number is CAS-2026-004518.", "The confirmation number is K J seven, P two two Q, the case number is C A S, two zero two six, zero zero four five one eight."),
    ("en", "Your claim # is 07-55D2-991. Ask for Ann, ext. 3312, or extension 204.", "Your claim number is zero seven, five five D two, nine nine one. Ask for Ann, extension three three one two, or extension two zero four."),
    ("en", "The error is E-404 / 0x80070057.", "The error is E four oh four slash zero x eight zero zero seven zero zero five seven."),
    ("en", "A box of 55x40x23cm, plate 8ABC123.", "A box of fifty-five by forty by twenty-three centimeters, plate eight A B C one two three."),
    ("en", "The conf. number is 3HX9QZ, CPT 99213.", "The confirmation number is three H X nine Q Z, CPT nine nine two one three."),
    ("en", "Use the code SAVE20-NOW for numbers 2023-2024.", "Use the code SAVE twenty-NOW for numbers twenty twenty-three to twenty twenty-four."),
    ("de", "Bestellung Nr. 4502-8813, Karte mit den Endziffern 8812.", "Bestellung Nummer vier fünf null zwei, acht acht eins drei, Karte mit den Endziffern acht acht eins zwei."),
    ("fr", "La commande n° 4502-8813 est partie.", "La commande numéro quatre cinq zéro deux, huit huit un trois est partie."),
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
