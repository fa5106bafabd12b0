from legato.domain.text import Break, Reading, Segment, TextLevel, WordSpan

SEGMENT = Segment(
    index=1,
    source_start=10,
    source_end=17,
    raw="*$3.50*",
    cleaned=Reading("$3.50", (WordSpan(0, 5, 11, 16),)),
    spoken=Reading("three dollars", (WordSpan(0, 5, 11, 16), WordSpan(6, 13, 11, 16))),
    ends_with=Break.SENTENCE,
)


def test_each_level_has_its_reading():
    assert SEGMENT.at(TextLevel.SPOKEN).text == "three dollars"
    assert SEGMENT.at(TextLevel.CLEANED).text == "$3.50"


def test_the_text_of_each_level_is_that_of_its_reading():
    for level in TextLevel:
        assert SEGMENT.text_at(level) == SEGMENT.at(level).text


def test_raw_is_the_clients_own_text_with_its_words_where_they_stand_in_it():
    raw = SEGMENT.at(TextLevel.RAW)
    assert raw.text == "*$3.50*"
    (word,) = raw.words
    assert raw.text[word.start : word.end] == "$3.50"
    assert (word.source_start, word.source_end) == (11, 16)


def test_marks_are_ordered_by_strength():
    assert Break.FORCED < Break.COMMA < Break.CLAUSE < Break.SENTENCE < Break.PARAGRAPH
