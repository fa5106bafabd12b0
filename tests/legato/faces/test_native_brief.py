"""What is understood at once is what the descriptors make of it; all else is left to them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain.errors import SpeechError
from legato.domain.events import End, Text
from legato.faces.native_brief import brief_event, brief_frame
from legato.faces.native_json import request_of
from legato.faces.native_requests import client_event


def test_text_and_end_are_understood():
    assert brief_event({"text": {"utteranceId": "u1", "text": "Wie schön!"}}) == Text("u1", "Wie schön!")
    assert brief_event({"text": {"text": "", "utteranceId": "u1"}}) == Text("u1", "")
    assert brief_event({"end": {"utteranceId": "ü"}}) == End("ü")


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"flush": {"utteranceId": "u1"}},
        {"clientSeq": 1, "end": {"utteranceId": "u1"}},
        {"end": {"utterance_id": "u1"}},
        {"end": {"utteranceId": ""}},
        {"end": {"utteranceId": "u" * 129}},
        {"end": {"utteranceId": 1}},
        {"end": {"utteranceId": "\ud800"}},
        {"end": {"utteranceId": "u1", "more": 1}},
        {"end": "u1"},
        {"text": {"utteranceId": "u1"}},
        {"text": {"utteranceId": "u1", "text": None}},
        {"text": {"utteranceId": "u1", "text": "half \udc00"}},
        {"text": None},
    ],
)
def test_all_else_is_left_to_the_descriptors(value):
    assert brief_event(value) is None


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_a_frame_as_encoders_write_it_is_understood_at_once(separators):
    def written(value):
        return json.dumps(value, ensure_ascii=False, separators=separators)

    assert brief_frame(written({"text": {"utteranceId": "u1", "text": "Wie schön!"}})) == Text(
        "u1", "Wie schön!"
    )
    assert brief_frame(written({"text": {"utteranceId": "u", "text": ""}})) == Text("u", "")
    assert brief_frame(written({"end": {"utteranceId": "ü"}})) == End("ü")


@pytest.mark.parametrize(
    "frame",
    [
        "",
        '{"end":{"utteranceId":""}}',
        '{"end":{"utteranceId":"%s"}}' % ("u" * 129),
        '{"end":{"utteranceId":"u1"}} ',
        '{"end":{"utteranceId":"u1"},"clientSeq":1}',
        '{"end":{"utteranceId":"u1","utteranceId":"u2"}}',
        '{"end":{"utteranceId":"\ud800"}}',
        '{"text":{"utteranceId":"u1","text":"a\\nb"}}',
        '{"text":{"utteranceId":"u1","text":"a\nb"}}',
        '{"text":{"utteranceId":"u1","text":"a","text":"b"}}',
        '{"text":{"text":"a","utteranceId":"u1"}}',
        '{"text":{"utteranceId":"u1"}}',
        '{"flush":{"utteranceId":"u1"}}',
    ],
)
def test_any_other_frame_is_not(frame):
    assert brief_frame(frame) is None


@settings(deadline=None)
@given(st.text(max_size=8), st.text(max_size=8))
def test_what_is_understood_of_a_frame_is_what_its_json_says(name, text):
    for value in ({"text": {"utteranceId": name, "text": text}}, {"end": {"utteranceId": name}}):
        frame = json.dumps(value, ensure_ascii=False)
        event = brief_frame(frame)
        assert event is None or event == brief_event(json.loads(frame))
    for frame in (
        f'{{"text":{{"utteranceId":"{name}","text":"{text}"}}}}',
        f'{{"end":{{"utteranceId":"{name}"}}}}',
    ):
        event = brief_frame(frame)
        assert event is None or event == brief_event(json.loads(frame))


_NAMES = st.sampled_from(["text", "end", "utteranceId", "utterance_id", "flush", "clientSeq"])
_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just("u1")
_ANYTHING = st.dictionaries(_NAMES, _SCALARS | st.dictionaries(_NAMES, _SCALARS, max_size=3), max_size=2)
_PARTS = st.fixed_dictionaries({"utteranceId": st.text(max_size=4)}, optional={"text": st.text() | _SCALARS})
_LIKELY = st.sampled_from(["text", "end"]).flatmap(lambda name: st.fixed_dictionaries({name: _PARTS}))
"""About half of these are understood at once; values of any shape hardly ever are."""


@settings(deadline=None)
@given(_LIKELY | _ANYTHING)
def test_what_is_understood_at_once_is_what_the_descriptors_make_of_it(value):
    event = brief_event(json.loads(json.dumps(value)))
    if event is not None:
        try:
            assert client_event(request_of(value)) == event
        except SpeechError as error:
            raise AssertionError(f"{value} is refused: {error}") from error
