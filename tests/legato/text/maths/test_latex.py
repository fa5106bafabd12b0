import pytest


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        (r"\mathbb{R}", "R"),
        (r"\mathbf{xy}", "x y"),
        (r"\mathrm{d}x", "d x"),
        (r"\mathrm{H_2O}", "H 2 O"),
        (r"x_{\mathrm{a_b}}", "x sub a sub b"),
        (r"\text{if $x > 0$ then}", "if x is greater than 0 then"),
        (r"\text{a}", "a"),
        (r"\operatorname*{argmin}_x f", "arg min over x of f"),
        (r"\label{eq:1} x \tag{2}", "x"),
        (r"\color{red} x", "x"),
        (r"\textcolor{red}{x}", "x"),
        (r"x \hspace{2em} y", "x y"),
        (r"\unknowncommand", "unknowncommand"),
        (r"x\,y\;z\!", "x y z"),
        (r"\genfrac{a}{b}", "a over b"),
        (r"\cfrac[l]{a}{b}", "a over b"),
        (r"x \pmod n", "x mod n"),
        (r"\num{1e5}", "1 times 10 to the fifth"),
        (r"\ce{H2O}", "H 2 O"),
        (r"\ce", ""),
        (r"\text", ""),
        (r"\R", "R"),
        (r"\alpha\infty", "alpha infinity"),
        (r"a \\ b", "a; b"),
        (r"\displaystyle x", "x"),
        (r"\boxed{x=1}", "x equals 1"),
    ],
)
def test_a_command_is_read_as_what_it_means(source, spoken, say):
    assert say(source) == spoken


def test_text_in_text_is_bounded(tree):
    assert tree(r"\text{$" * 400).kind == "row"
    assert tree(r"\mathrm{a^" * 400).kind == "row"
