"""What agents say at a desk, in seven languages, whole, in tokens and with an idle moment anywhere. R14, R16"""

import pytest

from gateway.app.text_data import text_data
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import TextSettings
from tests.plays.text_promises import segmented, spoken_words

ROWS = [
    ("en", "Given the array [1, 2, 3], return 6.", "Given the array [one, two, three], return six."),
    ("en", "Output: [1, 2]\nSo be it.", "Output: [one, two]. So be it."),
    ("en", 'It is {"a": [1, 2], "b": [3]}; call f([1, 2]).', 'It is {"a": [one, two], "b": [three]}; call f([one, two]).'),
    ("en", "The matrix [[1, 2], [3, 4]] is known [2, 3], says Lee [5].", "The matrix [[one, two], [three, four]] is known, says Lee."),
    ("de", "Die Liste [4, 5] wird sortiert [2, 3].", "Die Liste [vier, fünf] wird sortiert."),
    ("en", "Sure 😊 Let me check that 👍🏽 Anna will call 🚚 It arrives Monday.", "Sure. Let me check that. Anna will call. It arrives Monday."),
    ("en", "I ❤️ New York and we 💙 Berlin, from 🇫🇷 France.", "I New York and we Berlin, from France."),
    ("en", "Great! 🎉 Alright, we have 🍕 Pizza.", "Great! Alright, we have Pizza."),
    ("de", "Alles klar 👍 Ich schaue nach, der 😊 Hund auch.", "Alles klar. Ich schaue nach, der Hund auch."),
    ("fr", "D'accord 👍 Je regarde 😊 Un instant.", "D'accord. Je regarde. Un instant."),
    ("es", "Claro 👍 Déjame revisar 😊 Un momento.", "Claro. Déjame revisar. Un momento."),
]  # fmt: skip


def heard(language: str, text: str, chars: int) -> str:
    return transcript(segmented(text, [chars], TextSettings(language=language)))


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, 10_000])
def test_a_reply_is_heard_as_a_good_agent_says_it(language: str, written: str, said: str, chars: int) -> None:
    assert heard(language, written, chars) == said


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str, said: str) -> None:
    settings = TextSettings(language=language)
    whole = spoken_words(segmented(written, [len(written)], settings))
    assert said
    for at in range(1, len(written)):
        front = FrontEnd(text_data(language), settings)
        segments = front.feed(written[:at]) + front.idle(700) + front.feed(written[at:]) + front.end()
        assert spoken_words(segments) == whole, written[:at]
