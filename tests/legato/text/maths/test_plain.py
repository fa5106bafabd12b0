import pytest


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("x̄ = 5.2", "x bar equals 5.2"),
        ("v = 10 m/s²", "v equals 10 meters per second squared"),
        ("m = 1 kg", "m equals 1 kilogram"),
        ("y = 2 m + 1", "y equals 2 m plus 1"),
        ("y=mx+b", "y equals m x plus b"),
        ("arctan x = 2", "arc tangent x equals 2"),
        ("arcsin(1)", "arc sine of 1"),
        ("1/2 + 1/3 = 5/6", "one half plus one third equals 5 sixths"),
        ("F = 9/5 C + 32", "F equals 9 fifths C plus 32"),
        ("x^1/7 = 2", "x to the 1 over 7 equals 2"),
        ("1/7x = 5/6² = 2", "1 over 7 x equals 5 over 6 squared equals 2"),
        ("+5%, -10%, ±3%", "plus 5 percent, negative 10 percent, plus or minus 3 percent"),
        ("E = mc²", "E equals m c squared"),
        (
            "A = {1, 2} ∪ {x | x > 2}",
            "A equals the set 1, 2 union the set of all x such that x is greater than 2",
        ),
        ("x_{1} ∈ {a}", "x sub 1 is in the set a"),
        ("[x,p] = iħ", "the commutator of x and p equals i h bar"),
        ("f∼g", "f is similar to g"),
        ("d/dx(x³) = 3x²", "d d x of x cubed equals 3 x squared"),
        ("f(g(2))", "f of g of 2"),
        ("x = 5 cm²", "x equals 5 square centimeters"),
        ("o(g(x))", "little o of g of x"),
        ("sqrt(2)", "the square root of 2"),
        ("log2(8) = 3", "log base 2 of 8 equals 3"),
        ("log₂(8) = 3", "log base 2 of 8 equals 3"),
        ("max(a, b)", "the max of a and b"),
        ("x_{i+1} = x_i + h", "x sub i plus 1 equals x sub i plus h"),
        ("5 x 3 = 15", "5 times 3 equals 15"),
        ("a : b = c : d", "a to b equals c to d"),
        ("x^2 + y^2 = z^2", "x squared plus y squared equals z squared"),
        ("a/b", "a over b"),
        ("dy/dx", "d y d x"),
        ("√2 ≤ 3/2", "the square root of 2 is less than or equal to 3 halves"),
        ("∛8 = 2", "the cube root of 8 equals 2"),
        ("f(x) = 2x + 1", "f of x equals 2 x plus 1"),
        ("H2O", "H 2 O"),
        ("O2", "O 2"),
        ("2*3*4", "2 times 3 times 4"),
        ("3 < 5", "3 is less than 5"),
        ("n!", "n factorial"),
        ("O(n log n)", "big O of n log n"),
        ("x² + a₁ = 3", "x squared plus a sub 1 equals 3"),
        ("sqrt(x) >= 0", "the square root of x is greater than or equal to 0"),
        ("x^(n+1)", "x to the n plus 1 power"),
        ("pi = 3.14", "pi equals 3.14"),
        ("x -> infinity", "x goes to infinity"),
        ("x ∈ ℝ", "x is in R"),
        ("5 +- 2", "5 plus or minus 2"),
        (" x = 1 ", "x equals 1"),
        ("E = mc^2", "E equals m c squared"),
    ],
)
def test_mathematics_is_read(source, spoken, reader, sound):
    pieces = reader.plain(source)
    assert pieces is not None
    assert "".join(piece.text for piece in pieces) == spoken
    sound(pieces, source)


@pytest.mark.parametrize(
    "source",
    ["and/or", "snake_case", "C++", "#1", "10-20", "w/o", "1/2", "2024-01-02", "1:30", "v2.3.1", "x = foo()", "if x == 5:", "a -> b.c", "path/to/file",
     "R2D2", "B2B", "C3PO", "hello world", "I/O", "<3", ":-)", "=>", "<div>", "key=value", "https://a.b/c?d=1", "50%", "$5", "it is = x", "", " ", "^",
     "=", "x =", "x" * 5000, "H", "H1N1", "😀^2", "x // y", "sum(x) = 2"],
)  # fmt: skip
def test_everything_else_is_left_alone(source, reader):
    assert reader.plain(source) is None


def test_words_of_a_rewritten_formula_keep_their_place(reader):
    source = "x ≤ √2"
    pieces = {piece.text.strip(): source[piece.start : piece.end].strip() for piece in reader.plain(source)}
    assert pieces["is less than or equal to"] == "≤"
    assert pieces["2"] == "2"
