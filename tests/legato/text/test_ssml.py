"""SSML."""

import pytest

from gateway.app.text_data import text_data
from legato.domain.text import Pronunciation, Segment
from legato.text.atoms import SpanKind
from legato.text.frontend import FrontEnd
from legato.text.openers import WAIT, Found
from legato.text.settings import TextSettings
from legato.text.ssml import LONG_TAG_CHARS, LONGEST_PAUSE_MS, asking, attributes, element, pause_ms
from tests.plays.text_promises import segmented


def cut(text: str, chars: int, language: str = "en") -> list[Segment]:
    return segmented(text, [chars], TextSettings(language=language, ssml=True))


def heard(text: str, language: str = "en") -> str:
    whole = cut(text, len(text), language)
    assert "".join(segment.raw for segment in whole) == text
    for chars in (1, 2, 3, 7):
        assert cut(text, chars, language) == whole
    return " ".join(segment.spoken.text for segment in whole if segment.spoken.text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('Gate <say-as interpret-as="characters">B7-x</say-as>.', "Gate B seven dash X."),
        ("<say-as interpret-as='ordinal'>3</say-as> try", "third try"),
        ('<say-as interpret-as="telephone">4155550100</say-as>', "four one five, five five five, zero one zero zero"),
        ('on <say-as interpret-as="date" format="dmy">3/4/2025</say-as>', "on April third, twenty twenty-five"),
        ('<say-as interpret-as="cardinal">007</say-as>', "seven"),
        ('<say-as interpret-as="digits">007</say-as>', "zero zero seven"),
        ('<say-as interpret-as="time">5:30pm</say-as>', "five thirty PM"),
        ('<say-as interpret-as="whisper">5 km</say-as>', "five kilometers"),
        ('<say-as interpret-as="cardinal"><emphasis>12</emphasis></say-as> ok', "twelve ok"),
        ('<say-as interpret-as="date">1 May', "the first of May"),
        ('<sub alias="World Wide Web">WWW</sub> x', "World Wide Web x"),
        ("<sub>WWW</sub> x", "WWW x"),
        ('<phoneme alphabet="x-sampa" ph="t@">tom</phoneme> 5', "tom five"),
        ('<phoneme alphabet="ipa" ph="t\u0259">tom</phoneme> 5', "tom five"),
        ("<p><s>One.</s><s>Two</s></p>", "One. Two."),
        ('<prosody rate="fast">Hi <emphasis>you</emphasis></prosody> there', "Hi you there"),
        ("a &lt;b&gt; &amp; c", "a <b> and c"),
        ("<![CDATA[3 < 5]]> holds", "three is less than five holds"),
        ('<!DOCTYPE speak [<!ENTITY a "b">]><speak>hi', "hi"),
        ("two *stars* and `ticks`", "two *stars* and 'ticks'"),
    ],
)  # fmt: skip
def test_elements_are_obeyed(text: str, said: str) -> None:
    assert heard(text).replace("`", "'") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('said <break time="1s" <b>x</b> so', "said x so"),
        ("<foo bar baz> hi", "hi"),
        ("<foo>hi</foo>", "hi"),
        ("hi <break/", "hi"),
        ("hi </", "hi"),
        ("hi <speak", "hi"),
        ('hi <prosody rate="fa', "hi"),
        ("hi <say-as interpret-as='date'", "hi"),
        ("three < five", "three is less than five"),
        ("hi <!DOCTYPE x", "hi"),
        ("hi </prosody></prosody> you", "hi you"),
        ("<speak>hi <speak>you", "hi. you"),
    ],
)
def test_what_is_not_well_formed_is_never_spoken_as_tags(text: str, said: str) -> None:
    found = heard(text)
    assert found.endswith(said)
    assert not set(found) & set("<>")


def test_a_stray_bracket_delays_but_does_not_stop() -> None:
    front = FrontEnd(text_data("en"), TextSettings(ssml=True))
    text = "Say <b and then go on with it. This is a sentence of its own. And so is this one, which ends it."
    assert any(segment.spoken.text for segment in front.feed(text * 3))


