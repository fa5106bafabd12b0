"""The text front end's data files, read once per language from where the package is installed."""

import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable

import orjson

from legato.domain.languages import primary_subtag
from legato.text.language import TextData, maths_language, maths_readers
from legato.text.maths.reader import MathsReader
from legato.text.settings import MathsStyle

_ROOT = resources.files("legato.text") / "data"
_SHARED = "maths"
"""The folder that every language gets as well; its files are named by their path."""
_SAME = {"cmn": "zh", "no": "nb", "nn": "nb", "bs": "hr", "sr": "hr", "ms": "id"}
"""Languages that are written like another one, or so similarly that its rules cut them correctly."""
_ANY = "en"
"""A language without data of its own is segmented like this one and left unread."""


def languages() -> list[str]:
    """Return the languages that have data, as primary subtags."""
    return sorted(entry.name for entry in _ROOT.iterdir() if entry.is_dir() and entry.name != _SHARED)


def readable() -> list[str]:
    """Return the languages that are read: those with data, and those that are read like one of them."""
    return sorted({*languages(), *_SAME})


def text_data(language: str) -> TextData:
    """Return what is known about a language.

    Args:
        language: BCP 47 tag; only its first subtag counts.

    Raises:
        ValueError: a data file is not JSON, or has the wrong shape.
    """
    primary = primary_subtag(language)
    return _read(_SAME.get(primary, primary))


@functools.cache
def _read(primary: str) -> TextData:
    files = dict(_shared())
    if primary in languages():  # never a path that a client has made up
        files |= dict(_files(_ROOT / primary, ""))
    else:
        files["sentences"] = dict(_files(_ROOT / _ANY, ""))["sentences"]
    return TextData.parse(primary, files, _maths(maths_language(primary, files)))


@functools.cache
def _shared() -> Mapping[str, object]:
    return dict(_files(_ROOT / _SHARED, f"{_SHARED}/"))


@functools.cache
def _maths(language: str) -> Mapping[MathsStyle, MathsReader]:
    return maths_readers(language, _shared())


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, object]]:
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".json"):
            yield prefix + entry.name.removesuffix(".json"), _decoded(entry)


def _decoded(entry: Traversable) -> object:
    try:
        return orjson.loads(entry.read_bytes())
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{entry}: {error}") from None
