import subprocess
import sys

import numpy as np

from legato.audio.libav import LibavEncoder


def flac():
    return LibavEncoder("flac", 24_000, 0, {"frame_size": "480"})


def test_nothing_is_imported_before_an_encoder_is_made():
    asks = "import sys, legato.audio.codec; sys.exit('av' in sys.modules or 'lameenc' in sys.modules)"
    subprocess.run([sys.executable, "-c", asks], check=True, timeout=60)


def test_a_packet_comes_with_the_frame_that_it_holds():
    codec = flac()
    assert codec.encode(np.zeros(479, np.int16)) == []
    assert len(codec.encode(np.zeros(1, np.int16))) == 1
    assert codec.encode(np.zeros(0, np.int16)) == []
    assert len(codec.encode(np.zeros(960, np.int16))) == 2
    assert codec.fed == 1_440


def test_silence_fills_a_frame_and_no_more_than_is_asked_for():
    codec = flac()
    assert codec.fill() == []
    codec.encode(np.ones(100, np.int16))
    assert len(codec.fill()) == 1
    assert codec.fed == 480
    codec.encode(np.ones(400, np.int16))
    assert len(codec.fill(81)) == 2
    assert codec.fed == 1_440


def test_the_last_frame_may_be_short():
    codec = flac()
    codec.encode(np.ones(100, np.int16))
    assert len(codec.drain()) == 1
    assert flac().drain() == []
