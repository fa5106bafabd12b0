"""The turns of a Deepgram v2 session: their ids, what each costs, and where the listener is.

Rules:
- The session's audio is counted as the client plays it: what an interrupt cut off before it was played no longer counts.
- The stream's track counts every sample that was sent; `sample_at` converts from the first count to the second.
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
        chars: characters of text, so far.
        latest_chars: how many of these are from its latest message, which the session may still refuse.
        samples: samples of audio sent, so far.
        started: whether `SpeechStarted` was sent.
        flushed: whether its text is complete.
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
        request_id: what the ids of turns are derived from.
        audio_format: the session's format.
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
        """Begin a turn; return the name of its utterance."""
        self._serial += 1
        name = str(self._serial)
        digest = hashlib.sha256(f"{self._request_id}:{name}".encode()).hexdigest()
        self._open[name] = Turn(f"dg_sp_{digest[:12]}")
        return name

    def get(self, name: str) -> Turn | None:
        """Return the open turn of this utterance."""
        return self._open.get(name)

    def heard(self, turn: Turn, size: int) -> None:
        """Count this many bytes of its audio as sent."""
        samples = size // self._format.bytes_per_sample
        turn.samples += samples
        self._told_samples += samples

    def end(self, name: str) -> Turn | None:
        """Remove and return a turn whose terminal message is about to be sent."""
        turn = self._open.pop(name, None)
        if turn is not None:
            self._chars += turn.chars
        return turn

    def written(self, turn: Turn, chars: int) -> None:
        """Count a message of this many characters, which is handed on."""
        turn.chars += chars
        turn.latest_chars = chars

    def refused(self, name: str) -> None:
        """Uncount the latest message of this utterance's turn: it was refused whole, so it is not input and costs nothing."""
        turn = self._open.get(name)
        if turn is not None:
            turn.chars -= turn.latest_chars
            turn.latest_chars = 0

    def leave_out(self, name: str) -> Turn:
        """Remove and return the open turn of this utterance, which is not spoken: nothing of it counts."""
        turn = self._open.pop(name)
        turn.chars = 0
        return turn

    def sample_at(self, played_ms: int) -> int:
        """The position on the track of a client that has played this much of the session."""
        return self._format.samples(played_ms) + self._unplayed_samples

    def cut(self, played_ms: int) -> None:
        """Uncount the audio after this position, which an interrupt has cut off."""
        self._unplayed_samples = max(
            self._told_samples - self._format.samples(played_ms), self._unplayed_samples
        )

    def counts(self, turn: Turn) -> Mapping[str, object]:
        """What a turn's terminal message says about it."""
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
        """The message with the session's totals."""
        return {
            "type": "SessionMetadata",
            "total_audio_duration_ms": self.played_ms,
            "total_input_character_count": self._chars,
            "total_billable_character_count": self._chars,
        }
