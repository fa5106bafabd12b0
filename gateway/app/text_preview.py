"""What would be said of a text: the one way to it, for `legato text` and for the pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from legato.domain.speech import UtteranceOptions
from legato.domain.text import PreviewedSegment, Rewriting, Segment
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript

_STEP_CHARS = 32
"""What is read at a time: a few dozen microseconds, a millisecond where all of it is mathematics."""
_USUAL_LANGUAGE = "en"

FrontEnds = Callable[[str, UtteranceOptions], FrontEnd]
"""The front end of a new utterance, by its language and options."""


class Preview:
    """Implements `ports.TextPreview` with the gateway's own front ends.

    Args:
        front_ends: as the sessions have them.
    """

    def __init__(self, front_ends: FrontEnds) -> None:
        self._front_ends = front_ends

    def preview(
        self, text: str, language: str, options: UtteranceOptions
    ) -> Iterator[Sequence[PreviewedSegment]]:
        """Read a text, some characters to a step."""
        pieces = (text[at : at + _STEP_CHARS] for at in range(0, len(text), _STEP_CHARS))
        return known(pieces, self._front_ends(language or _USUAL_LANGUAGE, options))

    def transcript(self, segments: Sequence[PreviewedSegment]) -> str:
        """What consecutive segments say, as one text."""
        return transcript(one.segment for one in segments)


def known(tokens: Iterable[str], front: FrontEnd) -> Iterator[Sequence[PreviewedSegment]]:
    """What each token makes known, and last what the end does.

    Args:
        tokens: the text of one utterance, as it comes.
        front: a fresh front end.
    """
    for token in tokens:
        yield [_previewed(segment, front, settled=True) for segment in front.feed(token)]
    yield [_previewed(segment, front, settled=False) for segment in front.end()]


def _previewed(segment: Segment, front: FrontEnd, *, settled: bool) -> PreviewedSegment:
    rewritings = (Rewriting(one.rule, one.start, one.end, one.text) for one in front.explain(segment))
    return PreviewedSegment(segment, settled, tuple(rewritings))
