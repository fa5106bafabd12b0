import pytest


def shapes(node):
    return [kid.shape if kid.kind == "script" else kid.kind for kid in node.kids]


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("x^2", ["script^"]),
        ("x_i^2", ["script_^"]),
        ("x^2_i", ["script_^"]),
        ("f'", ["prime"]),
        ("f'^2", ["script^"]),
        (r"x^\prime", ["prime"]),
        ("^2", ["script^"]),
        ("'", ["sym"]),
        ("a+b", ["id", "sym", "id"]),
        ("{a}{b}", ["row", "row"]),
        ("}a}", ["id"]),
        (r"a \over b", ["frac"]),
        (r"{n \choose k}", ["row"]),
        (r"\sum\limits_{i}^n", ["script_^"]),
        ("a & b", ["id", "id"]),
    ],
)
def test_what_is_built(source, kinds, tree):
    assert shapes(tree(source)) == kinds


def test_a_sign_and_a_number_are_one_exponent(tree):
    (power,) = tree("x^-1").kids
    assert [kid.name for kid in power.kids[2].kids] == ["−", "1"]


def test_tex_takes_one_digit_where_braces_are_left_out(tree):
    upper, lower = tree(r"\frac12").kids[0].kids
    assert (upper.kids[0].name, lower.kids[0].name) == ("1", "2")
    assert tree("x^10").kids[0].kids[2].kids[0].name == "10"


def test_an_argument_that_is_missing_is_empty(tree):
    assert tree(r"\frac").kids[0].kids[0].kids == []
    assert tree("x^").kids[0].kids[2].kids == []
    assert tree("x^_").kids[0].kids[2].kids == []


def test_a_second_exponent_stands_on_the_first(tree):
    (outer,) = tree("x^a^b").kids
    assert outer.kids[0].kind == "script"


def test_depth_is_bounded(tree):
    assert tree("{" * 5000).kids
    assert tree("x^{" * 1000 + "y").kids
    assert tree("x" + "\\over x" * 500).kids


def test_ranges_are_those_of_the_source(tree):
    (fraction,) = tree(r"\frac{a}{b}").kids
    assert (fraction.start, fraction.end) == (0, 11)
    assert (fraction.kids[1].kids[0].start, fraction.kids[1].kids[0].end) == (9, 10)
