"""The data of one language: tables (text to text) and lists (texts), by section name.

Files are parsed elsewhere; what arrives is a mapping of file stem to its parsed JSON. Several files may carry a language, each
section in one of them. A section is an object of strings (a table) or an array of strings (a list); nothing else is
accepted, so that a slip in a file is an error that names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from legato.domain.languages import primary_subtag


@dataclass(frozen=True, slots=True)
class Noun:
    """A thing that is counted, in the forms that numbers require.

    Args:
        one: form after one.
        many: form after any other number.
        gender: "m", "f" or "n", for languages whose numbers agree.
    """

    one: str
    many: str
    gender: str = "m"

    @property
    def single(self) -> "Noun":
        """The noun as it stands before another: a five dollar coupon."""
        return Noun(self.one, self.one, self.gender)

    def after(self, written: str) -> str:
        """Return the form that follows the number as written ("1", "1.5", "20")."""
        return self.one if written in {"1", "-1"} else self.many


def noun(entry: str) -> Noun:
    """Read "one|many" or "one|many|gender".

    Raises:
        ValueError: there is no bar in the entry.
    """
    forms = entry.split("|")
    if len(forms) < 2:
        raise ValueError(f"a noun must be written one|many, got {entry!r}")
    return Noun(*forms[:3])


class VerbalData:
    """Everything the rules need to know about a language besides its number words.

    Args:
        language: base language tag in lower case, such as "en".
        tables: section name to its texts by key.
        lists: section name to its texts in file order.
    """

    def __init__(
        self, language: str, tables: Mapping[str, Mapping[str, str]], lists: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.language = language
        self._tables = tables
        self._lists = lists

    @classmethod
    def parse(cls, language: str, mappings: Mapping[str, object]) -> "VerbalData":
        """Check parsed files and gather their sections.

        Args:
            language: base tag ("en") or a tag with a region ("pt-BR"), of which the base is kept.
            mappings: file stem to parsed JSON; stems that do not begin with "verbal" belong to other steps and are skipped.

        Raises:
            ValueError: a file is not an object of sections, a section has another shape, or two files have the same section.
        """
        tables: dict[str, Mapping[str, str]] = {}
        lists: dict[str, tuple[str, ...]] = {}
        for stem, content in mappings.items():
            if not stem.startswith("verbal"):
                continue
            if not isinstance(content, Mapping):
                raise ValueError(f"{language}/{stem}: expected an object of sections")  # noqa: TRY004 - a fault of the file, not of the caller
            for name, section in content.items():
                where = f"{language}/{stem}: {name}"
                if name in tables or name in lists:
                    raise ValueError(f"{where}: section given twice")
                if isinstance(section, Mapping):
                    tables[name] = {key: _text(value, where) for key, value in section.items()}
                elif isinstance(section, list):
                    lists[name] = tuple(_text(value, where) for value in section)
                else:
                    raise ValueError(f"{where}: expected an object or an array of strings")  # noqa: TRY004 - a fault of the file
        return cls(primary_subtag(language), tables, lists)

    def table(self, section: str) -> Mapping[str, str]:
        """Return the texts of a section by key; empty if the language has no such section."""
        return self._tables.get(section, {})

    def texts(self, section: str) -> tuple[str, ...]:
        """Return the texts of a list; empty if the language has no such section."""
        return self._lists.get(section, ())

    def nouns(self, section: str) -> dict[str, Noun]:
        """Return the entries of a section as nouns.

        Raises:
            ValueError: an entry is not written one|many.
        """
        return {key: noun(entry) for key, entry in self.table(section).items()}


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where}: expected strings, found {value!r}")  # noqa: TRY004 - a fault of the file, not of the caller
    return value
