import pytest

from legato.domain.audio import (
    EXTRAS,
    OFFERED,
    AudioFormat,
    Encoding,
    LedgerEntry,
    LedgerKind,
    Sketch,
    bit_rates,
    offered,
    sample_rates,
)

PCM_RATES = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]


@pytest.mark.parametrize("encoding", [Encoding.PCM_S16LE, Encoding.WAV])
def test_linear_formats_come_at_seven_rates(encoding):
    assert [offered.sample_rate_hz for offered in OFFERED if offered.encoding is encoding] == PCM_RATES


@pytest.mark.parametrize("encoding", [Encoding.MULAW, Encoding.ALAW])
def test_g711_comes_at_the_rates_of_telephones_and_of_wideband(encoding):
    assert [offered.sample_rate_hz for offered in OFFERED if offered.encoding is encoding] == [8_000, 16_000]


@pytest.mark.parametrize("encoding", list(Encoding))
def test_a_rate_that_is_not_offered_is_refused_with_the_list(encoding):
    with pytest.raises(ValueError) as refused:
        AudioFormat(encoding, 11_025)
    message = str(refused.value)
    assert f"{encoding} at 11025 Hz is not supported" in message
    assert "mulaw at 8000, 16000 Hz" in message
    assert "pcm_s16le at 8000, 16000, 22050, 24000, 32000, 44100, 48000 Hz" in message


def test_an_encoding_by_name():
    assert AudioFormat.named("mulaw", 8_000) == AudioFormat(Encoding.MULAW, 8_000)


def test_an_encoding_nobody_built_is_refused_with_the_list():
    with pytest.raises(
        ValueError, match="the encoding 'vorbis' is not supported; supported: pcm_s16le at 8000"
    ):
        AudioFormat.named("vorbis", 48_000)


@pytest.mark.parametrize(
    ("name", "rate", "kbps"),
    [("mp3", 24_000, 64), ("opus", 48_000, 32), ("flac", 24_000, 0), ("aac", 24_000, 64), ("wav", 24_000, 0)],
)
def test_what_a_name_leaves_open_is_the_usual(name, rate, kbps):
    assert AudioFormat.named(name) == AudioFormat(Encoding(name), rate, kbps)


@pytest.mark.parametrize("encoding", EXTRAS)
def test_every_sample_rate_has_a_usual_bit_rate(encoding):
    for rate in sample_rates(encoding):
        kbps = AudioFormat(encoding, rate).bit_rate_kbps
        assert kbps in (bit_rates(encoding, rate) or [0])


@pytest.mark.parametrize(
    ("encoding", "rate", "kbps", "expected"),
    [
        (Encoding.MP3, 8_000, 128, "supported bit rates: 8, 16, 24, 32, 40, 48, 56, 64"),
        (Encoding.OPUS, 48_000, 3, "supported bit rates: 4 to 256"),
        (Encoding.FLAC, 48_000, 64, "this encoding has no bit rate"),
        (Encoding.PCM_S16LE, 48_000, 64, "this encoding has no bit rate"),
    ],
)
def test_a_bit_rate_that_does_not_go_with_the_encoding_is_refused_with_those_that_do(
    encoding, rate, kbps, expected
):
    with pytest.raises(
        ValueError, match=f"{encoding} at {rate} Hz and {kbps} kbit/s is not supported"
    ) as told:
        AudioFormat(encoding, rate, kbps)
    assert expected in str(told.value)


def test_what_is_offered_follows_from_what_can_be_made():
    assert offered(()) == OFFERED
    told = offered({Encoding.OPUS})
    assert told[: len(OFFERED)] == OFFERED
    assert [(one.encoding, one.sample_rate_hz, one.bit_rate_kbps) for one in told[len(OFFERED) :]] == [
        ("opus", 8_000, 16),
        ("opus", 16_000, 24),
        ("opus", 24_000, 32),
        ("opus", 48_000, 32),
    ]


@pytest.mark.parametrize("name", list(EXTRAS))
def test_a_rate_that_is_asked_for_is_not_replaced_by_the_usual_one(name):
    assert AudioFormat.named(name, 16_000).sample_rate_hz == 16_000


def test_a_decoder_gives_silence_first_for_mp3_and_aac_and_for_nothing_else():
    delays = {encoding: AudioFormat.named(encoding).codec_delay for encoding in Encoding}
    assert {encoding: delay for encoding, delay in delays.items() if delay != 0} == {
        "mp3": 1_105,
        "aac": 1_024,
    }


@pytest.mark.parametrize("encoding", EXTRAS)
def test_what_an_extra_encodes_lags_and_its_size_follows_from_its_bit_rate(encoding):
    kbps = 0 if encoding is Encoding.FLAC else 64
    audio_format = AudioFormat(encoding, 24_000, kbps)
    assert audio_format.lags
    assert audio_format.bytes_per_s == (kbps * 125 or 24_000)
    assert audio_format.samples_in(audio_format.bytes_per_s) == 24_000


def test_an_encoding_that_slipped_past_the_types_is_refused_too():
    with pytest.raises(ValueError, match="vorbis at 44100 Hz is not supported"):
        AudioFormat("vorbis", 44_100)


@pytest.mark.parametrize(
    ("encoding", "size"),
    [(Encoding.PCM_S16LE, 2), (Encoding.WAV, 2), (Encoding.MULAW, 1), (Encoding.ALAW, 1)],
)
def test_bytes_per_sample(encoding, size):
    assert AudioFormat(encoding, 8_000).bytes_per_sample == size


@pytest.mark.parametrize("offered", OFFERED)
def test_samples_of_a_second_and_of_a_frame(offered):
    assert offered.samples(1000) == offered.sample_rate_hz
    assert offered.samples(20) == offered.sample_rate_hz // 50
    assert offered.ms(offered.samples(20)) == 20


def test_part_of_a_sample_is_not_a_sample():
    assert AudioFormat(Encoding.PCM_S16LE, 22_050).samples(1) == 22


def test_formats_and_entries_are_values():
    assert AudioFormat(Encoding.WAV, 8_000) == AudioFormat(Encoding.WAV, 8_000)
    assert LedgerEntry(LedgerKind.RUN, 3) == LedgerEntry(LedgerKind.RUN, 3)
    with pytest.raises(AttributeError):
        LedgerEntry(LedgerKind.RUN, 3).samples = 4


@pytest.mark.parametrize(
    ("sample", "start", "left"), [(0, 100, 4), (100, 100, 4), (121, 120, 3), (300, 300, 0)]
)
def test_a_sketch_from_a_sample_on_begins_with_the_nearest_frame(sample, start, left):
    whole = Sketch(100, 20, (1.0, 2.0, 3.0, 4.0), (5.0, 6.0, 7.0, 8.0))
    behind = whole.since(sample)
    assert behind == Sketch(start, 20, whole.levels_db[4 - left :], whole.pitches[4 - left :])
