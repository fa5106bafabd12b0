"""Calls of tools that a model wrote without marks are silent; other JSON is text."""

import pytest

from legato.text.atoms import SpanKind
from legato.text.calls import HEAD_CHARS, call
from legato.text.openers import WAIT, Found
from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

CALL = '{"name": "lookup", "arguments": {"order": {"id": 4471}}}'
CALLS = [
    CALL,
    '{\n  "name": "lookup",\n  "parameters": {\n    "order": {"id": 4471}\n  }\n}',
    '{"type": "function", "function": {"name": "lookup", "parameters": {"city": "Oslo"}}}',
    '{"tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}',
    '{"id": "call_1", "name": "shop.lookup", "args": {}}',
    '{"action": "search", "action_input": "pizza"}',
]
TEXTS = [
    '{"status": "ok", "count": 3}',
    '{"name": "Bob", "age": 3}',
    '{"name": "Bob", "input": "hello"}',
    '{"action": "Final Answer", "action_input": "Hello."}',
    '{"name": "lookup", "parameters": {"type": "object", "properties": {}}}',
    '{"type": "function", "function": {"name": "f", "description": "x", "parameters": {}}}',
    "{1, 2}",
    "{}",
]


@pytest.mark.parametrize("chars", [1, 3, WHOLE])
@pytest.mark.parametrize("written", CALLS)
def test_a_call_is_silent(written: str, chars: int) -> None:
    assert heard("en", f"Let me check. {written} It has shipped.", chars) == "Let me check. It has shipped."


@pytest.mark.parametrize("written", TEXTS)
def test_other_objects_are_text(written: str) -> None:
    assert call(written, 0, final=False) is None


@pytest.mark.parametrize("written", CALLS)
def test_where_a_call_begins_is_waited_for_and_then_sure(written: str) -> None:
    verdicts = [call(written[:end], 0, final=False) for end in range(1, len(written))]
    assert None not in verdicts
    first = next(at for at, verdict in enumerate(verdicts) if verdict != WAIT)
    assert set(map(str, verdicts[first:])) == {str(Found(SpanKind.HIDDEN, 0, 1, 1, 1))}


def test_nothing_is_waited_for_at_the_end_or_for_ever() -> None:
    assert call('{"name": "loo', 0, final=True) is None
    assert call('{"name"' + " " * HEAD_CHARS, 0, final=False) is None


def test_a_call_that_was_cut_off_is_silent() -> None:
    assert heard("en", 'One moment. {"name": "lookup", "arguments": {"order": "44') == "One moment."


def test_an_idle_moment_anywhere_changes_no_word() -> None:
    keeps_its_words("en", f"Let me check. {CALL} It has shipped.")
