"""Reads the configuration file and remembers the line on which each option stands."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gateway.app.config_errors import ConfigError, OptionPath, Problem


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
        """`FILE:LINE` of the option, or of the nearest thing around it; empty when the file says nothing of it."""
        for length in range(len(path), 0, -1):
            if line := self.lines.get(path[:length]):
                return f"{self.name}:{line}"
        return self.name


def read_file(path: Path) -> ConfigFile:
    """The options in a YAML file.

    Raises:
        ConfigError: it cannot be read, is no YAML, names an option twice, or holds something else than options.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except OSError as error:
        raise ConfigError([Problem(str(path), (), f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(str(path), (), f"is not UTF-8 at byte {error.start}")]) from error
    except yaml.YAMLError as error:
        raise ConfigError([_syntax(path, error)]) from error
    if data is None:
        return ConfigFile(str(path))
    if not isinstance(data, dict):
        raise ConfigError([Problem(f"{path}:1", (), "expected options, name: value")])
    walk = _Walk(str(path))
    walk.visit(root, ())
    if walk.problems:
        raise ConfigError(walk.problems)
    return ConfigFile(str(path), data, walk.lines)


def _syntax(path: Path, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    place = f"{path}:{mark.line + 1}" if mark else str(path)
    return Problem(place, (), f"is no YAML: {getattr(error, 'problem', None) or 'cannot be parsed'}")


class _Walk:
    """Collects lines, and names that stand twice in one mapping: YAML would let the last one win in silence."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._seen: set[int] = set()  # an anchor may be used many times, or inside itself
        self.lines: dict[OptionPath, int] = {}
        self.problems: list[Problem] = []

    def visit(self, node: yaml.Node | None, path: OptionPath) -> None:
        """Collects from a node, which stands at this path, and from all that is in it."""
        if node is None or id(node) in self._seen:
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
            if here in self.lines and key.tag != "tag:yaml.org,2002:merge":
                first = self.lines[here]
                self.problems.append(
                    Problem(f"{self._name}:{line}", here, f"stands twice, first on line {first}")
                )
            self.lines.setdefault(here, line)
            self.visit(value, here)
