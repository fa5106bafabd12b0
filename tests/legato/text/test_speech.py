"""One atom becomes what is said."""

from gateway.app.text_data import text_data
from legato.domain.text import Break
from legato.text.atoms import Atom, Block
from legato.text.borders import Borders
from legato.text.scanner import Scanner
from legato.text.settings import Fences, LexiconEntry, MathsStyle, TextSettings
from legato.text.speech import Speech


def said(text: str, carried: str = "", **options: object) -> tuple[str, str]:
    data = text_data("en")
    borders = Borders(data.sentences, lambda _: False)
    speech = Speech(data.words, data.maths[MathsStyle.NATURAL], borders, TextSettings(**options), data.emoji)  # type: ignore[arg-type]
    scanner = Scanner(borders)
    readings = [speech.read(atom, carried) for atom in scanner.feed(text) + scanner.finish()]
    cleaned = "".join(piece.text for reading in readings for piece in reading.cleaned)
    return cleaned, "".join(piece.text for reading in readings for piece in reading.spoken)


def test_cleaned_keeps_digits_and_spoken_reads_them() -> None:
    assert said("*5* cats") == ("5 cats", "five cats")
    assert said("$x_2$ is 3") == ("x sub 2 is 3", "x sub two is three")
    assert said("`a_b` x") == ("a_b x", "a b x")


def test_spans_are_read_by_kind() -> None:
    assert said("see [*the* `doc`](x)")[0] == "see the doc"
    assert said("~~a~~b")[0] == "b"
    assert said("| A | B |\n|--|--|\n| 1 | |\n")[1].strip() == "A: one"
    assert said("```\nx\n```\n", fences=Fences.ANNOUNCE)[1].strip() == "Code block."
    assert said("`x` y", speak_inline_code=False)[0] == " y"
    assert said("<math><mn>2</mn></math> y")[1] == "two y"
    assert said("[[[[[[a](b)](b)](b)](b)](b)](b)")[0].count("a") == 1


def test_the_lexicon_is_not_read_again() -> None:
    entry = LexiconEntry("K9", "kay 9")
    assert said("K9 ran 5 km", lexicon=(entry,))[1].startswith("kay 9 ran five")


def test_a_carried_word_is_not_said_twice() -> None:
    assert said("com is up", "example.")[1] == " dot com is up"
    assert said("Mr. Fox", "done.")[1] == "Mister Fox"
    assert (
        said("odd word", "done.")[1].split() == ["odd", "word"]
        or said("odd word", "done.")[1].split()[0] == "dot"
    )


def test_bare_formulas_are_read() -> None:
    assert said("so x^2 = 4 holds")[1] == "so x squared equals four holds"


def test_blocks_end_with_a_stop() -> None:
    assert Atom(0, "a", Break.PARAGRAPH).ends_block
    assert Atom(0, "a", Break.SENTENCE, Block.HEADING).ends_block
    assert not Atom(0, "a", Break.SENTENCE).ends_block
