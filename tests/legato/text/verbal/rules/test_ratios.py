"""R16: ratios of more than two parts."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "a 3:2:1 mix", "a three to two to one mix"),
        ("en", "mix 1 : 2.5 : 4", "mix one to two point five to four"),
        ("en", "1:10:100", "one to ten to one hundred"),
        ("de", "im Verhältnis 1:2:3", "im Verhältnis eins zu zwei zu drei"),
        ("en", "in 1:02:03", "in one hour two minutes and three seconds"),
        ("en", "3:1", "three to one"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
