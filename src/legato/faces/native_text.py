"""How a text would be spoken, as JSON. The request is the native contract's `SpeakRequest`; the answer lists the segments.

{"spoken": "Pay three dollars.", "segments": [{
  "sourceStart": 0, "sourceEnd": 7, "raw": "Pay $3.", "spoken": "Pay three dollars.",
  "endsWith": "sentence", "pauseMs": 0, "settled": false,
  "words": [{"start": 0, "end": 3, "sourceStart": 0, "sourceEnd": 3}, ...],
  "rules": [{"rule": "en.money", "sourceStart": 4, "sourceEnd": 6, "written": "$3", "spoken": "three dollars"}]}]}

Offsets count Unicode code points: `start` and `end` in `spoken`, the others in the request's text.
"""

import json
from collections.abc import Sequence

from legato.domain.audio import EXTRAS
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Open
from legato.domain.text import PreviewedSegment, WordSpan
from legato.faces.native_json import read_speak
from legato.faces.native_requests import speak_events
from legato.ports import PreviewRequest

MOST_CHARS = 10_000


def read_text_request(body: str) -> PreviewRequest:
    """Parse the body of `POST /v1/text`.

    Raises:
        SpeechError: `bad_frame`, naming the place and what was expected; `text_too_long`.
    """
    request = read_speak(body)
    if len(request.text) > MOST_CHARS:
        raise SpeechError(
            Reason.TEXT_TOO_LONG,
            f"text must have at most {MOST_CHARS:,} characters; this one has {len(request.text):,}",
        )
    opened = speak_events(request, "", EXTRAS)[0]  # nothing is encoded: a client may ask in any format
    assert isinstance(opened, Open), "a conversation begins with it"
    return PreviewRequest(request.text, opened.voice, opened.language, opened.options)


def text_json(spoken: str, segments: Sequence[PreviewedSegment], *, explain: bool) -> str:
    """Return the answer.

    Args:
        spoken: what is spoken of the whole text.
        segments: the segments, in order.
        explain: whether to name the rule behind each rewriting.
    """
    rows = [_segment(one, explain=explain) for one in segments]
    return json.dumps({"spoken": spoken, "segments": rows}, ensure_ascii=False, separators=(",", ":"))


def _segment(previewed: PreviewedSegment, *, explain: bool) -> dict[str, object]:
    segment = previewed.segment
    row: dict[str, object] = {
        "sourceStart": segment.source_start,
        "sourceEnd": segment.source_end,
        "raw": segment.raw,
        "spoken": segment.spoken.text,
        "endsWith": segment.ends_with.name.lower(),
        "pauseMs": segment.pause_ms,
        "settled": previewed.settled,
        "words": [_word(word) for word in segment.spoken.words],
    }
    if explain:
        row["rules"] = [
            {
                "rule": one.rule,
                "sourceStart": one.source_start,
                "sourceEnd": one.source_end,
                "written": previewed.written(one),
                "spoken": one.spoken,
            }
            for one in previewed.rewritings
        ]
    return row


def _word(word: WordSpan) -> dict[str, int]:
    return {
        "start": word.start,
        "end": word.end,
        "sourceStart": word.source_start,
        "sourceEnd": word.source_end,
    }
