from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Begin, End, Flush, Text
from legato.domain.receipt import Receipt
from legato.domain.replies import (
    AudioChunk,
    Flushed,
    HeardMethod,
    Seam,
    UtteranceCancelled,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceStarted,
    Warned,
    WordMethod,
    WordSpoken,
)
from legato_client.errors import ConnectionLostError, UtteranceError
from legato_client.record import UtteranceRecord

LOST = ConnectionLostError("lost")
CHUNK = AudioChunk("u1", 1, 0, 0, b"ab")
WORD = WordSpoken("u1", "w", 0, 1, 0, 1, WordMethod.ENGINE)


def record(*told):
    made = UtteranceRecord(Begin("u1"))
    made.told.extend(told)
    return made


def test_every_reply_finds_its_place():
    made = record()
    started, seam = UtteranceStarted("u1", 1, 0, 0, 5), Seam("u1", "w", 1.0, "a", "b", "pause")
    for reply in (started, CHUNK, WORD, Flushed("u1", "f1", 3), seam, Warned("c", "m", "u1")):
        made.hear(reply, 1.0)
    assert not made.over
    made.hear(UtteranceFinished("u1", Receipt(chunks=1)), 2.0)

    assert (made.started, list(made.audio), made.words, made.seams) == (started, [CHUNK], [WORD], [seam])
    assert made.flushed == {"f1": Flushed("u1", "f1", 3)}
    assert made.warnings == [Warned("c", "m", "u1")]
    assert made.over
    assert made.trouble is None


def test_its_text_is_forgotten_when_it_sounds():
    made = record(Text("u1", "Well"))
    assert made.text == "Well"
    made.hear(CHUNK, 1.5)
    made.hear(CHUNK, 2.5)

    assert (made.text, made.first_audio_at) == ("", 1.5)


def test_an_error_ends_what_was_cancelled_before_it_sounded_as_cancelled():
    plain, cut, heard = record(), record(Text("u1", "Well")), record()
    cut.cancelled = heard.cancelled = True
    heard.hear(CHUNK, 1.0)
    for made in (plain, cut, heard):
        made.end_with(LOST)

    assert (plain.trouble, heard.trouble) == (LOST, LOST)
    assert (cut.trouble, cut.ending.never_sent) == (None, "Well")


def test_failed_it_carries_the_error_and_what_was_not_said():
    made = record()
    failed = UtteranceFailed("u1", SpeechError(Reason.VENDOR_LOST, "m"), "rest", Receipt())
    made.hear(failed, 1.0)

    assert made.ending is failed
    assert isinstance(made.trouble, UtteranceError)
    assert made.trouble.unspoken == "rest"


def test_told_again_its_texts_are_joined_up_to_a_flush():
    parts = [Text("u1", "a"), Text("u1", "b"), Flush("u1", "f"), Text("u1", "c"), End("u1")]

    assert record(*parts).retold() == [
        Begin("u1"),
        Text("u1", "ab"),
        Flush("u1", "f"),
        Text("u1", "c"),
        End("u1"),
    ]


def test_fenced_it_takes_neither_audio_nor_words():
    made = record()
    made.hear(CHUNK, 1.0)
    assert made.drop_audio() == 2
    made.hear(CHUNK, 1.0)
    made.hear(WORD, 1.0)

    assert (list(made.audio), made.words, made.sounded) == ([], [], True)


def test_audio_dropped_after_the_end_no_longer_counts():
    made = record()
    made.hear(CHUNK, 1.0)
    made.hear(UtteranceFinished("u1", Receipt()), 1.0)

    assert made.drop_audio() == 0
    assert not made.audio


def test_cancelled_before_it_sounded_nothing_was_heard():
    made = record(Text("u1", "Well"), Flush("u1", "f"), Text("u1", " then"))
    made.cancel_unsounded()

    assert made.over
    assert made.ending == UtteranceCancelled(
        "u1", "", "", "Well then", 0, HeardMethod.WRITE_TIMES, Receipt(no_audio="cancelled")
    )
    assert made.drop_audio() == 0
