"""Control tokens of chat templates are silent, and so is the reasoning and the tool calls that they wrap."""

import re

import pytest

from gateway.app.text_data import text_data
from legato.text.atoms import SpanKind
from legato.text.control import bracket, ends, token
from legato.text.frontend import FrontEnd
from legato.text.openers import WAIT, Found
from legato.text.readings import transcript
from legato.text.settings import TextSettings
from tests.legato.text.hearing import heard

CALL = '{"name": "get_weather", "arguments": {"city": "Oslo"}}'


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("<|im_end|>x", "<|im_end|>"),
        ("<｜end▁of▁sentence｜>x", "<｜end▁of▁sentence｜>"),
        ("<|/tool_call|>x", "<|/tool_call|>"),
        ("<|im_start|>assistant\nx", "<|im_start|>assistant"),
        ("<|im_start|>sorry, x", "<|im_start|>"),
        ("<start_of_turn>model\nx", "<start_of_turn>model"),
        ("<|turn>model\nx", "<|turn>model"),
        ("<turn|>x", "<turn|>"),
        ("<|start|>assistant to=user<|channel|>", "<|start|>assistant to=user"),
        ("<|start|>assistant to you\n", "<|start|>assistant"),
    ],
)
def test_a_token_is_found_with_what_it_announces(text: str, whole: str) -> None:
    found = token(text, 0, final=False)
    assert isinstance(found, Found)
    assert (found.kind, text[: found.end]) == (SpanKind.BREAK, whole)


@pytest.mark.parametrize("text", ["<|x|y>", "<| y", "<turn>", "<|b> x", "<x|>", "<function name", "<s> x"])
def test_other_brackets_are_no_tokens(text: str) -> None:
    assert token(text, 0, final=False) is None


@pytest.mark.parametrize(
    "text", ["<|", "<|im_e", "<chan", "<channel|", "<function=get", "<|start|>assistant to=", "<｜DSML｜inv"]
)
def test_too_little_is_waited_for_but_not_at_the_end(text: str) -> None:
    assert token(text, 0, final=False) == WAIT
    assert token(text, 0, final=True) != WAIT


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ("<|channel|>analysis", "<|end|>"),
        ("<|channel>thought", "<channel|>"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"),
        ("<|START_THINKING|>", "<|END_THINKING|>"),
        ("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
        ("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
        ("<|tools_prefix|>", "<|tools_suffix|>"),
        ("<|tool_call|>", "<|/tool_call|>"),
        ("<|tool_call>", "<tool_call|>"),
        ("<|python_tag|>", "<|eom_id|>"),
        ("<|im_start|>tool", "<|im_end|>"),
        ("<start_function_call>", "<end_function_call>"),
        ("<function=get_weather>", "</function>"),
        ('<｜DSML｜invoke name="x">', "</｜DSML｜invoke>"),
        ("[THINK]", "[/THINK]"),
        ("[TOOL_CALLS]", "</s>"),
    ],
)
def test_what_hides_names_its_end(opened: str, closed: str) -> None:
    pattern = ends(opened)
    assert pattern
    assert re.search(pattern, f"x{closed}")
    assert not re.search(pattern, "x<|sep|>y</b>")


@pytest.mark.parametrize(
    "opened",
    [
        "<|im_end|>",
        "<|begin_of_solution|>",
        "<|START_RESPONSE|>",
        "<|begin_of_text|>",
        "<|tool_sep|>",
        "[/INST]",
        "<b>",
    ],
)
def test_other_tokens_hide_nothing(opened: str) -> None:
    assert ends(opened) is None


def test_brackets_that_are_no_tokens_are_read_as_ever() -> None:
    found = bracket("[a](b) c", 0, final=False)
    assert isinstance(found, Found)
    assert found.kind is SpanKind.LINK


@pytest.mark.parametrize(
    "written",
    [
        f"<tool_call>{CALL}</tool_call>It is five.",
        f"<tool_calls>[{CALL}]</tool_calls>It is five.",
        f"<TOOLCALL>[{CALL}]</TOOLCALL>It is five.",
        f"<function=get_weather>{CALL}</function>It is five.",
        '<function_calls><invoke name="get_weather"><parameter name="city">Oslo</parameter></invoke></function_calls>It is five.',
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n</function>\n</tool_call>\nIt is five.",
        '<minimax:tool_call>\n<invoke name="x">\n</invoke>\n</minimax:tool_call>It is five.',
        "<start_function_call>call:get_weather{city:<escape>Oslo<escape>}<end_function_call>It is five.<end_of_turn>",
        f"<|tool_call_start|>[{CALL}]<|tool_call_end|>It is five.",
        f"<|tool_call|>[{CALL}]<|/tool_call|>It is five.",
        f"<|action_start|><|plugin|>{CALL}<|action_end|>It is five.",
        f"<|python_tag|>{CALL}<|eom_id|>It is five.",
        f"<|im_start|>tool\n{CALL}<|im_end|>\n<|im_start|>assistant\nIt is five.<|im_end|>",
        '<｜DSML｜function_calls>\n<｜DSML｜invoke name="x">\n</｜DSML｜invoke>\n</｜DSML｜function_calls>It is five.',
        f"<|start|>assistant to=functions.get<|channel|>commentary json<|message|>{CALL}<|call|>It is five.",
        f"It is five. [TOOL_CALLS][{CALL}]",
        '<tool_result>{"temp": 5}</tool_result>It is five.',
        "<|channel>thought\nHmm, 4 or 5?\n<channel|>It is five.<turn|>",
        "<seed:think>Hmm, 4 or 5?</seed:think>It is five.",
        "[THINK]Hmm, 4 or 5?[/THINK]It is five.",
        "<|begin_of_thought|>Hmm.<|end_of_thought|><|begin_of_solution|>It is five.<|end_of_solution|>",
        "<|START_THINKING|>Hmm.<|END_THINKING|><|START_RESPONSE|>It is five.<|END_RESPONSE|>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("chars", [1, 5, 10_000])
def test_neither_reasoning_nor_tool_calls_are_heard(written: str, chars: int) -> None:
    """R15: they were read aloud, names, brackets and all."""
    assert heard("en", written, chars) == "It is five."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('So {"a": 1} is JSON.', 'So {"a": one} is JSON.'),
        ("Use `<tool_call>` tags.", "Use <tool call> tags."),
        ("The [TOOL] is here.", "The [TOOL] is here."),
        ("So x <turn> y.", "So x turn y."),
    ],
)
def test_text_that_only_looks_like_it_is_heard(written: str, said: str) -> None:
    talk = FrontEnd(text_data("en"), TextSettings())
    assert transcript(talk.feed(written) + talk.end()) == said


def test_a_pause_within_a_token_lets_no_reasoning_out() -> None:
    written = "Hi.\n<|channel|>analysis<|message|>Hmm.<|end|>It is five."
    for at in range(4, written.index("<|message|>") + 1):
        talk = FrontEnd(text_data("en"), TextSettings())
        found = talk.feed(written[:at]) + talk.idle(2000) + talk.feed(written[at:]) + talk.end()
        assert transcript(found) == "Hi. It is five.", written[at:]
