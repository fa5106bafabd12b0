"""The sections of the configuration that say how words are pronounced, and for whom.

Of several entries for a word the most specific one counts, in this order: for this voice and this tenant, for this tenant, for
this voice, for everybody, `text.lexicon`.
"""

import enum
import functools
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from gateway.app.config.sections import COMMAS, AlsoText, LanguageTag, Section
from legato.domain.languages import in_range
from legato.text.settings import LexiconEntry

_KEPT = 1024
"""The words of this many combinations of voice, tenant and language are kept."""


class WordCase(enum.StrEnum):
    """Whether capitals count."""

    AUTO = "auto"
    EXACT = "exact"
    ANY = "any"


class WordSettings(Section):
    """How a word or a phrase is said."""

    say: str = Field(default="", max_length=200)
    """The respelling; none to keep the word as it is, which then needs an `ipa`."""
    ipa: str = Field(default="", max_length=200, pattern=r'^[^<>&"\x00-\x1f]*$')
    """The pronunciation in IPA, for voices that take it; the others get the respelling."""
    case: WordCase = WordCase.AUTO
    """Whether capitals count: `exact`, `any`, or `auto`: only where the entry has one."""

    @model_validator(mode="after")
    def _says_something(self) -> "WordSettings":
        if not self.say.strip() and not self.ipa.strip():
            raise ValueError("expected a respelling (`say`), an `ipa`, or both")
        return self

    def entry(self, written: str) -> LexiconEntry:
        """Return the entry for the text front end."""
        exact = self.case is WordCase.EXACT or (self.case is WordCase.AUTO and not written.islower())
        return LexiconEntry(written, self.say.strip(), match_case=exact, ipa=self.ipa.strip())


def _short(value: object) -> object:
    """Return plain text as a respelling, a section as it is."""
    if isinstance(value, str):
        return {"say": value}
    if isinstance(value, Mapping | WordSettings):
        return value
    raise PydanticCustomError("mapping_or_text", "expected a section or text")


Written = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Word = Annotated[WordSettings, AlsoText(_short)]
Names = Annotated[tuple[str, ...], COMMAS]


class LexiconSettings(Section):
    """Words, and to whom they apply."""

    words: dict[Written, Word] = Field(min_length=1)
    """Word or phrase as it is written, with its respelling or a section with more."""
    voices: Names = ()
    """Only for these voices; none for all."""
    tenants: Names = ()
    """Only for these tenants (`keys.NAME.tenant`, or the name of the key); none for all."""
    languages: Annotated[tuple[LanguageTag, ...], COMMAS] = ()
    """Only in these languages: `en` is also `en-GB`; none for all."""

    def is_for(self, voice: str, tenant: str, language: str) -> bool:
        """Return whether it applies to an utterance."""
        spoken = not self.languages or any(in_range(language, wanted) for wanted in self.languages)
        return (
            spoken
            and (not self.voices or voice in self.voices)
            and (not self.tenants or tenant in self.tenants)
        )

    @property
    def specific(self) -> tuple[bool, bool, bool]:
        """A key that orders lexicons by how specific they are."""
        return bool(self.tenants), bool(self.voices), bool(self.languages)


class Lexicons:
    """The words of every voice and tenant.

    Args:
        settings: the lexicons by name.
    """

    def __init__(self, settings: Mapping[str, LexiconSettings]) -> None:
        self._settings = sorted(settings.values(), key=lambda one: one.specific, reverse=True)
        self._kept = functools.lru_cache(maxsize=_KEPT)(self._made)

    def of(self, voice: str, tenant: str, language: str) -> tuple[LexiconEntry, ...]:
        """Return the entries for an utterance; of two for the same word the first counts."""
        return self._kept(voice, tenant, language) if self._settings else ()

    def _made(self, voice: str, tenant: str, language: str) -> tuple[LexiconEntry, ...]:
        return tuple(
            word.entry(written)
            for one in self._settings
            if one.is_for(voice, tenant, language)
            for written, word in one.words.items()
        )
