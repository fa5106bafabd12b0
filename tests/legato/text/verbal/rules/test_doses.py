"""R16: what stands behind a dose in a prescription."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "en",
            "250 mg PO TID x 10 days",
            "two hundred fifty milligrams by mouth three times daily for ten days",
        ),
        ("en", "q6h PRN, then", "every six hours as needed, then"),
        ("en", "7.5 mL PO BID × 10 days", "seven point five milliliters by mouth twice daily for ten days"),
        ("en", "2 puffs q4-6h PRN", "two puffs every four to six hours as needed"),
        ("en", "1 tablet, daily, PRN", "one tablet, daily, as needed"),
        ("en", "5 mg/kg IV q1h", "five milligrams per kilogram I V every hour"),
        ("en", "their BID won; PO Box", "their BID won; PO Box"),
        ("en", "3 x 4 days", "three by four days"),
        ("de", "250 mg TID", "zwei hundert fünfzig Milligramm TID"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


def test_reading_again_changes_nothing(say):
    once = say("take 500 mg PO q6h x 3 days")
    assert once == "take five hundred milligrams by mouth every six hours for three days"
    assert say(once) == once
