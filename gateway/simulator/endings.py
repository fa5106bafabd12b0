"""How an utterance of a simulated vendor ends: the reply that says so, with its receipt."""

from dataclasses import dataclass

from legato.domain import replies
from legato.domain.errors import SpeechError
from legato.domain.receipt import Receipt
from legato.domain.replies import HeardMethod


@dataclass(frozen=True, slots=True)
class Account:
    """What an utterance has come to by its end.

    Args:
        utterance_id: the client's id.
        voice: who spoke it.
        text: all its text.
        spoken: how many characters of it were spoken or asked for.
        samples: how many samples were sent.
        sample_rate_hz: their rate.
        chunks: how many chunks they came in.
        first_s: from its beginning to its first byte; `None` without audio.
        total_s: from its beginning to its end.
    """

    utterance_id: str
    voice: str
    text: str
    spoken: int
    samples: int
    sample_rate_hz: int
    chunks: int
    first_s: float | None
    total_s: float

    def finished(self) -> replies.UtteranceFinished:
        """All of it was sent."""
        return replies.UtteranceFinished(self.utterance_id, self._receipt("empty"))

    def cancelled(self, heard: int, sample: int, method: HeardMethod) -> replies.UtteranceCancelled:
        """The client has cancelled it.

        Args:
            heard: how many characters were heard.
            sample: where on the track's clock it was cut off.
            method: how that is known.
        """
        return replies.UtteranceCancelled(
            self.utterance_id,
            self.text[:heard],
            self.text[heard : self.spoken],
            self.text[max(heard, self.spoken) :],
            sample,
            method,
            self._receipt("cancelled"),
        )

    def failed(self, heard: int, error: SpeechError) -> replies.UtteranceFailed:
        """It has failed, once this many characters were heard."""
        receipt = self._receipt(error.reason.value)
        return replies.UtteranceFailed(self.utterance_id, error, self.text[heard:], receipt)

    def _receipt(self, no_audio: str) -> Receipt:
        return Receipt(
            ttfb_s=self.first_s,
            ttfa_s=self.first_s,
            no_audio="" if self.first_s is not None else no_audio,
            route=f"simulator/{self.voice}",
            attempts=1,
            accepted_chars=len(self.text),
            sent_chars=self.spoken,
            audio_samples=self.samples,
            sample_rate_hz=self.sample_rate_hz,
            chunks=self.chunks,
            total_s=self.total_s,
        )
