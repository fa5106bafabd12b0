"""One utterance: what it is, and what of it has been accepted, said and written.

    input     OPEN -> ENDING (End was read) -> COMPLETE (every segment is known)
    life      LIVE -> FINISHED | CANCELLED | FAILED, once and for good

The state is data; the rules that move it are in `intake`, `speaking`, `emission` and `ending`.
"""

import enum
import math
from collections import deque
from dataclasses import dataclass, field

from legato.core.batching import Request
from legato.core.sizer import Sizer
from legato.core.stamps import Stamps
from legato.core.timeline import TimedWord, Timeline
from legato.domain.audio import Sketch
from legato.domain.delivery import PLAIN, Delivery
from legato.domain.errors import SpeechError
from legato.domain.events import Begin, LineReady, Overtaken
from legato.domain.speech import Route, UtteranceOptions, Voice
from legato.domain.stage_directions import sounds
from legato.domain.text import Break, Reading, Segment, TextLevel, Wording
from legato.domain.values import value


class Input(enum.Enum):
    """Whether text may still be appended."""

    OPEN = enum.auto()
    ENDING = enum.auto()
    COMPLETE = enum.auto()


_COMPLETE = Input.COMPLETE  # looking up an enum member is slow, and this one is needed for every chunk


class Life(enum.Enum):
    """Whether its terminal event has been written, and which."""

    LIVE = enum.auto()
    FINISHED = enum.auto()
    CANCELLED = enum.auto()
    FAILED = enum.auto()


class RunState(enum.Enum):
    """How far a lease is: asked for, granted, told that no more text comes."""

    ACQUIRING = enum.auto()
    LIVE = enum.auto()
    ENDING = enum.auto()


@value
class Awaited:
    """A segment that was handed to a line, and whose audio is not complete: its reading, and when it was handed over."""

    segment: Segment
    reading: Reading
    since: float


@dataclass(slots=True)
class Run:
    """One lease of a line for an utterance.

    Args:
        lease: its number in the stream.
        route: the route it is on.
        asked_at: when it was asked for, monotonic seconds.
    """

    lease: int
    route: Route
    asked_at: float
    route_index: int = 0
    returning: bool = False
    """It asks for a route that the stream has left."""
    deadline: float = 0.0
    """When a line is no longer of use."""
    state: RunState = RunState.ACQUIRING
    reused: bool = False
    keeps_context: bool = False
    word_times: bool = False
    can_pause: bool = False
    paused: bool = False
    awaited: deque[Awaited] = field(default_factory=deque)
    """The segments handed over whose audio is not complete, in order."""
    requests: deque[Request] = field(default_factory=deque)
    """The requests they were sent in, except complete ones."""
    sent_chars: int = 0
    first_segment: int = -1
    samples_before: int = 0
    """Output samples of the utterance before this run."""
    produced: int = 0
    """Output samples this run has given."""
    produced_complete: int = 0
    """How many of these it had given when the last segment was complete, or was taken to be."""
    paid_chars: int = 0
    """Characters of segments that are taken to be complete, by a voice that does not say so."""
    seen: int = 0
    """How many samples it had given when text last waited for room."""
    seen_at: float = 0.0
    """Since when it has given no more than these."""
    last_activity: float = 0.0
    """When something other than audio last went to it or came from it."""
    sounded_at: float = 0.0
    """When audio last came that was not passed on at once."""
    most_held: float = math.inf
    """How many of its samples may be held, where the line gives them whether the listener takes them or not."""
    delivery: Delivery = PLAIN
    """The part of the text's delivery that was fixed when the run began."""
    script: tuple[Wording, ...] | None = None
    """What is left of the recording that the line repeats, request by request; `None` for a voice that can say anything."""
    raw: bool = False
    """The client wants its own characters spoken, whatever the route is usually sent."""
    owes_audio: bool = False
    """Text with something to say was handed over."""
    sketch: Sketch | None = None
    """An outline of its audio since the last marker, once it has failed."""
    words_told: dict[int, int] = field(default_factory=dict)
    """How many words of each segment the client has been told."""
    untold: list[int] = field(default_factory=list)
    """Complete segments that flow into one that is not complete, so that it is not known yet where their words are."""

    @property
    def text_level(self) -> TextLevel:
        """How far the gateway itself turns the text of this run into words."""
        return TextLevel.RAW if self.raw else self.route.text_level

    @property
    def batch_chars(self) -> int:
        """Waiting text is joined up to this many characters; 0 where requests are not counted, or there are none."""
        return 0 if self.keeps_context else self.route.batch_chars

    def carried_by(self, line: LineReady | Overtaken, most_held: float) -> None:
        """Note what the line can do that carries it from now on; `most_held` bounds the samples held of one that cannot be paused."""
        self.word_times, self.can_pause = line.word_times, line.can_pause
        self.most_held = math.inf if line.can_pause else most_held

    def sends(self, text: str) -> None:
        """Note text that is handed over."""
        self.sent_chars += len(text)
        self.owes_audio = self.owes_audio or sounds(text)

    def owes(self, until: int) -> bool:
        """Whether any of its segments up to this one has something to say: marks and stage directions alone may have no sound."""
        return any(one.segment.index <= until and sounds(one.reading.text) for one in self.awaited)


