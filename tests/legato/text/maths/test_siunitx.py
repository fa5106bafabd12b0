import pytest

from legato.text.maths.siunitx import number, units


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("9.81\\,\\mathrm{m/s^2}", "9.81 meters per second squared"),
        ("8.3\\,\\mathrm{J\\,mol^{-1}\\,K^{-1}}", "8.3 joules per mole per kelvin"),
        ("3\\,\\mathrm{kg\\cdot m/s^2}", "3 kilogram meters per second squared"),
        ("1\\,\\mathrm{m/s}", "1 meter per second"),
        (r"\SI{9.8}{m/s^2}", "9.8 meters per second squared"),
        (r"\SI{1}{\kilo\metre\per\hour}", "1 kilometer per hour"),
        (r"\qty{3}{kg.m.s^{-2}}", "3 kilogram meters per second squared"),
        (r"\SI[mode=text]{5}{\square\metre}", "5 square meters"),
        (r"\SI{5}{\metre\cubed}", "5 cubic meters"),
        (r"\SI{5}{\metre\tothe{4}}", "5 meters to the fourth"),
        (r"\SI{1}{m.s^{-1}}", "1 meter per second"),
        (r"\si{\newton\metre}", "newton meters"),
        (r"\unit{s^{-1}}", "per second"),
        (r"\SI{2}{s⁻²}", "2 per second squared"),
        (r"\SI{2}{m²}", "2 square meters"),
        (r"\num{-1.5e-3}", "negative 1.5 times 10 to the minus 3"),
        (r"\num{2.0 +- 0.1}", "2.0 plus or minus 0.1"),
        (r"\num{e5}", "10 to the fifth"),
        (r"\num{a_b}", "a b"),
        (r"\numrange{1}{5}", "1 to 5"),
        (r"\SIrange{1}{5}{\celsius}", "1 to 5 degrees Celsius"),
        (r"\ang{1;30;}", "1 degree 30 minutes"),
        (r"\SI{5}{apples}", "5 apples"),
        (r"\SI{5}", "5"),
        (r"\SI", ""),
        (r"5\,\text{kg}", "5 kilograms"),
        (r"3 \times 10^8\,\mathrm{m/s}", "3 times 10 to the eighth meters per second"),
        (r"5\,\mathrm{m}", "5 meters"),
        (r"\SI{5}{\um}", "5 micrometers"),
    ],
)
def test_a_quantity_is_read_with_its_unit(source, spoken, say):
    assert say(source) == spoken


def test_what_is_no_unit_is_left_alone():
    assert units("^2", 0) is None
    assert units("hello", 0) is None
    assert units("m;s", 0) is None
    assert units("", 0) is None


def test_numbers_keep_their_place():
    assert {(node.start, node.end) for node in number("1e5", 4)} == {(4, 7)}
