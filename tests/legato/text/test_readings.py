"""Readings are tidy lines whose words know their source."""

from dataclasses import replace

from legato.domain.text import Break, Reading, Segment
from legato.text.pieces import Piece
from legato.text.readings import ReadingBuilder, transcript


def built(*pieces: Piece, stop: bool = False) -> Reading:
    builder = ReadingBuilder()
    for piece in pieces:
        builder.add(piece)
    if stop:
        builder.close()
    return builder.build()


def test_spaces_are_single_and_none_at_the_ends() -> None:
    reading = built(Piece("  a ", 0, 4), Piece(" ", 4, 9, "clean/space"), Piece(" b ", 9, 12))
    assert reading.text == "a b"
    assert [(word.source_start, word.source_end) for word in reading.words] == [(2, 3), (10, 11)]


def test_what_a_dropped_piece_leaves_before_a_mark_goes() -> None:
    assert built(Piece("big ", 0, 4), Piece("", 4, 7, "cite"), Piece(". Next", 7, 13)).text == "big. Next"
    assert built(Piece("Oui ", 0, 4), Piece("!", 4, 5)).text == "Oui !"


def test_a_sentence_that_ends_within_quotes_has_no_second_stop() -> None:
    assert built(Piece("“Be yourself.”", 0, 14), stop=True).text == "“Be yourself.”"
    assert built(Piece("She said “no”", 0, 13), stop=True).text == "She said “no”."


def test_a_block_ends_with_one_stop() -> None:
    assert built(Piece("Title", 0, 5), stop=True).text == "Title."
    assert built(Piece("Why?", 0, 4), stop=True).text == "Why?"
    assert built(stop=True).text == ""


def test_words_of_one_rewriting_share_its_source() -> None:
    reading = built(Piece("at ", 0, 3), Piece("five dollars", 3, 5, "money"), Piece("!", 5, 6))
    assert [(word.source_start, word.source_end) for word in reading.words] == [(0, 2), (3, 5), (3, 6)]


def test_prose_in_several_pieces_knows_its_words_as_prose_in_one() -> None:
    one = built(Piece(" It is late now", 7, 22))
    several = built(Piece(" It is", 7, 13), Piece(" la", 13, 16), Piece("te now", 16, 22))
    assert one == several
    assert [(word.source_start, word.source_end) for word in one.words] == [
        (8, 10),
        (11, 13),
        (14, 18),
        (19, 22),
    ]


def test_a_transcript_is_spaced_as_its_source_was() -> None:
    def segment(raw: str, ends: Break = Break.SENTENCE) -> Segment:
        reading = Reading(raw.strip())
        return Segment(0, 0, len(raw), raw, reading, reading, ends)

    assert transcript([segment("你好。"), segment("好 "), segment("ok")]) == "你好。好 ok"
    assert transcript([segment("a", Break.PARAGRAPH), segment(""), segment("b"), segment(" c")]) == "a b c"
    tagged = [replace(segment("a"), raw="a <i></i>"), replace(segment("b"), raw="b<i>"), segment("c")]
    assert transcript(tagged) == "a bc"
    assert (
        transcript([replace(segment("a"), raw=">>>"), replace(segment("b"), raw="<i>"), segment("c")])
        == "abc"
    )


def test_a_pronunciation_covers_its_word_wherever_it_stands() -> None:
    builder = ReadingBuilder()
    for piece in (
        Piece("My ", 0, 3),
        Piece(" tomato ", 3, 9, "lexicon", "t\u0259m"),
        Piece("", 9, 10, "clean/tag"),
        Piece(", ok", 10, 14),
    ):
        builder.add(piece)
    reading = builder.build()
    assert reading.text == "My tomato, ok"
    assert [(reading.text[one.start : one.end], one.ipa) for one in reading.pronunciations] == [
        ("tomato", "t\u0259m")
    ]
