"""A stream whose lines answer as a test says, for the tests of speaking and hearing."""

from legato.core.hearing import heard, sampled
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.speaking import line_ready, release
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import Timeline
from legato.core.utterance import Input, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import (
    Note,
    Say,
)
from legato.domain.events import Begin, Heard, LineReady, Sampled
from legato.domain.speech import (
    Catalogue,
    Principal,
    Route,
    StreamLimits,
    TextLevel,
    UtteranceOptions,
    Voice,
)
from legato.domain.text import Break, Reading, Segment

NOW, RATE = 100.0, 24_000
ROUTE, OTHER, SHOUTS = Route("p", "v"), Route("q", "v"), Route("r", "v", text_level=TextLevel.RAW)
ANNA = Voice("anna", ("en",), (ROUTE,))
PAIR = Voice("pair", ("en",), (ROUTE, OTHER), hedge_share=0.03)


def segments(*texts, first=0, ends_with=Break.SENTENCE):
    made, at = [], 0
    for index, text in enumerate(texts, first):
        made.append(Segment(index, at, at + len(text), text, Reading(text), Reading(text), ends_with))
        at += len(text)
    return made


class Played:
    """A stream whose lines answer as the test says, and every effect that followed."""

    def __init__(self, voice=ANNA, settings=None, **limits):
        catalogue = Catalogue({voice.name: voice}, voice.name)
        self.state = StreamState(
            "s", Principal("me"), "native", catalogue, StreamLimits(**limits), settings or CoreSettings()
        )
        self.state.audio_format = AudioFormat(Encoding.PCM_S16LE, RATE)
        self.voice, self.track, self.done = voice, self.state.track(0), []

    def begin(self, name, *texts, ended=False):
        """An utterance whose text is cut into these segments, in line behind those before it."""
        sizer = Sizer(ChunkSettings(), RATE, -1)
        made = Utterance(
            Begin(name),
            1,
            0,
            self.voice,
            "en",
            UtteranceOptions(),
            NOW,
            Timeline(RATE),
            sizer,
            parts=list(texts),
        )
        made.stamps.begin(NOW)
        self.add(made, *texts)
        made.input = Input.COMPLETE if ended else Input.OPEN
        self.state.utterances[name] = made
        self.track.queue.append(made)
        return made

    def add(self, utterance, *texts):
        made = segments(*texts, first=utterance.known_segments)
        utterance.known_segments += len(made)
        utterance.unsaid.extend(made)
        utterance.unsaid_chars += sum(map(len, texts))

    def release(self, now=NOW):
        release(self.state, self.track, now)
        return self.take()

    def answer(self, utterance, now=NOW, **known):
        """Its lease is answered with a line of these abilities; what is released then."""
        abilities = {"reused": True, "keeps_context": True, "word_times": False, "can_pause": True, **known}
        line_ready(self.state, LineReady(utterance.run.lease, **abilities), now)
        return self.release(now)

    def gives(self, utterance, held, now=NOW, **more):
        return sampled(self.state, Sampled(utterance.run.lease, held, **more), now)

    def tells(self, utterance, event, now=NOW):
        heard(self.state, Heard(utterance.run.lease, event), now)
        return self.take()

    def take(self):
        done, self.state.out = self.state.out, []
        return done


def of(done, kind):
    return [effect for effect in done if isinstance(effect, kind)]


def facts(done, kind):
    return [effect.fact for effect in done if isinstance(effect, Note) and isinstance(effect.fact, kind)]


def said(done):
    return [effect.reading.text for effect in of(done, Say)]
