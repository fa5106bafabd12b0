"""The native contract's requests as client events. Shared by gRPC and the WebSocket; pure.

Every value that the contract bounds is checked here, and the error names what was expected. What depends on the
stream's state (an unknown voice, text after its end, too many utterances) is not.
"""

from collections.abc import Callable
from typing import Any

from legato.domain import events
from legato.domain.languages import is_language_tag, language_tag
from legato.domain.speech import NOTHING_ASKED, Position, UtteranceOptions
from legato.domain.traces import read_trace
from legato.faces.errors import bad_frame
from legato.faces.extras import Installed
from legato.faces.native_formats import read_format
from legato.faces.shown import shown
from legato.v1 import speech_pb2

MAX_ID_CHARS = 128
MAX_LEAD_MS = 3_600_000
REQUESTS: tuple[str, ...] = tuple(
    field.name for field in speech_pb2.StreamRequest.DESCRIPTOR.oneofs_by_name["request"].fields
)
"""The names of the messages that a client may send, in the order of the contract."""

_POSITIONS = {
    speech_pb2.POSITION_UNSPECIFIED: Position.APPEND,
    speech_pb2.POSITION_APPEND: Position.APPEND,
    speech_pb2.POSITION_NEXT: Position.NEXT,
    speech_pb2.POSITION_REPLACE: Position.REPLACE,
}
_RANGES = {"speed": (0.25, 4.0), "pitch": (-12.0, 12.0), "volume": (-40.0, 12.0)}
_CHOICES = {
    "code": ("skip", "announce"),
    "emoji": ("drop", "name"),
    "maths": ("natural", "explicit", "brief"),
}


def client_event(request: speech_pb2.StreamRequest, installed: Installed = None) -> events.ClientEvent:
    """Return the event that a request means.

    Args:
        request: the request.
        installed: the encodings that can be made of those that need an extra.

    Raises:
        SpeechError: `bad_frame` or `unknown_format`, saying what was expected.
    """
    kind = request.WhichOneof("request")
    if kind is None:
        raise bad_frame(f"a request must hold exactly one of {', '.join(REQUESTS)}; this one holds none")
    if kind == "open":
        return _open(request.open, installed)
    return _READERS[kind](getattr(request, kind))


def speak_events(
    request: speech_pb2.SpeakRequest, utterance_id: str, installed: Installed = None
) -> tuple[events.ClientEvent, ...]:
    """Return one whole text as a conversation: open, begin, text, end, half-close. Arguments as in `client_event`.

    Raises:
        SpeechError: as in `client_event`.
    """
    trace = read_trace(request.traceparent, request.tracestate)
    opened = events.Open(
        voice=_label("speak.voice", request.voice),
        audio_format=read_format(request.audio_format, installed),
        language=_language("speak.language", request.language),
        options=_options(request.options),
        max_lead_ms=-1,
        traceparent=trace.parent,
        tracestate=trace.state,
    )
    said = (events.Begin(utterance_id), events.Text(utterance_id, request.text), events.End(utterance_id))
    return (opened, *said, events.HalfClosed())


def _open(message: speech_pb2.Open, installed: Installed) -> events.Open:
    trace = read_trace(message.traceparent, message.tracestate)
    return events.Open(
        voice=_label("open.voice", message.voice),
        audio_format=read_format(message.audio_format, installed),
        language=_language("open.language", message.language),
        options=_options(message.options),
        max_lead_ms=_lead("open", message),
        traceparent=trace.parent,
        tracestate=trace.state,
        finish_when_heard=message.finish_when_heard,
    )


def _begin(message: speech_pb2.Begin) -> events.Begin:
    name = _id("begin", message.utterance_id)
    position = _POSITIONS.get(message.position)
    if position is None:
        raise bad_frame(f"begin.position must be one of 0 to 3; got {message.position}", name)
    trace = read_trace(message.traceparent, message.tracestate)
    return events.Begin(
        utterance_id=name,
        track=_track("begin", message.track, name),
        voice=_label("begin.voice", message.voice, name),
        language=_language("begin.language", message.language, name),
        options=_options(message.options, name),
        position=position,
        interruptible=message.interruptible if message.HasField("interruptible") else True,
        traceparent=trace.parent,
        tracestate=trace.state,
    )


def _text(message: speech_pb2.Text) -> events.Text:
    return events.Text(_id("text", message.utterance_id), message.text)


