"""Chinese and Japanese number words."""

import pytest

from legato.text.verbal.words.chinese import Chinese


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("zh", "0", "零"),
        ("zh", "10", "十"),
        ("zh", "105", "一百零五"),
        ("zh", "10500", "一万零五百"),
        ("zh", "12345", "一万二千三百四十五"),
        ("zh", "3/4", "四分之三"),
        ("zh", "1.05", "一点零五"),
        ("ja", "105", "百五"),
        ("ja", "10500", "一万五百"),
        ("ja", "1,000,000", "百万"),
        ("ja", "2024年", "二千二十四年"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


def test_an_ordinal_has_its_sign_in_front():
    assert Chinese().ordinal(3) == "第三"
