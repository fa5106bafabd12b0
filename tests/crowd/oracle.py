"""What must hold of every utterance, whoever asked for it: its words in order, once, and all of them unless it was cut short.

Pure: it is given what was said, and what was heard.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise, zip_longest

import numpy as np

from gateway.simulator.tones import decode, hear
from legato.domain.audio import AudioFormat, Encoding
from tests.crowd.formats import samples_of
from tests.crowd.texts import numbers

MOST_SEAMS = 1
"""How often what was said may be gone back over where vendors fail: the first one of a voice breaks off, and the second never does.

How many words are said again there is no fault: without word times the place is an estimate, from the usual length of words, and tones
have lengths by chance. Where six in a row are short, all six may be.
"""


TIMED = ("elevenlabs", "cartesia")
"""Vendors, and the voices that begin with them, that tell when each word sounds. The others' place at a seam is an estimate, with smaller
margins in tones than in speech (`splicing`): about one in a thousand takes a word for said that was still to come, and no more than one.
"""


_UTTERANCES_FOR_ONE_MISSED = 1_000


def too_many_missed(missed: Sequence[str], utterances: int) -> list[str]:
    """Tell of more missing words than estimates explain: few utterances have a seam, and about one seam in a thousand misses a word."""
    if len(missed) <= 1 + utterances // _UTTERANCES_FOR_ONE_MISSED:
        return []
    return [
        f"{len(missed)} words are missing in {utterances} utterances, more than at seams: {'; '.join(missed)}"
    ]


class Fate(Enum):
    """What became of an utterance, as its client knows it."""

    WHOLE = "whole"
    """It was answered as spoken: all of it must have been heard."""
    CUT = "cut"
    """Its client stopped it, or left: a beginning of it must have been heard, and may be all or nothing."""
    FAILED = "failed"
    """An error ended it."""
    UNANSWERED = "unanswered"
    """Nothing ended it, although its client waited."""


@dataclass
class Spoken:
    """One text and what was heard of it.

    Args:
        text: text of coded words.
        form: format of its audio.
        audio: what was heard.
        fate: what became of it.
        why: what an error said.
        voice: who says it.
        missed: a word that was not heard, and may be missing, as judged.
    """

    text: str
    form: AudioFormat
    audio: bytearray = field(default_factory=bytearray)
    fate: Fate = Fate.UNANSWERED
    why: str = ""
    voice: str = ""
    missed: list[int] = field(default_factory=list)

    @property
    def asked(self) -> str:
        """The voice and the format of its audio, in words."""
        form = self.form
        parts = (
            form.encoding.value,
            f"{form.sample_rate_hz} Hz",
            form.bit_rate_kbps and f"{form.bit_rate_kbps} kbit/s",
        )
        return f"voice {self.voice!r} as {' '.join(part for part in parts if part)}"

    def excuse(self) -> None:
        """Take what was not answered for cut short: its gateway was ended, or killed."""
        if self.fate in {Fate.FAILED, Fate.UNANSWERED}:
            self.leave()

    def leave(self) -> None:
        """Take it for cut short, in the middle of anything."""
        self.fate = Fate.CUT
        if self.form.encoding is Encoding.PCM_S16LE:
            del self.audio[len(self.audio) // 2 * 2 :]


def heard_in(audio: bytes, form: AudioFormat, wanted: Sequence[int]) -> list[int]:
    """Return the numbers of the whole words in audio of this format.

    Opus blurs one pitch in some thousands into another, so that it is read as that one's word, or is not read at all: there a word that was
    not `wanted`, or a part of one, counts as the one that was due at its place, where what follows is what comes behind that.
    """
    samples = samples_of(bytes(audio), form) if audio else np.zeros(0, np.int16)
    if form.encoding is not Encoding.OPUS:
        return decode(samples, form.sample_rate_hz)
    words = hear(samples, form.sample_rate_hz)
    whole = {word.number for word in words if word.whole}
    read: list[int] = []
    for word, after in zip_longest(words, words[1:]):
        place = wanted.index(read[-1]) + 1 if read and read[-1] in wanted else len(read)
        is_due = place < len(wanted) and wanted[place] not in whole
        if word.whole:
            is_blurred = word.number >= 0 and word.number not in wanted and is_due
            read.append(wanted[place] if is_blurred else word.number)
        elif is_due and after is not None and [after.number] == list(wanted[place + 1 : place + 2]):
            read.append(wanted[place])
    return read


def wrong_with(spoken: Spoken, seams: int) -> list[str]:
    """Return what is wrong with an utterance; `seams` is how often what was said may be gone back over."""
    if spoken.fate in {Fate.FAILED, Fate.UNANSWERED}:
        return [f"{spoken.fate.value}: {spoken.why}" if spoken.why else spoken.fate.value]
    if spoken.form.encoding is Encoding.PCM_S16LE and len(spoken.audio) % 2:
        return ["half a sample"]
    wanted = numbers(spoken.text)
    heard = heard_in(spoken.audio, spoken.form, wanted)
    if seams and spoken.voice not in TIMED:
        asked, wanted = wanted, without_missed(wanted, heard, wanted)
        if spoken.fate is Fate.WHOLE:
            spoken.missed = [one for one in asked if one not in wanted]
    wrong = wrong_words(wanted, heard, whole=spoken.fate is Fate.WHOLE, bearable=len(heard) if seams else 0)
    return wrong or _wrong_seams(wanted, heard, seams)


def without_missed(wanted: Sequence[int], heard: Sequence[int], may_miss: Sequence[int]) -> list[int]:
    """Return the words wanted without one of those that may be missing, if it is: the first that others were heard behind, or the last."""
    last = max((place for place, one in enumerate(wanted) if one in heard), default=-1)
    missed = next((one for one in wanted[:last] if one not in heard), None)
    if missed is None and last == len(wanted) - 2 >= 0:
        missed = wanted[-1]
    return [one for one in wanted if one != missed or one not in may_miss]


def _wrong_seams(wanted: Sequence[int], heard: Sequence[int], most: int) -> list[str]:
    """Tell of words left out where others are said again, and of too many seams."""
    places = [wanted.index(number) for number in heard if number in wanted]
    wrong = [] if all(after <= before + 1 for before, after in pairwise(places)) else ["words left out"]
    seams = sum(after <= before for before, after in pairwise(places))
    if seams > most:
        wrong.append(f"said again {seams} times")
    return [f"{one}: wanted {list(wanted)}, heard {list(heard)}" for one in wrong]


def wrong_words(wanted: Sequence[int], heard: Sequence[int], *, whole: bool, bearable: int) -> list[str]:
    """Return what is wrong with the words heard: they must be a beginning of those wanted, or all of them, each once or sometimes twice."""
    wrong = []
    while heard and heard[-1] < 0 and not whole:
        heard = heard[:-1]  # a word that was cut within its letters is no word of the code
    first = list(dict.fromkeys(heard))
    twice = sum(count - 1 for count in Counter(heard).values())
    if first != list(wanted[: len(first)]):
        wrong.append("other words, or in another order")
    elif whole and len(first) < len(wanted):
        wrong.append(f"{len(wanted) - len(first)} of {len(wanted)} words lost")
    if twice > bearable:
        wrong.append(f"{twice} words twice")
    return [f"{one}: wanted {list(wanted)}, heard {list(heard)}" for one in wrong]
