import io
import wave

import pytest

from gateway.app.audio_files import wav_header
from legato.domain.audio import AudioFormat, Encoding


def test_a_header_that_the_standard_library_reads():
    data = b"\x01\x00" * 480
    with wave.open(io.BytesIO(wav_header(AudioFormat(Encoding.PCM_S16LE, 48_000), len(data)) + data)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, 48_000)
        assert read.readframes(480) == data


@pytest.mark.parametrize(("encoding", "tag"), [(Encoding.MULAW, 7), (Encoding.ALAW, 6)])
def test_companded_samples_are_named(encoding, tag):
    header = wav_header(AudioFormat(encoding, 8_000), 100)

    assert len(header) == 44
    assert int.from_bytes(header[20:22], "little") == tag
    assert int.from_bytes(header[28:32], "little") == 8_000, "bytes a second"
    assert int.from_bytes(header[34:36], "little") == 8, "bits a sample"


def test_an_unknown_length_is_the_largest():
    header = wav_header(AudioFormat(Encoding.PCM_S16LE, 8_000))

    assert header[4:8] == header[40:44] == b"\xff\xff\xff\xff"
