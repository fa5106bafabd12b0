"""The turns of a Deepgram v2 session: their ids, what each has cost, and where the listener is.

Rules:
- The session's audio is counted as the client plays it: what an interrupt cut off before it was played no longer counts.
- The track of the stream counts every sample that was told; `sample_at` leads from the one to the other.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from legato.domain.audio import AudioFormat


@dataclass(slots=True)
class Turn:
    """One turn without a terminal message.

    Args:
        speech_id: as the client knows it.
        chars: of text, so far.
        latest_chars: of these, those of its latest message: the session may still refuse it.
        samples: of audio told, so far.
        started: `SpeechStarted` was told.
        flushed: its text is complete.
    """

    speech_id: str
    chars: int = 0
    latest_chars: int = 0
    samples: int = 0
    started: bool = False
    flushed: bool = False


class Turns:
    """The turns that are open, in order, and the sums of the session.

    Args:
        request_id: the ids of turns are made of it.
        audio_format: of the session.
    """

    def __init__(self, request_id: str, audio_format: AudioFormat) -> None:
        self._request_id = request_id
        self._format = audio_format
        self._open: dict[str, Turn] = {}
        self._serial = 0
        self._told_samples = 0
        self._unplayed_samples = 0
        self._chars = 0

    @property
    def names(self) -> frozenset[str]:
        """The utterances of the open turns."""
        return frozenset(self._open)

    @property
    def played_ms(self) -> int:
        """Milliseconds of the session's audio, as far as the client can have played it."""
        return round(self._format.ms(self._told_samples - self._unplayed_samples))

    def begin(self) -> str:
        """A new turn; the name of its utterance."""
        self._serial += 1
        name = str(self._serial)
        digest = hashlib.sha256(f"{self._request_id}:{name}".encode()).hexdigest()
        self._open[name] = Turn(f"dg_sp_{digest[:12]}")
        return name

    def get(self, name: str) -> Turn | None:
        """The open turn of this utterance."""
        return self._open.get(name)

    def heard(self, turn: Turn, size: int) -> None:
        """So many bytes of its audio are told."""
        samples = size // self._format.bytes_per_sample
        turn.samples += samples
        self._told_samples += samples

    def end(self, name: str) -> Turn | None:
        """The turn's terminal message is told."""
        turn = self._open.pop(name, None)
        if turn is not None:
            self._chars += turn.chars
        return turn

    def written(self, turn: Turn, chars: int) -> None:
        """A message of so many characters is handed on."""
        turn.chars += chars
        turn.latest_chars = chars

    def refused(self, name: str) -> None:
        """The latest message of this utterance's turn was refused whole: it is no input, and costs nothing."""
        turn = self._open.get(name)
        if turn is not None:
            turn.chars -= turn.latest_chars
            turn.latest_chars = 0

    def leave_out(self, name: str) -> Turn:
        """The open turn of this utterance is not spoken: nothing of it counts."""
        turn = self._open.pop(name)
        turn.chars = 0
        return turn

    def sample_at(self, played_ms: int) -> int:
        """Where on the track the client is that has played so much of the session."""
        return self._format.samples(played_ms) + self._unplayed_samples

    def cut(self, played_ms: int) -> None:
        """An interrupt has cut off what is behind this."""
        self._unplayed_samples = max(
            self._told_samples - self._format.samples(played_ms), self._unplayed_samples
        )

    def counts(self, turn: Turn) -> Mapping[str, object]:
        """What a turn's terminal message tells of it."""
        return {
            "speech_id": turn.speech_id,
            "audio_duration_ms": round(self._format.ms(turn.samples)),
            "input_character_count": turn.chars,
            "billable_character_count": turn.chars,
            "controls_applied": {
                "pronunciations_applied": 0,
                "breaks_applied": 0,
                "pronunciation_warnings": 0,
            },
        }

    def totals(self) -> Mapping[str, object]:
        """The session's sums."""
        return {
            "type": "SessionMetadata",
            "total_audio_duration_ms": self.played_ms,
            "total_input_character_count": self._chars,
            "total_billable_character_count": self._chars,
        }
