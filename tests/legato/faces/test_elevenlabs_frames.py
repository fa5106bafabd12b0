import base64
import json

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.replies import AudioChunk, WordMethod, WordSpoken
from legato.faces.elevenlabs_alignment import Aligner, TimeBase
from legato.faces.elevenlabs_frames import audio_messages, encoded, last_words

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


def test_no_last_words_where_there_were_none():
    assert list(last_words(Aligner(24_000, TimeBase.MESSAGE))) == []


def test_what_is_encoded_is_what_was_meant():
    aligner = Aligner(24_000, TimeBase.MESSAGE)
    for data in (b"", bytes(range(256)), b"\xff" * 300):
        for told in audio_messages(AudioChunk("1", 1, 0, 0, data), PCM, aligner):
            named = {**told, "contextId": 'a"\u2028'}
            assert json.loads(encoded(named)) == named
    assert encoded({"isFinal": True}) == '{"isFinal": true}'
