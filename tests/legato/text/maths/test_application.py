import pytest


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("f(x)", "f of x"),
        ("f'(x)", "f prime of x"),
        ("f_n(x+1)", "f sub n of x plus 1"),
        (r"\hat{g}(x)", "g hat of x"),
        ("y(t)", "y of t"),
        (r"n(A \cup B)", "n of A union B"),
        ("n(A + B)", "n times the quantity A plus B"),
        ("u(x,t)", "u of x, t"),
        ("x(t+1)", "x of t plus 1"),
        ("p(x=1)", "p of x equals 1"),
        (r"D(p\|q)", "D of p, q"),
        ("x[n]", "x of n"),
        (r"\text{softmax}(z)", "softmax of z"),
        (r"\text{loss}(z)", "loss of z"),
        (r"(f \circ g)(x)", "f composed with g of x"),
        ("(f+g)(x)", "the quantity f plus g, of x"),
        (r"f^{-1}(x)", "f inverse of x"),
        (r"\mathcal{Q}\{f\}(s)", "Q of f of s"),
        ("T(n-1)", "T of n minus 1"),
    ],
)
def test_a_function_is_applied(source, spoken, say):
    assert say(source) == spoken


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("k(n-k)", "k times the quantity n minus k"),
        ("x(x+1)", "x times the quantity x plus 1"),
        ("x^2(y+1)", "x squared times the quantity y plus 1"),
        ("n!(k+1)", "n factorial times the quantity k plus 1"),
        (r"rP\left(1-\frac{P}{K}\right)", "r P times the quantity 1 minus P over K"),
        (r"\text{if } (x+1) = 2", "if the quantity x plus 1, equals 2"),
        ("(a+b)(c+d)", "the quantity a plus b, times the quantity c plus d"),
        ("2(3)", "2 times 3"),
    ],
)
def test_a_factor_is_none(source, spoken, say):
    assert say(source) == spoken
