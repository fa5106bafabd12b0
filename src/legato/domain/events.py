"""What the core is told. Client events come from a face, vendor events from a line, the rest from the session itself.

The list is closed: whoever adds one changes `docs/architecture.md` in the same commit. Events carry no time: an event
happened at the `now` that is passed along with it.
"""

from dataclasses import dataclass

from legato.domain.audio import AudioFormat, Sketch
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import WordMethod
from legato.domain.speech import NOTHING_ASKED, Position, Route, UtteranceOptions
from legato.domain.text import Segment, Wording
from legato.domain.values import value

# --- from the client ------------------------------------------------------------------------------------------------


@value
class Open:
    """The first event of a stream: its defaults, and its audio format, which cannot change later.

    Args:
        voice: name in the catalogue; empty for the default voice.
        audio_format: what the client wants to receive.
        language: BCP 47 tag; empty for the voice's own.
        options: defaults for every utterance.
        max_lead_ms: how far audio may be written ahead of the listener; `None` for the face's default, 0 for real time, -1 for no
            bound.
        traceparent: W3C trace context of the stream.
        tracestate: what goes with it; ignored without it.
        finish_when_heard: an utterance ends when the listener has heard it, not when all of it is written: a `Cancel` while it
            still sounds then reports what was heard.
        waiting_turns: allows at least this many open utterances even if the stream's bound is lower. Set by the faces of dialects
            in which each flush is an utterance of its own, queued behind the others; `None` leaves the bound as it is.
    """

    voice: str
    audio_format: AudioFormat
    language: str = ""
    options: UtteranceOptions = NOTHING_ASKED
    max_lead_ms: int | None = None
    traceparent: str = ""
    tracestate: str = ""
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
    tracestate: str = ""


@value
class Text:
    """More text for an utterance; an unknown id begins one with the stream's defaults."""

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
    """Barge-in. Without an id it cancels everything begun on the track before it, and the track's generation rises.

    Args:
        utterance_id: cancels only that utterance; empty for the track.
        track: which track; `None` with no id means every track.
        fade_ms: at most this much of the audio not yet written is faded out and sent.
        force: cancels utterances that are not interruptible as well.
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
    """Continue at the exact sample at which the track was paused."""

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
    """Get a line ready for this voice; empty for the stream's default."""

    voice: str = ""


@value
class Ping:
    """Answered with `Pong`, which carries the same payload."""

    payload: str = ""


@value
class Refused:
    """The face could not read a message: the client is told why, and the stream goes on."""

    error: SpeechError

    def __post_init__(self) -> None:
        self.error.forget_where()


@value
class HalfClosed:
    """The client will send nothing more: every open utterance is ended, all text is spoken, then the stream closes."""


@value
class Closed:
    """The client is gone: vendor work stops at once. With a `reason` it is the gateway that has ended its stream, and has said so."""

    reason: Reason | None = None


@value
class Drain:
    """The gateway is going away: nothing new begins; what is being said is finished until the deadline.

    Args:
        deadline: monotonic seconds at which the stream is closed even if it still speaks.
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


@dataclass(slots=True)  # one per chunk: a frozen instance takes three times as long to make
class Audio:
    """Audio of the line's run, s16le mono at the line's rate; cut anywhere, even inside a sample."""

    data: bytes


@value
class WordTime:
    """One word with its time in the run.

    Args:
        segment: index of the segment it belongs to.
        start: first character in the text that was sent for that segment.
        end: one past the last.
        start_ms: where it starts to sound, in milliseconds from the first sample of the run.
        end_ms: where it ends, likewise.
        method: where the times come from.
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
    """All audio of this segment has come."""

    segment: int


@value
class Joined:
    """This segment's audio follows the previous segment's with no marker between: one marker will end both."""

    segment: int


@value
class Overtaken:
    """The run's audio comes from this rival route instead of the one asked for.

    `word_times` and `can_pause` are the rival's, as in `LineReady`.
    """

    route: Route
    word_times: bool
    can_pause: bool


@value
class SaidAgain:
    """This many characters of the run were sent once more: to a rival's vendor, or on another connection."""

    chars: int


@value
class Finished:
    """All audio of the run has come: the answer to `Line.end_input`."""


@value
class Warned:
    """The vendor sent a warning; the run goes on."""

    message: str


@value
class Failed:
    """The run was refused or broke off; the connection itself may live on."""

    reason: Reason
    message: str
    retry_after_s: float | None = None


@value
class Lost:
    """The line is gone."""

    message: str


News = Words | Marker | Joined | Overtaken | SaidAgain | Finished | Warned | Failed | Lost
VendorEvent = Audio | News

# --- from the session itself ----------------------------------------------------------------------------------------


@value
class Segmented:
    """The text front end's answer to `effects.Cut`.

    Args:
        utterance_id: the utterance the text belongs to.
        segments: final segments, in order.
        pending_chars: accepted characters that are not in a segment yet.
        idle_wait_ms: how long without a token until another cut is possible; `None` for never.
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
        reused: the connection was warm.
        keeps_context: sentences of one context flow into each other; no joining is needed.
        word_times: the line reports true word times.
        can_pause: the line stops giving audio when asked.
        script: what a line that repeats a recording can say, request by request in this order; `None` for one that can say anything.
    """

    lease: int
    reused: bool
    keeps_context: bool
    word_times: bool
    can_pause: bool
    script: tuple[Wording, ...] | None = None


@value
class LineRefused:
    """An `effects.Acquire` was refused."""

    lease: int
    reason: Reason
    message: str
    retry_after_s: float | None = None


@value
class Heard:
    """A leased line reported something other than audio.

    Args:
        lease: the line's lease.
        event: what it reported.
        sketch: where a run without word times broke off, an outline of its audio since the last marker.
    """

    lease: int
    event: News
    sketch: Sketch | None = None


@dataclass(slots=True)  # one per chunk: a frozen instance takes three times as long to make
class Sampled:
    """Audio of a leased line has gone through the pipe. The only event of the per-chunk path.

    Args:
        lease: the line's lease.
        held: output samples that now wait to be written.
        audible_at: index of the utterance's first audible sample, in its own output samples; -1 while there is none.
        begins: how many of these come before the first of the next segment's own; -1 if none begins.
        withheld: samples of silence that the joiner keeps back until it knows what follows.
    """

    lease: int
    held: int
    audible_at: int = -1
    begins: int = -1
    withheld: int = 0


@value
class Written:
    """A chunk was handed to the socket: one whose `effects.Write` said `more`, an utterance's first, which is now stamped, or its last."""

    utterance_id: str


@value
class OutletDrained:
    """The client has caught up."""


@value
class Tick:
    """The deadline has come."""


SessionEvent = Segmented | LineReady | LineRefused | Heard | Sampled | Written | OutletDrained | Tick
Event = ClientEvent | SessionEvent
