import pytest


def text(pieces):
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("<math><mi>x</mi><mo>+</mo><mn>1</mn></math>", "x plus 1"),
        ('<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math>', "x"),
        ("<mi>x</mi><mo>&le;</mo><mi>&pi;</mi>", "x is less than or equal to pi"),
        ("<mi>x</mi><mo>&#x2264;</mo><mn>2</mn>", "x is less than or equal to 2"),
        ("<mi>f</mi><mo>&ApplyFunction;</mo><mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>", "f of x"),
        ("<mtext>a &lt; b</mtext>", "a < b"),
        ("<semantics><mi>x</mi><annotation>x_y</annotation></semantics>", "x"),
        ("<mi>x</mi><mo>&bogus;</mo>", "x"),
        ("<mi>x</mi><mo>=", "x ="),
        ("plain", ""),
        ("", ""),
        ("<mi>é</mi><mo>=</mo><mi>x</mi>", "é equals x"),
        ("x" * 50_000, "x" * 50_000),
        ("<mrow>" * 3000 + "<mi>x</mi>" + "</mrow>" * 3000, ""),
        ('<!DOCTYPE a [<!ENTITY b "c">]><mi>b</mi>', "b"),
        ("<mi>\ud800</mi>", ""),
    ],
)
def test_markup_is_read_whatever_it_is(source, spoken, reader, sound):
    pieces = reader.mathml(source)
    if "DOCTYPE" not in source:
        assert text(pieces) == spoken
    sound(pieces, source)


def test_pieces_know_their_element(reader):
    source = "<mfrac><mi>é</mi><mi>b</mi></mfrac>"
    first = reader.mathml(source)[0]
    assert source[first.start : first.end].endswith("<mi>é</mi>")
