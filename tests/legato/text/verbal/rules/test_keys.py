"""R16: keys of a keyboard and of a telephone."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Ctrl+C and Ctrl + Shift + Esc", "Control plus C and Control plus Shift plus Escape"),
        ("Cmd-K or Alt+Del", "Command-K or Alt plus Delete"),
        ("Win+R; you win, Del Rey", "Windows plus R; you win, Del Rey"),
        ("press Esc", "press Escape"),
        ("Press * to go back or # to repeat.", "Press star to go back or pound to repeat."),
        ("press the # key", "press the pound key"),
        ("Enter your PIN, then #.", "Enter your PIN, then pound."),
        ("Your tracking # is 7749 1234 5678.", "Your tracking number is seven seven four nine, one two three four, five six seven eight."),
        ("RMA# 55-8210", "RMA number five five, eight two one zero"),
        ("a line: # Title", "a line: hash Title"),
        ("C# and F# minor", "C sharp and F sharp minor"),
        ("length * width", "length times width"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken
