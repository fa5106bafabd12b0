"""R12 R13 R14 R15 R16: the text front end of one utterance, heard from outside."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.app.text_data import text_data
from legato.domain.text import Break, Segment, TextLevel
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import Emoji, Fences, LexiconEntry, TextSettings, Thresholds

FAR = 10**9
SENTENCES = Thresholds(
    first_min_chars=1, min_chars=1, first_clause_chars=FAR, first_max_chars=FAR, soft_chars=FAR, max_chars=FAR
)
TEXTS = [
    "Good morning! Dr. Jones paid $4.20 for 3.5 kg of apples, e.g. red ones. See you at 5:30 p.m. tomorrow.",
    "# Plan\n\n1. Buy **milk**\n2. Call _Ann_ on 555-0100\n\n| City | People |\n|---|---|\n| Oslo | 700,000 |\n\nDone.",
    "<think>Secret. Do not say.</think>The root of $x^2 = 4$ is \\(\\pm 2\\). Use `main.py`, not `a_b`.\n```py\nx = 1\n```\nEnd.",
    "I live in the U.S. It is big [1]. Visit https://a.example/b_c?d=1. Mail me at jo.doe@example.com, ok? 3 < 5 and 2*3*4.",
    "今日は3時です。「行くよ。」と彼は言った。次は（多分）明日です！",
    "so we went on and on through the long green valley and over the quiet hills until the road came down to the sea at last",
    'He said, "Stop. Now!" Then he left — quickly; nobody knew why, but Jan. 5, 2025 was the day. Henry VIII came in 1509.',
    "Un café\u0301 👍🏽 naïve \u202eevil\u202c <b>bold</b><br/>next ~~gone~~ C++ #1 snake_case <3",
]  # fmt: skip
HOSTILE = "{}[]()<>$`*_~\\|#-!.?。，\"'“” \n\t0123aZé\u0301\u200d\u202e👍中あ&;:/@^="


def front(language: str = "en", **options: object) -> FrontEnd:
    return FrontEnd(text_data(language), TextSettings(language=language, **options))  # type: ignore[arg-type]


def heard(text: str, language: str = "en", **options: object) -> list[str]:
    talk = front(language, **{"thresholds": SENTENCES, **options})
    found = [segment for token in text for segment in talk.feed(token)] + talk.end()
    assert "".join(segment.raw for segment in found) == text
    return [segment.spoken.text for segment in found if segment.spoken.text]


def words(segments: list[Segment]) -> list[str]:
    said = unicodedata.normalize("NFC", transcript(segments)).lower()
    return "".join(" " if unicodedata.category(char)[0] == "P" else char for char in said).split()


def pieces(text: str, cuts: list[int]) -> list[str]:
    at = sorted({cut % (len(text) + 1) for cut in cuts})
    return [text[left:right] for left, right in zip([0, *at], [*at, len(text)], strict=True)]


@pytest.mark.volume
@settings(max_examples=300, deadline=None)
@given(text=st.sampled_from(TEXTS), cuts=st.lists(st.integers(0, 10**6), max_size=60))
def test_the_same_segments_for_every_chunking(text: str, cuts: list[int]) -> None:
    whole = front()
    expected = whole.feed(text) + whole.end()
    talk = front()
    assert [segment for token in pieces(text, cuts) for segment in talk.feed(token)] + talk.end() == expected


@pytest.mark.volume
@settings(max_examples=300, deadline=None)
@given(
    text=st.sampled_from(TEXTS),
    cuts=st.lists(st.integers(0, 10**6), max_size=40),
    gaps=st.lists(st.sampled_from([0, 119, 120, 350, 700, 1999]), min_size=41, max_size=41),
    leads=st.lists(st.sampled_from([None, 0.0, 900.0, 9000.0]), min_size=41, max_size=41),
)
def test_the_same_words_for_every_timing_and_lead(
    text: str, cuts: list[int], gaps: list[int], leads: list[float | None]
) -> None:
    whole = front()
    expected = words(whole.feed(text) + whole.end())
    talk = front()
    found: list[Segment] = []
    for token, gap, lead in zip(pieces(text, cuts), gaps, leads, strict=False):
        found += talk.feed(token)
        if lead is not None:
            talk.set_lead(lead)
        wait = talk.idle_wait_ms
        cut = talk.idle(gap)
        assert bool(cut) == (wait is not None and wait <= gap)
        found += cut
    assert words(found + talk.end()) == expected


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(alphabet=HOSTILE, max_size=200) | st.text(max_size=80),
    cuts=st.lists(st.integers(0, 10**6), max_size=20),
    events=st.lists(st.sampled_from(["flush", "idle", "none", "lead"]), min_size=21, max_size=21),
)
def test_nothing_is_lost_whatever_happens(text: str, cuts: list[int], events: list[str]) -> None:
    talk = front()
    found: list[Segment] = []
    fed = 0
    for token, event in zip(pieces(text, cuts), events, strict=False):
        found += talk.feed(token)
        fed += len(token)
        found += {"flush": talk.flush, "idle": lambda: talk.idle(2000)}.get(event, list)()
        assert talk.pending_chars == fed - sum(len(segment.raw) for segment in found)
    found += talk.end()
    assert "".join(segment.raw for segment in found) == text
    at = 0
    for index, segment in enumerate(found):
        assert (segment.index, segment.source_start, segment.source_end) == (index, at, at + len(segment.raw))
        at = segment.source_end
        for reading in (segment.cleaned, segment.spoken):
            assert [reading.text[word.start : word.end] for word in reading.words] == reading.text.split()
            assert all(0 <= word.source_start <= word.source_end <= len(text) for word in reading.words)


@pytest.mark.volume
@pytest.mark.parametrize("step", [1, 40, 15_000])
@pytest.mark.parametrize(
    "sign",
    [
        "{", "[", "<a ", "<a>", "<b>x</b>", "$a", "` ", "`", "```", "|a", "(", "\\", "*", "'a ", "[a](b", "中", "。", "e\u0301", "> ", ">", "- ",
        "<think>", "http://", "\\frac{", "\\n", "$ ",
    ],
)  # fmt: skip
def test_nothing_is_held_without_bound(sign: str, step: int) -> None:
    talk = front()
    text = sign * (15_000 // len(sign))
    most = 0
    for at in range(0, len(text), step):
        talk.feed(text[at : at + step])
        most = max(most, talk.pending_chars)
    talk.end()
    assert most <= 4_100


def test_a_long_word_of_tags_is_cut_between_them() -> None:
    assert heard("<b>" * 500 + "said" + "</b>" * 500) == ["said"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mr. Fox ran. He hid.", ["Mister Fox ran.", "He hid."]),
        ("- one\n- two", ["one.", "two"]),
        ("## Title\nBody text", ["Title.", "Body text"]),
        ("> quoted\n\nplain", ["quoted.", "plain"]),
        ("A **bold** _word_ and a [link](http://x.y/(z)) here", ["A bold word and a link here"]),
        ("![a cat](cat.png) sleeps[^1].", ["a cat sleeps."]),
        ("See [1][2, 3] now.\n\n[^1]: A note\n", ["See reference one, references two, three now."]),
        ("It works [1][2, 3] now.\n\n[^1]: A note\n", ["It works now."]),
        ("| A | B |\n|---|---|\n| x | y |\n", ["A: x, B: y."]),
        ("| x | y |\n| z | w |\n", ["x, y.", "z, w."]),
        ("```\ncode here\n```\nAfter", ["After"]),
        ("Before\n\n---\n\nAfter", ["Before.", "After"]),
        ("Hi &amp; bye &#9731;", ["Hi and bye ☃"]),
        ("Hello <name>, hi", ["Hello name, hi"]),
        ("one\\n\\nTwo", ["one.", "Two"]),
        ("We know x^2 = 9 here", ["We know x squared equals nine here"]),
        ("<p>First</p><!-- no --><p>Second</p>", ["First.", "Second."]),
        ("<math><mi>x</mi><mo>+</mo><mn>1</mn></math> grows", ["x plus one grows"]),
        ("\ufeffa\x00b\u200bc", ["abc"]),
        ("👍🎉", []),
        ("Chapter 1..........12", ["Chapter one twelve"]),
    ],
)  # fmt: skip
def test_markup_is_not_heard(text: str, said: list[str]) -> None:
    assert heard(text) == said


def test_policies_are_obeyed() -> None:
    assert heard("Run `ls` now", speak_inline_code=False) == ["Run now"]
    assert heard("```\nx\n```\n", fences=Fences.ANNOUNCE) == ["Code block."]
    assert heard("```\nx\n```\n", "fr-CA", fences=Fences.ANNOUNCE) == ["Bloc de code."]
    assert heard("```\nx\n```\n", "pl", fences=Fences.ANNOUNCE) == ["Code block."]
    assert heard("Nice 🎉", emoji=Emoji.NAME) == ["Nice party popper."]


def test_the_lexicon_comes_first() -> None:
    entries = (LexiconEntry("GIF", "jiff"), LexiconEntry("New Foo", "noofoo", match_case=True))
    assert heard("A gif of New Foo and new foo.", lexicon=entries) == ["A jiff of noofoo and new foo."]


def test_ssml_is_obeyed() -> None:
    text = '<speak>Hi <sub alias="World Wide Web">WWW</sub>.<break time="1s"/>2 * 3 *stars*</speak>'
    assert heard(text, ssml=True) == ["Hi World Wide Web.", "two times three *stars*"]


def test_the_first_segment_leaves_at_the_first_clause() -> None:
    talk = front()
    assert talk.feed("Well, the first thing you should know, ") == []
    assert [segment.raw for segment in talk.feed("my friend")] == ["Well, the first thing you should know, "]
    assert talk.pending_chars == len("my friend")


def test_a_run_on_does_not_wait_for_its_end() -> None:
    talk = front()
    first = talk.feed(TEXTS[5])[0]
    assert len(first.raw) <= 90
    assert first.ends_with is Break.FORCED


@pytest.mark.parametrize(
    ("held", "gap", "said"),
    [
        ("Sure thing.", 120, "Sure thing."),
        ("Sure thing.", 119, None),
        ("Sure thing, ", 350, "Sure thing,"),
        ("Sure thing, ", 349, None),
        ("It ends at 3.", 1999, None),
        ("Ask Dr.", 1999, None),
        ("Type `exit.", 1999, None),
        ("It ends at 3.", 2000, "It ends at three."),
        ("<think>never.", 9999, None),
    ],
)
def test_an_idle_moment_cuts_only_what_is_sure(held: str, gap: int, said: str | None) -> None:
    talk = front()
    talk.feed(held)
    found = [segment.spoken.text for segment in talk.idle(gap) if segment.spoken.text]
    assert found == ([said] if said else [])


def test_a_word_that_goes_on_after_an_idle_cut_is_heard_whole() -> None:
    talk = front()
    talk.feed("Visit example.")
    assert [segment.spoken.text for segment in talk.idle(120)] == ["Visit example."]
    talk.feed("com today.")
    assert [segment.spoken.text for segment in talk.end()] == ["dot com today."]


def test_flush_speaks_everything_and_goes_on() -> None:
    talk = front()
    talk.feed("Half a")
    assert [segment.spoken.text for segment in talk.flush()] == ["Half a"]
    assert talk.flush() == []
    talk.feed(" sentence")
    assert [segment.spoken.text for segment in talk.end()] == ["sentence"]


def test_words_know_their_source() -> None:
    talk = front()
    text = "Pay **$3.50** to Dr. Who."
    (segment,) = talk.feed(text) + talk.end()
    sources = {
        segment.spoken.text[word.start : word.end]: text[word.source_start : word.source_end]
        for word in segment.spoken.words
    }
    assert sources["three"] == sources["cents"] == "$3.50"
    assert sources["Doctor"] == "Dr."
    assert sources["Who."] == "Who."
    assert segment.at(TextLevel.CLEANED).text == "Pay $3.50 to Dr. Who."
    assert [piece.rule for piece in talk.explain(segment) if piece.text] == ["en.money", "en.title"]


def test_high_lead_joins_sentences() -> None:
    text = "One short sentence is here now. " * 12
    low, high = front(), front()
    low.set_lead(0)
    high.set_lead(5000)
    assert len(high.feed(text) + high.end()) < len(low.feed(text) + low.end())


def test_an_ssml_pause_ends_a_segment_and_is_told() -> None:
    text = '<speak>Wait <break time="700ms"/> and <b>now</b>. <break time="1.5s"></break>Go on.<break/> End</speak>'
    for size in (1, 3, len(text)):
        talk = front(ssml=True)
        found = [
            one for at in range(0, len(text), size) for one in talk.feed(text[at : at + size])
        ] + talk.end()
        said = [(one.spoken.text, one.pause_ms) for one in found if one.spoken.text]
        assert [pause for _, pause in said if pause] == [700, 1500]
        assert said[0] == ("Wait.", 700)
        assert said[1] == ("and now.", 1500)


def test_a_pause_in_text_that_is_no_ssml_is_as_long_as_asked() -> None:
    text = 'Wait <break time="700ms"/> now.<br>Go on.<break/> End'
    for size in (1, 5, len(text)):
        talk = front()
        found = [
            one for at in range(0, len(text), size) for one in talk.feed(text[at : at + size])
        ] + talk.end()
        assert [(one.spoken.text, one.pause_ms) for one in found if one.pause_ms] == [("Wait.", 700)]
        assert transcript(found) == "Wait. now. Go on. End"


def test_utterances_that_are_read_alike_know_nothing_of_each_other() -> None:
    alike, text = TextSettings(thresholds=SENTENCES), TEXTS[0]
    alone = FrontEnd(text_data("en"), alike)
    expected = alone.feed(text) + alone.end()
    pair = [FrontEnd(text_data("en"), alike) for _ in range(2)]
    found: list[list[Segment]] = [[], []]
    for at in range(0, len(text), 3):
        for talk, segments in zip(pair, found, strict=True):
            segments.extend(talk.feed(text[at : at + 3]))
    for talk, segments in zip(pair, found, strict=True):
        segments.extend(talk.end())
    assert [[one.spoken for one in segments] for segments in found] == [[one.spoken for one in expected]] * 2


def test_each_is_read_by_its_own_settings_however_many_there_are() -> None:
    for number in range(300):
        entry = LexiconEntry("Xyz", f"word {number}")
        talk = front(lexicon=(entry,))
        (segment,) = talk.feed("Xyz") + talk.end()
        assert segment.spoken.text.startswith(f"word {number}")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "came home valley isn't early early light isn't slowly early nearby isn't stones river small green stones it's slowly lived",
        ),
        (
            "en",
            "long along we’ll white slowly slowly water nobody green small don't green small along small came isn't white quiet nearby",
        ),
        (
            "fr",
            "Airbus livrera comme prévu 30 appareils cette année avec en ligne de mire l'objectif d'équilibre financier du programme entier",
        ),
    ],
)
def test_an_apostrophe_in_the_next_word_cuts_the_same_however_it_comes(language: str, text: str) -> None:
    talk, whole = front(language), front(language)
    assert [segment for char in text for segment in talk.feed(char)] + talk.end() == whole.feed(
        text
    ) + whole.end()
