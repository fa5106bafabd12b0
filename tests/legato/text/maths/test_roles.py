import pytest


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("9.8\\,\\text{m/s}^2", "9.8 meters per second squared"),
        ("10\\,\\text{s}^{-1}", "10 per second"),
        ("5\\text{ kg} \\cdot \\text{m/s}^2", "5 kilogram meters per second squared"),
        ("E_{tot}", "E sub tot"),
        ("x_{ijk}", "x sub i j k"),
        ("x_{abc}", "x sub a b c"),
        ("p \\to q", "p implies q"),
        ("x \\to y", "x goes to y"),
        (
            r"\forall \epsilon > 0 \exists \delta > 0",
            "for all epsilon greater than 0 there exists delta greater than 0",
        ),
        (r"\forall x > 0, x < 1", "for all x greater than 0, x is less than 1"),
        (r"\text{for all } x > 0", "for all x greater than 0"),
        (r"\text{then } x > 0", "then x is greater than 0"),
        (r"\sum_{i < n} i", "the sum over i less than n of i"),
        (r"\{x \in A : x > 0\}", "the set of all x in A such that x is greater than 0"),
        (r"\mathcal{P}\{X > 1\}", "P of X is greater than 1"),
        (r"20\,\text{km}", "20 kilometers"),
        (r"10^3\,\text{km}", "10 cubed kilometers"),
        (r"20^\circ\text{C}", "20 degrees Celsius"),
        (r"1\,\text{km}", "1 kilometer"),
        (r"x\,\text{km}", "x km"),
        (r"5\,\text{apples}", "5 apples"),
        ("(x+1)'", "the quantity x plus 1, prime"),
        (r"\sqrt{(x+1)}", "the square root of x plus 1"),
        (r"\frac{-a}{-b}", "negative a over negative b"),
        (r"\log_{-1} x", "log base minus 1 of x"),
        (r"\overset{-a}{b}", "b with negative a above"),
    ],
)
def test_rows_are_settled_by_where_they_stand(source, spoken, say):
    assert say(source) == spoken
