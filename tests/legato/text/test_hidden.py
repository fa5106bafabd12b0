"""Hidden stretches are let go as they come, and end where they should."""

import re

import pytest

from gateway.app.text_data import text_data
from legato.text.atoms import SpanKind
from legato.text.draft import Draft
from legato.text.frontend import FrontEnd
from legato.text.hidden import Hidden
from legato.text.readings import transcript
from legato.text.settings import Fences, TextSettings
from tests.legato.text.hearing import heard
from tests.plays.text_promises import keeps

CLOSER = re.compile("</x>")


def test_a_long_stretch_is_let_go_in_pieces() -> None:
    draft = Draft()
    draft.buffer = "y" * 1300
    hidden = Hidden(draft, CLOSER, SpanKind.FENCE, 0)
    assert hidden.step(final=False) is None
    assert hidden.step(final=False) is False
    (atom,) = draft.taken()
    assert (len(atom.text), atom.spans[0].kind) == (1000, SpanKind.FENCE)
    draft.buffer += "</x>z"
    assert hidden.step(final=False) is True
    assert draft.spans[0].kind is SpanKind.MARKER
    assert draft.buffer[draft.gap :] == "z"


def test_the_end_of_the_text_ends_it_silently() -> None:
    draft = Draft()
    draft.buffer = "a secret"
    hidden = Hidden(draft, CLOSER, SpanKind.HIDDEN, 2)
    assert hidden.step(final=True) is False
    assert draft.taken()[0].text == "a secret"
    assert not hidden.opens_line


LONG_CODE = "x = 1\n" * 900
LONG_THOUGHT = "hmm so " * 500


@pytest.mark.parametrize(
    "text",
    [
        f"Hi there.\n```py\n{LONG_CODE}```\nDone now.",
        f"<think>{LONG_THOUGHT}</think>It is four.",
        f"A <!-- {LONG_THOUGHT} --> b.",
        f"Here: ```py\n{LONG_CODE}\n``` and done.",
        f"<math>{'<mi>x</mi><mo>+</mo>' * 150}<mi>y</mi></math> is it.",
    ],
    ids=["fence", "reasoning", "comment", "fence within a line", "mathml"],
)
@pytest.mark.parametrize(
    "policy", [TextSettings(), TextSettings(fences=Fences.ANNOUNCE)], ids=["skip", "announce"]
)
def test_a_long_stretch_is_segmented_the_same_in_every_chunking(text: str, policy: TextSettings) -> None:
    """R14: its pieces depended on how much of it had come at once."""
    for sizes in ([3], [1500], [4000, 1]):
        keeps(text, sizes, policy)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('Here: ```json\n{"a": 1}\n``` And that is it.', "Here: And that is it."),
        ("Use ```js\na\nb``` here. More.", "Use here. More."),
        ('The code:```python\nx = "```"\n```\nDone.', "The code: Done."),
        ("1. ```sh\n   ls\n   ```\n2. Next, ok.", "one. two. Next, ok."),
        ("```npm install``` is it. Run it.", "npm install is it. Run it."),
        ("Fences begin with ``` and end with ```. Fine.", "Fences begin with and end with. Fine."),
        ("Run this:\n```\nls -la``` and go on. Fine.", "Run this: and go on. Fine."),
        ("Run:\n```\nls -la```\nFine.", "Run: Fine."),
        ("```py\nx = 1\n```, then go on.", ", then go on."),
        ("````md\n```py\nx\n```\n````\nDone.", "Done."),
        ("~~~\ncode\n~~~\nDone.", "Done."),
        ("> ```\n> x\n> ```\n> Done.", "Done."),
        ("- a\n  - b\n            ```sh\n            x\n            ```\n            Done.", "a. b. Done."),
    ],
)
@pytest.mark.parametrize("chars", [1, 3, 1000])
def test_what_follows_a_code_block_is_heard(written: str, said: str, chars: int) -> None:
    """R15: the text after it was lost when a fence opened or closed within a line, or before a mark."""
    assert heard("en", written, chars) == said


@pytest.mark.parametrize(
    ("opened", "rest"),
    [
        ("See:\n```py\n", "x = 1\n```\n"),
        ("See: ```py\n", "x = 1\n```\n"),
        ("See: <think>", "so it is</think>"),
        ("See: <|channel|>analysis<|message|>", "so<|end|>"),
    ],
)
def test_a_flush_within_the_end_of_a_stretch_loses_nothing(opened: str, rest: str) -> None:
    """R12: clients that flush each line lost all text after a code block, since its end was no longer at the start of a line."""
    for at in range(len(rest)):
        talk = FrontEnd(text_data("en"), TextSettings())
        found = talk.feed(opened + rest[:at]) + talk.flush() + talk.feed(f"{rest[at:]}Done.") + talk.end()
        assert [one.spoken.text for one in found if one.spoken.text] == ["See:", "Done."], rest[at:]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<think>a <think>b</think> c</think>Hello.", "Hello."),
        ("<think>\n<think>\nb\n</think>\nc\n</think>\nHello.", "Hello."),
        ("<think>use <think>...</think> then</think>Hello.", "Hello."),
        ("Fine. <think>a <think>b</think> c", "Fine."),
        ("<think>The <think> tag opens, `</think>` closes.</think>Hello.", "Hello."),
        ("[THINK]a [THINK]b[/THINK] c[/THINK]Hello.", "Hello."),
        ("<think>so</thinking>Hello.", "Hello."),
        ("<Thought>so</THOUGHTS>Hello.", "Hello."),
        ("<antThinking>so</antThinking>Hello.", "Hello."),
        ("<inner_thoughts>so</inner_thoughts>Hello.", "Hello."),
        ("<seed:think>a <seed:think>b</seed:think> c</seed:think>Hello.", "Hello."),
        ("<Reasoning effort=low>so < 3</ Reasoning >Hello.", "Hello."),
        ("Hello. <think", "Hello."),
        ('Hello. <think level="2', "Hello."),
        ("Hello. </think", "Hello."),
    ],
)
@pytest.mark.parametrize("chars", [1, 3, 1000])
def test_reasoning_is_not_heard(written: str, said: str, chars: int) -> None:
    """R15: what followed reasoning within reasoning was spoken, and an answer behind `</thinking>` that ended a `<think>` was lost."""
    assert heard("en", written, chars) == said


@pytest.mark.parametrize("at", range(8, 70))
def test_reasoning_that_a_flush_cuts_is_not_heard(at: int) -> None:
    written = f"<think>a <think>b</think> c {'hm ' * 9}</think>Hello."
    talk = FrontEnd(text_data("en"), TextSettings())
    found = talk.feed(written[:at]) + talk.flush() + talk.feed(written[at:]) + talk.end()
    assert transcript(found) == "Hello."
