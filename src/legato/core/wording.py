"""What lines tell of their words, and what the client is told of them."""

from legato.core.state import StreamState
from legato.core.timeline import TimedWord
from legato.core.utterance import Run, Utterance
from legato.domain.events import Words
from legato.domain.text import WordSpan


def take_words(state: StreamState, utterance: Utterance, run: Run, words: Words) -> None:
    """True word times have come."""
    heard: dict[int, bool] = {}
    for time in words.words:
        request = next((one for one in run.requests if one.index == time.segment), None)
        index, start = (time.segment, time.start) if request is None else request.place(time.start)
        heard.setdefault(index, False)
        before: list[int] = []
        for segment, reading in run.said:
            if segment.index == index:
                # A line speaks in order: what it was handed before is over, whether or not that was marked.
                heard.update(dict.fromkeys(before, True))
                span = _span_at(reading.words, start)
                if span is not None:
                    first = run.samples_before + round(time.start_ms * state.rate_hz / 1000)
                    last = run.samples_before + round(time.end_ms * state.rate_hz / 1000)
                    utterance.timeline.heard_word(index, span, first, last, time.method)
                break
            before.append(segment.index)
    for index, is_over in sorted(heard.items()):
        true_words = utterance.timeline.true_words(index)
        _tell(utterance, run, index, true_words if is_over else true_words[:-1])


def tell_words(utterance: Utterance, run: Run, index: int) -> None:
    """The segment is complete: the words of it that the client was not told of."""
    if utterance.options.words:
        _tell(utterance, run, index, utterance.timeline.words(index))


def _tell(utterance: Utterance, run: Run, index: int, words: list[TimedWord]) -> None:
    """The last known word may still grow (several spoken words of one source), so it is told when the next one is known."""
    if not utterance.options.words:
        return
    told = run.words_told.get(index, 0)
    utterance.words_due.extend(words[told:])
    run.words_told[index] = max(told, len(words))


def _span_at(words: tuple[WordSpan, ...], position: int) -> WordSpan | None:
    return next((word for word in words if word.start <= position < word.end), None)
