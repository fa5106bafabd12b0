"""How a text is heard, in tokens of any size and with an idle moment anywhere. Used by the tables of texts, `test_heard*.py`."""

from gateway.app.text_data import text_data
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import TextSettings
from tests.plays.text_promises import segmented, spoken_words

WHOLE = 10_000
"""More characters than any of the texts has: it comes in one token."""


def heard(language: str, text: str, chars: int = WHOLE) -> str:
    """Return what is said of a text that comes in tokens of this many characters."""
    return transcript(segmented(text, [chars], TextSettings(language=language)))


def keeps_its_words(language: str, text: str, step: int = 1, waits_ms: tuple[int, ...] = (700,)) -> None:
    """Check that a text has the same words wherever its writer stops for a while.

    Args:
        language: its tag.
        text: the text.
        step: characters between two places at which the writer stops.
        waits_ms: how long the writer stops.

    Raises:
        AssertionError: an idle moment changes a word, or nothing is said.
    """
    settings = TextSettings(language=language)
    whole = spoken_words(segmented(text, [len(text)], settings))
    assert whole, "something is said"
    for wait_ms in waits_ms:
        for at in range(1, len(text), step):
            front = FrontEnd(text_data(language), settings)
            segments = front.feed(text[:at]) + front.idle(wait_ms) + front.feed(text[at:]) + front.end()
            assert spoken_words(segments) == whole, f"idle for {wait_ms} ms after {text[:at]!r}"
