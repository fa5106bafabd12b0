"""Growing text becomes atoms."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.app.text_data import text_data
from legato.domain.text import Break
from legato.text.atoms import Atom, Block, SpanKind
from legato.text.borders import Borders
from legato.text.gaps import Gaps
from legato.text.scanner import Scanner


def scanner(**options: bool) -> Scanner:
    return Scanner(Borders(text_data("en").sentences, lambda _: False), **options)


def whole(text: str, **options: bool) -> list[Atom]:
    scan = scanner(**options)
    return scan.feed(text) + scan.finish()


def atoms(text: str, **options: bool) -> list[str]:
    scan = scanner(**options)
    found = [atom for char in text for atom in scan.feed(char)] + scan.finish()
    assert [atom.text for atom in found] == [atom.text for atom in whole(text, **options)]
    assert "".join(atom.text for atom in found) == text
    return [atom.text for atom in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi. Go", ["Hi. ", "Go"]),
        ("你好。好", ["你好。", "好"]),
        ("好。 好", ["好。 ", "好"]),
        ("# A\n- b\n> c\n\n---\nd", ["# A\n", "- b\n", "> c\n\n", "---\n", "d"]),
        ("a `x. Y` b", ["a `x. Y` b"]),
        ("a<br>b", ["a<br>", "b"]),
        ("world.The end", ["world.", "The end"]),
        ("a.The", ["a.The"]),
        ("https://a.b/[x](y) z", ["https://a.b/[x](y) z"]),
        ("ok!好", ["ok!", "好"]),
        ("1. One\n2. Two", ["1. One\n", "2. Two"]),
        ("[^1]: gone\nText", ["[^1]: gone\n", "Text"]),
        ("a\\*b $x", ["a\\*b $x"]),
    ],
)
def test_borders_are_found_however_it_comes(text: str, found: list[str]) -> None:
    assert atoms(text) == found


def test_spans_and_blocks_are_noted() -> None:
    (heading, row) = whole("# A `b`\n| c | d |\n")[:2]
    assert heading.block is Block.HEADING
    assert [span.kind for span in heading.spans] == [SpanKind.MARKER, SpanKind.CODE]
    assert row.block is Block.ROW


def test_long_runs_are_cut_where_they_may_be() -> None:
    assert [len(part) for part in atoms("x" * 900)] == [400, 400, 100]
    assert [len(part) for part in atoms("中" * 100)] == [80, 20]
    assert len(atoms("a " + "\u0301" * 9)) == 1
    assert [len(part) for part in atoms("a" + " " * 2500)] == [1001, 1000, 500]


def test_hidden_text_is_let_go_and_what_follows_is_read() -> None:
    scan = scanner()
    found = scan.feed("<think>" + "x. " * 500)
    assert found
    assert scan.hiding
    assert scan.guarded
    assert scan.feed("</think>Hi. ") == []
    assert not scan.hiding
    assert [atom.text[-4:] for atom in scan.feed("Go")] == ["Hi. "]
    (fenced,) = whole("```\nx\n```\n")
    assert fenced.spans[0].kind is SpanKind.FENCE


def test_a_cut_leaves_the_word_that_is_not_understood() -> None:
    scan = scanner()
    scan.feed("We ran. wel")
    assert scan.last_word in {"ran.", "wel"}
    scan = scanner()
    scan.feed("We ran.\n1")
    assert scan.settled == "We ran.\n"
    assert not scan.guarded
    atom = scan.cut(Break.SENTENCE)
    assert atom is not None
    assert (atom.text, atom.mid_word) == ("We ran.\n", False)
    assert scan.pending == "1"
    assert [atom.block for atom in scan.feed(". One") + scan.finish()] == [Block.ITEM]


def test_nothing_to_cut() -> None:
    assert scanner().cut(Break.SENTENCE) is None
    scan = scanner()
    scan.feed("We ran *")
    assert scan.guarded


def test_inside_a_span_and_in_ssml_there_are_no_blocks() -> None:
    assert atoms("- a\nb", nested=True) == ["- a\nb"]
    assert atoms("# a\n*b*", markup=False) == ["# a\n*b*"]


_BITS = st.sampled_from(
    ["a", "word", "Two", "is", "then", "and", "1.", "(a)", "b)", "e.g.", '"', "'", "(", ")", ",", ".", "!", ":", "`", "*", "_", "#", "|", "$", "<b>", "</b>", "[x](y)", "www.a.b", "http://", "é", "你", "。", "-", "5"]
    + [" "] * 12
    + ["  ", "\n", ", ", ". ", "- ", "# "]
)  # fmt: skip


@given(st.lists(_BITS, max_size=40), st.integers(1, 9), st.booleans(), st.booleans())
def test_plain_words_that_are_passed_at_once_change_nothing(
    bits: list[str], size: int, markup: bool, nested: bool
) -> None:
    text = "".join(bits)
    pieces = ["".join(piece) for piece in itertools.zip_longest(*[iter(text)] * size, fillvalue="")]

    def found() -> list[Atom]:
        scan = scanner(markup=markup, nested=nested)
        return [atom for piece in pieces for atom in scan.feed(piece)] + scan.finish()

    passed = found()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Gaps, "pass_plain_words", lambda _: None)
        assert found() == passed
