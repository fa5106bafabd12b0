"""espeak-ng: over a hundred languages, first sound in a millisecond, true word times. Engine process only.

- One text sounds at a time in this process; a sentence takes a few milliseconds, so others wait that long.
- Longer texts are spoken some sentences to a step, so that a step stays bounded.
- Words that would overflow the library's buffers are cut: `long_words`.
- The library tells where a word begins; it ends where the next one begins, or its clause does.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from gateway.engines.espeak_library import (
    END_OF_CLAUSE,
    WORD,
    EspeakLibrary,
    LibraryVoice,
    Setting,
    WordEvent,
    espeak_library,
)
from gateway.engines.espeak_markup import Marked, Pronounced
from gateway.engines.espeak_phonemes import mnemonics
from gateway.engines.long_words import cuts
from gateway.engines.voice import Manner, Sound, SpokenWord, SpokenWords, Take, UnknownVoiceError
from legato.domain.delivery import Emphasis
from legato.domain.languages import language_tag

DEFAULT_LANGUAGE = "en-us"
_STEP_CHARACTERS = 240
_FIRST_STEP_S = 0.004  # measured, 12 words; their first sound is there after a tenth of it
_SENTENCE = re.compile(r".+?(?:[.!?;:…。！？।]+(?=\s|$)|$)\s*", re.DOTALL)
_MOST_BYTES = 22_050  # half a second: what one piece of sound grows to
_SILENCE = 33  # -60 dB
_WORDS_PER_MINUTE = 175
_PITCH_UP, _PITCH_DOWN = 5.6, 7.2
"""Steps of the library's scale to a semitone, measured; it ends at +9 and -7."""


class EspeakVoice:
    """All voices of libespeak-ng, chosen by name or by language."""

    def __init__(self) -> None:
        self._library: EspeakLibrary = espeak_library()
        self._voices = self._library.voices()

    @property
    def name(self) -> str:
        """Its name in routes."""
        return "espeak"

    @property
    def sample_rate_hz(self) -> int:
        """Sample rate of its audio."""
        return self._library.sample_rate_hz

    @property
    def languages(self) -> tuple[str, ...]:
        """All tags that a voice of the library speaks, American English first."""
        tags = {tag for voice in self._voices for tag in voice.languages} - {DEFAULT_LANGUAGE}
        return (DEFAULT_LANGUAGE, *sorted(tags))

    @property
    def first_step_s(self) -> float:
        """A sentence is one step."""
        return _FIRST_STEP_S

    def speak(self, text: str, manner: Manner, take: Take) -> Iterator[None]:
        """Speak one text, some sentences to a step.

        Raises:
            UnknownVoiceError: no such voice or language; at the first step.
        """
        setting = self._setting(manner)
        parts = list(_parts(text))
        begun = 0
        for number, (start, part) in enumerate(parts):
            marked = _marked(part, start, manner, setting.identifier)
            hearing = _Hearing(part, start, begun, take, marked)
            pause = number + 1 < len(parts) and part[-1].isspace()
            self._library.speak(marked.given, setting, hearing.heard, pause=pause, flags=marked.flags)
            if not hearing.finish():
                return
            begun = hearing.samples
            if number + 1 < len(parts):
                yield

    def _setting(self, manner: Manner) -> Setting:
        return Setting(
            identifier=self._spoken_by(manner),
            words_per_minute=_within(80, _WORDS_PER_MINUTE * manner.speed, 450),
            pitch=_within(0, 50 + manner.pitch * (_PITCH_UP if manner.pitch > 0 else _PITCH_DOWN), 100),
            volume=_within(0, 100 * 10 ** (manner.volume / 20), 200),
        )

    def _spoken_by(self, manner: Manner) -> str:
        """The voice; words of another language are said by one of that language, where there is one."""
        usual = self._identifier(manner)
        if not manner.words_language:
            return usual
        variant = "".join(manner.voice.rpartition("+")[1:]) if "+" in manner.voice else ""
        try:
            return self._identifier(Manner(variant, manner.words_language))
        except UnknownVoiceError:
            return usual

    def _identifier(self, manner: Manner) -> str:
        """A name of the library is taken as it is; a language finds its most general voice."""
        name, plus, variant = manner.voice.partition("+")
        tag = (name if name not in {"", self.name} else manner.language or DEFAULT_LANGUAGE).lower()
        if plus and variant not in self._library.variants:
            raise UnknownVoiceError(f"espeak-ng has no variant {variant!r}")
        for voice in self._voices:
            if name in {voice.name, voice.identifier}:
                return voice.identifier + plus + variant
        wanted = language_tag(tag)
        while wanted:
            spoken = [voice for voice in self._voices if _speaks(voice, wanted)]
            if spoken:
                return min(spoken, key=lambda voice: _distance(voice, wanted)).identifier + plus + variant
            wanted = wanted.rpartition("-")[0]
        raise UnknownVoiceError(f"espeak-ng has neither a voice nor a language {tag!r}")


