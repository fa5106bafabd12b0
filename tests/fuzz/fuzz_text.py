"""Searches for texts that break a promise of the front end, guided by coverage. `make fuzz` runs it for a minute.

PYTHONPATH=var/fuzz:src:. python tests/fuzz/fuzz_text.py -max_total_time=60 [CORPUS]

What it finds goes to `FOUND` in tests/plays/test_text_fuzz.py.
"""

import sys

import atheris

with atheris.instrument_imports(include=["legato.text"]):
    from legato.text.settings import TextSettings
    from tests.plays.test_text_fuzz import FOUND, PARTS, POLICIES
    from tests.plays.text_promises import keeps


def test_one_input(data: bytes) -> None:
    """Draw a policy, the sizes of the tokens, and a text of known parts and arbitrary characters; check every promise of it."""
    given = atheris.FuzzedDataProvider(data)
    policy: TextSettings = POLICIES[given.ConsumeIntInRange(0, len(POLICIES) - 1)]
    sizes = [given.ConsumeIntInRange(1, 9) for _ in range(4)]
    text = ""
    while given.remaining_bytes() and len(text) < 600:
        plain = given.ConsumeBool()
        text += (
            PARTS[given.ConsumeIntInRange(0, len(PARTS) - 1)]
            if plain
            else given.ConsumeUnicodeNoSurrogates(4)
        )
    keeps(text, sizes, policy)


if __name__ == "__main__":
    for text in FOUND:
        for policy in POLICIES:
            keeps(text, [1], policy)
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
