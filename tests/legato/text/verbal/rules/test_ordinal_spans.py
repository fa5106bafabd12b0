"""R16: two ordinals that are joined."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("die 5.–6. Klasse", "die fünfte bis sechste Klasse"),
        ("im 19./20. Jahrhundert", "im neunzehnten zwanzigsten Jahrhundert"),
        ("2.-3. Stock", "zweiter bis dritter Stock"),
        ("Platz 2./3. Wir gehen", "Platz zwei./drei. Wir gehen"),
    ],
)
def test_both_have_their_endings(written, spoken, say):
    assert say(written, "de") == spoken
