"""R16: street addresses."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "en",
            "1428 Elm St., Springfield, OH 45501",
            "fourteen twenty-eight Elm Street, Springfield, Ohio, four five five zero one",
        ),
        ("en", "221B Baker St. is", "two twenty-one B Baker Street is"),
        ("en", "at 12 S 1st st", "at twelve South first Street"),
        ("en", "I live at 5 Oak Ave. Then", "I live at five Oak Avenue. Then"),
        ("en", "1600 Main Rd NW", "sixteen hundred Main Road Northwest"),
        ("en", "2000 Main Rd", "two thousand Main Road"),
        ("en", "708 N Oak Ln", "seven zero eight North Oak Lane"),
        ("en", "12345 Oak Dr, City, NY", "one two three four five Oak Drive, City, New York"),
        ("en", "500 Oak Way", "five hundred Oak Way"),
        ("en", "CA 94043", "California, nine four zero four three"),
        ("en", "2010 the Big ST", "twenty ten the Big ST"),
        ("en", "7 Big ST", "seven Big ST"),
        ("de", "5 Oak Ave", "fünf Oak Ave"),
        (
            "en",
            "at 2150 N. Lincoln Ave., Apt 4B",
            "at twenty-one fifty North Lincoln Avenue, apartment four B",
        ),
        ("en", "12 Oak Ave., Suite 300", "twelve Oak Avenue, Suite three hundred"),
        ("en", "winds NW 10–15 mph", "winds northwest ten to fifteen miles per hour"),
        ("en", "the NW corner", "the NW corner"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
