import io
import subprocess
import sys
import wave

import numpy as np
import pytest

from legato.audio.codec import PcmEncoder, alaw_table, encoder_for, installed, mulaw_table
from legato.domain.audio import EXTRAS, OFFERED, AudioFormat, Encoding, offered
from tests.legato.audio.encoded import decoded, tone

EVERY_SAMPLE = np.arange(-32_768, 32_768).astype(np.int16)


def mulaw_of_the_standard(sample):
    """G.711 table 2 as decision values: 16 steps of 2, 4, 8 … in eight segments of a 14-bit size, biased by 33."""
    size = min((sample if sample >= 0 else -sample - 1) // 4, 8_158)
    code, low, step = 0, 0, 2
    edges = [0, 1]  # the first step is half as wide
    while len(edges) <= 127:
        for _ in range(15 if low == 0 else 16):
            edges.append(edges[-1] + step)
        low, step = 1, step * 2
    while code < 127 and edges[code + 1] <= size:
        code += 1
    return 0xFF - code if sample >= 0 else 0x7F - code


def alaw_of_the_standard(sample):
    """G.711 table 1: 32 steps of 2, then 16 of 4, 8, 16 … on a 13-bit size; even bits inverted."""
    size = (sample if sample >= 0 else -sample - 1) // 8
    edges = [2 * step for step in range(33)]
    width = 4
    while len(edges) <= 128:
        edges += [edges[-1] + width * step for step in range(1, 17)]
        width *= 2
    code = next(code for code in range(128) if size < edges[code + 1])
    return (code | (0x80 if sample >= 0 else 0)) ^ 0x55


@pytest.mark.parametrize(
    ("encoding", "reference"),
    [(Encoding.MULAW, mulaw_of_the_standard), (Encoding.ALAW, alaw_of_the_standard)],
)
def test_g711_is_the_standard_bit_for_bit_for_every_sample(encoding, reference):
    encoder = PcmEncoder(AudioFormat(encoding, 8_000))
    # Sizes in G.711 are multiples of 4 and 16: the reference is asked once for each, and stands for its neighbours.
    wanted = [reference(int(sample)) for sample in EVERY_SAMPLE[::4]]
    assert encoder.encode(EVERY_SAMPLE) == np.repeat(np.array(wanted, np.uint8), 4).tobytes()


@pytest.mark.parametrize(
    ("sample", "mulaw", "alaw"),
    [
        (0, 0xFF, 0xD5),
        (-1, 0x7F, 0x55),
        (32_767, 0x80, 0xAA),
        (-32_768, 0x00, 0x2A),
        (1_000, 0xCE, 0xFA),
        (-1_000, 0x4E, 0x7A),
    ],
)
def test_g711_by_hand(sample, mulaw, alaw):
    one = np.array([sample], np.int16)
    assert PcmEncoder(AudioFormat(Encoding.MULAW, 8_000)).encode(one) == bytes([mulaw])
    assert PcmEncoder(AudioFormat(Encoding.ALAW, 8_000)).encode(one) == bytes([alaw])


def test_the_tables_are_made_once():
    assert mulaw_table() is mulaw_table()
    assert alaw_table() is alaw_table()
    assert len(mulaw_table()) == len(alaw_table()) == 65_536


def test_linear_samples_are_little_endian():
    encoder = PcmEncoder(AudioFormat(Encoding.PCM_S16LE, 24_000))
    assert encoder.header() == b""
    assert encoder.encode(np.array([1, -2, 0x1234], np.int16)) == b"\x01\x00\xfe\xff\x34\x12"


def test_views_with_gaps_are_encoded_too():
    assert (
        PcmEncoder(AudioFormat(Encoding.PCM_S16LE, 8_000)).encode(EVERY_SAMPLE[::-1][:2])
        == b"\xff\x7f\xfe\x7f"
    )
    assert PcmEncoder(AudioFormat(Encoding.MULAW, 8_000)).encode(EVERY_SAMPLE[::-2][:2]) == b"\x80\x80"


def test_wav_is_read_by_the_standard_library():
    encoder = PcmEncoder(AudioFormat(Encoding.WAV, 22_050))
    with wave.open(io.BytesIO(encoder.header() + encoder.encode(EVERY_SAMPLE))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (22_050, 1, 2)
    assert encoder.encode(EVERY_SAMPLE) == EVERY_SAMPLE.tobytes()


@pytest.mark.parametrize("offered", OFFERED)
def test_bytes_are_samples_times_their_size(offered):
    assert len(PcmEncoder(offered).encode(EVERY_SAMPLE)) == len(EVERY_SAMPLE) * offered.bytes_per_sample


def test_every_encoder_of_the_extras_works_where_the_tests_run():
    found = installed()
    assert set(found) == set(EXTRAS)
    assert len(found) == len(EXTRAS)
    assert not found.broken


ASKS = """
import sys
from legato.audio.codec import installed
print(sorted(installed()), dict(sorted(installed().broken.items())))
"""
"""What a process says that has these packages."""
BROKEN = {
    "absent": ("", "import sys; sys.modules['av'] = None; sys.modules['lameenc'] = None", "[] {}"),
    "no library": (
        "raise ImportError('/opt/x y/lib/libavcodec.so.62: cannot open shared object file: No such file')",
        "",
        "ImportError: ",
    ),
    "needs another package": (
        "import no_such_package",
        "",
        "ModuleNotFoundError: No module named 'no_such_package'",
    ),
    "another version": ("", "", "AttributeError: module 'av' has no attribute 'CodecContext'"),
    "without an encoder": (
        "class CodecContext:\n    @staticmethod\n    def create(name, mode):\n        raise ValueError(name + '\\nis unknown')",
        "",
        "ValueError: libopus is unknown",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.measured
def test_an_extra_that_cannot_be_used_is_told_from_one_that_is_absent(name, tmp_path):
    package, before, told = BROKEN[name]
    (tmp_path / "av.py").write_text(package)
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {before}\n{ASKS}"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert told in ran.stdout
    assert "/opt" not in ran.stdout
    assert ran.stdout.startswith("[] {}" if name == "absent" else "[<Encoding.MP3: 'mp3'>] {<Encoding.AAC")


CONTAINERS = {Encoding.MP3: "mp3", Encoding.OPUS: "ogg", Encoding.FLAC: "flac", Encoding.AAC: "aac"}
ENCODED = [one for one in offered(EXTRAS) if one.encoding in EXTRAS]


@pytest.mark.parametrize("audio_format", ENCODED, ids=lambda one: f"{one.encoding}-{one.sample_rate_hz}")
def test_what_an_encoder_says_it_has_sent_can_be_decoded_from_what_it_gave(audio_format):
    encoder, sound, data = encoder_for(audio_format), tone(audio_format, 1), b""
    for given in range(0, len(sound), 700):
        data += encoder.encode(sound[given : given + 700])
        sent = encoder.sent(min(given + 700, len(sound)))
        assert given + 700 - sent <= 5_600
        if data and not given % 2_800:
            heard = decoded(data, CONTAINERS[audio_format.encoding], audio_format.sample_rate_hz)
            assert sent <= len(heard) - audio_format.codec_delay <= sent + 2_400
    assert sent > len(sound) - 5_600
    data += encoder.empty()
    assert encoder.sent(len(sound)) == len(sound)
    encoder.encode(sound[:10])
    assert encoder.sent(len(sound) + 10) == len(sound)


@pytest.mark.parametrize("audio_format", ENCODED, ids=lambda one: f"{one.encoding}-{one.sample_rate_hz}")
def test_the_first_sample_comes_after_the_delay_of_the_codec(audio_format):
    """Offsets are exact: a click at sample 2,000 sounds there, as a decoder hears it."""
    encoder, sound = encoder_for(audio_format), np.zeros(8_000, np.int16)
    sound[2_000:2_004] = 30_000
    data = encoder.encode(sound) + encoder.finish()
    heard = decoded(data, CONTAINERS[audio_format.encoding], audio_format.sample_rate_hz)
    assert abs(int(np.argmax(np.abs(heard))) - audio_format.codec_delay - 2_000) <= 8


@pytest.mark.parametrize("audio_format", OFFERED)
def test_nothing_is_held_back_of_raw_audio(audio_format):
    assert encoder_for(audio_format).sent(7) == 7
