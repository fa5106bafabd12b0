"""What voices have said before, kept to be said again: the audio cache. Pure; time is an argument.

Rules:
1. A recording is one run: its requests in order, each with the audio and word times that came for it. It is found by all that a voice
   is given: route, options, language, pronunciations, the tenant, and the wording of its first request.
2. Where a request ends in the audio must be known: by its marker, if the next request's audio comes after the marker. Where segments flow
   into each other a marker may come before the last word has sounded: there it is known by the word times of the next request, and by
   the end of the run. It must be whole, with at least as much sound as its text can possibly take, and no more behind the marker of all
   that was asked for: that one came too early. The first request for which this is not so is not kept, nor is any after it.
3. Others may repeat a request that is still being spoken if they will know where it ends: its provider was seen to mark ends, which one
   that joins requests does not, or nothing follows it. Besides, its audio must not depend on text that is still to come: the input has
   ended, or segments do not flow into each other.
4. What others repeat is heard to its end, whether it is kept or not.
5. The audio has a bound, with all of what is still being spoken: what was not asked for longest goes first. It also has an age, since a
   vendor may change a voice.
"""

from dataclasses import dataclass, field, replace

from legato.core.least_audio import is_audible, least_s, sure_chars
from legato.domain.delivery import Bounds, Delivery
from legato.domain.events import (
    Audio,
    Failed,
    Finished,
    Joined,
    Lost,
    Marker,
    Overtaken,
    VendorEvent,
    Words,
)
from legato.domain.speech import NOTHING_ASKED, LineRequest, UtteranceOptions
from legato.domain.stage_directions import sounds
from legato.domain.text import Wording

_MOST_SHARE = 8
"""A single recording takes at most one part in so many of the cache."""
_MOST_BYTES = 4_000_000
"""And no more than this, a minute and a half: cutting it into its requests must hold nobody up. What follows is a recording of its own."""

Key = tuple[object, ...]


def key_of(request: LineRequest) -> Key:
    """All that what a line says depends on, besides the text."""
    route = request.route
    return (
        route.provider,
        route.voice,
        repr(route.options),
        request.language,
        request.options,
        request.pronunciations,
        request.principal.tenant,
    )


@dataclass(slots=True)
class RecordedRequest:
    """One request of a recording.

    Args:
        wording: what was to be said.
        segment: the index it had on the line it was recorded from.
        ends_at: one past the last of its events in `Recording.events`; -1 while that is unknown.
    """

    wording: Wording
    segment: int
    ends_at: int = -1


