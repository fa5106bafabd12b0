import pytest

from legato.text.maths.decimals import with_points


@pytest.mark.parametrize(
    ("written", "pointed"),
    [
        ("x = 2,5", "x = 2.5"),
        ("1.234,56", "1,234.56"),
        ("1.000.000", "1,000,000"),
        ("1.500", "1,500"),
        ("1,500", "1.500"),
        ("0.125", "0.125"),
        ("9.81", "9.81"),
        ("3{,}14159", "3{.}14159"),
        ("3{,}141", "3{.}141"),
        ("10{,}000", "10{,}000"),
        ("1{,}234{,}567", "1{,}234{,}567"),
        ("1{.}234{,}5", "1{,}234{.}5"),
        ("1{.}000", "1{,}000"),
        (r"\frac{2,5}{3}", r"\frac{2.5}{3}"),
        ("(2,5 + x)^2", "(2.5 + x)^2"),
        ("(1,5; 2,5)", "(1.5; 2.5)"),
        ("<mn>3,5</mn>", "<mn>3.5</mn>"),
    ],
)
def test_a_decimal_comma_is_a_point_and_every_character_keeps_its_place(written, pointed):
    assert with_points(written) == pointed
    assert len(pointed) == len(written)


@pytest.mark.parametrize(
    "written",
    ["(1,2)", "[0,1]", r"\{1,2\}", "x_{1,2}", "f(1,2)", r"n = 1,2,\ldots", "1,2,3", "1,2,…", "a, b"],
)
def test_the_comma_of_a_list_is_none_of_a_number(written):
    assert with_points(written) == written


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("de", "9.81", "9,81"),
        ("it", "g = 9{,}81", "g uguale a 9,81"),
        ("nl", "x = 2,5", "x is 2,5"),
        ("en", "9.81", "9.81"),
    ],
)
def test_decimals_are_written_as_the_language_reads_them(language, written, spoken, say):
    assert say(written, language=language) == spoken
