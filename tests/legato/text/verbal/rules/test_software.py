"""R16: statuses, ports, versions, hashes and revisions of programs."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a 404 page, a 404.", "a four oh four page, a four oh four."),
        ("404 people, a 405 unit", "four hundred four people, a four hundred five unit"),
        ("on port 8080 or ports 3000", "on port eight zero eight zero or ports three thousand"),
        ("Python 3.12 and Ruby 1.22", "Python three point twelve and Ruby one point twenty-two"),
        (
            "Python 3.9, PHP 8.3, PHP 500",
            "Python three point nine, PHP eight point three, five hundred Philippine pesos",
        ),
        ("Python 3.12 and 3.13", "Python three point twelve and three point thirteen"),
        (
            "Python 3.9, 3.10, or 3.11 for 3.10 hours",
            "Python three point nine, three point ten, or three point eleven for three point one zero hours",
        ),
        ("Python 3.9–3.12", "Python three point nine to three point twelve"),
        ("Python 3.11 and 2.55 GB", "Python three point eleven and two point five five gigabytes"),
        ("HEAD~3", "HEAD tilde three"),
        ("commit 9fceb02 on", "commit nine F C E B zero two on"),
        ("1234567 is", "one million two hundred thirty-four thousand five hundred sixty-seven is"),
    ],
)
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken
