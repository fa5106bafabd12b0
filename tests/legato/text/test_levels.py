"""What is said becomes pieces of a text level."""

import pytest

from gateway.app.text_data import text_data
from legato.text.levels import Levels, Said
from legato.text.lexicon import Lexicon
from legato.text.pieces import Piece
from legato.text.settings import LexiconEntry, MathsStyle


def levels(*entries: LexiconEntry) -> Levels:
    data = text_data("en")
    return Levels(data.words.read, data.maths[MathsStyle.NATURAL].plain, Lexicon(entries))


def parts(*said: tuple[str, bool, bool]) -> list[Said]:
    """Pieces one after the other, each with whether it is `done` and `kept`."""
    made, at = [], 0
    for text, done, kept in said:
        made.append(Said(Piece(text, at, at + len(text)), done=done, kept=kept))
        at += len(text)
    return made


def joined(pieces) -> str:
    return "".join(piece.text for piece in pieces)


def test_only_the_spoken_level_reads_numbers() -> None:
    said = parts(("5 cats, ", False, False), ("x sub 2", True, False))
    assert joined(levels().cleaned(said)) == "5 cats, x sub 2"
    assert joined(levels().spoken(said, "")) == "five cats, x sub two"


def test_what_is_kept_is_said_as_it_is_written() -> None:
    assert joined(levels().spoken(parts(("5 ", False, False), ("3.5", True, True)), "")) == "five 3.5"


def test_bare_formulas_are_read_in_prose() -> None:
    assert joined(levels().spoken(parts(("so x^2 = 4 holds", False, False)), "")) == (
        "so x squared equals four holds"
    )


def test_the_lexicon_respells_and_is_not_read_again() -> None:
    said = parts(("K9 ran 5 km", False, False))
    own = levels(LexiconEntry("K9", "kay 9"))
    assert joined(own.cleaned(said)) == "kay 9 ran 5 km"
    assert joined(own.spoken(said, "")) == "kay 9 ran five kilometers"
    assert joined(levels(LexiconEntry("K9", "kay 9", cleaned_too=False)).cleaned(said)) == "K9 ran 5 km"


@pytest.mark.parametrize(("carried", "said"), [("example.", " dot com is up"), ("", "com is up")])
def test_a_carried_word_is_read_on_and_not_said_twice(carried: str, said: str) -> None:
    assert joined(levels().spoken(parts(("com is up", False, False)), carried)) == said


def test_pieces_keep_their_sources() -> None:
    said = parts(("5 ", False, False), ("", False, False), ("cats", False, False))
    pieces = list(levels().spoken(said, ""))
    assert joined(pieces) == "five cats"
    assert (pieces[0].start, pieces[-1].end) == (0, 6)
