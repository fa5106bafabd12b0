"""Reports what is wrong with a configuration so that it can be fixed: the place, the option, what was expected."""

import datetime as dt
import difflib
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from pydantic import BaseModel

_OPTIONS, _WHOLE, _NUMBER, _TRUTH = "a mapping (name: value)", "a whole number", "a number", "true or false"
_EXPECTED = {
    "model_type": _OPTIONS,
    "model_attributes_type": _OPTIONS,
    "dict_type": _OPTIONS,
    "tuple_type": "a list",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "a finite number",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "string_type": "text",
    "path_type": "a path",
    "list_or_text": "a list, or text with commas",
    "mapping_or_text": f"text, or {_OPTIONS}",
}
"""pydantic's types of errors, and those of `AlsoText`, in the words of YAML."""
_TEXTS = {"string_type", "path_type", "list_or_text", "mapping_or_text"}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_LENGTHS = {
    "too_short": ("min_length", "at least", "item"),
    "string_too_short": ("min_length", "at least", "character"),
    "string_too_long": ("max_length", "at most", "character"),
}
SHAPES = {
    r"^[0-9a-f]{64}$": "a SHA-256: 64 hexadecimal digits in lower case",
    r"^[^\s<]\S{0,7} \S{1,8}$": "two marks of at most 8 characters with a space between them, the first without '<'",
    r'^[^<>&"\x00-\x1f]*$': "IPA, without <, >, &, quotes and control characters",
    r"\S": "text that is not blank",
}
"""The patterns of options, in words."""

OptionPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to fix.

    Args:
        place: `FILE:LINE`, an environment variable, or empty.
        path: the option.
        message: what was expected; it quotes no secret.
    """

    place: str
    path: OptionPath
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, dotted(self.path), self.message) if part)


class ConfigError(Exception):
    """The configuration cannot be used. `problems` lists everything that was found; the text has a line for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def dotted(path: OptionPath) -> str:
    """Return the path as people write it: `voices.joe.routes[0].provider`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the known name that is most like `name`; if none is like it, all names if they are few, else nothing."""
    names = list(known)
    return _meant(name, names) or (f"; known: {', '.join(names)}" if 0 < len(names) <= 12 else "")


def _meant(name: str, known: Iterable[str]) -> str:
    lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.5)
    return f"; did you mean {lower[close[0]]!r}?" if close else ""


def describe(error: Mapping[str, Any], root: type[BaseModel]) -> str:
    """Return the sentence for one of pydantic's errors, as `ValidationError.errors()` gives them."""
    path: OptionPath = error["loc"]
    if error["type"] == "extra_forbidden":
        return f"no such option{nearest(str(path[-1]), _options_at(root, path[:-1]))}"
    if error["type"] == "missing":
        return "is required"
    if error["type"] in _TEXTS and (kind := _kind_of(error.get("input"))):
        return f"expected text, but YAML reads this as {kind}: put it in quotes"
    if error["type"] in _EXPECTED:
        return f"expected {_EXPECTED[error['type']]}"
    if error["type"] in _BOUNDS:
        name, words = _BOUNDS[error["type"]]
        return f"expected {words} {error['ctx'][name]:.15g}, got {error['input']}"
    if error["type"] in _LENGTHS:
        name, words, what = _LENGTHS[error["type"]]
        length = error["ctx"][name]
        return f"expected {words} {length} {what}{'' if length == 1 else 's'}"
    if error["type"] == "string_pattern_mismatch":  # the value may be a secret: it is not repeated
        pattern = error["ctx"]["pattern"]
        return f"expected {SHAPES.get(pattern, f'text that matches {pattern}')}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] in {"enum", "literal_error"}:
        expected = str(error["ctx"]["expected"])
        if not isinstance(error.get("input"), str):
            return f"expected {expected}"
        choices = expected.replace("'", "").replace(" or ", ", ").split(", ")
        return f"expected {expected}, got {error['input']!r}{_meant(error['input'], choices)}"
    return message[:1].lower() + message[1:]


def _kind_of(value: object) -> str:
    """Return what YAML took unquoted text for; empty for lists and mappings, which are no text."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a date" if isinstance(value, dt.date) else ""


def _options_at(root: type[BaseModel], path: OptionPath) -> list[str]:
    here: object = root
    for part in path:
        here = _inside(here, part)
    return list(here.model_fields) if _is_model(here) else []


def _inside(annotation: object, part: str | int) -> object:
    if _is_model(annotation):
        field = annotation.model_fields.get(str(part))
        return _without_none(field.annotation) if field else None
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if arguments else None


def _without_none(annotation: object) -> object:
    if typing.get_origin(annotation) in {Union, types.UnionType}:
        return next(one for one in typing.get_args(annotation) if one is not type(None))
    return annotation


def _is_model(annotation: object) -> typing.TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
