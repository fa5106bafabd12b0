r"""Words inside formulas: what `\text`, `\operatorname` and unknown commands leave behind."""

import re
from collections.abc import Mapping

from legato.text.maths.nodes import Node

_SPACING = re.compile(r"\\[,;:!> ]|[~{}\\$]|\s+")


def worded(raw: str, span: tuple[int, int], commands: Mapping[str, str]) -> Node:
    """Return one node for a word: a letter, a function that is known by name, or text.

    Args:
        raw: what stands between the braces, or a command's name.
        span: range of the whole construct.
        commands: canonical signs; a function maps to its own name.
    """
    word = " ".join(_SPACING.sub(" ", raw).split())
    name = word.replace(" ", "")
    if (function := commands.get(f"fn:{name}")) is not None:
        return Node("fn", function, [], *span)
    known = commands.get(name, "")
    if len(word) == 1 and word.isalpha():
        return Node("id", word, [], *span, "upright")
    if len(known) > 1 and known.isalpha():
        return Node("fn", known, [], *span)
    if word.isdigit():
        return Node("num", word, [], *span)
    return Node("text", word, [], *span)
