"""What every utterance of one stream stands on, and what the whole simulator shares."""

import itertools
from dataclasses import dataclass, field

from gateway.simulator.faults import Injector, Scene
from gateway.simulator.log import Entry, Log, Saw
from gateway.simulator.pacing import Pacing
from gateway.simulator.script import Script
from gateway.simulator.voices import SyntheticVoice
from legato.audio.codec import Encoder
from legato.domain.audio import AudioFormat
from legato.domain.vendors import VendorLimits
from legato.ports import Clock, Outlet


@dataclass(frozen=True, slots=True)
class Theatre:
    """What the streams of one vendor share.

    Args:
        script: what it does.
        limits: what it allows.
        pacing: draws its times.
        voice: speaks.
        log: what was seen.
        injector: the faults.
        clock: monotonic seconds.
        utterances: their numbers.
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
class Stage:
    """One stream's own.

    Args:
        theatre: what is shared.
        outlet: the way to the client.
        scene: which connection it is, and whose.
        audio_format: that the client asked for.
        eager: every message is spoken at once.
        encoder: into that format.
        header: bytes that go before the next audio.
        ends: where the audio given so far ends, by track, in samples.
    """

    theatre: Theatre
    outlet: Outlet
    scene: Scene
    audio_format: AudioFormat
    eager: bool = False
    encoder: Encoder = field(init=False)
    header: bytes = field(init=False)
    ends: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.encoder = Encoder(self.audio_format)
        self.header = self.encoder.header()

    def note(
        self, scene: Scene, saw: Saw, value: float = 0, note: str = "", *, traceparent: str = ""
    ) -> None:
        """Write an entry about this scene."""
        entry = Entry(
            saw,
            scene.vendor,
            scene.connection,
            scene.utterance,
            scene.voice,
            value,
            note=note,
            traceparent=traceparent,
        )
        self.theatre.log.add(entry)
