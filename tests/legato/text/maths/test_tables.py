import pytest


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "the 2 by 2 matrix 1, 2; 3, 4"),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "the column vector 1, 2"),
        (r"\begin{pmatrix} 1 & 2 \end{pmatrix}", "the row vector 1, 2"),
        (r"\begin{pmatrix} 1 \end{pmatrix}", "the 1 by 1 matrix 1"),
        (
            r"\begin{vmatrix} a & b \\ c & d \end{vmatrix} = 0",
            "the determinant of the 2 by 2 matrix a, b; c, d, equals 0",
        ),
        (r"\begin{Vmatrix} a & b \end{Vmatrix}", "the norm of the 1 by 2 matrix a, b"),
        (
            r"\begin{pmatrix} a+b+c & 0 \\ 0 & 1 \end{pmatrix}",
            "the 2 by 2 matrix row 1, a plus b plus c, 0; row 2, 0, 1",
        ),
        (
            r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}",
            "x, if x is greater than 0; 0, otherwise",
        ),
        (r"\begin{cases} x = 1 \\ y = 2 \end{cases}", "x equals 1; y equals 2"),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "a equals b; equals c"),
        (r"\begin{pmatrix} \end{pmatrix}", "the 0 by 0 matrix"),
    ],
)
def test_tables_in_the_natural_style(source, spoken, say):
    assert say(source) == spoken


def test_rows_are_named_in_the_explicit_style(say):
    assert (
        say(r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "explicit")
        == "the 2 by 2 matrix row 1, 1, 2; row 2, 3, 4"
    )


def test_the_size_is_left_out_in_the_brief_style(say):
    assert say(r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "brief") == "matrix 1, 2; 3, 4"


def test_a_system_in_a_brace_has_no_conditions(reader):
    cell = "<mtd><mi>x</mi></mtd><mtd><mo>=</mo></mtd><mtd><mn>1</mn></mtd>"
    pieces = reader.mathml(f"<mrow><mo>{{</mo><mtable><mtr>{cell}</mtr></mtable></mrow>")
    assert "".join(piece.text for piece in pieces) == "x equals 1"
