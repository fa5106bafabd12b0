"""What the core decides and the session performs. There is no timer effect: the core reports its next deadline instead."""

from dataclasses import dataclass

from legato.domain.audio import AudioFormat
from legato.domain.errors import SpeechError
from legato.domain.facts import Fact
from legato.domain.replies import Reply
from legato.domain.speech import LineRequest, Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.values import value


@value
class OpenText:
    """Make a text front end and an audio pipe for a new utterance.

    Args:
        utterance_id: the new utterance.
        language: BCP 47 tag.
        options: the utterance's options.
        levelled: another route may take over midway, so its audio is to be matched in loudness.
        voice: name of its voice, which may have a lexicon of its own.
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
        utterance_id: the utterance the text belongs to.
        text: new text; may be empty.
        idle_ms: time since the last token; `None` when this is not an idle event.
        flush: speak all held text.
        end: no more text will come.
        lead_ms: the listener's audio lead, which sets the thresholds for cutting.
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
        request: what it is wanted for, without the pronunciations, which the session knows.
    """

    lease: int
    request: LineRequest


@value
class Say:
    """Send one segment on a leased line. `pause_ms` is the pause to be heard before it if the line keeps no context."""

    lease: int
    segment: int
    reading: Reading
    pause_ms: int


@value
class EndInput:
    """No more segments follow on this line; it answers with `events.Finished`."""

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
    """Let audio of a lease accumulate before reporting it: it would only wait. Any other event ends this.

    Args:
        lease: the lease.
        samples: output samples that may come before the next `events.Sampled`.
    """

    lease: int
    samples: int


@dataclass(slots=True)  # one per chunk: a frozen instance takes three times as long to make
class Write:
    """Take this many held samples of the utterance, encode and write them.

    Args:
        utterance_id: the utterance.
        samples: how many; at most what is held.
        sample_offset: offset of the first of them, on the track's clock.
        first: the utterance's first audio: encode and write are stamped.
        more: more is held than may leave at once; `events.Written` will ask for the rest.
    """

    utterance_id: str
    samples: int
    sample_offset: int
    first: bool
    more: bool


@value
class EmptyEncoder:
    """Send what the encoder holds back of the utterance: no audio is near that would push it out, or all is `over`; `events.Written` says when."""

    utterance_id: str
    over: bool = False


@value
class Pad:
    """Append this many samples of silence to what is held, to fill the last codec frame."""

    utterance_id: str
    samples: int


@value
class GiveSilence:
    """Release the silence that the joiner withholds: the listener would run dry without it. Answered by `events.Sampled`."""

    lease: int


@value
class Fade:
    """Fade the next held samples to silence, write them, and drop the rest."""

    utterance_id: str
    samples: int
    sample_offset: int


@value
class DropAudio:
    """Drop the held audio of the utterance, except for its first `keep` samples."""

    utterance_id: str
    keep: int = 0


@value
class Forget:
    """The utterance is over: discard its text front end, pipe and encoder, with what is still in them."""

    utterance_id: str


@value
class Emit:
    """Send the client a reply."""

    reply: Reply


@value
class Note:
    """Hand telemetry a fact."""

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
    """Close the client's side once everything written has left; without an error it ends OK."""

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
    | EmptyEncoder
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
