"""What a caller says, and when: decided before anything is sent, so that a slow gateway cannot thin out its own load.

A turn is due at a planned moment. It is begun then, whether the one before is over or not, and every latency counts from that
moment, so that no wait that the caller would have had is left out (coordinated omission).
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How the text of a turn comes."""

    PHRASE = "phrase"
    """Given whole; at most 1.2 s of speech."""
    ANSWER = "answer"
    """Token by token, as a language model writes it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing to say.

    Args:
        due_s: when it is due, on the plan's clock.
        shape: how its text comes.
        tokens: its text; each part with the seconds after `due_s` at which it is there.
        barge_in_s: seconds after the first sound at which the caller interrupts; `None` if the caller listens to the end.
    """

    due_s: float
    shape: Shape
    tokens: tuple[tuple[float, str], ...]
    barge_in_s: float | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(token for _, token in self.tokens)


@dataclass(frozen=True, slots=True)
class Habits:
    """How callers behave. Pairs are bounds between which a value is drawn.

    Args:
        think_s: the pause after a turn has been listened to.
        answers: share of turns that are answers.
        barge_ins: share of answers that are interrupted.
        barge_in_s: time from the first sound to the interruption.
        token_s: time from one token to the next.
        heard_chars_s: characters listened to per second.
    """

    think_s: tuple[float, float] = (0.5, 2.5)
    answers: float = 0.4
    barge_ins: float = 0.25
    barge_in_s: tuple[float, float] = (0.1, 0.6)
    token_s: tuple[float, float] = (0.01, 0.05)
    heard_chars_s: float = 14.0


PHRASES = (
    "Yes, of course.",
    "Just a moment.",
    "I see.",
    "It is eight.",
    "Thank you.",
    "All right.",
    "That is right.",
    "Not today.",
)
ANSWERS = (
    "I have found two appointments on Thursday. One is at ten in the morning, the other at half past three.",
    "Your parcel left our warehouse this morning. You will get a message as soon as the driver is on the way.",
    "The room is free from Monday to Wednesday. Breakfast is included, and you can cancel until the evening before.",
    "Let me check that for you. The balance of your account is fine, but one payment is still on its way.",
    "Take the second street on the left and walk past the station. The entrance is behind the library, next to a small cafe.",
)
_TOKEN = re.compile(r"\S{1,4}\s*|\s+")


def turns(start_s: float, dice: random.Random, habits: Habits) -> Iterator[Turn]:
    """Yield the turns of one caller, without end.

    Args:
        start_s: when the caller came; the first turn follows within the longest pause, so that callers do not speak in step.
        dice: the caller's own random numbers.
        habits: how the caller behaves.
    """
    due_s = start_s + dice.uniform(0.0, habits.think_s[1])
    while True:
        turn = _turn(due_s, dice, habits)
        yield turn
        written_s = turn.tokens[-1][0]
        heard_s = len(turn.text) / habits.heard_chars_s if turn.barge_in_s is None else turn.barge_in_s
        due_s += max(written_s, heard_s) + dice.uniform(*habits.think_s)


def _turn(due_s: float, dice: random.Random, habits: Habits) -> Turn:
    if dice.random() >= habits.answers:
        return Turn(due_s, Shape.PHRASE, ((0.0, dice.choice(PHRASES)),))
    written_s, tokens = 0.0, []
    for token in _TOKEN.findall(dice.choice(ANSWERS)):
        tokens.append((written_s, token))
        written_s += dice.uniform(*habits.token_s)
    interrupted = dice.random() < habits.barge_ins
    return Turn(due_s, Shape.ANSWER, tuple(tokens), dice.uniform(*habits.barge_in_s) if interrupted else None)
