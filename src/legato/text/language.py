"""Everything the front end knows of one language, from data passed in by the caller.

Building it compiles a few hundred rules, so it is built once per language and shared by all utterances.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from legato.domain.languages import primary_subtag
from legato.text.maths.reader import MathsData, MathsReader
from legato.text.sentences import SentenceData
from legato.text.settings import MathsStyle
from legato.text.verbal.verbaliser import VerbalData, Verbaliser

_MATHS = "maths/"
_MATHS_LANGUAGE = "en"
"""The language that formulas are read in if the text's own has no names for their signs."""


@dataclass(frozen=True, slots=True)
class TextData:
    """One language, ready to read.

    Args:
        language: its BCP 47 primary subtag.
        sentences: where its sentences end.
        words: reads its numbers, dates and signs.
        maths: reads formulas, by style.
        emoji: names of emoji, by sequence; empty if the language has none.
    """

    language: str
    sentences: SentenceData
    words: Verbaliser
    maths: Mapping[MathsStyle, MathsReader]
    emoji: Mapping[str, str]

    @classmethod
    def parse(
        cls,
        language: str,
        mappings: Mapping[str, object],
        maths: Mapping[MathsStyle, MathsReader] | None = None,
    ) -> "TextData":
        """Read the data files of one language.

        Args:
            language: its BCP 47 tag.
            mappings: decoded files by name without extension: `sentences`, `verbal…`, and `maths/…`.
            maths: result of `maths_readers` for its `maths_language`; `None` compiles it here.

        Raises:
            ValueError: a file has the wrong shape.
        """
        sentences = mappings.get("sentences", {})
        if not isinstance(sentences, Mapping):
            raise ValueError("sentences: expected an object")  # noqa: TRY004 - a fault of the file, not of the caller
        return cls(
            language=primary_subtag(language),
            sentences=SentenceData.parse(sentences),
            words=Verbaliser(VerbalData.parse(language, mappings)),
            maths=maths_readers(maths_language(language, mappings), mappings) if maths is None else maths,
            emoji=_texts(mappings.get("emoji", {}), "emoji"),
        )


def maths_language(language: str, mappings: Mapping[str, object]) -> str:
    """Return the language that formulas are read in: its own if it has names for their signs, else English.

    Args:
        language: BCP 47 tag.
        mappings: decoded files by name without extension.
    """
    primary = primary_subtag(language)
    return primary if f"{_MATHS}symbols/{primary}" in mappings else _MATHS_LANGUAGE


def maths_readers(language: str, mappings: Mapping[str, object]) -> Mapping[MathsStyle, MathsReader]:
    """Compile the rules for formulas, the larger part of a language; all languages that read formulas in English share one set.

    Args:
        language: a `maths_language`.
        mappings: decoded files by name without extension; those of `maths/…` count.

    Raises:
        TypeError, ValueError: a file has the wrong shape.
    """
    files = {name.removeprefix(_MATHS): file for name, file in mappings.items() if name.startswith(_MATHS)}
    data = MathsData.parse(language, files)
    return {style: MathsReader(data, style.value) for style in MathsStyle}


def _texts(table: object, name: str) -> Mapping[str, str]:
    if not isinstance(table, Mapping) or not all(isinstance(text, str) for text in table.values()):
        raise ValueError(f"{name}: expected an object of texts")
    return table
