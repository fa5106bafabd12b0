"""What went over a vendor's wire, frame by frame, without secrets and without sound; and the shapes of the frames."""

import json
from dataclasses import dataclass, field

from legato.domain.protobuf_wire import NoMessageError, fields
from legato.domain.vendors import CallEnded, HalfClose, HttpRequest, ResponseEnd, ResponseHead

_LONG = 200
_SAFE_HEADERS = frozenset({"content-type", "transfer-encoding", "retry-after"})


@dataclass
class Recording:
    """The recording of one vendor: `frames` are pairs of the direction ("out" or "in") and what was sent."""

    frames: list = field(default_factory=list)

    def shapes(self, way):
        """Return the shapes of the frames in one direction: the kind of each, and the names in it."""
        return {shape(frame) for direction, frame in self.frames if direction == way}

    def lines(self):
        for direction, frame in self.frames:
            yield json.dumps({direction: frame}, ensure_ascii=False)


class RecordedDialect:
    """A dialect whose connections are recorded; implements `ports.VendorDialect`."""

    def __init__(self, dialect, recording):
        self._dialect, self._recording = dialect, recording
        self.limits = dialect.traits.limits

    def __getattr__(self, name):
        return getattr(self._dialect, name)

    def connect(self, place):
        return _RecordedProvider(self._dialect.connect(place), self._recording)


class _RecordedProvider:
    def __init__(self, provider, recording):
        self._provider, self._recording = provider, recording

    def __getattr__(self, name):
        return getattr(self._provider, name)

    def hear(self, frame, now):
        if frame:
            self._recording.frames.append(("in", plain(frame)))
        return self._provider.hear(frame, now)

    def _sent(self, frames):
        self._recording.frames += [("out", plain(frame)) for frame in frames]
        return frames

    def greet(self, now):
        return self._sent(self._provider.greet(now))

    def begin(self, run, request, now):
        return self._sent(self._provider.begin(run, request, now))

    def say(self, run, segment, reading, now):
        return self._sent(self._provider.say(run, segment, reading, now))

    def end_input(self, run, now):
        return self._sent(self._provider.end_input(run, now))

    def cancel(self, run, now):
        return self._sent(self._provider.cancel(run, now))


def plain(frame):
    """Return a frame as JSON may hold it: without sound, and only with headers that cannot be a secret."""
    match frame:
        case HttpRequest(body=body):
            return {"request": plain(body.decode(errors="replace"))}
        case ResponseHead(status=status, headers=headers):
            return {"status": status, "headers": {k: v for k, v in headers.items() if k in _SAFE_HEADERS}}
        case ResponseEnd():
            return {"end": True}
        case HalfClose():
            return {"half_close": True}
        case CallEnded(code=code):
            return {"call_ended": code}
        case bytes():
            return _bytes(frame)
    try:
        return _shortened(json.loads(frame))
    except ValueError:
        return {"text": len(frame)}


def _bytes(frame):
    try:
        return {"bytes": len(frame), "fields": sorted({number for number, _ in fields(frame)})}
    except NoMessageError:
        return {"bytes": len(frame)}


def _shortened(value):
    if isinstance(value, dict):
        return {key: _shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner) for inner in value[:3]]
    return f"<{len(value)} characters>" if isinstance(value, str) and len(value) > _LONG else value


def shape(frame):
    """Return a frame's type and the names in it; sound has one shape, however long it is."""
    if not isinstance(frame, dict):
        return type(frame).__name__
    if "bytes" in frame:
        return "bytes"
    kind = frame.get("type")
    names = ",".join(sorted(key for key, value in frame.items() if value is not None))
    return f"{kind}({names})" if isinstance(kind, str) else f"({names})"
