import pytest


def kinds(node):
    return [f"{kid.kind} {kid.name}".strip() for kid in node.kids]


@pytest.mark.parametrize(
    ("source", "built"),
    [
        (r"\sqrt{2}", ["root"]),
        (r"\sqrt[3]{x}", ["root n"]),
        (r"\left( x \right)", ["fence ( )"]),
        (r"\left. x \right|", ["fence  |"]),
        (r"\left( x", ["fence ("]),
        (r"\left", ["fence"]),
        (r"\not=", ["sym ≠"]),
        (r"\not\in", ["sym ∉"]),
        (r"\not\to", ["row"]),
        (r"\not", ["sym ¬"]),
        (r"\overset{a}{b}", ["over"]),
        (r"\stackrel{a}{b}", ["over"]),
        (r"\underset{x}{\max}", ["script"]),
        (r"\xrightarrow[n]{f}", ["over"]),
        (r"\substack{a \\ b}", ["table substack"]),
        (r"\substack", ["row"]),
        (r"\abs{x}", ["fence | |"]),
        (r"\norm{x}", ["fence ‖ ‖"]),
        (r"\begin{equation} x \end{equation}", ["row"]),
        (r"\begin{unknown} x", ["row"]),
        (r"\begin", ["row"]),
    ],
)
def test_what_is_built(source, built, tree):
    assert kinds(tree(source)) == built


@pytest.mark.parametrize(
    ("source", "rows", "cells"),
    [
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", 2, 2),
        (r"\begin{array}{cc} 1 & 2 \\[2pt] 3 & 4 \\ \end{array}", 2, 2),
        (r"\begin{align*} a &= b \\ c &= d \end{align*}", 2, 2),
        (r"\begin{alignat}{2} a &= b \end{alignat}", 1, 2),
        (r"\begin{matrix} 1 & 2", 1, 2),
    ],
)
def test_tables_have_rows_and_cells(source, rows, cells, tree):
    (table,) = tree(source).kids
    assert len(table.kids) == rows
    assert {len(line.kids) for line in table.kids} == {cells}


def test_blocks_nest_to_a_bound(tree):
    for opener in (r"\begin{matrix}", r"\left(", r"\substack{", r"\sqrt[", r"\sqrt{"):
        assert tree(opener * 300).kind == "row"