class _Hearing:
    """One part of a text while it sounds: joins the library's small buffers and turns its events into words."""

    def __init__(self, text: str, start: int, begun: int, take: Take, marked: Marked) -> None:
        self._marked = marked
        self._text = text
        self._start = start
        self._begun = begun
        self._take = take
        self._held = bytearray()
        self._least = 0
        self._wanted = True
        self._open: tuple[int, int, int] | None = None  # first character, one past the last, first sample
        self._audible = begun
        self.samples = begun

    def heard(self, data: bytes, events: tuple[WordEvent, ...]) -> bool:
        self._held += data
        audible = np.flatnonzero(np.abs(np.frombuffer(data, dtype="<i2").astype(np.int32)) > _SILENCE)
        if audible.size:
            self._audible = self.samples + int(audible[-1]) + 1
        self.samples += len(data) // 2
        originals = map(self._marked.original, events)
        words = [word for event in originals if (word := self._event(event)) is not None]
        return self._give(words)

    def finish(self) -> bool:
        """The rest of the sound and the last word; whether more is wanted."""
        self._least = 0
        last = self._close(len(self._text), self._audible)
        return self._give([last] if last else [])

    def _give(self, words: list[SpokenWord]) -> bool:
        # Sound first: the listener waits for it.
        if self._held and len(self._held) >= self._least:
            data = bytes(self._held)
            self._held.clear()
            self._least = min(_MOST_BYTES, 2 * len(data))
            self._wanted = self._wanted and self._take(Sound(data))
        if words:
            self._wanted = self._wanted and self._take(SpokenWords(tuple(words)))
        return self._wanted

    def _event(self, event: WordEvent) -> SpokenWord | None:
        sample = self._begun + event.sample
        if event.type == END_OF_CLAUSE:
            # The clause has its pause with it; the word has not.
            return self._close(event.position, min(sample, self._audible))
        if event.type != WORD:
            return None
        first, end = event.position, event.position + event.length
        # A figure or a sign read as several words comes as several events inside what is written as one.
        inside = self._open is not None and first < self._open[1]
        if inside or first >= len(self._text) or self._text[first].isspace():
            return None
        closed = self._close(first, sample)
        self._open = (first, first + len(self._text[first:end].rstrip()), sample)
        return closed

    def _close(self, until: int, sample: int) -> SpokenWord | None:
        """The open word ends: in the text before `until`, in the sound at `sample`."""
        if self._open is None:
            return None
        first, end, onset = self._open
        self._open = None
        # Words that are read as one ("there are") come as one event with the length of the first.
        reach = next((at for at in range(until, end, -1) if self._text[at - 1].isalnum()), end)
        return SpokenWord(self._start + first, self._start + reach, onset, max(onset, sample))


def _marked(part: str, start: int, manner: Manner, identifier: str) -> Marked:
    """What the library is given for a part of a text that starts there."""
    if not (manner.pronunciations or manner.emphases):
        return Marked(part, (), ())
    end = start + len(part)
    inside = [one for one in manner.pronunciations if start <= one.start < one.end <= end]
    known = [(one, mnemonics(identifier, one.ipa)) for one in inside]
    pronounced = [
        Pronounced(one.start - start, one.end - start, phonemes) for one, phonemes in known if phonemes
    ]
    emphases = [
        Emphasis(max(one.start, start) - start, min(one.end, end) - start, one.stress)
        for one in manner.emphases
        if one.start < end and one.end > start
    ]
    return Marked(part, pronounced, emphases)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The text in parts of whole sentences, each with where it starts; what the library cannot be given whole is cut."""
    at = [0, *cuts(text), len(text)]
    for start, end in pairwise(at):
        yield from _sentences(text[start:end], start)


def _sentences(text: str, start: int) -> Iterator[tuple[int, str]]:
    part = ""
    for sentence in _SENTENCE.findall(text):
        if part and len(part) + len(sentence) > _STEP_CHARACTERS:
            yield start, part
            start, part = start + len(part), ""
        part += sentence
    if part.strip():
        yield start, part


def _speaks(voice: LibraryVoice, wanted: str) -> bool:
    return any(tag == wanted or tag.startswith(f"{wanted}-") for tag in voice.languages)


def _distance(voice: LibraryVoice, wanted: str) -> tuple[bool, bool, int]:
    """Smaller for a voice that is rather meant by this tag: it speaks it, is named after it, is preferred."""
    named = voice.identifier.rpartition("/")[2].lower()
    return (wanted not in voice.languages, wanted != named, voice.priority)


def _within(least: int, value: float, most: int) -> int:
    return max(least, min(most, round(value)))
