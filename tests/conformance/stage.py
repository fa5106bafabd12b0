"""Transcripts of vendors, and the stage that plays them.

A transcript is a file of JSON lines. The first is its card: vendor, route, and the switches under which it holds. Then, in order:

    {"do": "say", "segment": 0, "text": "…"}    a call of the provider; "ipa": [[start, end, "…"]] are its pronunciations
    {"out": FRAME, "src": "…"}                  a frame that the provider must send now
    {"in": FRAME, "src": "…"}                   a frame of the vendor
    {"event": {…}}                              what the frame must mean
    {"open": 1}                                 number of runs that must be open at the vendor

FRAME: {"json": {…}}, {"text": "…"}, {"pcm": [start, count]}, {"body": "…"}, {"head": [status, {…}]}, {"end": true}, {"call": [code, words]},
{"half": true}, {"http": {…}}, {"wyoming": {…}}, {"proto": […]}, {"wav": [rate, start, count]}. Inside JSON, {"b64": [start, count]} is that
stretch of PCM in base64. "run-1-" in a frame stands for the first run, whichever number it is played with.
"""

import base64
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path

from gateway.app.vendors import VENDORS
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker, Warned
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Pronunciation, Reading
from legato.domain.vendors import CallEnded, HalfClose, HttpRequest, ResponseEnd, ResponseHead
from legato.ports import LineRequest

FOLDER = Path(__file__).parent / "transcripts"
PCM = bytes((i * 37 + i // 251) & 255 for i in range(1 << 16))


def pcm(start, count):
    return PCM[start : start + count]


def wav(rate, start, count, size=0xFFFFFFFF):
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", size, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", size
    )
    return head + pcm(start, count)


@dataclass(frozen=True)
class Transcript:
    name: str
    vendor: str
    lines: tuple[dict, ...]
    voice: str = "voice"
    language: str = "en"
    options: dict = field(default_factory=dict)
    speed: float | None = None
    switches: dict = field(default_factory=dict)
    limits: dict = field(default_factory=dict)
    url: str | None = None
    ends: str = "finished"

    @property
    def dialect(self):
        return VENDORS[self.vendor](self.url, self.limits, self.switches)

    @property
    def request(self):
        route = Route(self.vendor, self.voice, self.options)
        options = UtteranceOptions(speed=self.speed)
        return LineRequest(route, self.language, options, Principal(), "s", "u", 1e9)

    @property
    def place(self):
        return self.dialect.place(self.request.route, self.language, self.request.options)

    def connect(self):
        return self.dialect.connect(self.place)


def transcripts():
    """Yield every transcript, once for each set of switches that it names."""
    for path in sorted(FOLDER.glob("*.jsonl")):
        card, *lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        sources = [line for line in lines if ("in" in line or "out" in line) and not line.get("src")]
        assert not sources, f"{path.name}: every frame has its source"
        for number, switches in enumerate(card.pop("switches", [{}])):
            yield Transcript(f"{path.stem}-{number}", lines=tuple(lines), switches=switches, **card)


def reading_of(line):
    return Reading(line["text"], pronunciations=tuple(Pronunciation(*one) for one in line.get("ipa", ())))


def renumbered(line, run):
    return json.loads(json.dumps(line).replace("run-1-", f"run-{run}-"))


def filled(value):
    """Return the JSON with its audio filled in."""
    if isinstance(value, dict):
        if set(value) == {"b64"}:
            return base64.b64encode(pcm(*value["b64"])).decode()
        return {name: filled(inner) for name, inner in value.items()}
    return [filled(inner) for inner in value] if isinstance(value, list) else value


def wyoming(event):
    data = json.dumps(event["data"]).encode() if event.get("data") else b""
    payload = pcm(*event["payload"]) if "payload" in event else b""
    head = {"type": event["type"], "version": "1.10.2"}
    if data:
        head["data_length"] = len(data)
    if payload:
        head["payload_length"] = len(payload)
    return json.dumps(head).encode() + b"\n" + data + payload


def proto(fields):
    """Return [[number, value]…] as a message; a value is a text, an integer, {"pcm": …}, {"double": …}, or a message again."""
    return b"".join(proto_field(number, value) for number, value in fields)


def proto_field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, dict) and "double" in value:
        return varint(number << 3 | 1) + struct.pack("<d", value["double"])
    if isinstance(value, str):
        data = value.encode()
    else:
        data = pcm(*value["pcm"]) if isinstance(value, dict) else proto(value)
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def frame_of(spec):
    """Return a frame as the wire hands it over."""
    (kind, value), *_ = spec.items()
    makers = {
        "json": lambda: json.dumps(filled(value)),
        "text": lambda: value,
        "pcm": lambda: pcm(*value),
        "wav": lambda: wav(*value),
        "body": lambda: bytes(value if isinstance(value, str) else json.dumps(filled(value)) + "\n", "utf-8"),
        "sse": lambda: bytes(f"data: {json.dumps(filled(value))}\n\n", "utf-8"),
        "head": lambda: ResponseHead(value[0], value[1]),
        "end": ResponseEnd,
        "call": lambda: CallEnded(*value),
        "half": HalfClose,
        "wyoming": lambda: wyoming(value),
        "proto": lambda: proto(value),
    }
    return makers[kind]()


