"""A neural voice: Piper's own phonemes, decoded while they are being heard. Imports GPL code: engine process only."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import numpy as np
import piper

from gateway.engines.ipa import in_inventory
from gateway.engines.long_words import eased
from gateway.engines.phoneme_words import Phonemes, WordPhonemes, assign
from gateway.engines.piper_decoder import Floats, PiperDecoder, Sentence
from gateway.engines.prepared import CONFIG
from gateway.engines.voice import Manner, Sound, SpokenWord, SpokenWords, Take, UnknownVoiceError
from legato.domain.languages import primary_subtag
from legato.domain.text import Pronunciation

_MARKS = ".,;:!?…\"'”’()[]"
_FULL_SCALE = 32767.0
_FIRST_STEP_S = 0.06  # measured, 12 words


class PiperVoice:
    """One prepared Piper voice.

    Args:
        directory: where `gateway.engines.prepare` has put it.

    Raises:
        FileNotFoundError: the directory holds no prepared voice.
    """

    def __init__(self, directory: Path) -> None:
        self._decoder = PiperDecoder(directory)
        config = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
        self._config = piper.PiperConfig.from_dict(config)
        # Only its way from text to phoneme ids is used; the session it must have is one that exists anyway.
        self._piper = piper.PiperVoice(session=self._decoder.text_session, config=self._config)

    @property
    def name(self) -> str:
        """Its name in routes."""
        return self._decoder.voice.name

    @property
    def sample_rate_hz(self) -> int:
        """Sample rate of its audio."""
        return self._decoder.voice.sample_rate_hz

    @property
    def languages(self) -> tuple[str, ...]:
        """The one it speaks."""
        return (self._decoder.voice.language,)

    @property
    def first_step_s(self) -> float:
        """The sentence is read and its first piece decoded."""
        return _FIRST_STEP_S

    def speak(self, text: str, manner: Manner, take: Take) -> Iterator[None]:
        """Speak one text: a step decodes one piece, and the first of a sentence reads that sentence too.

        Pitch is the voice's own. The words of a sentence follow its first piece.

        Raises:
            UnknownVoiceError: another name or language is asked for; at the first step.
        """
        self._check(manner)
        pronounced = self._pronounced(manner)
        sentences = self._piper.phonemize(_with_phonemes(text, pronounced))
        gain = self._decoder.voice.gain * 10 ** (manner.volume / 20) * _FULL_SCALE
        words: list[WordPhonemes] | None = None
        start = 0
        for number, phonemes in enumerate(sentences):
            sentence = self._read(phonemes, manner.speed)
            spoken = 0
            for samples in self._decoder.decode(sentence):
                if not take(Sound(_pcm(samples, gain))):
                    return
                if spoken == 0:
                    # Not before there is sound: nobody waits for word times.
                    words = self._words(text, sentences, pronounced) if words is None else words
                    edges = [start + edge for edge in self._edges(phonemes, sentence)]
                    timed = _timed([word for word in words if word.sentence == number], edges)
                    if timed and not take(SpokenWords(timed)):
                        return
                spoken += samples.size
                if (
                    number + 1 < len(sentences)
                    or spoken < sentence.frames * self._decoder.voice.samples_per_frame
                ):
                    yield
            start += spoken

    def _pronounced(self, manner: Manner) -> list[Pronunciation]:
        """The pronunciations that the voice has all sounds of, in its own phonemes."""
        known = (
            (one, in_inventory(one.ipa, self._config.phoneme_id_map, self.languages[0]))
            for one in manner.pronunciations
        )
        return [replace(one, ipa=phonemes) for one, phonemes in known if phonemes]

    def _words(
        self, text: str, sentences: Sequence[Phonemes], pronounced: Sequence[Pronunciation]
    ) -> list[WordPhonemes]:
        given = {text[one.start : one.end].strip(_MARKS): one.ipa for one in pronounced}

        def phonemise(word: str) -> Sequence[Phonemes]:
            return [list(given[word])] if word in given else self._piper.phonemize(_escaped(word))

        return assign(text, sentences, phonemise)

    def _check(self, manner: Manner) -> None:
        if manner.voice not in {"", self.name}:
            raise UnknownVoiceError(f"this is the voice {self.name}, not {manner.voice!r}")
        if manner.language and primary_subtag(manner.language) != primary_subtag(self.languages[0]):
            raise UnknownVoiceError(
                f"the voice {self.name} speaks {self.languages[0]}, not {manner.language!r}"
            )

    def _read(self, phonemes: Sequence[str], speed: float) -> Sentence:
        config = self._config
        scales = (config.noise_scale, config.length_scale / speed, config.noise_w_scale)
        return self._decoder.read(self._piper.phonemes_to_ids(list(phonemes)), scales)

    def _edges(self, phonemes: Phonemes, sentence: Sentence) -> list[int]:
        """Where each phoneme begins, in samples of the sentence, and where the last one ends."""
        id_map = self._config.phoneme_id_map
        # Piper's row of ids: begin, pad, then each phoneme it knows with a pad after it, then end.
        ids = [len(id_map[symbol]) + 1 if symbol in id_map else 0 for symbol in phonemes]
        frames = [0, *accumulate(int(width) for width in sentence.widths)]
        return [frames[at] * self._decoder.voice.samples_per_frame for at in accumulate(ids, initial=2)]


def _with_phonemes(text: str, pronounced: Sequence[Pronunciation]) -> str:
    """The text as the phonemiser takes it: pronunciations in double square brackets, which nobody else may write."""
    parts, at = [], 0
    for one in pronounced:
        parts += [_escaped(text[at : one.start]), f"[[{one.ipa}]]"]
        at = one.end
    return "".join([*parts, _escaped(text[at:])])


def _escaped(text: str) -> str:
    return eased(text.replace("[[", "[ "))


def _timed(words: Sequence[WordPhonemes], edges: Sequence[int]) -> tuple[SpokenWord, ...]:
    return tuple(SpokenWord(word.start, word.end, edges[word.first], edges[word.last]) for word in words)


def _pcm(samples: Floats, gain: float) -> bytes:
    data: bytes = np.rint(np.clip(samples * gain, -_FULL_SCALE, _FULL_SCALE)).astype("<i2").tobytes()
    return data
