"""The contexts of one connection of ElevenLabs' text-to-dialogue, and the utterances in which their voices take turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from legato.domain.audio import AudioFormat
from legato.faces.elevenlabs_alignment import Aligner, ContextClock
from legato.faces.elevenlabs_books import Broken
from legato.faces.elevenlabs_dialogue_waiting import WaitingTurns
from legato.faces.joins import Joiner

MOST_TURNS = 64
"""Utterances that the session takes at once; further ones wait in the book."""


@dataclass(slots=True)
class DialogueContext:
    """A context.

    Args:
        name: the client's name for it.
        serial: ours, which no other context of the connection has had.
        track: on which it sounds.
        voices: the gateway's voice for each id that the client has registered.
        writing: the utterance that takes text; empty between two.
        voice_id: who speaks it.
        joiner: joins the texts of one utterance.
        clock: where the times of an utterance begin.
        turns: utterances without a terminal event.
        is_closed: whether the client has closed it.
    """

    name: str
    serial: str
    track: int
    voices: Mapping[str, str]
    writing: str = ""
    voice_id: str = ""
    joiner: Joiner = field(default_factory=Joiner)
    clock: ContextClock = field(default_factory=ContextClock)
    turns: int = 0
    is_closed: bool = False


@dataclass(slots=True)
class DialogueTurn:
    """An utterance of a context: what one voice says in a row.

    Args:
        context: where it is said.
        aligner: knows the times of its text.
        unflushed: whether it has text behind its last flush.
        flushes: those that have not been answered.
    """

    context: DialogueContext
    aligner: Aligner
    unflushed: bool = True
    flushes: int = 0

    @property
    def is_told(self) -> bool:
        """Whether the client knows already that all of its audio was sent, from the answer to a flush."""
        return not self.unflushed and not self.flushes


@dataclass(slots=True)
class DialogueBook:
    """What is open.

    Args:
        audio_format: the format that the client has asked for; `None` until it has.
        named: contexts that take text, the one least recently heard of first.
        live: by serial: every context that has had no `is_final` yet.
        turns: by utterance.
        waiting: utterances for which the session has no room yet.
        dropped: utterances of contexts that have failed, not yet cancelled.
        broken: names of contexts that have failed.
    """

    audio_format: AudioFormat | None = None
    named: dict[str, DialogueContext] = field(default_factory=dict)
    live: dict[str, DialogueContext] = field(default_factory=dict)
    turns: dict[str, DialogueTurn] = field(default_factory=dict)
    waiting: WaitingTurns = field(default_factory=lambda: WaitingTurns(MOST_TURNS))
    dropped: list[str] = field(default_factory=list)
    broken: Broken = field(default_factory=Broken)

    def end(self, utterance_id: str) -> None:
        """Forget an utterance, and make room for the next."""
        del self.turns[utterance_id]
        self.waiting.ended(utterance_id)

    def drop(self, context: DialogueContext) -> None:
        """Forget what a failed context still had to say: what waits at once, the rest once it is cancelled."""
        if self.named.get(context.name) is context:
            del self.named[context.name]
            self.broken.add(context.name)
        rest = [name for name, turn in self.turns.items() if turn.context is context]
        for name in self.waiting.forget(rest):
            self.end(name)
        self.dropped += [name for name in rest if name in self.turns]
