"""How the text inside SSML's elements is delivered."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.app.text_data import text_data
from legato.domain.delivery import PLAIN, Delivery, Emphasis, Stress
from legato.domain.text import Break, Segment
from legato.text.directions import DEEPEST
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings
from tests.plays.text_promises import segmented


def cut(text: str, chars: int) -> list[Segment]:
    return segmented(text, [chars], TextSettings(ssml=True))


def told(text: str) -> list[tuple[str, Delivery]]:
    """What is said, and how; the same for every chunking."""
    whole = cut(text, max(1, len(text)))
    assert "".join(segment.raw for segment in whole) == text
    for chars in (1, 2, 3, 7):
        assert cut(text, chars) == whole
    return [(segment.spoken.text, segment.delivery) for segment in whole if segment.spoken.text]


def emphasised(text: str) -> list[tuple[str, Stress]]:
    return [
        (segment.spoken.text[one.start : one.end], one.stress)
        for segment in cut(text, 5)
        for one in segment.spoken.emphases
    ]


def test_a_segment_ends_where_the_delivery_changes() -> None:
    assert told('This is <prosody rate="75%" pitch="+2st" volume="-6dB">very slow</prosody>. Then on.') == [
        ("This is", PLAIN),
        ("very slow.", Delivery(rate=0.75, pitch=2.0, volume=-6.0)),
        ("Then on.", PLAIN),
    ]


def test_what_asks_for_nothing_new_ends_no_segment() -> None:
    assert [said for said, _ in told('One <prosody rate="medium">two</prosody> three.')] == ["One two three."]
    assert told('<speak><prosody rate="fast"></prosody>Hello there.</speak>') == [("Hello there.", PLAIN)]


def test_elements_inside_one_another_add_up_and_names_start_anew() -> None:
    assert told(
        '<prosody rate="50%" pitch="-2st">a <prosody rate="120%" pitch="+3st">b</prosody> c</prosody>'
    ) == [
        ("a", Delivery(rate=0.5, pitch=-2.0)),
        ("b", Delivery(rate=0.6, pitch=1.0)),
        ("c", Delivery(rate=0.5, pitch=-2.0)),
    ]
    assert told('<prosody rate="50%">a <prosody rate="fast">b</prosody></prosody>')[1] == (
        "b",
        Delivery(rate=1.3),
    )


def test_voices_and_languages_are_names() -> None:
    assert told('<voice name="anna">Hi. <lang xml:lang="fr-FR">Salut.</lang></voice> Bye.') == [
        ("Hi.", Delivery(voice="anna")),
        ("Salut.", Delivery(voice="anna", language="fr-FR")),
        ("Bye.", PLAIN),
    ]


def test_a_language_is_read_in_both_spellings() -> None:
    assert told('<lang xml:lang="fr_FR">Salut.</lang>') == [("Salut.", Delivery(language="fr-FR"))]


@pytest.mark.parametrize(
    "text",
    [
        "</prosody>hi",
        '<prosody rate="fast"/>hi',
        '<prosody rate="fast"><speak>hi',
        '<voice gender="female">hi</voice>',
        "<lang>hi</lang>",
        '<lang xml:lang="not a tag!">hi</lang>',
        '<emphasis level="none">hi</emphasis>',
        f'<voice name="{"x" * 200}">hi</voice>',
    ],
)
def test_a_tag_that_asks_for_nothing_readable_changes_nothing(text: str) -> None:
    assert told(text) == [("hi", PLAIN)]


def test_a_closing_tag_ends_what_is_open_inside() -> None:
    assert told('<prosody rate="fast">a <voice name="b">c</prosody> d')[-1] == ("d", PLAIN)


def test_marks_behind_closing_tags_belong_to_what_they_end() -> None:
    assert [said for said, _ in told('<prosody rate="slow">a <prosody rate="fast">b</prosody></prosody>." And c')] == [
        "a",
        'b."',
        "And c",
    ]  # fmt: skip


def test_a_change_keeps_the_mark_before_it() -> None:
    found = cut('Well, <prosody rate="slow">yes.</prosody> <prosody rate="fast">Dr.</prosody> X', 3)
    assert [segment.ends_with for segment in found] == [
        Break.COMMA,
        Break.SENTENCE,
        Break.FORCED,
        Break.SENTENCE,
    ]


def test_emphasis_is_of_words_and_ends_no_segment() -> None:
    text = 'It is <emphasis level="strong">really big</emphasis>, <emphasis>and</emphasis> <emphasis level="reduced">so</emphasis> on.'
    assert [said for said, _ in told(text)] == ["It is really big, and so on."]
    assert emphasised(text) == [
        ("really big", Stress.STRONG),
        ("and", Stress.MODERATE),
        ("so", Stress.REDUCED),
    ]
    (segment,) = cut(text, 9)
    assert segment.cleaned.emphases[0] == Emphasis(6, 16, Stress.STRONG)


def test_emphasis_runs_on_over_segments_and_pauses_inside_itself() -> None:
    text = '<emphasis>One two. <emphasis level="none">Three</emphasis> four. <break time="1s"/>Five.'
    assert [said for said, _ in emphasised(text)] == ["One two", "four", "Five"]


def test_emphasis_of_a_figure_is_of_all_its_words() -> None:
    assert emphasised("Pay <emphasis>$3.50</emphasis> now") == [
        ("three dollars and fifty cents", Stress.MODERATE)
    ]


def test_what_cannot_be_read_is_told_once() -> None:
    text = '<prosody contour="(0%,+20Hz)" rate="brisk">a</prosody> <prosody rate="brisk">b</prosody> <emphasis level="x">c</emphasis> <mark name="m"/>'
    found = [name for segment in cut(text, 4) for name in segment.ignored]
    assert found == ["prosody contour", "prosody rate", "emphasis", "mark"]


def test_depth_is_bounded() -> None:
    deep = DEEPEST + 10
    text = '<prosody rate="99%">' * deep + "in" + "</prosody>" * deep + " out"
    assert told(text)[-1] == ("out", PLAIN)


def test_each_tag_is_a_rule_of_its_own() -> None:
    front = FrontEnd(text_data("en"), TextSettings(ssml=True))
    segments = front.feed('A <emphasis>b</emphasis> <prosody rate="slow">c</prosody>. ') + front.end()
    rules = {piece.rule for segment in segments for piece in front.explain(segment)}
    assert {"ssml/emphasis", "ssml/prosody"} <= rules


_BITS = st.sampled_from(
    [
        '<prosody rate="slow">', '<prosody rate="+10%" pitch="high">', '<prosody volume="loud">', "</prosody>", "<emphasis>",
        '<emphasis level="strong">', "</emphasis>", '<voice name="b">', "</voice>", '<lang xml:lang="de">', "</lang>", "<s>", "</s>",
        '<break time="300ms"/>', "Dr. ", "Hello there. ", "$3.50", ", and", " so", ".", '"', " ", "<", "</pros", "5 < 6", "<speak>",
        "</speak>", '<say-as interpret-as="digits">42</say-as>', '<mark name="m"/>', "\n",
    ]
)  # fmt: skip


@given(st.lists(_BITS, max_size=20), st.lists(st.integers(1, 9), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_words_manner_and_sources_are_the_same_in_every_chunking(bits: list[str], sizes: list[int]) -> None:
    text = "".join(bits)
    whole = cut(text, max(1, len(text)))
    front = FrontEnd(text_data("en"), TextSettings(ssml=True))
    found, at, turn = [], 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        found += front.feed(text[at : at + size])
        at, turn = at + size, turn + 1
    assert found + front.end() == whole
    assert "".join(segment.raw for segment in whole) == text
    for segment in whole:
        for reading in (segment.spoken, segment.cleaned):
            assert all(0 <= one.start < one.end <= len(reading.text) for one in reading.emphases)
