"""The state of one stream, and the few questions that the rules ask of it."""

import math
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from legato.core.playback import PlaybackClock
from legato.core.shared import Shared
from legato.core.sizer import ChunkSettings
from legato.core.utterance import Life, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import Effect, Emit, Note
from legato.domain.errors import SpeechError
from legato.domain.facts import Fact, MessageRefused
from legato.domain.replies import Reply, StreamError
from legato.domain.speech import Catalogue, Principal, StreamLimits, UtteranceOptions, Voice

_REMEMBERED_IDS = 4096


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """How the core is tuned.

    Args:
        chunks: sizes of the chunks written.
        held_high_ms: a line is paused above this much held audio, and resumed below half of it.
        context_idle_s: a line whose segments are all spoken is given back after this, while the utterance stays open.
        retry_first_s: wait before a route is tried again; it doubles with each round.
        acquire_timeout_s: how long a lease may take.
        overflow_s: how long it may take while there is another route.
        goaway_s: how long before an idle stream is closed its client is warned.
    """

    chunks: ChunkSettings = ChunkSettings()
    held_high_ms: float = 1_500.0
    context_idle_s: float = 8.0
    retry_first_s: float = 0.1
    acquire_timeout_s: float = 10.0
    overflow_s: float = 2.0
    goaway_s: float = 10.0


@dataclass(slots=True)
class Track:
    """A queue of utterances that sound one after the other.

    Args:
        number: the client's number for it.
        clock: its listener's playback clock.
    """

    number: int
    clock: PlaybackClock
    generation: int = 0
    queue: deque[Utterance] = field(default_factory=deque)
    sounding: deque[Utterance] = field(default_factory=deque)
    """Utterances that are written whole, and end once they have been heard."""
    paused_at: float | None = None
    look_again_at: float | None = None
    """When held audio may be written even if nothing new comes."""
    release_at: float | None = None
    """When the lead will have room for more text."""

    @property
    def head(self) -> Utterance | None:
        """The utterance that sounds now, or will next."""
        return self.queue[0] if self.queue else None

    @property
    def head_idle_since(self) -> float | None:
        """Since when the head has had nothing to say while others wait; the time behind another head does not count."""
        return self.queue[0].idle_as_head_since if self.queue else None

    @property
    def waits_for_room(self) -> bool:
        """Whether audio is held that nothing is due to move but room at the outlet."""
        return self.look_again_at is None and bool(self.queue) and self.queue[0].held > 0

    def resume(self, now: float) -> None:
        """End the pause, if there is one: its silence was asked for, and is neither an underrun nor the gap of a splice."""
        if self.paused_at is None:
            return
        self.paused_at = None
        self.clock.due_end = max(self.clock.due_end, now)


