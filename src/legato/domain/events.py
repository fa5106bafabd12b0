"""What the session is told. Client events come from a face, vendor events from a line; the rest from the session itself.

The list is closed: a new one changes `docs/architecture.md` in the same commit. Times are not in here: the moment of an
event is the `now` it is handed over with.
"""

from dataclasses import dataclass

from legato.domain.audio import AudioFormat, Sketch
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import WordMethod
from legato.domain.speech import NOTHING_ASKED, Position, Route, UtteranceOptions
from legato.domain.text import Segment
from legato.domain.values import value

# --- from the client ------------------------------------------------------------------------------------------------


@value
class Open:
    """The first event of a stream: its defaults, and the audio format, which stays.

    Args:
        voice: name in the catalogue; empty for the default voice.
        audio_format: what the client wants to hear.
        language: BCP 47 tag; empty for the voice's own.
        options: defaults of every utterance.
        max_lead_ms: audio written ahead of the ear; `None` for the face's default, 0 for real time, -1 for no bound.
        traceparent: W3C trace context of the stream.
        finish_when_heard: an utterance ends when the listener has heard it, not when all of it is written: a `Cancel` while it
            still sounds then tells what was heard.
        waiting_turns: utterances that may be open at least, whatever the bound of the stream is: for dialects whose every flush
            is one, and which speak them one after another. `None` for that bound; no client of ours says it.
    """

    voice: str
    audio_format: AudioFormat
    language: str = ""
    options: UtteranceOptions = NOTHING_ASKED
    max_lead_ms: int | None = None
    traceparent: str = ""
    finish_when_heard: bool = False
    waiting_turns: int | None = None


@value
class Begin:
    """A new utterance. Its settings are frozen here."""

    utterance_id: str
    track: int = 0
    voice: str = ""
    language: str = ""
    options: UtteranceOptions = NOTHING_ASKED
    position: Position = Position.APPEND
    interruptible: bool = True
    traceparent: str = ""


@value
class Text:
    """More text of an utterance; an unknown id begins one with the stream's defaults."""

    utterance_id: str
    text: str


@value
class Flush:
    """Speak all held text now; the utterance stays open. Answered once, after that audio."""

    utterance_id: str
    flush_id: str = ""


@value
class End:
    """No more text for this utterance."""

    utterance_id: str


@value
class Cancel:
    """Barge-in. Without an id: everything begun on the track before it, and the track's generation rises.

    Args:
        utterance_id: that utterance only; empty for the track.
        track: which track; `None` with no id means every track.
        fade_ms: of samples not yet written, at most this many are faded out and sent.
        force: also utterances that are not interruptible.
        played_sample: the listener's position on the track's clock, if known.
    """

    utterance_id: str = ""
    track: int | None = None
    fade_ms: int = 0
    force: bool = False
    played_sample: int | None = None


@value
class Pause:
    """Stop emission on a track; audio and vendor context are held."""

    track: int = 0


@value
class Resume:
    """Go on at the exact sample."""

    track: int = 0


@value
class Played:
    """The listener has heard the track up to this sample (cumulative)."""

    sample: int
    track: int = 0


@value
class Configure:
    """New defaults for utterances that begin later. `None` leaves a default as it is."""

    voice: str | None = None
    language: str | None = None
    options: UtteranceOptions = NOTHING_ASKED
    max_lead_ms: int | None = None


@value
class Prewarm:
    """Get a line ready for this voice; empty for the stream's own."""

    voice: str = ""


@value
class Ping:
    """Answered with `Pong`, which carries the same payload."""

    payload: str = ""


@value
class Refused:
    """The face could not read a message: the client is told why, and the stream goes on."""

    error: SpeechError


@value
class HalfClosed:
    """The client sends no more: every open utterance is ended, all is spoken, then the stream closes."""


@value
class Closed:
    """The client is gone: vendor work stops at once."""


@value
class Drain:
    """The gateway is going away: nothing new begins; what is being said is finished until the deadline.

    Args:
        deadline: monotonic seconds at which the stream is closed whatever it does.
    """

    deadline: float


