"""Word times: what lines report, and what the client is told."""

from legato.core.state import StreamState
from legato.core.timeline import TimedWord
from legato.core.utterance import Run, Utterance
from legato.domain.events import Words
from legato.domain.text import WordSpan

_FURTHEST_AHEAD_MS = 60_000.0
"""Times may come ahead of their audio, but not by more than this: such a time is an error, and may overflow any clock."""


def take_words(state: StreamState, utterance: Utterance, run: Run, words: Words) -> None:
    """True word times have come."""
    heard: dict[int, bool] = {}
    latest = -1
    latest_ms = 1000 * run.produced / state.rate_hz + _FURTHEST_AHEAD_MS
    for time in words.words:
        request = next((one for one in run.requests if one.index == time.segment), None)
        index, start = (time.segment, time.start) if request is None else request.place(time.start)
        # The segments before it in the same request are over.
        heard.update(dict.fromkeys(() if request is None else request.before(index), True))
        heard.setdefault(index, False)
        reading = next((one.reading for one in run.awaited if one.segment.index == index), None)
        span = _span_at(reading.words, start) if reading is not None else None
        if span is not None and time.start_ms <= latest_ms:
            first = run.samples_before + round(time.start_ms * state.rate_hz / 1000)
            last = run.samples_before + round(min(time.end_ms, latest_ms) * state.rate_hz / 1000)
            utterance.timeline.heard_word(index, span, first, last, time.method)
            latest = max(latest, index)
    # Where a later segment sounds, the earlier ones are over, marked or not, also those that flow into it: their words come first.
    earlier = (*run.untold, *(one.segment.index for one in run.awaited))
    heard.update((index, True) for index in earlier if index < latest)
    for index, is_over in sorted(heard.items()):
        timeline = utterance.timeline
        _tell(utterance, run, index, timeline.words(index) if is_over else timeline.true_words(index)[:-1])


def tell_complete(utterance: Utterance, run: Run, ended: list[int]) -> None:
    """Tell the words of segments that are now complete, unless the last of them flows into the next one.

    Then it is not known yet where they end: they share their audio with the next one, up to the marker that ends both.
    """
    run.untold += ended
    if not (run.awaited and utterance.timeline.flows_into(run.awaited[0].segment.index)):
        tell_untold(utterance, run)


def tell_untold(utterance: Utterance, run: Run) -> None:
    """Tell the words of complete segments that were kept back: nothing more will come that says where they are."""
    for index in run.untold:
        tell_words(utterance, run, index)
    run.untold.clear()


def tell_words(utterance: Utterance, run: Run, index: int) -> None:
    """Tell the words of a complete segment that the client has not been told yet."""
    if utterance.options.words:
        _tell(utterance, run, index, utterance.timeline.words(index))


def _tell(utterance: Utterance, run: Run, index: int, words: list[TimedWord]) -> None:
    """Queue the words not told yet. The last known word may still grow (several spoken words of one source): callers leave it out."""
    if not utterance.options.words:
        return
    told = run.words_told.get(index, 0)
    utterance.words_due.extend(words[told:])
    run.words_told[index] = max(told, len(words))


def _span_at(words: tuple[WordSpan, ...], position: int) -> WordSpan | None:
    return next((word for word in words if word.start <= position < word.end), None)
