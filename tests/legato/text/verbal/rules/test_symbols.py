"""R16: signs and operators."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "ΔT and β-blockers", "delta T and beta-blockers"),
        ("en", "TGF-β1, 2π", "TGF-beta one, two pi"),
        ("en", "λόγος", "λόγος"),
        ("de", "α-Strahlung", "Alpha-Strahlung"),
        ("en", "5 +/- 2", "five plus or minus two"),
        ("en", "5 / 3 x", "five divided by three x"),
        ("de", "§§ 10–12", "Paragrafen zehn bis zwölf"),
        ("de", "und/oder", "und oder"),
        ("en", "kept ≤ 3 of", "kept at most three of"),
        ("en", "Word™ and Mark®", "Word and Mark"),
        ("en", "read/write.", "read slash write."),
        ("en", "open File > Save As > PDF", "open File then Save As then PDF"),
        ("en", "open File > Save", "open File then Save"),
        ("en", "Cats > Dogs", "Cats is greater than Dogs"),
        ("en", "hours/day", "hours per day"),
        ("en", "on, >=18", "on, at least eighteen"),
        ("en", "a && b", "a and b"),
        ("en", "x=5+3*2", "x equals five plus three times two"),
        ("en", "3 < 5", "three is less than five"),
        ("en", "3<5", "three is less than five"),
        ("en", "<3 you", "less than three you"),
        ("en", "a <= b", "a is less than or equal to b"),
        ("en", "1- 2 = 5", "one minus two equals five"),
        ("en", "y = 9 - x", "y equals nine minus x"),
        ("en", "x − 2", "x minus two"),
        ("en", "well-known", "well-known"),
        ("en", "foo*bar", "foo*bar"),
        ("en", "10 / 2", "ten divided by two"),
        ("en", "this / that", "this slash that"),
        ("en", "up/down", "up slash down"),
        ("en", "one/two", "one/two"),
        ("en", "R & B", "R and B"),
        ("en", "$ and %", "dollar and percent"),
        ("en", "f++", "f plus plus"),
        ("en", "2^10", "two to the power of ten"),
        ("de", "3 * 4", "drei mal vier"),
        ("ja", "a & b", "a & b"),
        ("en", "a/b", "a/b"),
        ("en", "(x) * 2", "(x) times two"),
        ("en", "* 2", "* two"),
        ("en", "- 2", "- two"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
