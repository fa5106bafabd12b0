import pytest


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("a-b", "a minus b"),
        ("x=-b", "x equals negative b"),
        (r"x=-\frac{1}{2}", "x equals minus one half"),
        ("e^{-x}", "e to the minus x"),
        (r"x=\pm 1", "x equals plus or minus 1"),
        ("0^-", "0 from the left"),
        ("-", "minus"),
        ("a,-", "a, minus"),
        ("P(A|B)", "P of A given B"),
        (r"p_{a|b}", "p sub a given b"),
        (r"\{x | x>0\}", "the set of all x such that x is greater than 0"),
        (r"\langle a | b \rangle", "the inner product of a and b"),
        ("3|6", "3 divides 6"),
        ("|", ""),
        (r"l \| m", "l is parallel to m"),
        ("f: A \\to B", "f from A to B"),
        ("a := b", "a is defined as b"),
        ("3:4", "3 to 4"),
        (r"\exists y : y > x", "there exists y such that y is greater than x"),
        ("a: b", "a, b"),
        (r"\lim_{x \to 0} f", "the limit as x approaches 0 of f"),
        (r"p \to \neg q", "p implies not q"),
        (r"\sup_{x \to 0} f", "the supremum over x approaches 0 of f"),
        (r"x \to 0", "x goes to 0"),
        (r"X \sim F(x)", "X is distributed as F of x"),
        (r"f \sim g", "f is similar to g"),
        (r"\vec{a} \times b", "vector a cross b"),
        (r"m \times n", "m by n"),
        (r"3 \times 3 \text{ grid}", "3 by 3 grid"),
        (r"A \times B", "A cross B"),
        (r"2 \times", "2 times"),
        (r"a \times b", "a times b"),
        (r"\vec{a} \cdot b", "vector a dot b"),
        (r"a \equiv b \pmod n", "a is congruent to b mod n"),
        (r"a \equiv b \ (\bmod n)", "a is congruent to b mod n"),
        (r"p \equiv q", "p is equivalent to q"),
        (r"\triangle A \cong \triangle B", "triangle A is congruent to triangle B"),
        (r"G \cong H", "G is isomorphic to H"),
    ],
)
def test_what_a_sign_means_where_it_stands(source, spoken, say):
    assert say(source) == spoken


def test_marks_look_no_further_than_a_window(say):
    assert say("a:b," * 200 + r"x \to y").count("from") < 20