@dataclass(slots=True, eq=False)
class Recording:
    """One run, as it was or is being spoken.

    Args:
        sample_rate_hz: rate of its audio, s16le mono.
        keeps_context: as the line it was recorded from.
        word_times: likewise.
        since: when it began, monotonic seconds.
        first: the wording of its first request.
        options: how all of it is to be spoken.
        rates: bounds of the speaking rate; `None` for a voice that always speaks at its own.
        marks: whether markers tell where each request of this provider ends; false once it has joined some; `None` while that is not known.
    """

    sample_rate_hz: int
    keeps_context: bool
    word_times: bool
    since: float
    first: Wording
    options: UtteranceOptions = NOTHING_ASKED
    rates: Bounds | None = None
    marks: bool | None = None
    requests: list[RecordedRequest] = field(default_factory=list)
    events: list[bytes | Words] = field(default_factory=list)
    """Audio, and word times whose segments are indexes of `requests`."""
    is_open: bool = True
    """More may come for its last requests."""
    input_ended: bool = False
    """No more requests follow."""
    is_spoilt: bool = False
    """Nothing more of it is kept."""
    size: int = 0
    """Bytes of its audio."""
    _kept: int = 0
    _ended: int = 0
    """How many requests are complete; they are kept up to the first that is not worth it."""
    _marked: int = 0
    _has_finished: bool = False
    _pending: int = 0

    @property
    def script(self) -> tuple[Wording, ...]:
        """What can be repeated of it, in order."""
        until = (
            len(self.requests) if self.is_open and not self.is_spoilt and self._ends_will_show else self._kept
        )
        return tuple([request.wording for request in self.requests[:until]])

    def awaits(self, requests: int) -> bool:
        """Whether one of its first requests, so many, is still being spoken."""
        return self.is_open and self._ended < requests

    @property
    def _ends_will_show(self) -> bool:
        """Whether those who repeat what is still being spoken will know where it ends, whatever text follows."""
        if self.input_ended and len(self.requests) <= self._ended + 1:
            return True
        return bool(self.marks) and not self._flows and (self.input_ended or not self.keeps_context)

    @property
    def _flows(self) -> bool:
        """Whether its segments flow into each other, and only word times tell where one ends."""
        return self.keeps_context and self.word_times

    def say(self, segment: int, wording: Wording) -> None:
        """Another request was made of the line."""
        if self.is_open:
            self.requests.append(RecordedRequest(wording, segment))

    def hear(self, event: VendorEvent) -> None:
        """Take what the line reports."""
        if not self.is_open:
            return
        if isinstance(event, Audio):
            self._audio(event.data)
        elif isinstance(event, Words):
            self._words(event)
        elif isinstance(event, Marker):
            self._marked = sum([request.segment <= event.segment for request in self.requests])
        elif isinstance(event, Finished):
            self._marked, self._has_finished = len(self.requests), True
            self.close()
        elif isinstance(event, Joined):
            self.marks = False
            if not self._flows:
                self.close()
        elif isinstance(event, Failed | Lost | Overtaken):
            self.close()

    def close(self) -> None:
        """Nothing more is recorded."""
        if not self.is_open:
            return
        if self._flows and len(self.requests) > 1:
            self._split()
        elif self._marked == len(self.requests) > self._ended and (self._has_finished or not self._flows):
            self._settle()
        self.is_open = False

    def trim(self) -> None:
        """Forget what is not kept: nobody repeats it any more."""
        del self.requests[self._kept :]
        del self.events[self.requests[-1].ends_at if self.requests else 0 :]
        self.size = sum([len(event) for event in self.events if isinstance(event, bytes)])

    def _audio(self, data: bytes) -> None:
        if self._marked > self._ended and not self._flows:
            self._settle()
            self.marks = self.is_open if self.marks is None else self.marks
        if self._ended == len(self.requests) and not self.is_spoilt and is_audible(data):
            self._take_back()
        if self.is_open:
            self.events.append(data)
            self._pending += len(data)
            self.size += len(data)

    def _words(self, event: Words) -> None:
        places = {request.segment: number for number, request in enumerate(self.requests)}
        known = [
            replace(word, segment=places[word.segment]) for word in event.words if word.segment in places
        ]
        self.events.append(Words(tuple(known)))

    def _settle(self) -> None:
        """End the request that was marked. Of several with something to say, nobody knows which audio is whose."""
        marked = self.requests[self._ended : self._marked]
        loud = [request for request in marked if sounds(request.wording[0])]
        if len(loud) > 1:
            self.is_open = self.marks = False
            return
        begin = self.requests[self._ended - 1].ends_at if self._ended else 0
        for request in marked:
            is_heard = not loud or loud[0].segment <= request.segment
            request.ends_at = len(self.events) if is_heard else begin
            size = self._pending if is_heard else 0
            self.is_spoilt = self.is_spoilt or not self._is_whole(request, size)
            self._kept += not self.is_spoilt
        self._ended = self._marked
        self._pending = 0

    def _take_back(self) -> None:
        """Keep the last request with something to say no longer: its marker came too early."""
        loud = [number for number, request in enumerate(self.requests) if sounds(request.wording[0])]
        self._kept, self.is_spoilt = min(self._kept, loud[-1] if loud else 0), True

    def _split(self) -> None:
        """Cut the audio where the first word of each further request begins."""
        audio = b"".join([event for event in self.events if isinstance(event, bytes)])
        words = [word for event in self.events if isinstance(event, Words) for word in event.words]
        starts_ms: dict[int, float] = {}
        for word in words:
            starts_ms[word.segment] = min(word.start_ms, starts_ms.get(word.segment, word.start_ms))
        self.events = []
        begin = 0
        for number in range(len(self.requests)):
            if number + 1 in starts_ms:
                end = round(starts_ms[number + 1] * self.sample_rate_hz / 1000) * 2
            elif self._has_finished and number + 1 == len(self.requests):
                end = len(audio)
            else:
                return
            self.events.append(Words(tuple([word for word in words if word.segment == number])))
            piece = self.sample_rate_hz // 5 * 2
            self.events += [audio[at : min(at + piece, end)] for at in range(begin, end, piece)]
            request = self.requests[number]
            if end > len(audio) or not self._is_whole(request, end - begin):
                return
            request.ends_at = len(self.events)
            self._kept = self._ended = number + 1
            begin = end

    def _is_whole(self, request: RecordedRequest, size: int) -> bool:
        """Whether so much audio is what its text takes."""
        text, _, delivery, *_ = request.wording
        least = least_s(sure_chars(text), self._speed(delivery)) * self.sample_rate_hz * 2
        return size % 2 == 0 and size >= max(least, sounds(text))

    def _speed(self, delivery: Delivery) -> float:
        """How fast that is spoken at the most; 1 for the voice's own speed."""
        if self.rates is None:
            return 1.0
        return min(self.options.delivered(delivery).speed or 1.0, self.rates[1])


