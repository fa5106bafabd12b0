"""What is read in one step is what all the steps would have made of it."""

import pytest

from gateway.app.text_data import text_data
from legato.domain.text import Break
from legato.text.atoms import Atom, Block, Span, SpanKind
from legato.text.borders import Borders
from legato.text.pieces import Piece
from legato.text.plain import plain
from legato.text.scanner import Scanner
from legato.text.settings import LexiconEntry, MathsStyle, TextSettings
from legato.text.speech import Speech

DATA = text_data("en")
BORDERS = Borders(DATA.sentences, lambda _: False)
UNUSED = (LexiconEntry("zzyzx", "zai zics"),)
"""With a lexicon every atom goes through all the steps."""
TEXTS = [
    "A sentence of some words that the voice is to speak.",
    "It costs $3.50, and 5 km are 3 miles. Dr. Smith was there in 1999!",
    " On May 5th at 5:30 p.m. we met; \"he said so\", didn't he? 'Yes'.",
    "Nothing here (and nothing there) is odd [sic] - 20% {of} it.\n\nA second paragraph, No. 5.",
    "Call 555-1234 or look at example.com. Then 1/2 cup & 3 eggs...",
    "# A heading\n- an item of 3\n1. first\n2. second\n\nLast",
    "Über 5 °C, naïve café x^2 + y = 3 and f(x) is odd.  Two  blanks.",
    "",
]


def readings(text, lexicon):
    settings = TextSettings(lexicon=lexicon)
    speech = Speech(DATA.words, DATA.maths[MathsStyle.NATURAL], BORDERS, settings, DATA.emoji)
    scanner = Scanner(BORDERS)
    return [speech.read(atom) for atom in scanner.feed(text) + scanner.finish()]


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_what_the_steps_make_of_it(text):
    assert readings(text, ()) == readings(text, UNUSED)


def test_numbers_are_read_and_keep_their_source():
    atom = Atom(10, "Room 5 is free", Break.SENTENCE)
    cleaned, spoken = plain(atom, DATA.words.read)
    assert cleaned == (Piece("Room 5 is free", 10, 24),)
    assert "".join(piece.text for piece in spoken) == "Room five is free"
    assert [(piece.start, piece.end) for piece in spoken if piece.rule] == [(15, 16)]


def test_what_nothing_changes_is_one_piece_for_both():
    cleaned, spoken = plain(Atom(0, "all is well", Break.SENTENCE), DATA.words.read)
    assert cleaned is spoken


@pytest.mark.parametrize(
    "atom",
    [
        Atom(0, "two  blanks", Break.SENTENCE),
        Atom(0, "is f(x) odd", Break.SENTENCE),
        Atom(0, "1. one", Break.SENTENCE, Block.ITEM),
        Atom(0, "a b", Break.SENTENCE, spans=(Span(SpanKind.CODE, 0, 1, 0, 1),)),
        Atom(0, "", Break.SENTENCE),
    ],
)
def test_the_rest_needs_more_than_that(atom):
    assert plain(atom, DATA.words.read) is None
