"""The other side of a vendor's language: the gateway's own face of it, with a voice that needs no time.

Every character sounds for 25 milliseconds. The audio that it gave is kept, to be compared with what was heard.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from legato.domain import events, replies
from legato.domain.errors import SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits
from legato.domain.vendors import CallEnded, HalfClose, HttpRequest, ResponseEnd, ResponseHead
from legato.ports import Accepted, RequestHead
from tests.conformance.stage import pcm


def head_of(place, secret=None):
    url = urlsplit(place.url)
    headers = {name.lower(): value for name, value in (*place.headers, *(secret or {}).items())}
    return RequestHead("GET", url.path, dict(parse_qsl(url.query)), headers)


class Opposite:
    """The other end of one connection, or of one request."""

    def __init__(self, face, place):
        self.face = face
        self.texts = {}
        self.given = {}
        self.ordinals = {}
        self.fails_with = None
        self.rate = place.sample_rate_hz
        self.clock = 0
        answer = face.open(head_of(place))
        assert isinstance(answer, Accepted), answer
        self.greeting = self.answered(answer.events)

    def take(self, frame):
        """Return the frames that the vendor answers a frame with."""
        return self.answered(self.face.parse(frame))

    def answered(self, told):
        return [frame for event in told for reply in self.replies(event) for frame in self.face.render(reply)]

    def replies(self, event):
        if isinstance(event, events.Open):
            assert event.audio_format.sample_rate_hz == self.rate
            yield replies.Opened("s", event.audio_format, StreamLimits())
        elif isinstance(event, events.Begin):
            self.begin(event.utterance_id)
        elif isinstance(event, events.Text):
            self.begin(event.utterance_id)
            yield from self.spoken(event.utterance_id, event.text)
        elif isinstance(event, events.Flush):
            yield replies.Flushed(event.utterance_id, event.flush_id, self.clock)
        elif isinstance(event, events.End) and event.utterance_id in self.texts:
            del self.texts[event.utterance_id]
            yield replies.UtteranceFinished(event.utterance_id, Receipt())
        elif isinstance(event, events.Cancel):
            yield from self.cancelled([event.utterance_id] if event.utterance_id else list(self.texts))
        elif isinstance(event, events.Ping):
            yield replies.Pong(event.payload)
        elif isinstance(event, events.Refused):
            raise AssertionError(f"the face refused it: {event.error.message}")

    def cancelled(self, names):
        for name in names:
            if self.texts.pop(name, None) is not None:
                yield replies.UtteranceCancelled(
                    name, "", "", "", 0, replies.HeardMethod.WRITE_TIMES, Receipt()
                )

    def begin(self, name):
        if name not in self.texts:
            self.texts[name] = ""
            self.ordinals[name] = len(self.ordinals)

    def spoken(self, name, text):
        if self.fails_with is not None:
            del self.texts[name]
            yield replies.UtteranceFailed(name, SpeechError(self.fails_with, "no"), text, Receipt())
            return
        before = self.texts[name]
        per_char = self.rate // 40
        start = self.clock
        self.texts[name] = before + text
        if not before:
            yield replies.UtteranceStarted(name, self.ordinals[name], 0, 0, start)
        for match in re.finditer(r"\S+", text):
            yield replies.WordSpoken(
                name,
                match.group(),
                start + match.start() * per_char,
                start + match.end() * per_char,
                len(before) + match.start(),
                len(before) + match.end(),
                replies.WordMethod.ENGINE,
            )
        for half in (text[: len(text) // 2], text[len(text) // 2 :]):
            if half:
                data = pcm(self.clock % 1000 * 2, len(half) * per_char * 2)
                self.given[name] = self.given.get(name, b"") + data
                yield replies.AudioChunk(name, self.ordinals[name], 0, self.clock, data)
                self.clock += len(half) * per_char


class Wire:
    """A provider and its opposite, connected."""

    def __init__(self, provider, place, face_of):
        self.provider = provider
        self.place = place
        self.face_of = face_of
        self.heard = []
        self.fails_with = None
        self.asked = []
        self.opposite = Opposite(face_of(), place)
        self.hears(self.opposite.greeting)

    def hears(self, frames):
        for frame in frames:
            self.heard += self.provider.hear(frame, 0.0)

    def sends(self, frames):
        for frame in frames:
            if isinstance(frame, HttpRequest):
                self.requested(frame)
            elif isinstance(frame, HalfClose):
                self.hears([*self.opposite.answered([events.End("speech")]), CallEnded("OK")])
                self.asked.append(self.opposite)
                self.opposite = self.renewed()
            else:
                self.opposite.fails_with = self.fails_with
                self.hears(self.opposite.take(frame))
        if not frames:
            self.hears([b""])

    def renewed(self):
        """Return the other end of the next request or call."""
        other = Opposite(self.face_of(), self.place)
        other.clock = self.opposite.clock
        return other

    def requested(self, request):
        self.opposite = self.renewed()
        self.asked.append(self.opposite)
        bodies = self.opposite.take(request.body)
        self.hears([ResponseHead(200, {k.lower(): v for k, v in self.opposite.face.headers.items()})])
        self.hears([body.encode() if isinstance(body, str) else body for body in bodies])
        self.hears([ResponseEnd()])

    @property
    def given(self):
        whole = b"".join(b"".join(one.given.values()) for one in self.asked)
        return whole or b"".join(self.opposite.given.values())
