import json

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import UtteranceOptions
from legato.domain.text import Break, PreviewedSegment, Reading, Rewriting, Segment, WordSpan
from legato.faces.native_text import MOST_CHARS, read_text_request, text_json
from legato.ports import PreviewRequest

SPAN = PreviewedSegment(
    Segment(
        index=1,
        source_start=10,
        source_end=17,
        raw="Pay $3.",
        cleaned=Reading("Pay $3."),
        spoken=Reading("Pay three dollars.", (WordSpan(0, 3, 10, 13), WordSpan(4, 9, 14, 16))),
        ends_with=Break.SENTENCE,
        pause_ms=250,
    ),
    settled=True,
    rewritings=(Rewriting("en.money", 14, 16, "three dollars"),),
)


def test_the_request_is_the_native_one():
    asked = read_text_request('{"text": "x", "voice": "v", "language": "de", "options": {"ssml": true}}')
    assert asked == PreviewRequest("x", "v", "de", UtteranceOptions(ssml=True))
    assert read_text_request('{"text": "x", "audioFormat": {"encoding": "ENCODING_OPUS"}}') == PreviewRequest(
        "x"
    )


def test_a_format_that_does_not_exist_is_refused_though_nothing_is_encoded():
    with pytest.raises(
        SpeechError, match=r"must be one of ENCODING_UNSPECIFIED.*supported: .*ENCODING_AAC at"
    ):
        read_text_request('{"text": "x", "audioFormat": {"encoding": "AAC"}}')


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("no", "SpeakRequest as a JSON object"),
        ('{"txt": "x"}', "text"),
        ('{"text": 3}', "text"),
        ('{"language": "../x"}', "speak.language"),
        ('{"options": {"maths": "loud"}}', "options.maths"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(body, named):
    with pytest.raises(SpeechError) as refused:
        read_text_request(body)
    assert refused.value.reason is Reason.BAD_FRAME
    assert named in refused.value.message


def test_a_text_beyond_the_bound_is_refused():
    assert read_text_request(json.dumps({"text": "a" * MOST_CHARS}))
    with pytest.raises(SpeechError) as refused:
        read_text_request(json.dumps({"text": "a" * (MOST_CHARS + 1)}))
    assert refused.value.reason is Reason.TEXT_TOO_LONG


def test_the_answer_tells_each_segment_and_names_the_rules_if_asked():
    row = {
        "sourceStart": 10,
        "sourceEnd": 17,
        "raw": "Pay $3.",
        "spoken": "Pay three dollars.",
        "endsWith": "sentence",
        "pauseMs": 250,
        "settled": True,
        "words": [
            {"start": 0, "end": 3, "sourceStart": 10, "sourceEnd": 13},
            {"start": 4, "end": 9, "sourceStart": 14, "sourceEnd": 16},
        ],
    }
    assert json.loads(text_json("Said.", [SPAN], explain=False)) == {"spoken": "Said.", "segments": [row]}
    rule = {
        "rule": "en.money",
        "sourceStart": 14,
        "sourceEnd": 16,
        "written": "$3",
        "spoken": "three dollars",
    }
    assert json.loads(text_json("", [SPAN], explain=True))["segments"] == [{**row, "rules": [rule]}]
