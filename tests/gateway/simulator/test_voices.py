import numpy as np

from gateway.simulator.voices import Speech


def test_silence_has_no_words():
    assert Speech(np.zeros(3, np.int16)).words == ()
