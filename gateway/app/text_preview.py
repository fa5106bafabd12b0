"""What would be said of a text: the one way to it, for `legato text` and for the pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Catalogue, UtteranceOptions
from legato.domain.text import PreviewedSegment, Rewriting, Segment
from legato.ports import PreviewRequest
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript

_STEP_CHARS = 32
"""What is read at a time: a few dozen microseconds, a millisecond where all of it is mathematics."""

FrontEnds = Callable[[str, UtteranceOptions, str, str], FrontEnd]
"""The front end of a new utterance, by its language and options, its voice and the tenant who asks."""


class Preview:
    """Implements `ports.TextPreview` with the gateway's own front ends.

    Args:
        front_ends: as the sessions have them.
        catalogue: the voices there are.
    """

    def __init__(self, front_ends: FrontEnds, catalogue: Catalogue) -> None:
        self._front_ends = front_ends
        self._catalogue = catalogue

    def preview(self, request: PreviewRequest) -> Iterator[Sequence[PreviewedSegment]]:
        """Read a text, some characters to a step."""
        name = request.voice or self._catalogue.default_voice
        voice = self._catalogue.voices.get(name)
        if voice is None:
            raise SpeechError(
                Reason.UNKNOWN_VOICE, f"there is no voice {name!r}; /v1/voices lists those there are"
            )
        front = self._front_ends(
            request.language or voice.languages[0], request.options, voice.name, request.tenant
        )
        text = request.text
        return known((text[at : at + _STEP_CHARS] for at in range(0, len(text), _STEP_CHARS)), front)

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
