"""R16: what is read sign by sign."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "en",
            "fe80::1ff:fe23 or fd00::1",
            "F E eight zero colon colon one F F colon F E two three or F D zero zero colon colon one",
        ),
        ("en", "-p 8080:80", "-p eight zero eight zero colon eighty"),
        ("en", "add --now.", "add dash dash now."),
        (
            "en",
            "123-4567890-1234567",
            "one two three, four five six seven eight nine zero, one two three four five six seven",
        ),
        ("en", "978-3-16-148410-0", "nine seven eight, three, one six, one four eight four one zero, zero"),
        ("en", "1Z999AA101", "one Z nine nine nine A A one zero one"),
        ("en", "C12H22O11", "C twelve H twenty-two O eleven"),
        ("en", "run --dry-run", "run dash dash dry run"),
        ("en", "ls -la", "ls dash la"),
        ("en", "well -- yes", "well -- yes"),
        ("en", "the .env file", "the dot env file"),
        ("en", ".NET", "dot net"),
        ("en", "C:\\Users\\Ann\\a.txt", "C colon backslash Users backslash Ann backslash a dot txt"),
        ("en", "localhost:3000", "localhost port three thousand"),
        ("en", "localhost:8080", "localhost port eight zero eight zero"),
        ("en", "00:1A:2B:3C:4D:5E", "zero zero, one A, two B, three C, four D, five E"),
        ("en", "2001:db8::1", "two zero zero one colon D B eight colon colon one"),
        ("en", "10:20:30", "ten hours twenty minutes and thirty seconds"),
        ("de", "der Schalter --hilfe", "der Schalter Bindestrich Bindestrich hilfe"),
        ("en", "run python3 -m venv", "run python three dash m venv"),
        ("en", "npm i -g pnpm", "npm i dash g pnpm"),
        ("en", "30x20x15 cm", "thirty by twenty by fifteen centimeters"),
        ("de", "30x20x15 cm", "dreißig mal zwanzig mal fünfzehn Zentimeter"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
