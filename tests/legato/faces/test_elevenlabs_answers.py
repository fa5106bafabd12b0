import json

import pytest

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.faces.elevenlabs_alignment import CharTimes
from legato.faces.elevenlabs_answers import Answer, timed_audio

MULAW = AudioFormat(Encoding.MULAW, 8_000)


@pytest.mark.parametrize("path", ["/v1/text-to-speech/joe", "/v1/text-to-dialogue"])
def test_each_path_has_its_answer(path):
    assert Answer.at(path) is Answer.at(f"{path}/stream") is Answer.AUDIO
    assert Answer.at(f"{path}/with-timestamps") is Answer.TIMED_WHOLE
    assert Answer.at(f"{path}/stream/with-timestamps") is Answer.TIMED_LINES
    assert [one.is_timed for one in Answer] == [False, True, True]


def test_only_audio_has_the_content_type_of_its_format():
    assert [one.content_type(MULAW, b"") for one in Answer] == [
        "audio/basic",
        "application/x-ndjson",
        "application/json",
    ]
    assert Answer.AUDIO.content_type(MULAW, b"RIFF") == "audio/wav"


def test_only_what_is_held_is_bounded():
    for answer in Answer:
        answer.check_length(10_000)
    Answer.AUDIO.check_length(10_001)
    Answer.TIMED_LINES.check_length(10_001)
    with pytest.raises(SpeechError, match=r"at most 10000 characters .* has 10001") as refused:
        Answer.TIMED_WHOLE.check_length(10_001)
    assert refused.value.reason is Reason.TEXT_TOO_LONG


def test_a_line_has_audio_and_its_times_or_none():
    line = timed_audio(b"a", CharTimes(["x"], [0], [500]), more=1)
    assert line.endswith("\n")
    told = json.loads(line)
    assert (told["audio_base64"], told["more"]) == ("YQ==", 1)
    assert told["alignment"] == told["normalized_alignment"]
    assert told["alignment"]["character_end_times_seconds"] == [0.5]
    assert json.loads(timed_audio(b"", None))["alignment"] is None
