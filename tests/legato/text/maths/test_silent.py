import pytest


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("2(x+1)", "2 times the quantity x plus 1"),
        (r"2\sqrt{3}", "2 times the square root of 3"),
        (r"\lambda |x|", "lambda times the absolute value of x"),
        (r"\lambda \|x\|_1", "lambda times the 1 norm of x"),
        (r"x \frac{a}{b}", "x times a over b"),
        (r"2 \frac{1}{2}", "2 and one half"),
        (r"2 \frac{5}{3}", "2 and 5 thirds"),
        (r"2.5 \frac{1}{2}", "2.5 one half"),
        (r"\frac{1}{n} \sum x", "1 over n times the sum of x"),
        (r"\frac{a}{b} c", "a over b, c"),
        (r"\frac{dy}{dx} y", "d y d x, y"),
        (r"\frac{d}{dx} x^2", "d d x of x squared"),
        (r"\frac{d}{dx} \sin x", "d d x of sine x"),
        (r"\det A", "the determinant of A"),
        (r"\ln^2 x", "the natural log squared of x"),
        (r"\Re z", "the real part of z"),
        (r"\Pr(A)\Pr(B)", "the probability of A times the probability of B"),
        (r"3 4", "3 times 4"),
        (r"3 \text{ or } 4", "3 or 4"),
        ("ab", "a b"),
        ("a(x=1)", "a, x equals 1"),
        (r"3 \SI{5}{m}", "3 times 5 meters"),
    ],
)
def test_operators_that_are_not_written_and_yet_heard(source, spoken, say):
    assert say(source) == spoken
