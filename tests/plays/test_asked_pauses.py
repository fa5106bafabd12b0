"""A pause that the text asks for is heard between two segments, as long as it asks; what is not obeyed is told."""

from dataclasses import replace

import pytest

from legato.core.speaking import PAUSE_MS
from legato.domain.replies import Warned
from legato.domain.text import Break
from tests.plays.world import RATE, PlainFront, Script, World


def heard_s(asked_ms: int, *, keeps_context: bool) -> float:
    """How long two segments sound when the first asks for a pause behind it."""

    class AskingFront(PlainFront):
        def _cut(self, n):
            segment = super()._cut(n)
            return replace(segment, pause_ms=asked_ms if segment.index == 0 else 0)

    script = Script(speed=4.0, keeps_context=keeps_context)
    world = World(scripts={"one": script}, front=AskingFront).open().speak("a", "abcdef. ghijkl. ").run(20)
    return len(world.audio()) / RATE


@pytest.mark.parametrize("asked_ms", [700, 1500])
def test_the_pause_is_as_long_as_asked_instead_of_the_marks(asked_ms):
    longer = heard_s(asked_ms, keeps_context=False) - heard_s(0, keeps_context=False)
    assert longer == pytest.approx((asked_ms - PAUSE_MS[Break.SENTENCE]) / 1000, abs=0.005)


def test_a_voice_that_keeps_its_context_pauses_by_itself():
    assert heard_s(700, keeps_context=True) == heard_s(0, keeps_context=True)


def test_what_ssml_asks_for_and_nobody_does_is_told():
    class AskingFront(PlainFront):
        def _cut(self, n):
            segment = super()._cut(n)
            return replace(segment, ignored=("prosody", "voice") if segment.index == 1 else ())

    world = World(front=AskingFront).open().speak("a", "abcdef. ghijkl. ").run(20)
    told = [(one.code, one.message.split()[0], one.utterance_id) for one in world.of(Warned)]
    assert told == [("ssml_ignored", "<prosody>", "a"), ("ssml_ignored", "<voice>", "a")]


def test_a_text_is_opened_for_its_voice_and_who_asks():
    asked = []

    world = World()
    world.session._services = replace(
        world.session._services, front_ends=lambda *order: (asked.append(order), PlainFront())[1]
    )
    world.open().speak("a", "Hello there. ").run(5)
    ((language, _, voice, tenant),) = asked
    assert (language, voice, tenant) == ("en", "joe", "default")
