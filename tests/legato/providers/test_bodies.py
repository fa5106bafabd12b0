"""Bodies of HTTP answers, cut anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed
from legato.providers.bodies import Lines, Samples, Unreadable, samples_or_not
from tests.conformance.stage import pcm, wav


def fed(body, *parts):
    events = [event for part in parts for event in body.feed(part)]
    return [*events, *body.end()]


def audio(events):
    return b"".join(event.data for event in events if isinstance(event, Audio))


@pytest.mark.parametrize("data", [b"", b"R", b"RI", b"RIF", pcm(0, 100), b"RIFX" + pcm(0, 10)])
def test_raw_samples_are_left_alone(data):
    assert audio(fed(Samples("v", 8_000), data)) == data
    assert audio(fed(Samples("v", 8_000), *(data[i : i + 1] for i in range(len(data))))) == data


@given(st.lists(st.integers(1, 50), max_size=8))
def test_r17_a_header_is_taken_off_once_wherever_it_is_cut(cuts):
    whole = wav(8_000, 0, 60)
    parts, at = [], 0
    for cut in cuts:
        parts.append(whole[at : at + cut])
        at += cut
    assert audio(fed(Samples("v", 8_000), *parts, whole[at:])) == pcm(0, 60)


def test_what_stands_behind_the_samples_is_no_sound():
    file = wav(8_000, 0, 20, size=20) + b"LIST\x04\0\0\0abcd"
    assert audio(fed(Samples("v", 8_000), file)) == pcm(0, 20)
    assert audio(fed(Samples("v", 8_000), *(file[i : i + 1] for i in range(len(file))))) == pcm(0, 20)


def test_many_short_files_in_one_piece_are_all_heard():
    body = b"".join(wav(8_000, number, 1, size=1) for number in range(2_000))
    assert audio(fed(Samples("v", 8_000), body)) == b"".join(pcm(number, 1) for number in range(2_000))


def test_r3_files_that_follow_each_other_are_all_heard():
    """Servers that cut a text themselves make a file of each sentence: all but the first was lost, and nobody was told."""
    files = (
        wav(8_000, 0, 20, size=20) + b"LIST\x03\0\0\0abc\0" + wav(8_000, 20, 12, size=12) + wav(8_000, 32, 8)
    )
    whole = pcm(0, 20) + pcm(20, 12) + pcm(32, 8)
    for size in (1, 7, 50, 1_000):
        assert (
            audio(fed(Samples("v", 8_000), *(files[i : i + size] for i in range(0, len(files), size))))
            == whole
        )


def test_what_is_no_chunk_behind_the_samples_is_no_sound_either():
    file = wav(8_000, 0, 20, size=20) + b"\xff" * 1_000
    events = fed(Samples("v", 8_000), file, b"RIFF")
    assert audio(events) == pcm(0, 20)
    assert all(isinstance(event, Audio) for event in events)


@pytest.mark.parametrize("size", [1, 999, 1 << 20])
def test_r3_a_file_that_ends_before_its_declared_length_was_cut_short(size):
    """A proxy that loses the vendor ends a chunked body as if it were whole: the rest of the text was lost, and nobody was told."""
    file = wav(8_000, 0, 4_000, size=8_000)
    *events, failed = fed(Samples("v", 8_000), *(file[i : i + size] for i in range(0, len(file), size)))
    assert audio(events) == pcm(0, 4_000)
    assert failed == Failed(Reason.VENDOR_LOST, "v ended a WAV file before its declared length")


def test_r3_each_of_several_files_is_measured():
    files = wav(8_000, 0, 4_000, size=4_000) + wav(8_000, 4_000, 1_000, size=8_000)
    *events, failed = fed(Samples("v", 8_000), files)
    assert audio(events) == pcm(0, 5_000)
    assert isinstance(failed, Failed)


@pytest.mark.parametrize(
    "size", [0, 4_036, 2_000_000_000, 0x7FFFFFFF - 36, 0x7FFFFFFF, 0xFFFFFFFF - 36, 0xFFFFFFFF]
)
def test_a_length_that_is_a_guess_or_nearly_right_cuts_nothing_short(size):
    events = fed(Samples("v", 8_000), wav(8_000, 0, 4_000, size=size))
    assert audio(events) == pcm(0, 4_000)
    assert all(isinstance(event, Audio) for event in events)


@pytest.mark.parametrize("size", [1, 999, 1 << 20])
def test_r3_a_file_that_goes_on_behind_its_declared_length_has_failed(size):
    """Some servers give the first piece a header of its own length, and send the others as they are."""
    body = wav(8_000, 0, 800, size=800) + b"\xf0\xff" * 2_000
    *events, failed = fed(Samples("v", 8_000), *(body[i : i + size] for i in range(0, len(body), size)))
    assert audio(events) == pcm(0, 800)
    assert failed == Failed(Reason.VENDOR_REJECTED, "v sent more sound than its WAV file declares")


def test_a_chunk_before_the_samples_is_passed_over():
    plain = wav(8_000, 0, 20)
    file = plain[:36] + b"LIST\x03\0\0\0abc\0" + plain[36:]
    assert audio(fed(Samples("v", 8_000), file)) == pcm(0, 20)


@pytest.mark.parametrize("size", [1, 1_000, 1 << 17])
@pytest.mark.parametrize(
    "chunk", [b"LIST\xff\xff\xff\x7fINFOdata", b"LISTdata", b"JUNK\x00\x00\x01\x00" + b"data" * 16_384]
)
def test_a_header_is_bounded_whatever_its_chunks_say(chunk, size):
    """With "data" anywhere in it, a chunk that claims gigabytes was kept in memory until the run's time-out."""
    whole = wav(8_000, 0, 4)
    file = whole[:36] + chunk + b"\1" * 70_000 + whole[36:]
    samples, told, given = Samples("v", 8_000), [], 0
    for at in range(0, len(file), size):
        given = at
        told += samples.feed(file[at : at + size])
        if told:
            break
    (failed,) = told
    assert failed == Failed(Reason.VENDOR_REJECTED, "v sent a WAV file whose header does not end")
    assert given <= 1 << 16
    assert not fed(samples, b"more")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (wav(44_100, 0, 4), "44100 Hz where 8000"),
        (wav(8_000, 0, 4).replace(b"\x10\0data", b"\x08\0data"), "not 16-bit mono"),
        (wav(8_000, 0, 4).replace(b"\1\0\1\0", b"\1\0\2\0"), "not 16-bit mono"),
        (wav(8_000, 0, 4).replace(b"\1\0\1\0", b"\3\0\1\0"), "not 16-bit mono"),
        (wav(8_000, 0, 4, size=4) + wav(44_100, 0, 4_000), "44100 Hz where 8000"),
        (b"RIFF" + b"\0" * 70_000, "does not end"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_failure(file, words):
    events = fed(Samples("v", 8_000), file, pcm(0, 10), wav(8_000, 0, 10))
    (failed,) = (event for event in events if isinstance(event, Failed))
    assert words in failed.message
    assert audio(events) in (b"", pcm(0, 4))


def test_a_body_that_ends_inside_its_header_has_failed():
    (failed,) = fed(Samples("v", 8_000), wav(8_000, 0, 4)[:20])
    assert failed.reason is Reason.VENDOR_REJECTED


def test_lines_are_read_wherever_they_are_cut():
    def read(line):
        return (Audio(line),)

    whole = b"one\r\ntwo\n\n\nthree"
    for cut in range(len(whole)):
        assert fed(Lines("v", read), whole[:cut], whole[cut:]) == [
            Audio(b"one"),
            Audio(b"two"),
            Audio(b"three"),
        ]


def test_r31_a_long_line_in_many_parts_is_joined_once():
    """It was copied for each of its parts: eight MiB in parts of a KiB held everybody up for two minutes."""
    line = Lines("v", lambda line: (Audio(line),))
    part = b"x" * 1_024
    assert fed(line, *[part] * 8_000, b"\ny\n") == [Audio(part * 8_000), Audio(b"y")]


def test_a_line_without_an_end_is_a_failure():
    (failed,) = fed(Lines("v", lambda line: ()), b"x" * (1 << 23), b"x")
    assert "line that is too long" in failed.message


def test_what_is_not_read_fails_once():
    assert len(fed(Unreadable("v sent mp3"), b"a", b"b")) == 1
    assert len(fed(Unreadable("v sent mp3"))) == 1


@pytest.mark.parametrize(
    ("kind", "is_read"),
    [
        ("audio/pcm;rate=8000", True),
        ("audio/pcm ; rate=8000", True),
        ("Audio/L16", True),
        ("audio/wav", True),
        ("application/octet-stream", True),
        ("", True),
        ("audio/mpeg", False),
        ("application/json", False),
        ("text/html", False),
        ("application/problem+json", False),
        ("application/xml", False),
        ("image/svg+xml", False),
    ],
)
def test_the_content_type_tells(kind, is_read):
    assert isinstance(samples_or_not("v", kind, 8_000), Samples) is is_read


def test_a_content_type_that_is_no_text_is_told_in_letters_that_every_client_can_be_sent():
    (failed,) = fed(samples_or_not("v", b"audio/\xff\x1b".decode(errors="surrogateescape"), 8_000))
    assert failed.message == "v answered with audio/\\udcff\\x1b where samples are expected"


@pytest.mark.parametrize(
    "kind", ["audio/pcm;rate=16000", "audio/L16; channels=1; Rate=16000", 'audio/l16;rate="16000"']
)
def test_r20_samples_at_another_rate_are_not_played_at_the_wrong_pitch(kind):
    (failed,) = fed(samples_or_not("v", kind, 8_000), pcm(0, 100))
    assert failed.message == "v sent audio at 16000 Hz where 8000 is expected: set the route's sample_rate"


@pytest.mark.parametrize("kind", ["", "audio/pcm", "application/octet-stream"])
@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"ID3\x04\0\0", "an MP3 file"),
        (b"OggS\0\x02", "an Ogg file"),
        (b"fLaC\0\0", "a FLAC file"),
        (b"\x1aE\xdf\xa3", "a WebM file"),
        (b"<!DOCTYPE html>", "a page"),
        (b"<html><body>", "a page"),
        (b'{"error": "no"}', "JSON"),
        (b'{\n  "error": "no"}', "JSON"),
        (b'{\r\n"error": "no"}', "JSON"),
        (b'{\n"error": "no"}', "JSON"),
        (b'{ "detail": []}', "JSON"),
    ],
)
def test_what_is_no_samples_is_not_played_whatever_it_is_called(kind, head, what):
    """It was noise, as loud as can be, and the utterance ended well."""
    for size in (1, 3, 1_000):
        body = head + bytes(range(256)) * 4
        events = fed(
            samples_or_not("v", kind, 8_000), *(body[i : i + size] for i in range(0, len(body), size))
        )
        assert [event.message for event in events] == [f"v sent {what} where samples are expected"]
