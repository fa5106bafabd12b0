"""Everything the front end knows of one language, as data handed in by the caller."""

from collections.abc import Mapping
from dataclasses import dataclass

from legato.text.sentences import SentenceData
from legato.text.verbal.verbaliser import VerbalData


@dataclass(frozen=True, slots=True)
class TextData:
    """The parsed data of one language.

    Args:
        language: its BCP 47 primary subtag.
        sentences: where its sentences end.
        verbal: how its numbers, dates and signs are read.
    """

    language: str
    sentences: SentenceData
    verbal: VerbalData

    @classmethod
    def parse(cls, language: str, mappings: Mapping[str, object]) -> "TextData":
        """Read the data files of one language.

        Args:
            language: its BCP 47 primary subtag.
            mappings: decoded files by name without extension: `sentences`, the verbaliser's, and `maths/…`.

        Raises:
            ValueError: a file has the wrong shape.
        """
        sentences = mappings.get("sentences", {})
        if not isinstance(sentences, Mapping):
            raise ValueError("sentences: expected an object")  # noqa: TRY004 - a fault of the file, not of the caller
        return cls(language, SentenceData.parse(sentences), VerbalData.parse(language, mappings))
