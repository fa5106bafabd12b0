"""A synthetic session on a virtual clock, and a simulator with raw clients on loopback."""

import json
from contextlib import asynccontextmanager

import numpy as np
import websockets

from gateway.app.simulation import simulator
from gateway.simulator.connection import SimulatedRequest
from gateway.simulator.contexts import VendorContext
from gateway.simulator.faults import Injector
from gateway.simulator.limits import changed
from gateway.simulator.log import Log
from gateway.simulator.pacing import Pacing
from gateway.simulator.script import Script
from gateway.simulator.session import SyntheticSession
from gateway.simulator.tones import ToneVoice, decode
from gateway.simulator.words import WORDS
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.vendors import VendorLimits

RATE = 24_000
PCM = AudioFormat(Encoding.PCM_S16LE, RATE)


def said(*numbers):
    return " ".join(WORDS[number] for number in numbers)


class FakeConnection:
    def __init__(self, number=1):
        self.number = number
        self.done = []
        self.closed = False

    def reset(self):
        self.done.append("reset")

    reset_behind = reset

    def end(self):
        self.done.append("eof")

    def freeze(self):
        self.done.append("half_open")


class FakeOutlet:
    """An outlet that takes everything; the test sets `paused`."""

    def __init__(self, clock):
        self.clock = clock
        self.paused = False
        self.told = []
        self.closed = []

    def write(self, reply):
        self.told.append((self.clock(), reply))

    def close(self, error):
        self.closed.append(error)


class FakeAlarm:
    deadline = None

    def set(self, deadline):
        self.deadline = deadline


class Play:
    """One stream in virtual time: `feed` it events, `run` the clock, look at what was told."""

    def __init__(self, script=None, *, limits=None, audio_format=PCM, voice=None, seed=1, eager=False):
        self.now = 100.0
        clock = self.clock = lambda: self.now
        self.script = Script.model_validate(script or {})
        self.log = Log(clock)
        self.injector = Injector(self.script.faults, seed, self.log)
        vendor = VendorContext(
            self.script,
            changed(limits or VendorLimits(), self.script.limits),
            Pacing(self.script.pace, seed),
            voice or ToneVoice(seed),
            self.log,
            self.injector,
            clock,
            iter(range(1, 1000)),
        )
        self.connection = FakeConnection()
        self.request = SimulatedRequest(self.connection, "vendor", "key", eager=eager)
        self.outlet, self.alarm = FakeOutlet(clock), FakeAlarm()
        self.downs, self.left = [], []
        self.session = SyntheticSession(
            vendor, self.request, self.outlet, self.alarm, self.downs.append, self.left.append
        )
        if audio_format is not None:
            self.feed(events.Open("anna", audio_format))

    def feed(self, *several):
        for event in several:
            self.session.feed(event)
        return self

    def speak(self, utterance_id, text, track=0):
        begin = events.Begin(utterance_id, track)
        return self.feed(begin, events.Text(utterance_id, text), events.End(utterance_id))

    def run(self, seconds=60.0):
        """Run the clock for this many seconds; the alarm rings whenever it is due."""
        end = self.now + seconds
        while self.alarm.deadline is not None and self.alarm.deadline <= end:
            self.now = max(self.now, self.alarm.deadline)
            self.session.tick()
        self.now = end
        return self

    def of(self, kind):
        return [reply for _, reply in self.outlet.told if isinstance(reply, kind)]

    def times(self, kind):
        return [round(at - 100.0, 6) for at, reply in self.outlet.told if isinstance(reply, kind)]

    def audio(self, utterance_id=None):
        chunks = self.of(replies.AudioChunk)
        return b"".join(one.data for one in chunks if utterance_id in {None, one.utterance_id})

    def heard(self, utterance_id=None):
        data = self.audio(utterance_id)
        return decode(np.frombuffer(data[: len(data) // 2 * 2], np.int16), RATE)

    @property
    def fired(self):
        return [(entry.moment, entry.note) for entry in self.log.faults]


def speak(text):
    return json.dumps({"type": "Speak", "text": text})


FLUSH = json.dumps({"type": "Flush"})


@asynccontextmanager
async def simulated(script=None, names=("deepgram",), **more):
    pace = {"pace": {"speed": 0, "chunk_ms": 20}}
    checked = Script.model_validate(pace | (script or {}))
    async with simulator(names, checked, **more) as built:
        yield built
        assert not [entry for entry in built.log if entry.saw == "bug"]


def connect(built, query="model=aura-2-anna-en", **more):
    return websockets.connect(f"{built.websocket_url}/v1/speak?{query}", proxy=None, **more)


async def flushed(client):
    """Return the audio and the messages up to the first `Flushed`."""
    audio, messages = b"", []
    while True:
        frame = await client.recv()
        if isinstance(frame, bytes):
            audio += frame
            continue
        messages.append(json.loads(frame))
        if messages[-1]["type"] == "Flushed":
            return audio, messages


async def until_lost(client):
    """Return the audio and the raw text frames up to the end of the connection, and how it ended."""
    audio, texts = b"", []
    try:
        while True:
            frame = await client.recv()
            if isinstance(frame, bytes):
                audio += frame
            else:
                texts.append(frame)
    except websockets.ConnectionClosed as closed:
        return audio, texts, closed


def words_of(audio):
    return decode(np.frombuffer(audio[: len(audio) // 2 * 2], np.int16), RATE)
