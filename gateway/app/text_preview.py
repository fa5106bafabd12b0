"""Shows how a text would be said, for `legato text` and for the pages."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from legato.domain.errors import Reason, SpeechError
from legato.domain.languages import is_language_tag, language_tag, primary_subtag
from legato.domain.speech import Catalogue, UtteranceOptions, Voice
from legato.domain.stage_directions import without_unacted
from legato.domain.text import PreviewedSegment, Rewriting, Segment
from legato.ports import PreviewRequest
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript

_STEP_CHARS = 32
"""How much is read at a time: it takes a few dozen microseconds, or a millisecond if all of it is mathematics."""

_ACTED: frozenset[str] = frozenset()
"""Stage directions are shown as for a voice that acts none."""
_SHOWN = 40
"""How many characters of an invalid language a message shows."""

FrontEnds = Callable[[str, UtteranceOptions, str, str], FrontEnd]
"""Makes the front end of a new utterance, from its language and options, its voice and the tenant who asks."""


class Preview:
    """Implements `ports.TextPreview` with the gateway's own front ends.

    Args:
        front_ends: makes front ends, as for sessions.
        catalogue: the voices there are.
        readable: languages that can be read whether a voice speaks them or not, as primary subtags.
    """

    def __init__(self, front_ends: FrontEnds, catalogue: Catalogue, readable: Iterable[str] = ()) -> None:
        self._front_ends = front_ends
        self._catalogue = catalogue
        self._spoken = {tag for voice in catalogue.voices.values() for tag in voice.languages}
        self._known = {primary_subtag(tag) for tag in self._spoken} | set(readable)

    def preview(self, request: PreviewRequest) -> Iterator[Sequence[PreviewedSegment]]:
        """Read a text, some characters per step."""
        name = request.voice or self._catalogue.default_voice
        voice = self._catalogue.voices.get(name)
        if voice is None:
            raise SpeechError(
                Reason.UNKNOWN_VOICE, f"there is no voice {name!r}; /v1/voices lists the voices"
            )
        language = self._language(request, voice) or voice.languages[0]
        front = self._front_ends(language, request.options, voice.name, request.tenant)
        text = request.text
        return known((text[at : at + _STEP_CHARS] for at in range(0, len(text), _STEP_CHARS)), front)

    def transcript(self, segments: Sequence[PreviewedSegment]) -> str:
        """Return what consecutive segments say, as one text."""
        return transcript(one.segment for one in segments)

    def _language(self, request: PreviewRequest, voice: Voice) -> str:
        language = language_tag(request.language)
        if not language:
            return ""
        check_language(language, self._known, self._spoken, "no voice here speaks", "/v1/languages lists")
        if request.voice and not voice.speaks(language):
            raise SpeechError(
                Reason.UNKNOWN_VOICE,
                f"the voice {voice.name!r} does not speak {language!r}; it speaks {', '.join(voice.languages[:20])}",
            )
        return language


def check_language(
    language: str, known: AbstractSet[str], suggested: AbstractSet[str], nobody: str, where: str
) -> None:
    """Refuse a language that cannot be read.

    Args:
        language: what a client gave, as a `language_tag`.
        known: primary subtags of what can be read.
        suggested: further tags that may have been meant.
        nobody: how the refusal begins.
        where: what lists the languages.

    Raises:
        SpeechError: it is no language tag, or unknown.
    """
    if not is_language_tag(language):
        raise SpeechError(
            Reason.UNKNOWN_VOICE,
            f"expected a language tag such as 'en' or 'de-AT', got {language[:_SHOWN]!r}",
        )
    if primary_subtag(language) not in known:
        near = difflib.get_close_matches(language, known | suggested, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise SpeechError(Reason.UNKNOWN_VOICE, f"{nobody} {language!r}{hint}; {where} the languages")


def known(tokens: Iterable[str], front: FrontEnd) -> Iterator[Sequence[PreviewedSegment]]:
    """Yield the segments that each token makes known, and last those that the end does.

    Args:
        tokens: the text of one utterance, as it comes.
        front: a fresh front end.
    """
    for token in tokens:
        yield [_previewed(segment, front, settled=True) for segment in front.feed(token)]
    yield [_previewed(segment, front, settled=False) for segment in front.end()]


def _previewed(segment: Segment, front: FrontEnd, *, settled: bool) -> PreviewedSegment:
    # Where a language has no number words, the front end leaves directions to the stream, which knows the voice.
    spoken = without_unacted(segment.spoken, _ACTED)
    if spoken is not segment.spoken:
        segment = replace(segment, spoken=spoken)
    rewritings = (Rewriting(one.rule, one.start, one.end, one.text) for one in front.explain(segment))
    return PreviewedSegment(segment, settled, tuple(rewritings))
