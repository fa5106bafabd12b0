"""What one language knows about where its sentences end, as data."""

from collections.abc import Mapping
from dataclasses import dataclass

_FLAGS = frozenset({"ordinal_dot", "capital_nouns"})


@dataclass(frozen=True, slots=True)
class SentenceData:
    """Abbreviations and small words of one language; every word lower case, without its last dot.

    Args:
        titles: never end a sentence ("dr").
        before_number: do not end one before a number ("no").
        capital_before_number: do not either if written exactly so ("Sat"); otherwise they are ordinary words.
        abbreviations: end one only before a capital ("inc").
        starters: capitalised words that begin a sentence even after a dotted acronym ("The").
        months: words before which a number with a dot is an ordinal.
        ordinal_dot: whether an ordinal is written "3.".
        capital_nouns: whether nouns are capitalised, so that a capital alone proves nothing.
        stops: further marks that end a sentence.
        conjunctions: words before which a forced cut is best.
        holds_next: words after which a forced cut is never made.
        street_endings: endings of words that a number follows ("str" of "Hauptstr. 5", "nr" of "klantnr. 12").
        name_endings: belong to the name before them and end a sentence only before a word that begins one ("jr").
        goes_on: capitalised words before which no abbreviation ends a sentence ("Suite").
    """

    titles: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    capital_before_number: frozenset[str] = frozenset()
    abbreviations: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    ordinal_dot: bool = False
    capital_nouns: bool = False
    stops: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    holds_next: frozenset[str] = frozenset()
    street_endings: frozenset[str] = frozenset()
    name_endings: frozenset[str] = frozenset()
    goes_on: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, document: Mapping[str, object]) -> "SentenceData":
        """Read a language's `sentences.json`.

        Args:
            document: the decoded JSON; keys as the fields, lists of strings or booleans; absent keys are empty.

        Raises:
            ValueError: a key is unknown or its value has the wrong shape.
        """
        known = {name: cls._value(name, value) for name, value in document.items()}
        return cls(**known)  # type: ignore[arg-type]  # _value has checked each against its field

    @classmethod
    def _value(cls, name: str, value: object) -> object:
        if name in _FLAGS:
            if isinstance(value, bool):
                return value
        elif (
            name in cls.__slots__ and isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            return frozenset(value)
        if name not in cls.__slots__:
            raise ValueError(f"sentences: {name!r} is unknown; known: {', '.join(cls.__slots__)}")
        wanted = "true or false" if name in _FLAGS else "a list of strings"
        raise ValueError(f"sentences: {name!r} must be {wanted}")

    def is_abbreviation(self, stem: str) -> bool:
        """Whether a dot after this word may belong to the word.

        Args:
            stem: the word without its last dot.
        """
        low = stem.lower()
        return low in self.titles or low in self.abbreviations or self.stands_before_number(low)

    def stands_before_number(self, low: str) -> bool:
        """Whether a short form is one that a number follows.

        Args:
            low: the word in lower case, without its dot.
        """
        return low in self.before_number or any(low.endswith(ending) for ending in self.street_endings)
