"""How far a text has been said, by what its sound was like. Promise R6: no word lost, few heard twice."""

import random

import numpy as np
import pytest

from legato.core.alignment import FRAME_S, LENGTHS_S, LEVELS_DB, PITCHES, Alignment, align, is_audible
from legato.core.word_sounds import sounds_of
from legato.domain.audio import Sketch

FRAME = 160
WORDS = [
    "She",
    "found",
    "seven",
    "small",
    "boxes",
    "of",
    "very",
    "old",
    "postcards",
    "under",
    "the",
    "kitchen",
    "table",
    "last",
    "summer",
]
PLAIN = [0.0] * len(WORDS)


def spoken(words, pace=1.0, seed=1, noise=1.0, start=0, pauses=None):
    """A sketch of these words as the model thinks that they look, and the sample where each of them ends."""
    dice = random.Random(seed)
    looks, ends = [], []
    for number, word in enumerate(words):
        for sound, missing in sounds_of(word):
            if missing > 0.4:
                continue
            length = LENGTHS_S[sound] * pace * dice.uniform(0.75, 1.3)
            looks += [(LEVELS_DB[sound], PITCHES[sound])] * max(round(length / FRAME_S), 1)
        ends.append(start + len(looks) * FRAME)
        looks += [(-58.0, 7.9)] * round((pauses or PLAIN)[number] / FRAME_S)
    levels = tuple(float(level) + dice.gauss(0, 2.5 * noise) for level, _ in looks)
    pitches = tuple(float(pitch) + dice.gauss(0, 0.25 * noise) for _, pitch in looks)
    return Sketch(start, FRAME, levels, pitches), ends


def upto(sketch, sample):
    count = (sample - sketch.start_sample) // FRAME
    return Sketch(sketch.start_sample, FRAME, sketch.levels_db[:count], sketch.pitches[:count])


@pytest.mark.parametrize("pace", [0.8, 1.0, 1.25])
@pytest.mark.parametrize("seed", range(4))
def test_r6_wherever_it_breaks_off_nothing_is_lost_and_few_words_are_said_again(pace, seed):
    whole, ends = spoken(WORDS, pace, seed)
    again = []
    for sample in range(FRAME * 25, ends[-1], FRAME * 4):
        alignment = align(WORDS, PLAIN, upto(whole, sample), None)
        assert alignment is not None
        true = sum(end <= sample for end in ends)
        assert alignment.said(sample) <= true, sample
        again.append(true - alignment.said(sample))
    assert max(again) <= 3
    assert sum(number <= 2 for number in again) >= 0.95 * len(again)


def test_a_known_length_narrows_it():
    whole, ends = spoken(WORDS, 1.2, 3, noise=3.0)
    part = upto(whole, ends[9])
    known = align(WORDS, PLAIN, part, ends[-1] / 8_000)
    assert known is not None
    assert 6 <= known.said(ends[9]) <= 10


def test_the_text_may_begin_behind_the_first_frame():
    whole, ends = spoken(WORDS, start=800)
    behind = Sketch(0, FRAME, (-9.0, -40.0, -5.0, -44.0, -9.0, *whole.levels_db), (6.5,) * 5 + whole.pitches)
    alignment = align(WORDS, PLAIN, behind.since(800), None)
    assert alignment is not None
    assert alignment.since == 800
    assert abs(alignment.said(ends[-2]) - len(WORDS) + 2) <= 1


def test_where_a_word_ends_is_told():
    whole, ends = spoken(WORDS)
    alignment = align(WORDS, PLAIN, whole, None)
    assert alignment is not None
    assert all(abs(alignment.end_of(n) - ends[n - 1]) < 8_000 * 0.15 for n in range(2, 10))


def test_behind_what_may_be_read_in_several_ways_it_is_less_sure():
    words = [*WORDS[:2], "4512", *WORDS[3:]]
    plain, odd = (align(text, PLAIN, spoken(text)[0], None) for text in (WORDS, words))
    assert plain is not None
    assert odd is not None
    assert odd.margins[5] > plain.margins[5]
    assert odd.margins[1] == plain.margins[1]


def test_the_last_word_is_not_taken_for_said_before_silence_has_come():
    whole, ends = spoken(WORDS)
    alignment = align(WORDS, PLAIN, whole, None)
    assert alignment is not None
    assert alignment.said(ends[-1]) < len(WORDS)


def test_a_pause_is_the_best_place_to_go_on_from():
    pauses = [0.5 if number == 6 else 0.0 for number in range(len(WORDS))]
    whole, ends = spoken(WORDS, pauses=pauses)
    alignment = align(WORDS, pauses, upto(whole, ends[9]), None)
    assert alignment is not None
    place = alignment.best(ends[4], ends[9])
    assert ends[6] < place <= ends[6] + 0.5 * 8_000
    assert alignment.said(place) == 7


def test_what_does_not_look_like_speech_is_not_judged():
    length = 200
    hum = Sketch(0, FRAME, (70.0,) * length, (6.5,) * length)
    for sketch in (hum, upto(hum, 2 * FRAME)):
        assert align(WORDS, PLAIN, sketch, None) is None
    assert align([], [], hum, None) is None


def test_text_that_ended_long_ago_is_not_judged():
    """More sound than any reading of the text explains."""
    whole, _ = spoken(WORDS * 3, seed=2, pauses=[0.0] * 3 * len(WORDS))
    alignment = align(WORDS[:1], [0.0], whole, None)
    assert alignment is None


def test_before_the_first_frame_nothing_is_said():
    alignment = Alignment(1_000, FRAME, np.ones((50, 3)), np.zeros(50), (0, 10, 10))
    assert (alignment.said(500), alignment.begun(500)) == (0, 0.0)
    assert alignment.said(1_000 + 45 * FRAME) == 2
    assert alignment.begun(1_000) == 2.0


@pytest.mark.parametrize(("levels_db", "audible"), [((), False), ((6.0, 12.0), False), ((6.0, 55.0), True)])
def test_what_only_rings_out_is_not_audible(levels_db, audible):
    assert is_audible(Sketch(0, 160, levels_db, (6.0,) * len(levels_db))) is audible
