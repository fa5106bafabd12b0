"""Sums and formulas in prose, as tutors write them: a unit, a power or a product is never left as it is written. R15, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2 ft × 3 ft = 6 sq ft", "two feet times three feet equals six square feet"),
        ("60 mph × 2.5 h = 150 mi", "sixty miles per hour times two point five hours equals one hundred fifty miles"),
        ("8 oz × 4 = 32 oz = 2 lb", "eight ounces times four equals thirty-two ounces equals two pounds"),
        ("It is 5 ± 0.2 mm thick.", "It is five plus or minus zero point two millimeters thick."),
        ("100°C = 212°F = 373.15 K", "one hundred degrees Celsius equals two hundred twelve degrees Fahrenheit equals three hundred seventy-three point one five kelvin"),
        ("P = 0.5 W; t = 30 min; d = vt", "P equals zero point five watts; t equals thirty minutes; d equals v t"),
        ("F = 10 N, m = 2 kg, a = 5 m/s².", "F equals ten newtons, m equals two kilograms, a equals five meters per second squared."),
        ("Area = πr² = π(3)² ≈ 28.27 cm²", "Area equals pi r squared equals pi times three squared is approximately twenty-eight point two seven square centimeters"),
        ("V = 4/3 × π × 3³ ≈ 113.1 m³", "V equals four thirds times pi times three cubed is approximately one hundred thirteen point one cubic meters"),
        ("So y = mx + b, V = lwh and E = mgh.", "So y equals m x plus b, V equals l w h and E equals m g h."),
        ("λ = h/p; E = hf; v = fλ", "lambda equals h over p; E equals h f; v equals f lambda"),
        ("The slope is (y₂ − y₁)/(x₂ − x₁).", "The slope is the quantity y sub two minus y sub one, over the quantity x sub two minus x sub one."),
        ("aₙ = a₁ + (n − 1)d", "a sub n equals a sub one plus the quantity n minus one, times d"),
        ("sin²θ + cos²θ = 1", "sine squared theta plus cosine squared theta equals one"),
        ("d²y/dx² = 2", "d squared y over d x squared equals two"),
        ("∫₀¹ x dx = 1/2", "the integral from zero to one of x d x equals one half"),
        ("Then lim x→∞ 1/x = 0.", "Then the limit as x approaches infinity of one over x equals zero."),
        ("A = P(1 + r/n)^(nt) = $1,647.01", "A equals P times the quantity one plus r over n, to the n t equals one thousand six hundred forty-seven dollars and one cent"),
        ("$A = P(1+r)^t$ and $P(A)$", "A equals P times the quantity one plus r, to the t and P of A"),
        ("speed = 100 km / 2 h = 50 km/h", "speed equals one hundred kilometers, two hours equals fifty kilometers per hour"),
        ("It weighs $5\\text{ lb}$ after $30\\text{ min}$.", "It weighs five pounds after thirty minutes."),
        ("We get $$x = \\frac{1}{3}.$$ So $a = 1,$ $b = 2,$ and $c = 3.$ Next.", "We get x equals one third. So a equals one, b equals two, and c equals three. Next."),
        ("So is $x = 2?$ Yes. And $2 + 2 = ?$", "So is x equals two? Yes. And two plus two equals question mark"),
        ("| $x = 3.$ | b |\n|---|---|\n| 1 | 2 |\n", "x equals three: one, b: two."),
        ("n! = n·(n−1)!, and so on.", "n factorial equals n times the quantity n minus one, factorial, and so on."),
        ("$\\min(a, b)$ and $2\\min(a, b)$", "the min of a and b and two the min of a and b"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chars", [1, WHOLE])
def test_a_sum_is_heard_as_a_tutor_says_it(written: str, said: str, chars: int) -> None:
    assert heard("en", written, chars) == said
