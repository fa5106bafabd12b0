"""One utterance: what it is, what was accepted, what has been said and written.

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
from legato.domain.events import Begin
from legato.domain.speech import Route, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment, TextLevel

LEASE_GRACE_S = 0.25
"""Whoever has lines names the reason why there is none in time: that long behind the deadline it is waited for."""


class Input(enum.Enum):
    """What may still be appended."""

    OPEN = enum.auto()
    ENDING = enum.auto()
    COMPLETE = enum.auto()


_COMPLETE = Input.COMPLETE  # a member of an enum is dear to find, and this one is asked for with every chunk


class Life(enum.Enum):
    """Whether its terminal event has been written, and which."""

    LIVE = enum.auto()
    FINISHED = enum.auto()
    CANCELLED = enum.auto()
    FAILED = enum.auto()


class RunState(enum.Enum):
    """One lease: asked for, leased, told that no more comes."""

    ACQUIRING = enum.auto()
    LIVE = enum.auto()
    ENDING = enum.auto()


@dataclass(slots=True)
class Run:
    """One lease of a line for an utterance.

    Args:
        lease: its number in the stream.
        route: which way.
        asked_at: monotonic seconds of the request.
    """

    lease: int
    route: Route
    asked_at: float
    route_index: int = 0
    returning: bool = False
    """It asks for a route that the stream had left."""
    deadline: float = 0.0
    """After this a line is of no use."""
    state: RunState = RunState.ACQUIRING
    reused: bool = False
    keeps_context: bool = False
    word_times: bool = False
    can_pause: bool = False
    paused: bool = False
    said: deque[tuple[Segment, Reading]] = field(default_factory=deque)
    """Segments handed over whose audio is not complete, in order."""
    said_at: deque[float] = field(default_factory=deque)
    """When each of them was handed over."""
    requests: deque[Request] = field(default_factory=deque)
    """What they were asked for in, but for those that are complete."""
    sent_chars: int = 0
    first_segment: int = -1
    samples_before: int = 0
    """Output samples of the utterance before this run."""
    produced: int = 0
    """Output samples this run has given."""
    produced_complete: int = 0
    """Of these, what it had given when the last segment was complete."""
    last_activity: float = 0.0
    """When it was told or told something, but for audio."""
    sounded_at: float = 0.0
    """When audio came last that was not passed on at once."""
    most_held: float = math.inf
    """Samples that may be held of it: the line gives them whether the listener takes them or not."""
    manner: Delivery = PLAIN
    """What the text asks of its delivery that was fixed when the run began."""
    raw: bool = False
    """The client wants its own characters said, whatever the route is usually sent."""
    owes_audio: bool = False
    """Text with something to say was handed over."""
    sketch: Sketch | None = None
    """What its audio looks like since the last marker, once it has failed."""
    words_told: dict[int, int] = field(default_factory=dict)
    """How many words of each segment the client knows of."""
    untold: list[int] = field(default_factory=list)
    """Segments that are complete, and flow into one that is not: where their words lie is not known yet."""

    @property
    def text_level(self) -> TextLevel:
        """How much of the reading is done before the text is handed over."""
        return TextLevel.RAW if self.raw else self.route.text_level

    @property
    def batch_chars(self) -> int:
        """Text that waits is joined up to so many characters; 0 where requests do not count, or are none."""
        return 0 if self.keeps_context else self.route.batch_chars

    def owes(self, until: int) -> bool:
        """Something to say is among its segments up to this one: marks alone may have no sound."""
        return any(
            segment.index <= until and any(map(str.isalnum, reading.text)) for segment, reading in self.said
        )


@dataclass(frozen=True, slots=True)
class PendingSeam:
    """A splice that has not sounded yet.

    Args:
        from_route: that failed.
        word: the last one that it said.
        method: how it is known which that was.
        at_sample: of the utterance, where the next route's audio begins.
        due_at: when the listener comes to it.
    """

    from_route: str
    word: str
    method: str
    at_sample: int
    due_at: float


@dataclass(slots=True)
class PendingFlush:
    """A `Flush` that is not answered yet: after how many segments, and where their audio ends; -1 while unknown."""

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
    cut_at: float = 0.0
    """When the front end was last fed."""
    known_segments: int = 0
    unsaid: deque[Segment] = field(default_factory=deque)
    unsaid_chars: int = 0
    said_segments: dict[int, Segment] = field(default_factory=dict)
    """Segments that were handed to a voice, for saying them again."""
    completed_segments: int = 0
    speaks_as: str = ""
    """The other voice that the text has asked for; empty while it speaks in its own."""
    own_voice: Voice | None = None
    """The voice that it goes back to from there."""
    told_left_out: set[str] = field(default_factory=set)
    """What the text asks of its delivery and a route could not follow, as the client was told."""
    last_mark: Break | None = None
    """The mark that ended the last segment that was said."""
    asked_pause_ms: int = 0
    """The silence that this segment asked for behind it; 0 for what its mark deserves."""
    words_due: deque[TimedWord] = field(default_factory=deque)
    """Words whose times are known and that the client was not told yet."""
    flushes: deque[PendingFlush] = field(default_factory=deque)
    lapsed: bool = False
    """It was ended because its text stopped coming."""

    run: Run | None = None
    home_route: int = 0
    """Index of the route that this utterance asks first, and counts the others from."""
    asks_back: bool = False
    """Its home is not the voice's first route: that one is asked, once, whether it is well again."""
    routes_tried: int = 0
    failing_since: float | None = None
    retry_at: float | None = None
    stands_back: bool = False
    """It was failing when others were put before it: no route is tried until it is looked at again, and that time does not count."""
    last_failure: SpeechError | None = None
    refusals: int = 0
    """Failures in a row that leave no hope of the route."""
    said_until: int = 0
    """Source offset behind the last word that was known to be said when a route failed."""
    vain_runs: int = 0
    """Failures in a row that came after much audio, and no further in the text."""
    fell_back: bool = False
    attempts: int = 0
    last_route: str = ""
    line_reused: bool = False
    sent_chars: int = 0

    started: bool = False
    queued: bool = False
    """It waited behind an earlier utterance."""
    repeated_words: int = 0
    seam: PendingSeam | None = None
    start_sample: int = 0
    held: int = 0
    withheld: int = 0
    written: int = 0
    chunks: int = 0
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

    def settle_flushes(self) -> None:
        """Find where the audio of each flush ends, for those whose segments are complete."""
        for flush in self.flushes:
            if flush.end_sample < 0 <= flush.after_segments <= self.completed_segments:
                flush.end_sample = self.produced

    @property
    def produced(self) -> int:
        """Output samples there are: written and held."""
        return self.written + self.held

    @property
    def outstanding_chars(self) -> int:
        """Characters handed to a line whose audio is not complete."""
        return sum([len(reading.text) for _, reading in self.run.said]) if self.run else 0

    @property
    def pending_chars(self) -> int:
        """Accepted characters that are not yet spoken."""
        return self.front_pending_chars + self.unsaid_chars + self.outstanding_chars

    @property
    def all_text_released(self) -> bool:
        """Everything that will ever be said has been handed to a line."""
        return self.input is _COMPLETE and not self.unsaid

    @property
    def audio_complete(self) -> bool:
        """No more audio will come."""
        return self.run is None and self.input is _COMPLETE and not self.unsaid

    @property
    def has_nothing_unspoken(self) -> bool:
        """Open, but all that was given has been spoken and written."""
        return not (self.pending_chars or self.held)
