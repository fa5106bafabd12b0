"""Quantities are left to the verbaliser; formulas are not."""

import pytest

from legato.text.quantities import QUANTITY, is_quantity
from tests.legato.text.hearing import heard


@pytest.mark.parametrize(
    "written",
    [
        "9.1 × 10^-31 kg",
        "≈ 300",
        "n = 1,500",
        "3×4",
        "2 cm × 3 cm",
        "1 h = 60 min",
        "0.05 s⁻¹",
        "q12h × 10",
        "× 7",
    ],
)
def test_a_quantity_is_left_to_the_verbaliser(written: str) -> None:
    assert is_quantity(written, 0, len(written))


@pytest.mark.parametrize("written", ["x × 10", "y = 2x + 1", "x < 5", "a^2"])
def test_a_formula_is_none(written: str) -> None:
    assert not is_quantity(written, 0, len(written))


def test_a_number_with_its_unit_is_a_quantity() -> None:
    assert QUANTITY.search("of 3 km")
    assert not QUANTITY.search("of 3 things")


@pytest.mark.parametrize("sign", "x×")
def test_how_long_a_dose_is_taken_is_said_with_either_sign(sign: str) -> None:
    said = "Take five hundred milligrams every twelve hours for ten days."
    assert heard("en", f"Take 500 mg q12h {sign} 10 days.") == said
