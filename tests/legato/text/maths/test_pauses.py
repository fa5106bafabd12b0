"""What belongs together is heard: pairs that differ by their grouping alone never sound alike."""

import pytest

PAIRS = [
    ("(x+1)^2", "x+1^2"),
    (r"\frac{a+b}{c}", r"a+\frac{b}{c}"),
    (r"\frac{a}{b+c}", r"\frac{a}{b}+c"),
    (r"\sqrt{x+1}", r"\sqrt{x}+1"),
    (r"\sqrt{xy}", r"\sqrt{x}y"),
    ("e^{x+1}", "e^x+1"),
    ("f(x+1)", "f(x)+1"),
    (r"\sin(x+1)", r"\sin(x)+1"),
    (r"\sin(x+1)", r"\sin x+1"),
    ("2(x+y)", "2x+y"),
    ("(a+b)(c+d)", "a+b(c+d)"),
    ("(-x)^2", "-x^2"),
    ("x_{n+1}", "x_n+1"),
    ("a-(b-c)", "a-b-c"),
    ("|x+1|", "|x|+1"),
    ("(n+1)!", "n+1!"),
    (r"\frac{1}{2}x", r"\frac{1}{2x}"),
    (r"\left(\frac{a}{b}\right)^n", r"\frac{a^n}{b}"),
    (r"\left(\frac{a}{b}\right)^n", r"\frac{a}{b^n}"),
    ("(ab)^n", "ab^n"),
    ("(x^y)^z", "x^{y^z}"),
    ("f(x)^2", "f(x^2)"),
    (r"\sqrt{x}^2", r"\sqrt{x^2}"),
    (r"E[X]^2", "E[X^2]"),
    (r"\frac{\frac{a}{b}}{c}", r"\frac{a}{\frac{b}{c}}"),
    (r"\neg(p \land q)", r"\neg p \land q"),
    (r"A \cup (B \cap C)", r"(A \cup B) \cap C"),
    (r"\lfloor x \rfloor + 1", r"\lfloor x + 1 \rfloor"),
]


@pytest.mark.parametrize("style", ["natural", "explicit", "brief"])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_grouping_is_heard(one, other, style, say):
    assert say(one, style) != say(other, style)


@pytest.mark.parametrize(("one", "other"), PAIRS[:1] + PAIRS[9:10])
def test_grouping_is_heard_in_the_words_alone(one, other, say):
    assert say(one).replace(",", "") != say(other).replace(",", "")


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        (r"\sqrt{x}\alpha", "the square root of x, alpha"),
        (r"\sqrt{x} = 1", "the square root of x equals 1"),
        (r"\frac{1}{2} + 1", "one half plus 1"),
        (r"f(\frac{a}{b}) c", "f of a over b, c"),
        ("a_{n+1} + 1", "a sub n plus 1, plus 1"),
        ("a_n + b", "a sub n plus b"),
        (r"\frac{a}{b} \sum_i x", "a over b times the sum over i of x"),
    ],
)
def test_pauses_stand_where_they_are_needed(source, spoken, say):
    assert say(source) == spoken
