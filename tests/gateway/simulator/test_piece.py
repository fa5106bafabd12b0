import numpy as np

from gateway.simulator.piece import Piece, WordTrail
from gateway.simulator.voices import Speech, TimedWord


def placed():
    trail = WordTrail()
    words = (TimedWord(0, 2, 0, 100), TimedWord(3, 5, 100, 250))
    trail.place(Piece(10, 0.0, 0.0, speech=Speech(np.zeros(250, np.int16), words)), 44, 2)
    return trail


def test_words_stand_in_the_utterance():
    trail = placed()
    assert [(word.start, word.end, word.first_byte, word.last_byte) for word in trail.placed] == [
        (10, 12, 44, 244),
        (13, 15, 244, 544),
    ]


def test_each_word_is_told_once_when_it_begins():
    trail = placed()
    assert trail.until(44) == []
    assert [word.start for word in trail.until(45)] == [10]
    assert trail.until(244) == []
    assert [word.start for word in trail.until(1000)] == [13]


def test_the_place_behind_so_many_words():
    trail = placed()
    assert [trail.after(words) for words in (0, 1, 2, 3)] == [0, 244, 544, -1]


def test_what_has_sounded():
    trail = placed()
    assert [trail.heard(byte) for byte in (0, 243, 244, 543, 544)] == [0, 0, 12, 12, 15]


def test_what_is_left():
    assert Piece(0, 0.0, 0.0, data=b"12345", given=2).left == 3
