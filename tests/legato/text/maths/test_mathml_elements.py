import pytest

X, Y, N, ONE = "<mi>x</mi>", "<mi>y</mi>", "<mi>n</mi>", "<mn>1</mn>"


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        (f"<mfrac>{X}{Y}</mfrac>", "x over y"),
        (f"<mfrac>{X}</mfrac>", "x"),
        (f'<mo>(</mo><mfrac linethickness="0">{N}{X}</mfrac><mo>)</mo>', "n choose x"),
        (f"<msqrt>{X}<mo>+</mo>{ONE}</msqrt>", "the square root of x plus 1"),
        (f"<mroot>{X}<mn>3</mn></mroot>", "the cube root of x"),
        (f"<msub>{X}{N}</msub>", "x sub n"),
        (f"<msup>{X}<mn>2</mn></msup>", "x squared"),
        (f"<msubsup>{X}{N}<mn>2</mn></msubsup>", "x sub n squared"),
        ("<msup><mi>f</mi><mo>′</mo></msup>", "f prime"),
        ("<msup><mi>f</mi><mrow><mo>″</mo></mrow></msup>", "f double prime"),
        (f"<msubsup><mi>f</mi>{ONE}<mo>′</mo></msubsup>", "f sub 1 prime"),
        (
            f"<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo>{ONE}</mrow>{N}</munderover>{X}",
            "the sum from i equals 1 to n of x",
        ),
        (
            f"<munder><mi>lim</mi><mrow>{X}<mo>→</mo><mn>0</mn></mrow></munder>{X}",
            "the limit as x approaches 0 of x",
        ),
        (f"<mover><mo>∑</mo>{N}</mover>", "the sum of to the n"),
        (f"<mover>{X}<mo>^</mo></mover>", "x hat"),
        (f"<mover>{X}<mo>→</mo></mover>", "vector x"),
        (f"<mover>{X}{Y}</mover>", "x with y above"),
        (f"<munder>{X}<mo>_</mo></munder>", "x underlined"),
        (f"<munderover>{X}{N}<mo>¯</mo></munderover>", "x bar sub n"),
        (f"<mmultiscripts><mi>C</mi><mi>k</mi><none/><mprescripts/>{N}<none/></mmultiscripts>", "n C sub k"),
        ("<mmultiscripts/>", ""),
        (f"<mfenced>{X}{Y}</mfenced>", "x, y"),
        (f'<mfenced open="|" close="|" separators="">{X}</mfenced>', "the absolute value of x"),
        (f'<menclose notation="radical">{X}</menclose>', "the square root of x"),
        (f'<menclose notation="box">{X}</menclose>', "x"),
        (
            f"<mo>(</mo><mtable><mtr><mtd>{X}</mtd><mtd>{Y}</mtd></mtr></mtable><mo>)</mo>",
            "the row vector x, y",
        ),
        (f"<mtable><mlabeledtr><mtd>{X}</mtd></mlabeledtr>{Y}</mtable>", "x; y"),
        (f"<maction>{X}{Y}</maction>", "x"),
        ("<mi>sin</mi><mi>x</mi>", "sine x"),
        ('<mi mathvariant="double-struck">R</mi>', "R"),
        ("<mn>1,000</mn>", "1000"),
        ("<mn>two</mn>", "two"),
        ("<mn>0xFF</mn>", "0xFF"),
        ("<mtext> if </mtext>", "if"),
        (f"<mphantom>{X}</mphantom><mspace/>", ""),
        (f"<mpadded>{X}</mpadded>", "x"),
        (f"{X}<mo> </mo>{Y}", "x y"),
        ("<mo>lim</mo>", "the limit of"),
        ("<mi>&#x2207;</mi>", "del"),
    ],
)
def test_an_element_is_read_and_its_pieces_lie_in_the_source(source, spoken, reader, sound):
    pieces = reader.mathml(f"<math>{source}</math>")
    assert "".join(piece.text for piece in pieces) == spoken
    sound(pieces, f"<math>{source}</math>")