@dataclass(slots=True)
class PendingSeam:
    """A splice that has not sounded yet.

    Args:
        from_route: the route that failed.
        word: the last word it said.
        method: how that word was determined.
        at_sample: sample of the utterance at which the next route's audio begins.
        owed_at: when the text that broke off was given to the voice, monotonic seconds: earlier silence was a wait for text.
        gap_s: silence that the listener has heard at the seam so far.
    """

    from_route: str
    word: str
    method: str
    at_sample: int
    owed_at: float
    gap_s: float = 0.0


@dataclass(slots=True)
class PendingFlush:
    """A `Flush` not answered yet: how many segments come before it, and where their audio ends; -1 while unknown."""

    flush_id: str
    after_segments: int = -1
    end_sample: int = -1


@dataclass(slots=True)
class Utterance:
    """One thing to say."""

    begin: Begin
    ordinal: int
    generation: int
    voice: Voice
    language: str
    options: UtteranceOptions
    begun_at: float
    timeline: Timeline
    sizer: Sizer
    stamps: Stamps = field(default_factory=Stamps)

    input: Input = Input.OPEN
    life: Life = Life.LIVE
    parts: list[str] = field(default_factory=list)
    accepted_chars: int = 0
    front_pending_chars: int = 0
    idle_wait_ms: int | None = None
    idle_served_ms: int = 0
    last_text_at: float = 0.0
    idle_as_head_since: float | None = None
    """Since when it has had nothing to say while others waited behind it."""
    cut_at: float = 0.0
    """When the front end was last fed."""
    known_segments: int = 0
    unsaid: deque[Segment] = field(default_factory=deque)
    unsaid_chars: int = 0
    said_segments: dict[int, Segment] = field(default_factory=dict)
    """Segments that were handed to a voice, in case they must be said again."""
    completed_segments: int = 0
    speaks_as: str = ""
    """Name of another voice that the text has asked for; empty while it speaks in its own."""
    own_voice: Voice | None = None
    """The voice to which it then returns."""
    told_left_out: set[str] = field(default_factory=set)
    """Elements of the text's delivery that the client has been told are not supported."""
    last_mark: Break | None = None
    """The mark that ended the last segment said."""
    asked_pause_ms: int = 0
    """The silence that this segment asked for after it; 0 for the usual pause of its mark."""
    words_due: deque[TimedWord] = field(default_factory=deque)
    """Words whose times are known and of which the client has not been told yet."""
    flushes: deque[PendingFlush] = field(default_factory=deque)

    run: Run | None = None
    home_route: int = 0
    """Index of the route that this utterance tries first; the others follow in order."""
    asks_back: bool = False
    """Its home is not the voice's first route: that one is asked, once, whether it has recovered. Set with the voice, by `speak_in`."""
    routes_tried: int = 0
    failing_since: float | None = None
    retry_at: float | None = None
    stands_back: bool = False
    """It was failing when others were put before it, its listener had enough audio or its text was missing: until its turn comes again no
    route is tried, and that time does not count as failing."""
    last_failure: SpeechError | None = None
    refusals: int = 0
    """Failures in a row after which retrying the route is useless."""
    said_until: int = 0
    """Source offset one past the last word known to be said when a route failed."""
    vain_runs: int = 0
    """Failures in a row that came after much audio but no further in the text."""
    fell_back: bool = False
    attempts: int = 0
    last_route: str = ""
    line_reused: bool = False
    sent_chars: int = 0
    cached_chars: int = 0

    started: bool = False
    queued: bool = False
    """It waited behind an earlier utterance."""
    repeated_words: int = 0
    seam: PendingSeam | None = None
    start_sample: int = 0
    due_at: float = 0.0
    """When its first sample was due to sound, as the playback clock had it at its first write."""
    held: int = 0
    withheld: int = 0
    written: int = 0
    emptied_at: int = 0
    """How much was written when the encoder was last emptied."""
    encoder_over: bool = False
    """The encoder is to give, or has given, its last bytes."""
    unsent: int = 0
    """How much of what was written an encoder still holds back."""
    chunks: int = 0
    """Messages with its audio. Each write makes one, unless an encoder lags: then the session tells how many there were."""
    audible_at: int = -1
    ttfa_s: float | None = None
    id: str = field(init=False)
    """The client's name for it."""

    def __post_init__(self) -> None:
        self.id = self.begin.utterance_id

    @property
    def text(self) -> str:
        """The accepted text."""
        if len(self.parts) > 1:
            self.parts = ["".join(self.parts)]
        return self.parts[0] if self.parts else ""

    def leave_out(self, segments: int) -> None:
        """Forget this many segments, the first that were not handed over: the route is sent nothing of them."""
        handed_over = self._handed_over
        self.known_segments -= segments
        if not (self.unsaid or (self.run and self.run.awaited)):
            self.failing_since = None  # nothing is owed any more
        for flush in self.flushes:
            if flush.after_segments > handed_over:
                flush.after_segments -= segments
        self.settle_flushes()

    @property
    def before_flush(self) -> int:
        """How many of the waiting segments come before the next flush that is to be answered; 0 if there is none."""
        if not self.flushes:
            return 0
        borders = [flush.after_segments - self._handed_over for flush in self.flushes]
        return min([border for border in borders if border > 0], default=0)

    @property
    def _handed_over(self) -> int:
        """How many segments were given to a line, without those that are to be said again."""
        return self.completed_segments + (len(self.run.awaited) if self.run else 0)

    def settle_flushes(self) -> None:
        """Set where the audio of each flush ends, once its segments are complete; anew if they must be said again."""
        for flush in self.flushes:
            if not 0 <= flush.after_segments <= self.completed_segments:
                flush.end_sample = -1
            elif not 0 <= flush.end_sample <= self.produced:
                flush.end_sample = self.produced

    @property
    def produced(self) -> int:
        """Output samples so far: written and held."""
        return self.written + self.held

    @property
    def outstanding_chars(self) -> int:
        """Characters of the segments handed to a line whose audio is not complete."""
        return sum([len(one.reading.text) for one in self.run.awaited]) if self.run else 0

    @property
    def pending_chars(self) -> int:
        """Accepted characters that are not yet spoken."""
        return self.front_pending_chars + self.unsaid_chars + self.outstanding_chars

    @property
    def all_text_released(self) -> bool:
        """Whether everything that will ever be said has been handed to a line."""
        return self.input is _COMPLETE and not self.unsaid

    @property
    def audio_complete(self) -> bool:
        """Whether no more audio will come."""
        return self.run is None and self.input is _COMPLETE and not self.unsaid

    @property
    def has_nothing_unspoken(self) -> bool:
        """Whether all text given so far has been spoken and written."""
        return not (self.pending_chars or self.held)
