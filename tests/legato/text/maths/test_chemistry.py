import pytest

from legato.text.maths.chemistry import formula, parsed


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("\\text{CO}_2", "C O 2"),
        ("\\mathrm{H}_2\\mathrm{O}", "H 2 O"),
        ("\\text{PO}_4^{3-}", "P O 4 3 minus"),
        ("\\text{Ca}^{2+}", "C a 2 plus"),
        ("\\text{loss}_1", "loss sub 1"),
        ("\\text{CO}_n", "CO sub n"),
        ("\\text{CO}^x", "CO to the x"),
        (r"\ce{2H2 + O2 -> 2H2O}", "2 H 2 plus O 2 yields 2 H 2 O"),
        (r"\ce{NaCl}", "N a C l"),
        (r"\ce{SO4^2-}", "S O 4 2 minus"),
        (r"\ce{Na+}", "N a plus"),
        (r"\ce{^{14}_{6}C}", "14 6 C"),
        (r"\ce{A ->[heat] B}", "A yields B"),
        (r"\ce{N2 <=> X}", "N 2 is in equilibrium with X"),
        (r"\ce{CuSO4 * 5H2O}", "C u S O 4 dot 5 H 2 O"),
        (r"\ce{CH2=CH2}", "C H 2 double bond C H 2"),
        (r"\ce{CO2 ^}", "C O 2 gas"),
        (r"\ce{AgCl v}", "A g C l precipitate"),
        (r"\ce{NaCl (aq) }", "N a C l, aqueous"),
        (r"\ce{Ca(OH)2}", "C a O H 2"),
        (r"\ce{x}", "x"),
    ],
)
def test_an_equation_is_read_by_its_signs(source, spoken, say):
    assert say(source) == spoken


def test_an_upright_formula_is_told_from_an_index():
    assert formula("H_2O", 0, (0, 4)) is not None
    assert formula("x_{max}", 0, (0, 7)) is None
    assert formula("HO", 0, (0, 2)) is None


def test_every_node_is_inside_the_command():
    node = parsed("H2O", 4, (0, 8))
    assert [(kid.start, kid.end) for kid in node.kids] == [(4, 5), (5, 6), (6, 7)]
