"""Reads the configuration file and remembers the line of each option."""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.reader import ReaderError

from gateway.app.config.errors import ConfigError, OptionPath, Problem

_DEEPEST = 32
_TOO_DEEP = "is nested too deeply"
_TEXTS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "merge", "value"))


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file as it was read.

    Args:
        name: as the user wrote it; empty for no file.
        data: the options in it.
        lines: line of each option, from 1.
    """

    name: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[OptionPath, int] = field(default_factory=dict)

    def place(self, path: OptionPath) -> str:
        """Return `FILE:LINE` of the option, or of the nearest thing around it; the file's name if it does not mention either."""
        for length in range(len(path), 0, -1):
            if line := self.lines.get(path[:length]):
                return f"{self.name}:{line}"
        return self.name


def read_file(path: Path) -> ConfigFile:
    """Read the options in a YAML file.

    Raises:
        ConfigError: it cannot be read, is not YAML, gives an option twice, or holds something other than options.
    """
    walk = _Walk(str(path))
    try:
        data = _read(path.read_text(encoding="utf-8"), walk)
    except OSError as error:
        raise ConfigError([Problem(str(path), (), f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(str(path), (), f"is not valid UTF-8 at byte {error.start}")]) from error
    except yaml.YAMLError as error:
        raise ConfigError([_syntax(path, error)]) from error
    except RecursionError:
        raise ConfigError([Problem(str(path), (), _TOO_DEEP)]) from None
    if walk.problems:
        raise ConfigError(walk.problems)
    if data is None:
        return ConfigFile(str(path))
    if not isinstance(data, dict):
        raise ConfigError([Problem(f"{path}:1", (), "expected a mapping (name: value)")])
    return ConfigFile(str(path), data, walk.lines)


def _read(text: str, walk: "_Walk") -> object:
    loader, root = _compose(text)
    # Before the loader fills in what `<<` stands for: those names would look as if they were given twice.
    walk.visit(root, ())
    return None if root is None or walk.problems else loader.construct_document(root)


def _compose(text: str) -> tuple["_Loader | _QuickLoader", yaml.Node | None]:
    """Parse with libyaml, which is many times as fast; what it refuses is parsed again by PyYAML, which says better why."""
    if yaml.__with_libyaml__:
        with contextlib.suppress(yaml.YAMLError):
            quick = _QuickLoader(text)
            return quick, quick.get_single_node()
    loader = _loader(text)
    return loader, loader.get_single_node()


def _loader(text: str) -> "_Loader":
    try:
        return _Loader(text)
    except ReaderError as error:  # the only error that has no line
        said = f"the character #x{int(error.character):02x} is not allowed"
        mark = yaml.Mark("", 0, text.count("\n", 0, error.position), 0, None, 0)
        raise yaml.MarkedYAMLError(problem=said, problem_mark=mark) from error


class _Placed(SafeConstructor):
    """Makes values as usual, except that an invalid date or number is reported with its place."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - the library's signature
        """Return the value of a node."""
        try:
            return super().construct_object(node, deep)
        except (AttributeError, LookupError, ValueError):
            kind = node.tag.rpartition(":")[2]
            said = f"this looks like a YAML {kind!r} but is not a valid one; put text in quotes"
            raise ConstructorError(problem=said, problem_mark=node.start_mark) from None


class _Loader(_Placed, yaml.SafeLoader):
    """PyYAML alone."""


_LibYaml: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else object


class _QuickLoader(_Placed, Composer, _LibYaml):  # type: ignore[misc]  # one base is only known at run time
    """libyaml finds the events; nodes are composed in Python, since libyaml's own composer crashes on a file that is nested too deeply."""

    def __init__(self, text: str) -> None:
        _LibYaml.__init__(self, text)
        Composer.__init__(self)


def _syntax(path: Path, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    place = f"{path}:{mark.line + 1}" if mark else str(path)
    return Problem(place, (), f"is not valid YAML: {getattr(error, 'problem', None) or 'cannot be parsed'}")


class _Walk:
    """Collects lines, and names that a mapping has twice: YAML would silently let the last one win."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._seen: set[int] = set()  # an anchor may be used many times, or inside itself
        self.lines: dict[OptionPath, int] = {}
        self.problems: list[Problem] = []

    def visit(self, node: yaml.Node | None, path: OptionPath) -> None:
        """Collect from a node at this path, and from everything in it."""
        if node is None or id(node) in self._seen:
            return
        if len(path) > _DEEPEST:
            self.problems.append(Problem(f"{self._name}:{node.start_mark.line + 1}", (), _TOO_DEEP))
            return
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            self._visit_mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.lines[*path, index] = item.start_mark.line + 1
                self.visit(item, (*path, index))

    def _visit_mapping(self, node: yaml.MappingNode, path: OptionPath) -> None:
        for key, value in node.value:
            here = (*path, str(key.value))
            line = key.start_mark.line + 1
            if isinstance(key, yaml.ScalarNode) and key.tag not in _TEXTS:
                said = "YAML does not read this name as text: put it in quotes"
                self.problems.append(Problem(f"{self._name}:{line}", here, said))
            if here in self.lines and key.tag != "tag:yaml.org,2002:merge":
                first = self.lines[here]
                self.problems.append(
                    Problem(f"{self._name}:{line}", here, f"is given twice, first on line {first}")
                )
            self.lines.setdefault(here, line)
            self.visit(value, here)