def test_a_pronunciation_is_a_mark_that_a_voice_may_render() -> None:
    (segment,) = cut('I say <phoneme alphabet="ipa" ph="t\u0259\u02c8m\u0251\u02d0">tomato</phoneme> now', 5)
    for reading in (segment.cleaned, segment.spoken):
        assert reading.text == "I say tomato now"
        assert reading.pronunciations == (Pronunciation(6, 12, "t\u0259\u02c8m\u0251\u02d0"),)


def test_what_is_not_obeyed_is_told_once() -> None:
    text = '<prosody rate="slow">One.</prosody> <prosody volume="loud">Two is long enough to be a segment.</prosody> <audio src="x"/>'
    assert [segment.ignored for segment in cut(text, 4) if segment.ignored] == [("audio",)]
    assert asking("<mstts:express-as style='sad'>") == "mstts:express-as"
    assert asking("<break/>") is asking("<prosody>") is None


def test_other_languages_say_as_they_count() -> None:
    assert heard('<say-as interpret-as="ordinal">3</say-as>', "fr") == "troisi\u00e8me"
    assert heard('<say-as interpret-as="ordinal">3</say-as>', "sw") == "3"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('x <break time="250ms"/> ', 250),
        ("<break time='1.5s'></break>", 1500),
        ('<break strength="weak" time="2s" />', 2000),
        ('<break strength="strong"/>', 800),
        ('<break time="+.5s"/>', 500),
        ('<break time="900s"/>', LONGEST_PAUSE_MS),
        ('<break strength="none"/>', 0),
        ('<break time="1s"/> x', None),
        ("<break/>", None),
        ('<break time="soon"/>', None),
        ("no break", None),
    ],
)
def test_a_pause_is_as_long_as_the_tag_asks_within_bounds(text: str, asked: int | None) -> None:
    assert pause_ms(text) == asked


def test_no_pause_is_no_border() -> None:
    found = element('<break strength="none"/>x', 0, final=False)
    assert isinstance(found, Found)
    assert found.kind is SpanKind.TAG


def test_waiting_ends() -> None:
    assert element("<", 0, final=False) == WAIT
    assert element("<x" + "y" * 90, 0, final=False) == WAIT
    assert element("<x" + "y" * 500, 0, final=False) != WAIT
    assert element("< 5", 0, final=False) is None
    assert element("<phoneme ph='x'>" + "y" * 500, 0, final=False) != WAIT


def test_attributes_are_read() -> None:
    assert attributes("<x a='1' B = \"2 &amp; 3\" c=4>z d='5'") == {"a": "1", "b": "2 & 3"}


@pytest.mark.parametrize("chars", [200, 399, 400, 401, 1_500, 3_900])
@pytest.mark.parametrize("name", ["prosody", "mstts:express-as", "p"])
def test_a_tag_of_any_length_is_never_spoken(name: str, chars: int) -> None:
    attribute = f'rate="slow" x="{"y z " * (chars // 4)}"'
    assert heard(f"so <{name} {attribute}>hi</{name}> you").replace(".", "") == "so hi you"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('so <prosody rate="' + "x" * 900 + "<b>hi</b>", "so hi"),
        ('so <prosody rate="' + "x" * 900, "so"),
        ("so <prosody and " + "x " * 300 + "hi", "hi"),
    ],
)
def test_a_long_tag_that_is_never_closed_hides_no_more_than_itself(text: str, said: str) -> None:
    assert heard(text).endswith(said)


def test_a_long_tag_is_waited_for_within_bounds() -> None:
    begun = '<prosody rate="' + "x" * (LONG_TAG_CHARS - 16)
    assert element(begun, 0, final=False) == WAIT
    found = element(begun + "yyy", 0, final=False)
    assert isinstance(found, Found)
    assert (found.kind, found.end) == (SpanKind.TAG, LONG_TAG_CHARS)
