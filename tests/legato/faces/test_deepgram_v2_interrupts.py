"""One interrupt at a time, each beyond the position of the one before it."""

from legato.domain.audio import AudioFormat, Encoding
from legato.faces.deepgram_v2_interrupts import Interrupts
from legato.faces.deepgram_v2_turns import Turns


def heard(turns: Turns, ms: int) -> str:
    """A turn of which so much audio was sent."""
    name = turns.begin()
    turns.heard(turns.get(name), ms * 48)
    return name


def turns() -> Turns:
    return Turns("r", AudioFormat(Encoding.PCM_S16LE, 24_000))


def test_nothing_can_be_interrupted_while_nothing_is_spoken():
    code, _ = Interrupts().mistake(None, ())
    assert code == "NO_ACTIVE_SPEECH"


def test_one_is_in_progress_until_all_its_turns_are_reported():
    interrupts, session = Interrupts(), turns()
    assert interrupts.mistake(None, {"1", "2"}) is None
    interrupts.begin(None, {"1", "2"})
    interrupts.reported("1")
    interrupts.settle(session)
    code, _ = interrupts.mistake(None, {"2"})
    assert code == "INTERRUPT_IN_PROGRESS"
    interrupts.reported("2")
    interrupts.settle(session)
    assert interrupts.mistake(None, {"3"}) is None


def test_the_next_offset_must_be_beyond_the_position_of_the_last():
    interrupts, session = Interrupts(), turns()
    name = heard(session, 2000)
    interrupts.begin(1200, {name})
    assert interrupts.offset_ms == 1200
    session.end(name)
    interrupts.reported(name)
    interrupts.settle(session)
    assert session.played_ms == 1200, "what was cut off was not played"
    code, _ = interrupts.mistake(1200, {"2"})
    assert code == "INVALID_INTERRUPT_OFFSET"
    assert interrupts.mistake(1201, {"2"}) is None


def test_the_position_stands_once_all_its_turns_are_reported():
    interrupts, session = Interrupts(), turns()
    first, second = heard(session, 1000), heard(session, 1000)
    interrupts.begin(300, {first, second})
    session.end(first)
    interrupts.reported(first)
    interrupts.settle(session)
    assert session.played_ms == 2000, "not before"
    session.end(second)
    interrupts.reported(second)
    interrupts.settle(session)
    assert session.played_ms == 300


def test_an_offset_beyond_what_was_sent_counts_as_the_client_said_it():
    interrupts, session = Interrupts(), turns()
    name = heard(session, 500)
    interrupts.begin(900, {name})
    session.end(name)
    interrupts.reported(name)
    interrupts.settle(session)
    assert interrupts.mistake(900, {"2"}) is not None
    assert interrupts.mistake(901, {"2"}) is None


def test_without_an_offset_the_position_is_all_that_was_sent():
    interrupts, session = Interrupts(), turns()
    name = heard(session, 500)
    interrupts.begin(None, {name})
    session.end(name)
    interrupts.reported(name)
    interrupts.settle(session)
    assert interrupts.mistake(500, {"2"}) is not None
    assert interrupts.mistake(501, {"2"}) is None