@dataclass(slots=True)
class StreamState:
    """Everything a stream knows.

    Args:
        stream_id: its name in logs.
        principal: who asks.
        face: the client's dialect.
        catalogue: the voices there are.
        limits: its limits.
        settings: how the core is tuned.
    """

    stream_id: str
    principal: Principal
    face: str
    catalogue: Catalogue
    limits: StreamLimits
    settings: CoreSettings

    opened: bool = False
    audio_format: AudioFormat | None = None
    voice: str = ""
    language: str = ""
    trace: tuple[str, str] = ("", "")
    """The stream's `traceparent` and `tracestate`."""
    options: UtteranceOptions = field(default_factory=UtteranceOptions)
    max_lead_ms: int = -1

    tracks: dict[int, Track] = field(default_factory=dict)
    utterances: dict[str, Utterance] = field(default_factory=dict)
    leases: dict[int, Utterance] = field(default_factory=dict)
    gone: OrderedDict[str, Life | None] = field(default_factory=OrderedDict)
    """Ids that are over, and how each ended; `None` for one that was refused."""
    shared: Shared = field(default_factory=Shared)
    """What it shares with other streams."""
    home_routes: dict[str, int] = field(default_factory=dict)
    """For each voice moved to another route by a failure, that route's index: it stays there until the first route has recovered."""
    begun: int = 0
    last_lease: int = 0
    late_messages: int = 0

    finish_when_heard: bool = False
    outlet_paused: bool = False
    outlet_room_s: float = math.inf
    """How much audio the outlet takes in one chunk."""
    half_closed: bool = False
    closed: bool = False
    draining_until: float | None = None
    opened_at: float = 0.0
    idle_since: float | None = None
    """Since when there has been no utterance; `None` before the first check."""
    goaway_sent: bool = False
    out: list[Effect] = field(default_factory=list)

    @property
    def frame_samples(self) -> int:
        """Samples per codec frame: G.711 is sent in frames of 20 ms, since telephony takes nothing else; the rest sample by sample."""
        assert self.audio_format is not None, "the stream is open"
        framed = self.audio_format.encoding in {Encoding.MULAW, Encoding.ALAW}
        return self.audio_format.samples(20) if framed else 1

    @property
    def encoder_lags(self) -> bool:
        """Whether the end of what was written stays in the encoder until more follows."""
        assert self.audio_format is not None, "the stream is open"
        return self.audio_format.lags

    @property
    def rate_hz(self) -> int:
        """Output samples a second."""
        assert self.audio_format is not None, "the stream is open"
        return self.audio_format.sample_rate_hz

    @property
    def most_held(self) -> int:
        """How many samples may be held of a line that cannot be paused."""
        return self.limits.max_held_audio_ms * self.rate_hz // 1000

    def do(self, effect: Effect) -> None:
        """Add an effect to what the current event brings about."""
        self.out.append(effect)

    def tell(self, reply: Reply) -> None:
        """Tell the client."""
        self.out.append(Emit(reply))

    def note(self, fact: Fact) -> None:
        """Tell telemetry."""
        self.out.append(Note(fact))

    def refuse(self, error: SpeechError) -> None:
        """Refuse a message with a named error; nothing ends."""
        self.tell(StreamError(error))
        self.note(MessageRefused(self.stream_id, error.reason, self.face))

    def track(self, number: int) -> Track:
        """The track with this number, made when it is first named."""
        track = self.tracks.get(number)
        if track is None:
            track = self.tracks[number] = Track(number, PlaybackClock(self.rate_hz))
        return track

    def speak_in(self, utterance: Utterance, voice: Voice) -> None:
        """Have the utterance go on in this voice, on its home route; its first route is asked once whether it has recovered."""
        utterance.voice = voice
        utterance.home_route = self.home_routes.get(voice.name, 0)
        utterance.asks_back = utterance.home_route > 0
        utterance.routes_tried = 0

    def positioned(self, number: int | None) -> Sequence[Track]:
        """The tracks that a reported position is about. Where none is named, it is the one that speaks, or none if several do."""
        if number is not None:
            return [track for track in self.tracks.values() if track.number == number]
        tracks = list(self.tracks.values())
        found = [track for track in tracks if track.queue or track.sounding] or tracks
        return found if len(found) == 1 else ()

    def is_alone(self, utterance: Utterance) -> bool:
        """Whether no other is queued on its track: nobody waits for its text, and it waits for nobody."""
        return len(self.tracks[utterance.begin.track].queue) == 1

    def counted(self, replaced: int | None) -> int:
        """Utterances that count towards the limit: not those that merely still sound, nor those about to be replaced on this track."""
        queued = [utterance for track in self.tracks.values() for utterance in track.queue]
        return sum([other.begin.track != replaced or not other.begin.interruptible for other in queued])

    def remember(self, utterance_id: str, life: Life | None) -> None:
        """Remember an id that is over, for messages that come late."""
        self.gone[utterance_id] = life
        while len(self.gone) > _REMEMBERED_IDS:
            self.gone.popitem(last=False)

    @property
    def pending_chars(self) -> int:
        """Accepted characters of all utterances that are not yet spoken."""
        return sum([utterance.pending_chars for utterance in self.utterances.values()])
