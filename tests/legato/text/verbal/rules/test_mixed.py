"""R16: letters and digits in one token."""

import pytest

from legato.text.verbal.rules.mixed import Mixed
from legato.text.verbal.speech import Speech
from legato.text.verbal.words.registry import number_words


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("MP3", "MP three"),
        ("A320-200", "A three hundred twenty two hundred"),
        ("HTTP/2", "HTTP two"),
        ("TCP/443", "TCP slash four hundred forty-three"),
        ("12/B", "twelve slash B"),
        ("S3/GCS", "S three slash GCS"),
        ("Geary/33rd", "Geary slash thirty-third"),
        ("MIG-25/235212", "MIG-twenty-five/two three five two one two"),
        ("007th", "zero zero seven th"),
        ("12345A", "one two three four five A"),
    ],
)
def test_each_part_of_a_token_is_said(data, written, spoken):
    words = number_words("en")
    assert words is not None
    assert Mixed(Speech(data("en"), words)).said(written) == spoken
