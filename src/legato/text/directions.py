"""The SSML elements that say how the text inside them is delivered: `prosody`, `emphasis`, `voice`, `lang`.

Rules:
- what an element asks for holds until it is closed; nested elements add up, and one that names a value (`slow`) starts from the
  voice's own value;
- a tag that closes nothing, or is never closed, does no harm: a closing tag ends the innermost element of its name with all elements
  inside it, and `speak` ends everything.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from legato.domain.delivery import PLAIN, Delivery, Emphasis, Stress
from legato.domain.languages import is_language_tag, language_tag
from legato.domain.text import Reading
from legato.domain.values import value
from legato.text.atoms import Atom, SpanKind
from legato.text.prosody import Value, pitch_of, rate_of, volume_of
from legato.text.ssml import asking, attributes
from legato.text.tags import name_of

DEEPEST: Final = 64
"""Elements nested deeper than this are not followed."""
_UNREAD = ("contour", "range", "duration")
_VOICE_CHARS = 80
_TAG = re.compile(r"<[^<>]*>")
_MARKS = ".,;:!?…\"'”’»)]"


@value
class Stressed:
    """Source characters that are stressed."""

    start: int
    end: int
    stress: Stress


@value
class Directed:
    """What the tags of an atom say.

    Args:
        delivery: how its text is delivered; tags that change it end their atom.
        stressed: which of its text is stressed.
        ignored: names of elements that ask for what is not supported, or in a way that cannot be read.
    """

    delivery: Delivery = PLAIN
    stressed: tuple[Stressed, ...] = ()
    ignored: tuple[str, ...] = ()


@value
class _Open:
    name: str
    delivery: Delivery
    stress: Stress | None


UNDIRECTED: Final = Directed()
_Read = tuple[_Open, Sequence[str]]
"""The element, and the names of what it asks for that cannot be read."""


class Directions:
    """Follows the elements of one utterance, atom by atom."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._deeper = 0
        self._stressed: list[Stressed] = []
        self._since = 0
        self._ignored: list[str] = []

    @property
    def delivery(self) -> Delivery:
        """How the text from here on is delivered."""
        return self._open[-1].delivery if self._open else PLAIN

    def read(self, atom: Atom) -> Directed:
        """Return what the tags of the next atom say."""
        delivery = self.delivery
        if not (self._open or any(span.kind in _TAGS for span in atom.spans)):
            return UNDIRECTED
        self._since = atom.start
        for span in atom.spans:
            if span.kind in _TAGS:
                written = atom.text[span.start - atom.start : span.end - atom.start]
                for tag in _TAG.finditer(written):
                    self._tag(tag.group(), span.start + tag.start(), span.start + tag.end())
        self._stress_until(atom.end)
        directed = Directed(delivery, tuple(self._stressed), tuple(self._ignored))
        self._stressed, self._ignored = [], []
        return directed

    @property
    def _stress(self) -> Stress | None:
        return self._open[-1].stress if self._open else None

    def _stress_until(self, end: int) -> None:
        if self._stress is not None and end > self._since:
            self._stressed.append(Stressed(self._since, end, self._stress))

    def _tag(self, written: str, start: int, end: int) -> None:
        name = name_of(written)
        plain = name.removeprefix("/")
        if plain not in _READERS:
            unknown = asking(written)
            self._ignored += [unknown] if unknown else []
            return
        self._stress_until(start)
        self._since = end
        if name.startswith("/"):
            self._close(plain)
        elif plain == "speak":
            self._open.clear()
        elif not written.endswith("/>"):
            self._begin(plain, attributes(written))

    def _begin(self, name: str, named: Mapping[str, str]) -> None:
        opened, unread = _READERS[name](_Open(name, self.delivery, self._stress), named)
        self._ignored += unread
        if len(self._open) < DEEPEST:
            self._open.append(opened)
        else:
            self._deeper += 1

    def _close(self, name: str) -> None:
        if name == "speak":
            self._open.clear()
            self._deeper = 0
        elif self._deeper:
            self._deeper -= 1
        else:
            place = max((n for n, one in enumerate(self._open) if one.name == name), default=None)
            if place is not None:
                del self._open[place:]


def emphases(reading: Reading, stressed: Sequence[Stressed]) -> Iterator[Emphasis]:
    """Yield the stressed runs of a reading: the words that come from stressed source, without the marks after them."""
    for one in stressed:
        words = [
            word for word in reading.words if word.source_start < one.end and word.source_end > one.start
        ]
        if words:
            said = reading.text[words[0].start : words[-1].end]
            length = len(said.rstrip(_MARKS))
            if length:
                yield Emphasis(words[0].start, words[0].start + length, one.stress)


def _prosody(opened: _Open, named: Mapping[str, str]) -> _Read:
    delivery = opened.delivery
    unread = [name for name in _UNREAD if name in named]
    for name, value_of in _VALUES.items():
        if name not in named:
            continue
        value = value_of(_lowered(named, name))
        if value is None:
            unread.append(name)
            continue
        amount, from_own = value
        delivery = _asked(name, amount, delivery, from_own=from_own)
    return replace(opened, delivery=delivery), [f"prosody {name}" for name in unread]


def _asked(name: str, amount: float, outside: Delivery, *, from_own: bool) -> Delivery:
    match name:
        case "rate":
            return Delivery(rate=amount).within(replace(outside, rate=1.0) if from_own else outside)
        case "pitch":
            return Delivery(pitch=amount).within(replace(outside, pitch=0.0) if from_own else outside)
        case _:
            return Delivery(volume=amount).within(replace(outside, volume=0.0) if from_own else outside)


def _emphasis(opened: _Open, named: Mapping[str, str]) -> _Read:
    level = _lowered(named, "level") or Stress.MODERATE.value
    if level == "none":
        return replace(opened, stress=None), ()
    return (replace(opened, stress=Stress(level)), ()) if level in set(Stress) else (opened, ("emphasis",))


def _voice(opened: _Open, named: Mapping[str, str]) -> _Read:
    name = named.get("name", "").strip()
    if not name or len(name) > _VOICE_CHARS:
        return opened, ("voice",)
    return replace(opened, delivery=replace(opened.delivery, voice=name)), ()


def _lang(opened: _Open, named: Mapping[str, str]) -> _Read:
    language = language_tag(named.get("xml:lang", "").strip())
    if not is_language_tag(language):
        return opened, ("lang",)
    return replace(opened, delivery=replace(opened.delivery, language=language)), ()


_VALUES: Mapping[str, Callable[[str], Value | None]] = {
    "rate": rate_of,
    "pitch": pitch_of,
    "volume": volume_of,
}
_READERS: Mapping[str, Callable[[_Open, Mapping[str, str]], _Read]] = {
    "prosody": _prosody,
    "emphasis": _emphasis,
    "voice": _voice,
    "lang": _lang,
    "speak": lambda opened, _: (opened, ()),
}
_TAGS = frozenset({SpanKind.TAG, SpanKind.MANNER, SpanKind.BREAK})


def _lowered(named: Mapping[str, str], name: str) -> str:
    return named.get(name, "").strip().lower()
