from gateway.app.text_data import text_data
from gateway.app.text_preview import Preview, known
from legato.domain.speech import UtteranceOptions
from legato.domain.text import Rewriting
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings

USUAL = UtteranceOptions()
asked = []


def front_end(language, options):
    asked.append((language, options))
    return FrontEnd(text_data(language), TextSettings(language=language, ssml=bool(options.ssml)))


def segments(text, language="", options=USUAL):
    return [one for step in Preview(front_end).preview(text, language, options) for one in step]


def test_segments_tile_the_text_and_say_what_rewrote_them():
    text = "You owe me $3. Pay it by Monday, or by Tuesday at the very latest, please. And then"
    found = segments(text)
    assert "".join(one.segment.raw for one in found) == text
    assert found[0].rewritings == (Rewriting("en.money", 11, 13, "three dollars"),)
    assert found[0].written(found[0].rewritings[0]) == "$3"
    assert Preview(front_end).transcript(found).startswith("You owe me three dollars. Pay it by Monday")
    assert [one.settled for one in found] == [True] * (len(found) - 1) + [False]


def test_a_step_is_bounded_and_the_words_do_not_depend_on_it():
    text = "It costs $1,234.50, or so. " * 40
    steps = list(Preview(front_end).preview(text, "", UtteranceOptions()))
    assert len(steps) > 30
    whole = list(known([text], front_end("en", UtteranceOptions())))
    spoken = [one.segment.spoken.text for step in steps for one in step]
    assert spoken == [one.segment.spoken.text for step in whole for one in step]


def test_the_language_and_the_options_are_the_utterances_own():
    options = UtteranceOptions(ssml=True)
    asked.clear()
    found = segments("<speak>3 Uhr.</speak>", "de-AT", options)
    assert asked == [("de-AT", options)]
    assert "speak" not in Preview(front_end).transcript(found)
    segments("x")
    assert asked[-1] == ("en", UtteranceOptions())
