"""What the border rules are asked about the gaps of a draft."""

from gateway.app.text_data import text_data
from legato.domain.text import Break
from legato.text.borders import WAIT, Borders
from legato.text.draft import Draft
from legato.text.gaps import Gaps
from legato.text.lines import TEXT, Line, LineKind


def at_gap(text: str, word: int, *, nested: bool = False) -> tuple[Gaps, Draft, int]:
    draft = Draft()
    draft.buffer = text
    draft.word = word
    draft.gap = next(index for index in range(word, len(text)) if text[index].isspace())
    gaps = Gaps(draft, Borders(text_data("en").sentences, lambda _: False), nested=nested)
    gaps.end_word(draft.gap)
    at = next(index for index in range(draft.gap, len(text)) if not text[index].isspace())
    return gaps, draft, at


def test_a_gap_is_a_border_or_none() -> None:
    gaps, _, at = at_gap("He ran. Then", 3)
    assert gaps.between(at, final=False) is Break.SENTENCE
    gaps, _, at = at_gap("He ran away", 3)
    assert gaps.between(at, final=True) is None
    gaps.mark = Break.COMMA
    assert gaps.between(at, final=True) is Break.COMMA


def test_labels_of_a_list_are_followed() -> None:
    gaps, draft, at = at_gap("1. one 2. two", 0)
    assert gaps.between(at, final=False) is None
    gaps.begin_word(paragraph=False)
    draft.word, draft.gap = 3, 6
    gaps.end_word(6)
    assert gaps.between(7, final=False) is Break.SENTENCE
    draft.buffer = "1. one 2"
    assert gaps.between(7, final=False) == WAIT
    gaps.begin_item("7)")
    draft.buffer = "1. one 8) two"
    gaps.begin_word(paragraph=True)
    assert gaps.between(7, final=False) is Break.SENTENCE


def test_a_line_end_is_a_border_unless_the_line_was_wrapped() -> None:
    gaps, _, at = at_gap("short\nNext", 0)
    assert gaps.before_line(at, 1, TEXT, final=True) is Break.PARAGRAPH
    assert gaps.before_line(at, 2, TEXT, final=True) is Break.PARAGRAPH
    assert gaps.before_line(at, 1, Line(LineKind.BULLET, 1), final=True) is Break.PARAGRAPH
    gaps, _, at = at_gap("it was a cold \nnight", 9)
    assert gaps.before_line(at, 1, TEXT, final=True) is None
    gaps, _, at = at_gap("a line of the text\nnight", 14, nested=True)
    assert gaps.before_line(at, 1, TEXT, final=True) is None
    gaps, _, at = at_gap("x" * 70 + "\nNight", 0)
    assert gaps.before_line(at, 1, TEXT, final=True) is None
    gaps, _, at = at_gap("It ended.\nNight", 3)
    assert gaps.before_line(at, 1, TEXT, final=True) is Break.SENTENCE


def test_marks_that_need_no_space_know_their_quotes() -> None:
    draft = Draft()
    draft.buffer = "「行く。帰る。」次。"
    gaps = Gaps(draft, Borders(text_data("ja").sentences, lambda _: False), nested=False)
    assert gaps.wide(3, 4) is Break.CLAUSE
    draft.word = 4
    assert gaps.wide(6, 8) is Break.SENTENCE


def test_a_stop_before_a_capital() -> None:
    draft = Draft()
    draft.buffer = "world.The end"
    gaps = Gaps(draft, Borders(text_data("en").sentences, lambda _: False), nested=False)
    assert gaps.glued(5) is Break.SENTENCE
