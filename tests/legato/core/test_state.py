import pytest

from legato.core.playback import PlaybackClock
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState, Track
from legato.core.timeline import Timeline
from legato.core.utterance import Life, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import Emit, Forget, Note
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Begin
from legato.domain.facts import MessageRefused, Underran
from legato.domain.replies import Pong, StreamError
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, UtteranceOptions, Voice

VOICE = Voice("anna", ("en",), (Route("p", "v"),))


@pytest.fixture
def state():
    catalogue = Catalogue({"anna": VOICE}, "anna")
    stream = StreamState("s", Principal(), "native", catalogue, StreamLimits(), CoreSettings())
    stream.audio_format = AudioFormat(Encoding.PCM_S16LE, 24_000)
    return stream


def utterance(name):
    sizer = Sizer(ChunkSettings(), 24_000, -1)
    return Utterance(Begin(name), 1, 0, VOICE, "en", UtteranceOptions(), 0.0, Timeline(24_000), sizer)


@pytest.mark.parametrize(
    ("encoding", "rate_hz", "frame"),
    [(Encoding.PCM_S16LE, 24_000, 1), (Encoding.WAV, 8_000, 1), (Encoding.MULAW, 8_000, 160), (Encoding.ALAW, 8_000, 160)],
)  # fmt: skip
def test_telephone_codecs_leave_in_frames_of_20_ms(state, encoding, rate_hz, frame):
    state.audio_format = AudioFormat(encoding, rate_hz)
    assert state.frame_samples == frame
    assert state.rate_hz == rate_hz


def test_what_is_decided_is_kept_in_order(state):
    fact = Underran("s", "u", 0.1)
    state.do(Forget("u"))
    state.tell(Pong(7))
    state.note(fact)
    assert state.out == [Forget("u"), Emit(Pong(7)), Note(fact)]


def test_a_refusal_is_told_and_counted(state):
    error = SpeechError(Reason.BAD_ORDER, "Open comes first")
    state.refuse(error)
    assert state.out == [Emit(StreamError(error)), Note(MessageRefused("s", Reason.BAD_ORDER, "native"))]


def test_a_track_is_made_when_it_is_first_named_and_kept(state):
    track = state.track(3)
    assert track.number == 3
    assert state.track(3) is track
    assert list(state.tracks) == [3]


def test_the_head_of_a_track_is_who_sounds_next():
    track = Track(0, PlaybackClock(24_000))
    assert track.head is None
    first = utterance("a")
    track.queue.extend([first, utterance("b")])
    assert track.head is first


def test_ids_that_are_over_are_remembered_and_the_oldest_forgotten(state):
    for number in range(5_000):
        state.remember(f"u{number}", Life.FINISHED)
    assert state.gone["u4999"] is Life.FINISHED
    assert "u0" not in state.gone
    assert len(state.gone) < 5_000


def test_pending_characters_are_those_of_all_utterances(state):
    for name, chars in (("a", 3), ("b", 4)):
        state.utterances[name] = utterance(name)
        state.utterances[name].unsaid_chars = chars
    assert state.pending_chars == 7
