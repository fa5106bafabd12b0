"""What an utterance is part of: what its stream has, and what all streams of a vendor share."""

import itertools
from dataclasses import dataclass, field

from gateway.simulator.faults import Injector, Scene
from gateway.simulator.log import Entry, Log, Saw
from gateway.simulator.pacing import Pacing
from gateway.simulator.script import Script
from gateway.simulator.voices import SyntheticVoice
from legato.audio.codec import PcmEncoder
from legato.domain.audio import AudioFormat
from legato.domain.traces import NO_TRACE, Trace
from legato.domain.vendors import VendorLimits
from legato.ports import Clock, Outlet


@dataclass(frozen=True, slots=True)
class VendorContext:
    """What all streams of one vendor share.

    Args:
        script: what the vendor does.
        limits: what it allows.
        pacing: draws the times of its audio.
        voice: synthesises.
        log: records what happens.
        injector: the faults.
        clock: monotonic seconds.
        utterances: numbers the utterances.
    """

    script: Script
    limits: VendorLimits
    pacing: Pacing
    voice: SyntheticVoice
    log: Log
    injector: Injector
    clock: Clock
    utterances: "itertools.count[int]"


@dataclass(slots=True)
class StreamContext:
    """What one stream has.

    Args:
        vendor: what all streams share.
        outlet: the way to the client.
        scene: the connection and its client.
        audio_format: the format that the client asked for.
        eager: whether every message is spoken at once.
        encoder: encodes into that format.
        header: bytes that go before the next audio.
        ends: where the audio sent so far ends, by track, in samples.
    """

    vendor: VendorContext
    outlet: Outlet
    scene: Scene
    audio_format: AudioFormat
    eager: bool = False
    encoder: PcmEncoder = field(init=False)
    header: bytes = field(init=False)
    ends: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.encoder = PcmEncoder(self.audio_format)
        self.header = self.encoder.header()

    def note(
        self, scene: Scene, saw: Saw, value: float = 0, note: str = "", *, trace: Trace = NO_TRACE
    ) -> None:
        """Log an entry about this scene."""
        entry = Entry(
            saw,
            scene.vendor,
            scene.connection,
            scene.utterance,
            scene.voice,
            value,
            note=note,
            traceparent=trace.parent,
            tracestate=trace.state,
        )
        self.vendor.log.add(entry)
