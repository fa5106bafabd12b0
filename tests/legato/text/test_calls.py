"""Calls of tools that a model wrote without marks are silent; other JSON is text."""

import time

import pytest

from legato.text.atoms import SpanKind
from legato.text.calls import HEAD_CHARS, call, listed
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
QUOTED = [
    '{"name": "run", "args": {"code": "if (x) {"}}',
    '{"name": "run", "args": {"q": "a } b"}}',
    r'{"name": "run", "args": {"q": "no \"}\" and {", "path": "c:\\\\"}}',
    '{"name": "run", "args": {"q": "5" long",\n "then": "}"}}',
    '{"name": "run", "args": {"q": "' + "x{ " * 700 + '"}}',
]
LISTS = [
    f"[{CALL}]",
    f'[\n  {CALL},\n  {{"name": "say", "arguments": {{"words": ["]", "}}"]}}}}\n]',
    '[get_weather(city="Oslo", days=3)]',
    "[get_weather(city='Oslo'), shop.lookup(order=4471)]",
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
@pytest.mark.parametrize("written", [*CALLS, *LISTS])
def test_a_call_and_a_list_of_them_are_silent(written: str, chars: int) -> None:
    assert heard("en", f"Let me check. {written} It has shipped.", chars) == "Let me check. It has shipped."


@pytest.mark.parametrize("chars", [1, 3, WHOLE])
@pytest.mark.parametrize("written", QUOTED)
def test_braces_in_strings_end_nothing_and_open_nothing(written: str, chars: int) -> None:
    """One that opened hid the rest of the answer, one that closed was said."""
    assert heard("en", f"Let me check. {written} It has shipped.", chars) == "Let me check. It has shipped."


@pytest.mark.parametrize("chars", [1, 3, WHOLE])
@pytest.mark.parametrize("end", ["", '"', "}", '"}'])
@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", "\n \t\n"])
def test_a_blank_line_ends_a_call_whose_brace_is_missing(end: str, blank: str, chars: int) -> None:
    """The rest of the answer was silent."""
    written = f'Let me check. {{"name": "lookup", "args": {{"q": "pizza{end}{blank}It has shipped.'
    assert heard("en", written, chars) == "Let me check. It has shipped."


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


@pytest.mark.parametrize("written", [*QUOTED[:-1], CALL[:-2] + "\n\n"])
def test_an_idle_moment_in_a_call_does_not_change_its_end(written: str) -> None:
    keeps_its_words("en", f"Let me check. {written} It has shipped.")


@pytest.mark.parametrize("chars", [1, 3, WHOLE])
@pytest.mark.parametrize("said", ["a { b", "a } b", 'a \\" } b', "a \\\\", "x] [y", "\\u007d \\n}"])
def test_what_stands_in_a_string_of_a_call_neither_opens_nor_ends_anything(said: str, chars: int) -> None:
    written = f'{{"name": "say", "arguments": {{"text": "{said}"}}}}'
    assert heard("en", f"One moment. {written} It has shipped.", chars) == "One moment. It has shipped."


def test_an_idle_moment_in_a_string_keeps_it_open() -> None:
    keeps_its_words("en", 'One moment. {"name": "say", "arguments": {"text": "a } \\" { b"}} It has shipped.')


@pytest.mark.parametrize(
    "written",
    ['[{"name": "Bob", "age": 3}]', "[{1}, {2}]", "[print()](https://a.io)", "[f(x)]", "[laughs]", "[ ]"],
)
def test_other_lists_are_text(written: str) -> None:
    assert listed(written, 0, final=False) is None
    assert listed(written, 0, final=True) is None


@pytest.mark.parametrize("written", LISTS)
def test_where_a_list_begins_is_waited_for_and_then_sure(written: str) -> None:
    verdicts = [listed(written[:end], 0, final=False) for end in range(1, len(written))]
    assert None not in verdicts
    first = next(at for at, verdict in enumerate(verdicts) if verdict != WAIT)
    assert len(set(map(str, verdicts[first:]))) == 1
    assert isinstance(verdicts[-1], Found)


HOSTILE_HEADS = ['{"name": "say", "arguments": {"text": "', '[{"name": "say", "arguments": {"n": [']
HOSTILE = [
    '"',
    "\\",
    '\\"',
    "{",
    "}",
    "[",
    '{"a":[',
    "[f(a=1",
    "hello ",
    '{"name": "say", "arguments": {"text": "',
]


def _spent_s(text: str) -> float:
    began = time.process_time()
    heard("en", text, 1000)
    return time.process_time() - began


@pytest.mark.volume
@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("head", HOSTILE_HEADS)
def test_hostile_runs_cost_no_more_than_their_length(head: str, unit: str) -> None:
    chars = 200_000
    short, long = (head + unit * (size // len(unit)) for size in (chars // 8, chars))
    assert _spent_s(long) < 30 * max(_spent_s(short), 0.005)
