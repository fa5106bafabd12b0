import base64
import json

import numpy as np
import pytest

from legato.audio.codec import encoder_for
from legato.audio.opus import samples_until
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.replies import AudioChunk, WordMethod, WordSpoken
from legato.faces.elevenlabs_alignment import Aligner, TimeBase
from legato.faces.elevenlabs_frames import audio_messages, encoded, final, last_words

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)


def test_audio_without_word_times_has_no_alignment():
    (told,) = audio_messages(AudioChunk("1", 1, 0, 0, b"abcd"), PCM, Aligner(24_000, TimeBase.MESSAGE))
    assert told == {
        "audio": base64.b64encode(b"abcd").decode(),
        "isFinal": None,
        "normalizedAlignment": None,
        "alignment": None,
    }


def test_long_audio_is_told_in_messages_that_clients_take_with_their_own_characters():
    aligner = Aligner(24_000, TimeBase.CONTEXT)
    aligner.typed("Hi you.")
    aligner.spoken(WordSpoken("1", "Hi", 0, 100, 0, 2, WordMethod.VENDOR))
    aligner.spoken(WordSpoken("1", "you", 200_000, 210_000, 3, 6, WordMethod.VENDOR))
    data = bytes(range(256)) * 2500
    messages = list(audio_messages(AudioChunk("1", 1, 0, 0, data), PCM, aligner))
    assert b"".join(base64.b64decode(one["audio"]) for one in messages) == data
    assert all(len(one["audio"]) < 1 << 19 for one in messages)
    told = ["".join(one["alignment"]["chars"]) if one["alignment"] else "" for one in messages]
    assert told == ["Hi ", "", "you", ""]
    assert messages[0]["alignment"] == messages[0]["normalizedAlignment"]
    (last,) = last_words(aligner)
    assert (last["audio"], last["alignment"]["chars"]) == (None, ["."])


@pytest.mark.parametrize("base", TimeBase)
def test_r11_characters_in_mp3_come_with_the_bytes_that_hold_them(base):
    mp3 = AudioFormat(Encoding.MP3, 22_050, 32)
    aligner = Aligner(22_050, base)
    aligner.typed("ab")
    for place, char in enumerate("ab"):
        at = 5_000 + 441_000 * place
        aligner.spoken(WordSpoken("1", char, at, at + 441, place, place + 1, WordMethod.VENDOR))
    encoder, size, bytes_until, told = encoder_for(mp3), 441, 0, []
    for at in range(0, 661_500, size):  # half a minute in pieces of 20 ms
        data = encoder.encode(np.zeros(size, np.int16))
        data += encoder.finish() if at + size >= 661_500 else b""
        chunk = AudioChunk("1", 1, 0, 5_000 + (at if bytes_until else 0), data)
        for message in audio_messages(chunk, mp3, aligner) if data else ():
            bytes_until += len(data)
            told += [
                (char, bytes_until, message["alignment"])
                for char in (message["alignment"] or {}).get("chars", ())
            ]
    (a, _, first), (b, second_at, second) = told
    assert (a, b, first["charStartTimesMs"]) == ("a", "b", [0])
    assert second_at == pytest.approx(20 * 4_000, abs=400), (
        "with its audio, though the audio of 20 s were 1,000 chunks"
    )
    if base is TimeBase.CONTEXT:
        assert second["charStartTimesMs"] == [20_000]


@pytest.mark.parametrize("base", TimeBase)
def test_r11_characters_in_opus_come_with_the_pages_that_hold_them(base):
    opus, size, begins = AudioFormat(Encoding.OPUS, 48_000, 32), 1_000, 5_000
    aligner = Aligner(48_000, base)
    aligner.typed("ab")
    for place, char in enumerate("ab"):
        at = begins + 240_000 * place
        aligner.spoken(WordSpoken("1", char, at, at + 480, place, place + 1, WordMethod.VENDOR))
    encoder, until, told = encoder_for(opus), 0, []
    for at in range(0, 300_000, size):
        data = encoder.encode(np.zeros(size, np.int16))
        data += encoder.finish() if at + size >= 300_000 else b""
        chunk = AudioChunk("1", 1, 0, begins + (at if until else 0), data)
        for message in audio_messages(chunk, opus, aligner) if data else ():
            until = samples_until(data, 48_000)
            times = message["alignment"] or {}
            told += [(char, until, times) for char in times.get("chars", ())]
    (a, _, first), (b, second_until, second) = told
    assert (a, b, first["charStartTimesMs"]) == ("a", "b", [0])
    assert 240_000 <= second_until <= 240_000 + 2 * size, "with the page that holds it"
    assert until == 300_000
    if base is TimeBase.CONTEXT:
        assert second["charStartTimesMs"] == [5_000]


def test_no_last_words_where_there_were_none():
    assert list(last_words(Aligner(24_000, TimeBase.MESSAGE))) == []


def test_what_is_encoded_is_what_was_meant():
    aligner = Aligner(24_000, TimeBase.MESSAGE)
    for data in (b"", bytes(range(256)), b"\xff" * 300):
        for told in audio_messages(AudioChunk("1", 1, 0, 0, data), PCM, aligner):
            named = {**told, "contextId": 'a"\u2028'}
            assert json.loads(encoded(named)) == named
    assert json.loads(encoded(final())) == final()
    assert encoded({"audio": "AAA="}) == '{"audio": "AAA="}'
