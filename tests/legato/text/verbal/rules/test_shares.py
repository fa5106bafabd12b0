"""R16: so much of all there is."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "12.4/64 GB", "twelve point four out of sixty-four gigabytes"),
        ("en", "8 / 16 GB", "eight out of sixteen gigabytes"),
        ("de", "12,4/64 GB", "zwölf Komma vier von vier und sechzig Gigabyte"),
        ("en", "3/4 GBP", "three quarters GBP"),
        ("en", "3/4 of it", "three quarters of it"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