ClientEvent = (
    Open
    | Begin
    | Text
    | Flush
    | End
    | Cancel
    | Pause
    | Resume
    | Played
    | Configure
    | Prewarm
    | Ping
    | Refused
    | HalfClosed
    | Closed
    | Drain
)

# --- from a line ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)  # one for every chunk: what is frozen takes three times as long to make
class Audio:
    """Sound of the line's run, s16le mono at the line's rate; cut anywhere, even inside a sample."""

    data: bytes


@value
class WordTime:
    """One word with its time in the run.

    Args:
        segment: index of the segment it belongs to.
        start: first character in the text that was sent for that segment.
        end: one past the last.
        start_ms: onset, milliseconds from the first sample of the run.
        end_ms: offset, likewise.
        method: who says so.
    """

    segment: int
    start: int
    end: int
    start_ms: float
    end_ms: float
    method: WordMethod = WordMethod.VENDOR


@value
class Words:
    """True word times from the vendor or engine."""

    words: tuple[WordTime, ...]


@value
class Marker:
    """All audio of this segment has been given."""

    segment: int


@value
class Joined:
    """This segment's audio follows that of the one before it with no marker between: one marker will end both."""

    segment: int


@value
class Overtaken:
    """The run's audio comes by another route than was asked for, which was given so many characters besides."""

    route: Route
    chars: int


@value
class Finished:
    """All audio of the run has been given: the answer to `Line.end_input`."""


@value
class Warned:
    """The vendor says something that stops nothing."""

    message: str


@value
class Failed:
    """The line refused or broke the run; the connection itself may live on."""

    reason: Reason
    message: str
    retry_after_s: float | None = None


@value
class Lost:
    """The line is gone."""

    message: str


News = Words | Marker | Joined | Overtaken | Finished | Warned | Failed | Lost
VendorEvent = Audio | News

# --- from the session itself ----------------------------------------------------------------------------------------


@value
class Segmented:
    """The text front end's answer to `effects.Cut`.

    Args:
        utterance_id: whose text.
        segments: final segments, in order.
        pending_chars: accepted characters that are in no segment yet.
        idle_wait_ms: after so much silence another cut is possible; `None` for never.
        closed: the text is complete: `End` was carried out.
    """

    utterance_id: str
    segments: tuple[Segment, ...]
    pending_chars: int
    idle_wait_ms: int | None
    closed: bool = False


@value
class LineReady:
    """An `effects.Acquire` has been answered.

    Args:
        lease: the number in `effects.Acquire`.
        line_id: of the leased line.
        reused: the connection was warm.
        keeps_context: sentences of one context flow into each other; no joining is needed.
        word_times: the line gives true word times.
        can_pause: the line stops giving audio when asked.
    """

    lease: int
    line_id: int
    reused: bool
    keeps_context: bool
    word_times: bool
    can_pause: bool


@value
class LineRefused:
    """An `effects.Acquire` cannot be answered."""

    lease: int
    reason: Reason
    message: str
    retry_after_s: float | None = None


@value
class Heard:
    """A vendor event that is not audio, of a leased line.

    Args:
        lease: of the line.
        event: what it told.
        sketch: of its audio that no marker has come for, where it broke off and tells no word times.
    """

    lease: int
    event: News
    sketch: Sketch | None = None


@dataclass(slots=True)  # one for every chunk: what is frozen takes three times as long to make
class Sampled:
    """Audio of a leased line has gone through the pipe. The only event of the per-chunk path.

    Args:
        lease: whose.
        held: output samples that now wait to be written.
        audible_at: index of the utterance's first audible sample, in its own output samples; -1 while there was none.
        begins: the next segment's own audio begins behind these samples.
        withheld: silence that joining keeps back until it is known what follows.
    """

    lease: int
    held: int
    audible_at: int = -1
    begins: bool = False
    withheld: int = 0


@value
class Written:
    """Audio whose `effects.Write` asked for it was handed to the socket; the first of an utterance was stamped, too."""

    utterance_id: str


@value
class OutletDrained:
    """The client has caught up."""


@value
class Tick:
    """The deadline has come."""


SessionEvent = Segmented | LineReady | LineRefused | Heard | Sampled | Written | OutletDrained | Tick
Event = ClientEvent | SessionEvent
