"""What agents stream all day, whole and in tokens: prices, visits, recipes, findings, addresses. R14, R16"""

import pytest

from gateway.app.text_data import text_data
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import TextSettings
from tests.legato.text.hearing import WHOLE, heard


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1 USD = 0.92 EUR; it is $25/pet.", "one US dollar equals zero point nine two euros; it is twenty-five dollars per pet."),
        ("So $276/4 = $69 each.", "So two hundred seventy-six dollars divided by four equals sixty-nine dollars each."),
        ("BTC (▲2.3%); use onions (≈ 300 g), x ≈ 3.", "BTC (up two point three percent); use onions (approximately three hundred grams), x is approximately three."),
        ("Add 3/4 c. sugar, 1/3 c lemon juice and 2 lg. eggs.", "Add three quarters cup sugar, one third cup lemon juice and two large eggs."),
        ("A 6' ladder under 9' ceilings, 6' tall.", "A six foot ladder under nine foot ceilings, six feet tall."),
        ('It matches "555-1234" but not "5551234".', 'It matches "five five five, one two three four" but not "five million five hundred fifty-one thousand two hundred thirty-four".'),
        ("TSH 3 mIU/L, ALT 40 U/L, WBC 6 K/µL.", "TSH three milli international units per liter, ALT forty units per liter, WBC six thousand per microliter."),
        ("I live at 45-12 30th Ave., not 10-12 Main St.", "I live at forty-five twelve thirtieth Avenue, not ten to twelve Main Street."),
        ("Go to **Settings → Account → Security**.", "Go to Settings then Account then Security."),
        ("Stay Fri 12/6–Sun 12/8. Conf. # 3345.", "Stay Friday December sixth to Sunday December eighth. Confirmation number three three four five."),
        ("Here a === b and x !== y.", "Here a strictly equals b and x does not strictly equal y."),
        ("A 4.5★ place, a 5⭐ hotel.", "A four point five star place, a five star hotel."),
        ("Get Form 1099-NEC or form 1040.", "Get Form ten ninety-nine N E C or form ten forty."),
        ("The meeting ID is 865 4321 0987.", "The meeting ID is eight six five, four three two one, zero nine eight seven."),
        ("Take 15% of 240: 0.15 × 240 = 36.", "Take fifteen percent of two hundred forty: zero point one five times two hundred forty equals thirty-six."),
        ("Subtract 3 → 2x = 8.", "Subtract three implies two x equals eight."),
        ("Notes (10/14), use (3/4).", "Notes (October fourteenth), use (three quarters)."),
        ("1. **11/18** – Lunch\n2. 11/19: Tax", "one. November eighteenth – Lunch. two. November nineteenth: Tax"),
        ("Serial no. SN-4F29 is on it.", "Serial number S N, four F two nine is on it."),
        ("At 7% (36 mo.) with 700 req'd, holidays excl.", "At seven percent (thirty-six months) with seven hundred req'd, holidays excluded."),
        ("Open 2-4p; take 1 tab (10 mg) PO qHS.", "Open two to four PM; take one tab (ten milligrams) by mouth at bedtime."),
        ("Seats 23A–23C; pain 3/10, 2/5 of it.", "Seats twenty-three A to twenty-three C; pain three out of ten, two fifths of it."),
        ("He ruled (r. 1901–10); 24/7/365.", "He ruled (reigned nineteen oh one to ten); twenty-four seven, three sixty-five."),
        ("It is $0.15/1M input.", "It is fifteen cents per one million input."),
        ("So Σ_{i=1}^{n} i = 6.", "So the sum from i equals one to n of i equals six."),
        ("It has 6.022 × 10²³ mol⁻¹ now; Fe³⁺ + e⁻.", "It has six point zero two two times ten to the twenty-third per mole now; Fe three plus plus e minus."),
        ("sin²θ = 1, log₁₀(1000) = 3, 5! = 120, |−3| = 3", "sine squared theta equals one, log base ten of one thousand equals three, five factorial equals one hundred twenty, the absolute value of negative three equals three"),
        ("Press ⌘, or Ctrl+, now. 7-14 3PT ¯\\_(ツ)_/¯", "Press Command comma or Control plus comma now. seven to fourteen three PT"),
        ("A 5/1 ARM, a 1.2 × 0.8 cm lesion.", "A five one ARM, a one point two by zero point eight centimeter lesion."),
        ("Take RER B → Gare du Nord, then Rt. 9 W.", "Take RER B to Gare du Nord, then Route nine W."),
        ("Go right—#48. It goes from `0` to `n-1`; Θ(n log n) time.", "Go right—number forty-eight. It goes from zero to n minus one; big theta of n log n time."),
        ("See if i % 2 === 0, or 5 % of it.", "See if i mod two strictly equals zero, or five percent of it."),
        ('Use ½" ginger, 1½" pipe; FRI @ 7:30P, slide 12/40.', "Use one half inch ginger, one and a half inch pipe; FRI at seven thirty PM, slide twelve of forty."),
        ("[sighs] No. [laughs] Yes :-)", "No. Yes"),
        ("It's $12/user/mo, or $5/seat/month.", "It's twelve dollars per user per month, or five dollars per seat per month."),
        ("A 128k-token window and a 1M-token one.", "A one hundred twenty-eight thousand token window and a one million token one."),
        ("It waits up to 30s; the delay is 90s. He is in his 30s.", "It waits up to thirty seconds; the delay is ninety seconds. He is in his thirties."),
        ("Mon, Dec 1 · 9:30 AM · $5, but 2 · 3 = 6.", "Monday, December first, nine thirty AM, five dollars, but two times three equals six."),
        ("Rated 4.6 · 1,284 reviews, 3 · 10^8 m/s.", "Rated four point six, one thousand two hundred eighty-four reviews, three times ten to the eighth meters per second."),
        ("By the docs¹, it's safe.² Then area² = 4 m².", "By the docs, it's safe. Then area² equals four square meters."),
        ("It is 5 g * -3 then.", "It is five grams times minus three then."),
        ("Come at 5:30ish, or 6:15-ish.", "Come at five thirtyish, or six fifteen-ish."),
        ("Choose A/B/C, not an A/B test.", "Choose A slash B slash C, not an A B test."),
        ("Tracking no. 7489 2345 1123.", "Tracking number seven four eight nine, two three four five, one one two three."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chars", [1, 4, WHOLE])
def test_a_sentence_is_heard_as_a_good_agent_says_it(written: str, said: str, chars: int) -> None:
    assert heard("en", written, chars) == said


def test_a_number_of_a_flight_is_not_cut_off_from_its_carrier() -> None:
    front = FrontEnd(text_data("en"), TextSettings())
    segments = front.feed("Please note that your flight UA ") + front.idle(800) + front.feed("1482 is late.")
    assert "UA one four eight two is late." in transcript(segments + front.end())
