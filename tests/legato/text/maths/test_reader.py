import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from legato.text.maths.reader import MAX_READ, MAX_SOURCE, MathsData, MathsReader

ALPHABET = [
    "\\frac", "\\sqrt", "{", "}", "^", "_", "(", ")", "|", "\\left", "\\right", "[", "]", "x", "12", "+", "-", "\\begin{cases}", "\\end{cases}", "&", "\\\\",
    "\\text{", "$", "!", "'", "\\mid", "\\ce{", "\\SI{", "\\int", "\\sum", "\\over", "#a", "\\sin", "d", "=", "\\langle", "\\rangle", "\\|", "\\{", "\\}",
    ",", ":", "\\to", "°", "%", "\\not", "²", "\x00", "é", "\u202e", "\\mathbb", "\\operatorname{", "\\underbrace", "/", "f", "\\pmod", "\\substack{", " ",
    "<mi>", "</mi>", "&pi;", "\\hat", "~", "\\", "\\unit{",
]  # fmt: skip


@pytest.fixture(scope="module")
def readers(data):
    return [MathsReader(data, style) for style in ("natural", "explicit", "brief")]


def test_an_unknown_style_is_refused(data):
    with pytest.raises(ValueError, match="natural, explicit, brief"):
        MathsReader(data, "loud")


def test_the_data_is_offered_beside_the_reader(mappings):
    assert MathsReader(MathsData.parse("en", mappings)).latex("x")[0].text == "x"


@given(st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join) | st.text(max_size=60))
@settings(max_examples=150, deadline=None)
@example("\\left\\langle|")
@example("")
def test_whatever_comes_in_words_come_out(sound, readers, source):
    for reader in readers:
        sound(reader.latex(source), source)
        sound(reader.mathml(source), source)
        plain = reader.plain(source)
        if plain is not None:
            sound(plain, source)


def test_every_beginning_of_a_formula_is_read(reader, sound):
    source = r"x = \frac{-b \pm \sqrt[3]{b^{2} - 4ac}}{2a} \left\{ \begin{cases} \ce{H2O} & \text{if } \SI{3}{m} \end{cases} \right."
    for end in range(len(source) + 1):
        sound(reader.latex(source[:end]), source[:end])


@pytest.mark.volume
@pytest.mark.parametrize(
    "unit",
    ["{", "}", "^", "x^{", r"\frac{", r"\frac", "(", "()", "|", "|x", "'", "x!", r"\sqrt{", r"\left(", r"\begin{matrix}", r"\text{", r"\ce{", r"x\over ",
     r"\not", r"\langle x|", "a,", "a:", r"a\to ", r"\hat{", r"\text{$", r"\substack{", "x_a^b", r"\mathrm{^", r"\SI{1}{"],
)  # fmt: skip
def test_deep_and_long_input_is_bounded(unit, reader, sound):
    source = unit * (MAX_SOURCE // len(unit))
    pieces = reader.latex(source)
    sound(pieces, source)
    assert sum(len(piece.text) for piece in pieces) < 20 * len(source)


def test_a_formula_that_is_too_long_is_read_part_by_part(reader, sound):
    source = "x + " * 2000
    pieces = reader.latex(source)
    sound(pieces, source)
    assert sum(piece.text.strip() == "x" for piece in pieces) == 2000


def test_what_lies_beyond_an_hour_of_speech_is_silent(reader, sound):
    source = "x" * (MAX_READ + 5000)
    pieces = reader.latex(source)
    sound(pieces, source)
    assert sum(piece.text.strip() == "x" for piece in pieces) == MAX_READ


def test_what_says_nothing_is_one_silent_piece(reader):
    (piece,) = reader.latex(r"\,\;")
    assert (piece.text, piece.start, piece.end) == ("", 0, 4)
    assert reader.latex("") == []


def test_pieces_are_in_order_of_speech(reader):
    assert [piece.text for piece in reader.latex(r"\sqrt[3]{x}")] == ["the cube root of", " x"]


def test_digits_stay_digits(reader):
    assert "".join(piece.text for piece in reader.latex("12 + 3.5")) == "12 plus 3.5"


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        (
            r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}",
            "x equals negative b plus or minus the square root of b squared minus 4 a c, all over 2 a",
        ),
        ("f'(x) = 2x", "f prime of x equals 2 x"),
        (
            r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}",
            "the sum from n equals 1 to infinity of 1 over n squared equals pi squared over 6",
        ),
        (r"\sin^{-1} x", "inverse sine x"),
        (r"A^T A", "A transpose A"),
        (r"3 \le x < 5", "3 is less than or equal to x is less than 5"),
    ],
)
def test_formulas_of_every_day(source, spoken, say):
    assert say(source) == spoken