class Recordings:
    """The recordings that are kept.

    Args:
        most_bytes: of audio, in all.
        keep_s: how long a recording may be repeated, from its beginning.
    """

    def __init__(self, most_bytes: int, keep_s: float) -> None:
        self._most_bytes = most_bytes
        self._keep_s = keep_s
        self._most_of_one = min(most_bytes // _MOST_SHARE, _MOST_BYTES)
        self._found: dict[tuple[Key, Wording], Recording] = {}
        self._marking: dict[object, bool] = {}
        """By provider: whether its markers tell where each request ends."""
        self.size = 0
        """Bytes of audio that are kept, or may be."""

    def __len__(self) -> int:
        return len(self._found)

    def find(self, key: Key, first: Wording, now: float) -> Recording | None:
        """The recording with this first request, if it can be repeated."""
        place = key, first
        recording = self._found.get(place)
        if recording is None:
            return None
        if now >= recording.since + self._keep_s:
            self._drop(place)
            return None
        if not recording.script:
            return None
        self._found[place] = self._found.pop(place)  # the one asked for last comes last
        return recording

    def add(self, key: Key, recording: Recording) -> bool:
        """Let a recording be found from now on. Returns whether it is: not if another one is being made already."""
        place = key, recording.first
        other = self._found.get(place)
        if other is not None:
            if other.is_open:
                return False
            self._drop(place)
        recording.marks = self._marking.get(key[0])
        self._found[place] = recording
        return True

    def grown(self, key: Key, recording: Recording, by: int) -> None:
        """A recording has so many more bytes, or is over: make room, and forget one that has come to nothing."""
        if recording.marks is not None and self._marking.get(key[0], True):
            self._marking[key[0]] = recording.marks
        place = key, recording.first
        if self._found.get(place) is not recording:
            recording.is_spoilt = True
            return
        self.size += by
        if recording.size > self._most_of_one:
            recording.is_spoilt = True
        if not (recording.is_open or recording.script):
            self._drop(place)
        while self.size > self._most_bytes:
            self._drop(next(iter(self._found)))

    def _drop(self, place: tuple[Key, Wording]) -> None:
        dropped = self._found.pop(place)
        dropped.is_spoilt = True
        self.size -= dropped.size
