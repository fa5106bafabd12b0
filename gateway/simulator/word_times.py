"""The word times of one utterance of a simulated vendor: each is sent before the chunk in which its word begins.

The script may withhold them, delay them, or send them shifted.
"""

import math

from gateway.simulator.contexts import StreamContext
from gateway.simulator.lasting_effects import LastingEffects
from gateway.simulator.piece import PlacedWord, WordTrail
from legato.domain import replies
from legato.domain.replies import WordMethod


class WordTimes:
    """The words of one utterance, and what is told about them.

    Args:
        utterance_id: the client's id.
        stream: what its stream has.
        effects: what faults have done to the utterance.
    """

    def __init__(self, utterance_id: str, stream: StreamContext, effects: LastingEffects) -> None:
        self.trail = WordTrail()
        self.base = 0
        """Where the utterance begins on the track's clock, in samples."""
        self._utterance_id = utterance_id
        self._stream = stream
        self._effects = effects

    def tell(self, text: str, byte: int) -> None:
        """Send the times of the words that begin before this byte of the audio.

        Args:
            text: all the text of the utterance.
            byte: where the next chunk ends.
        """
        late_s = self._stream.vendor.script.late_ms / 1000 if self._effects.words == "late" else 0.0
        audio_format = self._stream.audio_format
        bytes_per_s = audio_format.bytes_per_sample * audio_format.sample_rate_hz
        self._tell(text, byte - late_s * bytes_per_s)

    def tell_rest(self, text: str) -> None:
        """Send the times of all words that were not sent yet."""
        self._tell(text, math.inf)

    def _tell(self, text: str, until: float) -> None:
        if self._effects.words != "absent":
            for word in self.trail.until(until):
                self._stream.outlet.write(self._word(text, word))

    def _word(self, text: str, word: PlacedWord) -> replies.WordSpoken:
        return replies.WordSpoken(
            self._utterance_id,
            text[word.start : word.end],
            self._sample(word.first_byte),
            self._sample(word.last_byte),
            word.start,
            word.end,
            WordMethod.VENDOR,
        )

    def _sample(self, byte: int) -> int:
        """What is told of where this byte is on the track's clock, true or not."""
        shift = 0
        if self._effects.words == "wrong":
            shift = self._stream.audio_format.samples(abs(self._effects.shift_ms))
            shift = -shift if self._effects.shift_ms < 0 else shift
        width = self._stream.audio_format.bytes_per_sample
        return max(0, self.base + (byte - self.trail.lead) // width + shift)
