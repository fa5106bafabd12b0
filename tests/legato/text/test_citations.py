import pytest

from gateway.app.text_data import text_data
from legato.text.citations import citation_as_word
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings


def read(text, language="en", size=0):
    front = FrontEnd(text_data(language), TextSettings(language=language))
    step = size or len(text)
    segments = [one for at in range(0, len(text), step) for one in front.feed(text[at : at + step])]
    return " ".join(one.spoken.text for one in [*segments, *front.end()] if one.spoken.text)


@pytest.mark.parametrize("size", [0, 1, 3, 7])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Lee [1] and [2] agree.", "Lee reference one and reference two agree."),
        ("It is so [1], [2], and more.", "It is so, and more."),
        ("See refs. [5]–[7].", "See references five to seven."),
        ("It works [5]–[7].", "It works."),
        ("It works [5]–x.", "It works –x."),
        ("See [3] or [4].", "See reference three or reference four."),
        ("As shown in [1], it works.", "As shown in reference one, it works."),
        ("See [2] and [3, 4].", "See reference two and references three, four."),
        ("See [1][2, 3] now.", "See reference one, references two, three now."),
        ("It was proved in [2-4] for all.", "It was proved in references two to four for all."),
        ("It works [1].", "It works."),
        ("It works and [1] holds.", "It works and holds."),
        ("An index in [0, 1] is fine.", None),
        (
            "It ended.[1](https://a.org)[2](https://b.org/x_(y)) Next, 5%[12](#c).",
            "It ended. Next, five percent.",
        ),
        ("See [1] and 【4:0†source】.", "See reference one and reference four."),
        ("See 【4†source】 now, it is so【4†source】.", "See reference four now, it is so."),
        ("The word[1](https://a.org) is here.", "The word is here."),
        ("[1](https://a.org) and [2](https://a.org) are links.", "one and two are links."),
    ],
)
def test_a_citation_is_read_where_it_is_a_word_of_its_sentence(text, said, size):
    assert read(text, size=size) == (said or read(text))


@pytest.mark.parametrize(
    ("language", "before", "said"),
    [
        ("de-AT", "Wie in ", " Quelle 3"),
        ("fr", "Voir ", " référence 3"),
        ("es", "según ", " referencia 3"),
        ("it", "vedi ", " riferimento 3"),
        ("pt", "veja ", " referência 3"),
        ("nl", "zie ", " bron 3"),
        ("pl", "w ", ""),
        ("en", "within", ""),
    ],
)
def test_each_language_has_its_words(language, before, said):
    text = f"{before}[3]"
    assert citation_as_word(text, len(before), len(text), language) == said
    assert citation_as_word(f"{before}[^3]", len(before), len(text) + 1, language) == ""


def test_the_number_of_a_source_is_not_said_after_a_pause():
    front = FrontEnd(text_data("en"), TextSettings())
    segments = [*front.feed("It has ended now."), *front.idle(700)]
    assert [one.spoken.text for one in segments] == ["It has ended now."]
    segments = [*front.feed("[1](https://a.org) The next sentence."), *front.end()]
    assert " ".join(one.spoken.text for one in segments).split() == ["The", "next", "sentence."]


def test_its_words_know_their_source():
    front = FrontEnd(text_data("en"), TextSettings())
    (segment,) = [*front.feed("See [12] now."), *front.end()]
    sources = [(word.source_start, word.source_end) for word in segment.spoken.words]
    assert sources == [(0, 3), (4, 8), (4, 8), (9, 13)]
