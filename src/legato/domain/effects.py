"""What the core decides; the session performs it. Timers are no effect: the core tells its next deadline instead."""

from dataclasses import dataclass

from legato.domain.audio import AudioFormat
from legato.domain.errors import SpeechError
from legato.domain.facts import Fact
from legato.domain.replies import Reply
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.values import value


@value
class OpenText:
    """Make a text front end and an audio pipe for a new utterance.

    Args:
        utterance_id: whose.
        language: BCP 47 tag.
        options: of the utterance.
        levelled: another route may go on in the middle of it: then its loudness is kept.
        voice: name of its voice, which may have words of its own.
    """

    utterance_id: str
    language: str
    options: UtteranceOptions
    levelled: bool = False
    voice: str = ""


@value
class Cut:
    """Feed the utterance's text front end; it answers with `events.Segmented`.

    Args:
        utterance_id: whose text.
        text: new text, may be empty.
        idle_ms: no token for so long; `None` when this is not an idle event.
        flush: speak all that is held.
        end: no more text will come.
        lead_ms: audio lead at the listener: thresholds follow it.
    """

    utterance_id: str
    text: str = ""
    idle_ms: int | None = None
    flush: bool = False
    end: bool = False
    lead_ms: float = 0.0


@value
class Acquire:
    """Lease a line; answered by `events.LineReady` or `events.LineRefused` with the same number.

    Args:
        lease: number of this lease, unique in the stream.
        utterance_id: for whom.
        route: which way.
        language: BCP 47 tag.
        options: of the utterance.
        principal: who asks.
        deadline: monotonic seconds after which the answer is of no use.
        returning: the stream has left this route after a failure, and asks whether it is well again.
        rivals: routes that may overtake this one when it is slow.
        hedge_share: characters that may be sent twice for that, as a share of all.
        last_resort: every route has failed: ask though the route has failed too often.
        heard_from: monotonic seconds until which the listener hears what comes before it.
    """

    lease: int
    utterance_id: str
    route: Route
    language: str
    options: UtteranceOptions
    principal: Principal
    deadline: float
    returning: bool = False
    rivals: tuple[Route, ...] = ()
    hedge_share: float = 0.0
    last_resort: bool = False
    heard_from: float = 0.0


@value
class Say:
    """Send one segment on a leased line. `pause_ms` is the pause to be heard before it where lines keep no context."""

    lease: int
    segment: int
    reading: Reading
    pause_ms: int


@value
class EndInput:
    """No more segments on this line; it answers with `events.Finished`."""

    lease: int


@value
class CancelLine:
    """Stop the run; nothing more of it is wanted."""

    lease: int


@value
class Release:
    """Give the lease back: `clean` lines may be used again, others are replaced."""

    lease: int
    clean: bool


@value
class PauseLine:
    """Enough for now: stop giving audio."""

    lease: int


@value
class ResumeLine:
    """Give audio again."""

    lease: int


@value
class Gather:
    """So much more audio of a lease need not be told one by one: it would only wait. Anything else that happens ends it.

    Args:
        lease: whose.
        samples: output samples that may still come before `events.Sampled`.
    """

    lease: int
    samples: int


@dataclass(slots=True)  # one for every chunk: what is frozen takes three times as long to make
class Write:
    """Take so many held samples of the utterance, encode and write them.

    Args:
        utterance_id: whose.
        samples: how many; at most what is held.
        sample_offset: of the first of them, on the track's clock.
        first: the utterance's first audio: encode and write are stamped.
        last: nothing of the utterance follows: whole codec frames are padded.
        more: as much as may leave at once is less than what is held: `events.Written` asks to go on.
    """

    utterance_id: str
    samples: int
    sample_offset: int
    first: bool = False
    last: bool = False
    more: bool = False


@value
class Pad:
    """Add so much silence behind what is held, to fill the last codec frame."""

    utterance_id: str
    samples: int


@value
class GiveSilence:
    """Give out the silence that joining withholds: the listener would run dry. Answered by `events.Sampled`."""

    lease: int


@value
class Fade:
    """Fade the next held samples to silence, write them, and drop the rest."""

    utterance_id: str
    samples: int
    sample_offset: int


@value
class DropAudio:
    """Drop the audio of the utterance that is held and not written, but for its first `keep` samples."""

    utterance_id: str
    keep: int = 0


@value
class Forget:
    """The utterance is over: its text front end, pipe and encoder go."""

    utterance_id: str


@value
class Emit:
    """Tell the client."""

    reply: Reply


@value
class Note:
    """Tell telemetry."""

    fact: Fact


@value
class Warm:
    """Have a line ready for this route."""

    route: Route
    language: str
    principal: Principal


@value
class SetFormat:
    """The stream's audio format is settled."""

    audio_format: AudioFormat


@value
class CloseStream:
    """Close the client's side after all that was written; without an error it ends OK."""

    error: SpeechError | None = None


Effect = (
    OpenText
    | Cut
    | Acquire
    | Say
    | EndInput
    | CancelLine
    | Release
    | PauseLine
    | ResumeLine
    | Gather
    | Write
    | Pad
    | GiveSilence
    | Fade
    | DropAudio
    | Forget
    | Emit
    | Note
    | Warm
    | SetFormat
    | CloseStream
)
