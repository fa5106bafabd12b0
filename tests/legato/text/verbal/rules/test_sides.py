"""R16: sizes with a unit at each side, and what is paid for a unit."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "a 3 cm × 2 cm lesion", "a three by two centimeter lesion"),
        ("en", "10 ft x 12 ft", "ten by twelve feet"),
        ("en", "2 m x 3 m x 4 m tall", "two by three by four meters tall"),
        ("en", "10 in. x 8 in. and 5 ft. x 3 ft. rug", "ten by eight inches and five by three feet rug"),
        ("en", "10 in. x 8 in. x 2 in. Then", "ten by eight by two inches. Then"),
        ("en", "2 ft × 3 ft = 6 sq ft", "two feet times three feet equals six square feet"),
        ("de", "1,20 m x 2 m", "eins Komma zwei null mal zwei Meter"),
        ("fr", "10 cm x 20 cm", "dix par vingt centimètres"),
        ("en", "5 cm x 2 kg", "five centimeters x two kilograms"),
        ("en", "the axis x 3 cm", "the axis x three centimeters"),
        ("de", "5 ct/kWh", "fünf Cent pro Kilowattstunde"),
        ("es", "0,18 €/kWh", "dieciocho céntimos por kilovatio hora"),
        ("it", "0,18 €/kWh", "diciotto centesimi al chilowattora"),
        ("pt", "R$ 0,18/kWh", "dezoito centavos por quilowatt-hora"),
        ("nl", "€ 0,18/kWh", "achttien cent per kilowattuur"),
        ("fr", "0,18 €/kWh", "dix-huit centimes par kilowattheure"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
