"""R16: codes of letters and digits, tyres, blends."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "ref X7K2PQ", "ref X seven K two P Q"),
        ("en", "H2SO4, C8H10N4O2, Q1FY25", "H two SO four, C eight H ten N four O two, Q one FY twenty-five"),
        ("en", "the code is AB12CD34, or SAVE20", "the code is A B one two C D three four, or SAVE twenty"),
        ("en", "the code is SAVE20", "the code is SAVE twenty"),
        ("de", "die Buchungsnummer ist AB12C", "die Buchungsnummer ist A B eins zwei C"),
        ("en", "1Z 999 AA1 01 2345 6784", "one Z, nine nine nine, A A one, zero one, two three four five, six seven eight four"),
        ("en", "P215/65R15 or 205/55ZR16 94V", "P two hundred fifteen sixty-five R fifteen or two hundred five fifty-five R sixteen, ninety-four V"),
        ("en", "NPK 10-10-10, a 5-10-5 mix", "NPK ten ten ten, a five ten five mix"),
        ("en", "on 10-10-10", "on October tenth, twenty ten"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
