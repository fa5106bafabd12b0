import itertools

import pytest

from legato.core.batching import Request, joined
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import Timeline
from legato.core.utterance import Awaited, Run, Utterance
from legato.core.word_times import take_words, tell_complete, tell_untold, tell_words
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.events import Begin, Words, WordTime
from legato.domain.replies import WordMethod
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment, WordSpan

RATE = 8_000
MS = RATE // 1_000
ROUTE = Route("p", "v")
VOICE = Voice("anna", ("en",), (ROUTE,))
TEXTS = ["one two.", "three four."]


class Telling:
    """Two segments that a line was asked for in one, or one by one."""

    def __init__(self, *, in_one=True, words=True):
        catalogue = Catalogue({"anna": VOICE}, "anna")
        self.state = StreamState("s", Principal(), "native", catalogue, StreamLimits(), CoreSettings())
        self.state.audio_format = AudioFormat(Encoding.PCM_S16LE, RATE)
        sizer = Sizer(ChunkSettings(), RATE, -1)
        options = UtteranceOptions(words=words)
        self.said = Utterance(Begin("u"), 1, 0, VOICE, "en", options, 0.0, Timeline(RATE), sizer)
        self.run = self.said.run = Run(1, ROUTE, 0.0, samples_before=100 * MS)
        readings, at = [], 0
        for index, text in enumerate(TEXTS):
            spans, start = [], 0
            for word in text.split():
                start = text.index(word, start)
                spans.append(WordSpan(start, start + len(word), at + start, at + start + len(word)))
            reading = Reading(text, tuple(spans))
            readings.append(reading)
            segment = Segment(index, at, at + len(text), text, reading, reading, Break.SENTENCE)
            self.run.awaited.append(Awaited(segment, reading, 0.0))
            self.said.timeline.expect(index, reading)
            at += len(text) + 1
        if in_one:
            self.run.requests.append(Request(joined(readings)[1], (0, 1)))
            self.said.timeline.join(1)
        else:
            self.run.requests += [Request((0,), (0,)), Request((0,), (1,))]
        self.said.timeline.begin(0, 100 * MS)

    def hear(self, *times):
        """Each is (segment of the line, start, start_ms)."""
        words = tuple(WordTime(segment, start, start + 3, ms, ms + 200.0) for segment, start, ms in times)
        take_words(self.state, self.said, self.run, Words(words))
        return self.told()

    def told(self):
        text = " ".join(TEXTS)
        return [
            (text[word.source_start : word.source_end], word.start_sample // MS)
            for word in self.said.words_due
        ]


@pytest.mark.parametrize("in_one", [True, False])
def test_words_are_told_in_order_each_when_the_next_one_is_known(in_one):
    telling = Telling(in_one=in_one)
    if in_one:
        assert telling.hear((1, 0, 0.0), (1, 4, 200.0)) == [("one", 100)]
        assert telling.hear((1, 9, 500.0)) == [("one", 100), ("two.", 300)]
        last = telling.hear((1, 15, 800.0))
    else:
        assert telling.hear((0, 0, 0.0), (0, 4, 200.0)) == [("one", 100)]
        tell_words(telling.said, telling.run, 0)
        last = telling.hear((1, 0, 500.0), (1, 6, 800.0))
    assert last == [("one", 100), ("two.", 300), ("three", 600)]
    tell_words(telling.said, telling.run, 1)
    assert telling.told()[-1] == ("four.", 900)
    assert len(telling.told()) == 4
    assert {word.method for word in telling.said.words_due} == {WordMethod.VENDOR}


def test_a_line_that_marks_no_ends_tells_the_last_word_of_a_segment_before_those_of_the_next():
    """R11."""
    telling = Telling(in_one=False)
    telling.said.timeline.join(1)
    assert telling.hear((0, 0, 0.0), (0, 4, 200.0)) == [("one", 100)]
    assert telling.hear((1, 0, 500.0), (1, 6, 800.0)) == [("one", 100), ("two.", 300), ("three", 600)]


def test_a_word_that_is_nowhere_in_the_text_is_passed_over():
    telling = Telling()
    assert telling.hear((1, 3, 100.0)) == []
    assert telling.hear((7, 0, 100.0)) == []


def test_r11_every_word_is_told_once_also_those_that_the_voice_tells_no_time_of():
    telling = Telling(in_one=False)
    telling.hear((0, 0, 0.0))
    telling.hear((1, 6, 900.0))
    tell_words(telling.said, telling.run, 0)
    tell_words(telling.said, telling.run, 1)
    assert [word for word, _ in telling.told()] == ["one", "two.", "three", "four."]
    starts = [start for _, start in telling.told()]
    assert starts == sorted(starts)


def test_a_later_segment_that_sounds_ends_the_one_before_it_marked_or_not():
    telling = Telling(in_one=False)
    assert telling.hear((0, 0, 0.0), (0, 4, 200.0), (1, 0, 500.0), (1, 6, 800.0)) == [
        ("one", 100),
        ("two.", 300),
        ("three", 600),
    ]


@pytest.mark.parametrize("ms", [1e16, 1e300, float("inf")])
def test_a_time_that_nobody_can_know_is_none(ms):
    """It overflowed: the stream ended as if the gateway had a bug, or its client could not read the place."""
    telling = Telling(in_one=False)
    assert telling.hear((0, 0, 0.0), (0, 4, ms)) == []
    tell_words(telling.said, telling.run, 0)
    assert [word for word, _ in telling.told()] == ["one", "two."]
    assert max(start for _, start in telling.told()) < 120_000


class Flowing(Telling):
    """The second segment flows into the first, and both markers come with the run's end."""

    def __init__(self):
        super().__init__(in_one=False)
        self.said.timeline.join(1)

    def marked(self, index, end_ms):
        self.run.awaited.popleft()
        self.said.timeline.complete([index], end_ms * MS)
        tell_complete(self.said, self.run, [index])
        return [word for word, _ in self.told()]


def test_r11_segments_that_flow_into_each_other_have_their_words_one_behind_the_other():
    """The words of the first were told over the whole of the audio, and those of the second over its half."""
    flowing = Flowing()
    assert flowing.marked(0, 1_100) == []
    assert flowing.marked(1, 1_100) == ["one", "two.", "three", "four."]
    told = list(flowing.said.words_due)
    assert all(before.end_sample <= word.start_sample for before, word in itertools.pairwise(told))
    assert (told[0].start_sample, told[-1].end_sample) == (100 * MS, 1_100 * MS)


def test_r11_the_words_of_a_segment_come_before_those_of_the_one_it_flows_into_when_that_one_has_times():
    telling = Telling(in_one=False)
    telling.said.timeline.join(1)
    telling.hear((0, 0, 100.0), (0, 4, 300.0))
    over = telling.run.awaited.popleft()
    telling.said.timeline.complete([0], 600 * MS)
    tell_complete(telling.said, telling.run, [over.segment.index])
    assert telling.told() == [("one", 200)], "where the last one ends is not known yet"
    assert telling.hear((1, 0, 600.0), (1, 6, 900.0)) == [("one", 200), ("two.", 400), ("three", 700)]


def test_what_is_complete_is_told_where_what_flows_into_it_never_comes():
    flowing = Flowing()
    flowing.marked(0, 1_100)
    tell_untold(flowing.said, flowing.run)
    tell_untold(flowing.said, flowing.run)
    assert [word for word, _ in flowing.told()] == ["one", "two."]


def test_who_did_not_ask_for_words_is_told_none():
    telling = Telling(words=False)
    assert telling.hear((1, 0, 0.0), (1, 9, 500.0)) == []
    tell_words(telling.said, telling.run, 0)
    assert telling.told() == []
