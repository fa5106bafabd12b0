"""Where bare mathematics may stand in prose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.text.formulas import _MARKED, _SIGN, candidates, may_begin


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("so m = 5 kg, then", ["m = 5 kg"]),
        ('set dict["key"]; a->b now', ["a->b"]),
        ("set up[key]; x = 2y now", ["x = 2y"]),
        ("so arctan x = 2 and arcsin(x) holds", ["arctan x = 2", "arcsin(x)"]),
        ("80 g/m² paper", []),
        ("one in 10,000 (p < 0.001, 95% so) it", ["p < 0.001, 95%"]),
        ("one in 10,000 (p < 0.001) so", ["p < 0.001"]),
        ("worth ≈65M now", []),
        ("so e^{iπ} + 1 = 0 holds", ["e^{iπ} + 1 = 0"]),
        ("then ad = bc holds", ["ad = bc"]),
        ("und [x,p] = iħ ist", ["[x,p] = iħ"]),
        ("say f∼g if", ["f∼g"]),
        ("und o(g(x)) ist", ["o(g(x))"]),
        ("was ≈ 78.5 cm².", ["≈ 78.5 cm²"]),
        ("y=mx+b is", ["y=mx+b"]),
        ("the value sqrt(2) is", ["sqrt(2)"]),
        ("und log2(8) ist", ["log2(8)"]),
        ("so E = mc² holds", ["E = mc²"]),
        ("cost per m² is", []),
        ("take x_{i+1} now", ["x_{i+1}"]),
        ("We know x^2 + y^2 = z^2, so it holds", ["x^2 + y^2 = z^2"]),
        ("If f(x) = 2x then", ["f(x) = 2x"]),
        ("no sign here 5 of 6", []),
        ("see https://a.io/b?d=1 now", []),
        ("era di 3m³.", []),
        ("più 3x³.", ["3x³"]),
        ("ab^2 grows", ["ab^2"]),
        ("I = 5", ["= 5"]),
        ("= " * 200, []),
        ("users (n = 5) agreed", []),
        ("die (n = 1.500) und (n = 1 500)", []),
        ("users (n = 5m) agreed", ["n = 5m"]),
        ("so (a)(b) = c", ["(a)(b) = c"]),
        ("A 4×4 matrix", []),
        ("2×3 = 6", ["2×3 = 6"]),
        ("2×3 is six", ["2×3"]),
        ("at 3×10^8 m/s today", []),
        ("area πr² of", ["πr²"]),
        ("is 2πr long", ["2πr"]),
        ("and f(x) is", ["f(x)"]),
        ("50 km² of", []),
        ("und x² = 25", ["x² = 25"]),
        ("sind 3 m² da", []),
    ],
)
def test_what_in_prose_may_be_a_formula_is_found(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in candidates(text)] == found


@given(st.from_regex(_SIGN) | st.text())
def test_every_sign_holds_a_mark_that_is_looked_for_first(text):
    assert _SIGN.search(text) is None or _MARKED.search(text) is not None


@pytest.mark.parametrize("tail", ["AB = 3 cm, BC ", "with ax ", "and tan", "the mgh "])
def test_the_last_word_of_a_text_may_be_the_first_of_a_formula(tail: str) -> None:
    assert may_begin(tail)


@pytest.mark.parametrize("tail", ["", "we went home ", "AB = 3 cm, ", "the tan, ", "fantan ", "3log "])
def test_words_and_what_a_mark_ends_begin_no_formula(tail: str) -> None:
    assert not may_begin(tail)