def _flush(message: speech_pb2.Flush) -> events.Flush:
    name = _id("flush", message.utterance_id)
    return events.Flush(name, _label("flush.flush_id", message.flush_id, name))


def _end(message: speech_pb2.End) -> events.End:
    return events.End(_id("end", message.utterance_id))


def _cancel(message: speech_pb2.Cancel) -> events.Cancel:
    name = _label("cancel.utterance_id", message.utterance_id)
    if message.fade_ms > 200:
        raise bad_frame(f"cancel.fade_ms must be 0 to 200; got {message.fade_ms}", name)
    return events.Cancel(
        utterance_id=name,
        track=_track("cancel", message.track, name) if message.HasField("track") else None,
        fade_ms=message.fade_ms,
        force=message.force,
        played_sample=message.played_sample if message.HasField("played_sample") else None,
    )


def _pause(message: speech_pb2.Pause) -> events.Pause:
    return events.Pause(_track("pause", message.track))


def _resume(message: speech_pb2.Resume) -> events.Resume:
    return events.Resume(_track("resume", message.track))


def _played(message: speech_pb2.Played) -> events.Played:
    return events.Played(message.sample, _track("played", message.track))


def _configure(message: speech_pb2.Configure) -> events.Configure:
    return events.Configure(
        voice=_label("configure.voice", message.voice) if message.HasField("voice") else None,
        language=_language("configure.language", message.language) if message.HasField("language") else None,
        options=_options(message.options),
        max_lead_ms=_lead("configure", message),
    )


def _prewarm(message: speech_pb2.Prewarm) -> events.Prewarm:
    return events.Prewarm(_label("prewarm.voice", message.voice))


def _ping(message: speech_pb2.Ping) -> events.Ping:
    return events.Ping(_label("ping.payload", message.payload))


_READERS: dict[str, Callable[[Any], events.ClientEvent]] = {
    "begin": _begin,
    "text": _text,
    "flush": _flush,
    "end": _end,
    "cancel": _cancel,
    "pause": _pause,
    "resume": _resume,
    "played": _played,
    "configure": _configure,
    "prewarm": _prewarm,
    "ping": _ping,
}


def _id(where: str, value: str) -> str:
    if not 1 <= len(value) <= MAX_ID_CHARS:
        raise bad_frame(f"{where}.utterance_id must have 1 to {MAX_ID_CHARS} characters; it has {len(value)}")
    return value


def _label(where: str, value: str, utterance_id: str = "") -> str:
    if len(value) > MAX_ID_CHARS:
        raise bad_frame(
            f"{where} must have at most {MAX_ID_CHARS} characters; it has {len(value)}", utterance_id
        )
    return value


def _language(where: str, value: str, utterance_id: str = "") -> str:
    if value and not is_language_tag(language_tag(_label(where, value, utterance_id))):
        raise bad_frame(
            f"{where} must be a BCP 47 tag like en or pt-BR, or empty; got {shown(value)}", utterance_id
        )
    return value


def _track(where: str, value: int, utterance_id: str = "") -> int:
    if value > 255:
        raise bad_frame(f"{where}.track must be 0 to 255; got {value}", utterance_id)
    return value


def _lead(where: str, message: speech_pb2.Open | speech_pb2.Configure) -> int | None:
    if not message.HasField("max_lead_ms"):
        return None
    if not -1 <= message.max_lead_ms <= MAX_LEAD_MS:
        raise bad_frame(f"{where}.max_lead_ms must be -1 to {MAX_LEAD_MS}; got {message.max_lead_ms}")
    return message.max_lead_ms


def _options(message: speech_pb2.UtteranceOptions, utterance_id: str = "") -> UtteranceOptions:
    if not message.ByteSize():
        return NOTHING_ASKED
    given: dict[str, Any] = {field.name: value for field, value in message.ListFields()}
    for name, (low, high) in _RANGES.items():
        value = given.get(name)
        if value is not None and not low <= value <= high:
            raise bad_frame(f"options.{name} must be {low:g} to {high:g}; got {value:g}", utterance_id)
    for name, choices in _CHOICES.items():
        if given.get(name, choices[0]) not in choices:
            raise bad_frame(
                f"options.{name} must be one of {', '.join(choices)}; got {shown(given[name])}", utterance_id
            )
    return UtteranceOptions(**given)
