"""Opus in Ogg, checked by ffmpeg: what is decoded lasts exactly as long as what was encoded."""

import numpy as np
import pytest

from legato.audio.codec import encoder_for
from legato.audio.opus import samples_until
from legato.domain.audio import OPUS_BIT_RATES, AudioFormat, Encoding
from tests.legato.audio.encoded import at_random, decoded, encoded, tone
from tests.legato.audio.test_ogg import parted

FORMATS = [
    AudioFormat(Encoding.OPUS, 8_000, 12),
    AudioFormat(Encoding.OPUS, 16_000, 24),
    AudioFormat(Encoding.OPUS, 24_000, 64),
    *(AudioFormat(Encoding.OPUS, 48_000, kbps) for kbps in (OPUS_BIT_RATES[0], 12, 32, OPUS_BIT_RATES[-1])),
]
USUAL = AudioFormat(Encoding.OPUS, 24_000, 64)


def heard(data, audio_format):
    return decoded(data, "ogg", audio_format.sample_rate_hz)


@pytest.mark.parametrize("audio_format", FORMATS, ids=str)
@pytest.mark.parametrize("seconds", [2, 1.2345])
def test_r20_a_440_hz_tone_stays_one_for_exactly_as_long(audio_format, seconds):
    sound, rate = tone(audio_format, seconds), audio_format.sample_rate_hz
    samples = heard(encoded(audio_format, sound), audio_format)
    assert len(samples) == len(sound)
    middle = samples[rate // 10 : rate // 10 + rate].astype(float)
    assert abs(np.abs(np.fft.rfft(middle)).argmax() - 440) <= 1
    assert np.abs(middle).max() == pytest.approx(12_000, rel=0.35), "4 kbit/s are few"


@pytest.mark.parametrize("piece", [7, 480, 481, 4_800, 100_000])
def test_how_the_samples_are_cut_does_not_show_in_what_is_heard(piece):
    sound = tone(USUAL, 0.5)
    whole = heard(encoded(USUAL, sound, len(sound)), USUAL)
    assert np.array_equal(heard(encoded(USUAL, sound, piece), USUAL), whole)


def test_a_packet_leaves_with_each_20_ms_and_its_page_says_so():
    encoder, sound = encoder_for(USUAL), tone(USUAL, 0.1)
    assert encoder.header() + encoder.encode(sound[:479]) == b"", "nothing but audio counts as the first byte"
    pages = parted(encoder.encode(sound[479:480]))
    assert [flags for flags, *_ in pages] == [2, 0, 0]
    assert [several[0][:8] for *_, several in pages[:2]] == [b"OpusHead", b"OpusTags"]
    assert [position for _, position, *_ in pages] == [0, 0, 960]
    [(flags, position, _, number, packets)] = parted(encoder.encode(sound[480:1_440]))
    assert (flags, position, number, len(packets)) == (0, 2_880, 3, 2)


def test_streams_have_numbers_of_their_own_so_that_one_may_follow_another():
    data = [encoded(USUAL, tone(USUAL, 0.5, hz)) for hz in (440, 880)]
    assert parted(data[0])[0][2] != parted(data[1])[0][2]
    assert len(heard(b"".join(data), USUAL)) == pytest.approx(24_000, abs=200)


def test_what_is_held_back_leaves_with_a_little_silence_and_the_stream_goes_on():
    encoder, sound = encoder_for(USUAL), tone(USUAL, 0.5)
    first = encoder.encode(sound[:11_900]) + encoder.empty()
    assert samples_until(first, 24_000) >= 11_900
    assert encoder.empty() == b""
    data = first + encoder.encode(sound) + encoder.finish()
    assert [flags for flags, *_ in parted(data)].count(2) == 1
    samples = heard(data, USUAL)
    loud = np.flatnonzero(np.abs(samples) > 3_000)
    assert np.diff(loud).max() <= 0.0275 * 24_000
    assert len(samples) == 12_480 + len(sound), "silence was added up to a whole packet"


def test_a_stream_that_was_just_emptied_ends_with_a_page_of_its_own():
    encoder = encoder_for(USUAL)
    data = encoder.encode(tone(USUAL, 0.5)) + encoder.empty()
    last = encoder.finish()
    assert parted(last) == [(4, -1, parted(data)[0][2], len(parted(data)), [])]
    assert len(heard(data + last, USUAL)) == samples_until(data, 24_000)
    assert samples_until(last, 24_000) is None


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_in_whatever_order_it_is_encoded_and_emptied(seed):
    data, pieces = at_random(USUAL, seed)
    until = 0
    for number, piece in enumerate(pieces, 1):
        until += len(piece)
        if number < len(pieces) and len(piece):
            until += 156 + -(until + 156) % 480
    ahead = 0 if len(pieces[-1]) else 156
    pages = parted(data)
    assert [number for _, _, _, number, _ in pages] == list(range(len(pages)))
    assert [flags for flags, *_ in pages] == [2, *[0] * (len(pages) - 2), 4]
    assert len(heard(data, USUAL)) == until - ahead


@pytest.mark.parametrize("samples", [24, 479, 480, 481])
def test_a_short_sound_is_whole(samples):
    data = encoded(USUAL, tone(USUAL, 1)[:samples])
    assert parted(data)[-1][0] == 4
    assert len(decoded(data, "ogg", 48_000)) == 2 * samples


def test_an_encoder_without_samples_gives_nothing():
    encoder = encoder_for(USUAL)
    assert encoder.empty() + encoder.finish() == b""
    encoder = encoder_for(USUAL)
    assert encoder.encode(tone(USUAL, 0)) + encoder.empty() + encoder.finish() == b""


@pytest.mark.parametrize("kbps", [32, 64, 128])
def test_its_bit_rate_is_about_the_one_asked_for(kbps):
    audio_format = AudioFormat(Encoding.OPUS, 48_000, kbps)
    noise = np.random.default_rng(1).normal(0, 3_000, 96_000).astype(np.int16)
    data = encoded(audio_format, noise, 9_600)
    assert len(data) == pytest.approx(2 * audio_format.bytes_per_s, rel=0.25)


def test_the_pages_say_how_much_of_the_sound_they_hold():
    encoder, sound, until = encoder_for(USUAL), tone(USUAL, 1), 0
    for at in range(0, len(sound), 600):
        data = encoder.encode(sound[at : at + 600])
        until = samples_until(data, 24_000) or until
        assert 0 <= at + 600 - until <= 480 + 156
    assert samples_until(encoder.finish(), 24_000) == len(sound)


@pytest.mark.parametrize(("rate", "kbps"), [(22_050, 64), (44_100, 64), (48_000, 3), (48_000, 257)])
def test_any_other_is_refused(rate, kbps):
    with pytest.raises(ValueError, match=f"opus at {rate} Hz.* is not supported"):
        AudioFormat(Encoding.OPUS, rate, kbps)