def shown(sent, spec):
    """Return what was sent, in the shape of what is expected."""
    if "http" in spec and isinstance(sent, HttpRequest):
        told = {"segment": sent.segment, "json": json.loads(sent.body)}
        if sent.path:
            told["path"] = sent.path
        if sent.headers:
            told["headers"] = [list(pair) for pair in sent.headers]
        return {"http": told}
    if "json" in spec and isinstance(sent, str):
        return {"json": json.loads(sent)}
    if "half" in spec:
        return {"half": isinstance(sent, HalfClose)}
    if isinstance(sent, bytes) and sent == frame_of(spec):
        return spec
    if "wyoming" in spec and isinstance(sent, bytes):
        return {"wyoming": unwyoming(sent)}
    return {"sent": sent}


def unwyoming(sent):
    head, _, rest = sent.partition(b"\n")
    event = json.loads(head)
    length = event.get("data_length", 0)
    told = {"type": event["type"]}
    if length:
        told["data"] = json.loads(rest[:length])
    assert len(rest) == length, "what is said has no payload"
    return told


class Stage:
    """Plays a transcript on one connection."""

    def __init__(self, transcript, provider=None, run=1):
        self.transcript = transcript
        self.provider = provider or transcript.connect()
        self.run = run
        self.now = 100.0 * run
        self.sent = []
        self.events = []
        self.heard = []

    def call(self, line):
        run = self.run + line.get("run", 1) - 1
        provider, now = self.provider, self.now
        verb = line["do"]
        if verb == "begin":
            return provider.begin(run, self.transcript.request, now)
        if verb == "say":
            return provider.say(run, line["segment"], reading_of(line), now)
        if verb in {"greet", "keep_alive"}:
            return getattr(provider, verb)(now)
        return getattr(provider, verb)(run, now)

    def hear(self, frame):
        told = list(self.provider.hear(frame, self.now))
        self.heard += told
        # Which segments share a marker depends on when they were said, so the transcripts leave it out.
        self.events += [(run, event) for run, event in told if not isinstance(event, Joined)]

    def play(self, line, cut=None):
        line = renumbered(line, self.run)
        self.now = 100.0 * self.run + line.get("at", 0.0)
        if "do" in line or "in" in line:
            assert not self.sent, f"sent, and not in the transcript: {self.sent}"
            assert not self.events, f"heard, and not in the transcript: {self.events}"
        if "do" in line:
            self.sent += self.call(line)
        elif "out" in line:
            assert self.sent, f"nothing was sent where {line['out']} is expected"
            assert shown(self.sent.pop(0), line["out"]) == filled(line["out"])
        elif "in" in line:
            for frame in cut(frame_of(line["in"])) if cut else (frame_of(line["in"]),):
                self.hear(frame)
        elif "event" in line:
            self.expect(line["event"])
        elif "open" in line:
            assert self.provider.open_runs == line["open"], line

    def expect(self, event):
        assert self.events, f"nothing was heard where {event} is expected"
        run, told = self.events.pop(0)
        assert run == (0 if event.get("run") == 0 else self.run + event.get("run", 1) - 1), (run, told)
        if "audio" in event:
            data = told.data
            while self.events and isinstance(self.events[0][1], Audio) and self.events[0][0] == run:
                data += self.events.pop(0)[1].data
            assert data == pcm(*event["audio"])
        elif "marker" in event:
            assert told == Marker(event["marker"])
        elif "words" in event:
            words = [
                [w.segment, w.start, w.end, round(w.start_ms, 3), round(w.end_ms, 3)] for w in told.words
            ]
            assert words == event["words"]
        elif "failed" in event:
            assert isinstance(told, Failed), told
            assert told.reason == event["failed"], told
            if "retry_after_s" in event:
                assert told.retry_after_s == event["retry_after_s"]
        else:
            kind = {"finished": Finished, "warned": Warned, "lost": Lost}[
                next(name for name in event if name != "run")
            ]
            assert isinstance(told, kind), told

    def whole(self, cut=None):
        """Play all lines, and check each expectation."""
        for line in self.transcript.lines:
            self.play(line, cut)
        assert not self.sent, f"sent, and not in the transcript: {self.sent}"
        assert not self.events, f"heard, and not in the transcript: {self.events}"
        return self

    def story(self):
        """Return what the runs gave: audio joined, everything else in order."""
        return story(self.heard)


def story(heard):
    audio, rest = {}, []
    for run, event in heard:
        if isinstance(event, Audio):
            audio[run] = audio.get(run, b"") + event.data
        else:
            rest.append((run, event))
    return audio, rest


def played(vendor):
    """Play every transcript of a vendor, and check each expectation; return how many there are."""
    found = [transcript for transcript in transcripts() if transcript.vendor == vendor]
    for transcript in found:
        Stage(transcript).whole()
    return len(found)
