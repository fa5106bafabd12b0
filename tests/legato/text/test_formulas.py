"""Where bare mathematics may stand in prose."""

import pytest

from legato.text.formulas import candidates


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We know x^2 + y^2 = z^2, so it holds", ["x^2 + y^2 = z^2"]),
        ("If f(x) = 2x then", ["f(x) = 2x"]),
        ("no sign here 5 of 6", []),
        ("see https://a.io/b?d=1 now", []),
        ("era di 3m³.", ["3m³"]),
        ("ab^2 grows", ["ab^2"]),
        ("I = 5", ["= 5"]),
        ("= " * 200, []),
    ],
)
def test_candidates(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in candidates(text)] == found
