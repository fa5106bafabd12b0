"""How ElevenLabs' text-to-speech and text-to-dialogue answer over plain HTTP: each at four paths, in three kinds.

Rules:
- `/stream` and the bare path give bytes as they come; `/stream/with-timestamps` gives one JSON object per line, `/with-timestamps`
  a single one, which is held until everything is spoken, so its text is bounded.
"""

import base64
import json
from enum import Enum

from legato.domain.audio import AudioFormat
from legato.domain.errors import Reason, SpeechError
from legato.faces.elevenlabs_alignment import CharTimes
from legato.faces.elevenlabs_requests import content_type

_MOST_WHOLE_CHARS = 10_000


class Answer(Enum):
    """What a response consists of."""

    AUDIO = ""
    TIMED_LINES = "application/x-ndjson"
    TIMED_WHOLE = "application/json"

    @classmethod
    def at(cls, path: str) -> "Answer":
        """The kind that this path gives."""
        if not path.endswith("/with-timestamps"):
            return cls.AUDIO
        return cls.TIMED_LINES if path.endswith("/stream/with-timestamps") else cls.TIMED_WHOLE

    @property
    def is_timed(self) -> bool:
        """Whether it has the times of the characters."""
        return self is not Answer.AUDIO

    def content_type(self, audio_format: AudioFormat, head: bytes) -> str:
        """The content type of a response with audio in this format, which begins with these bytes."""
        return self.value or content_type(audio_format, head)

    def check_length(self, chars: int) -> None:
        """Refuse a request with too many characters of text to hold what is spoken.

        Raises:
            SpeechError: `text_too_long`.
        """
        if self is Answer.TIMED_WHOLE and chars > _MOST_WHOLE_CHARS:
            raise SpeechError(
                Reason.TEXT_TOO_LONG,
                f"the text of a request must have at most {_MOST_WHOLE_CHARS} characters unless the response is streamed; "
                f"this one has {chars}",
            )


def timed_audio(data: bytes, times: CharTimes | None, **more: object) -> str:
    """A line of JSON with audio and the times of its characters."""
    alignment = None if times is None else times.in_seconds()
    answer = {
        "audio_base64": base64.b64encode(data).decode(),
        "alignment": alignment,
        "normalized_alignment": alignment,
        **more,
    }
    return json.dumps(answer) + "\n"
