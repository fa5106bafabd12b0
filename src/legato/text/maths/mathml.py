"""MathML to the tree that LaTeX builds.

Parsed by defusedxml, so no entity is expanded and nothing outside is read; HTML's names for characters are replaced first, each by
as many characters as it had, so that positions stay valid. Markup that is not well-formed is read by its text alone.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping
from html import unescape
from itertools import accumulate
from typing import Protocol, cast
from xml.etree.ElementTree import ParseError  # nosec B405  # the exception alone; parsing is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from legato.text.maths.mathml_elements import element
from legato.text.maths.nodes import MAX_DEPTH, Node, row

MAX_MATHML = 40_000
"""The most characters that are parsed; a longer source is read by its text alone."""

_ROOT = "<r>"
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;)\w+;")
_TAG = re.compile(r"<[^<>]*>")


class _Expat(Protocol):
    CurrentByteIndex: int


class _Positioned(Protocol):
    """The part of ElementTree's parser that its stubs leave out."""

    parser: _Expat


class _Builder:
    """Target of the XML parser: one frame for each open element.

    Args:
        text: the markup to parse.
        commands: canonical signs.
    """

    def __init__(self, text: str, commands: Mapping[str, str]) -> None:
        self._text = text
        self._commands = commands
        self._starts = None if text.isascii() else [0, *accumulate(len(letter.encode()) for letter in text)]
        self._frames: list[tuple[str, Mapping[str, str], int, list[Node], list[str]]] = [("r", {}, 0, [], [])]
        self._skipped = 0
        self._xml = DefusedXMLParser(target=self, forbid_dtd=True)

    def parse(self) -> Node:
        for part in (_ROOT, self._text, "</r>"):
            self._xml.feed(part)
        self._xml.close()
        root = self._frames[0][3][0]
        return root if root.kind == "row" else row([root], 0, len(self._text))

    def _position(self) -> int:
        index = cast("_Positioned", self._xml).parser.CurrentByteIndex - len(_ROOT)
        place = index if self._starts is None else bisect_left(self._starts, index)
        return min(max(place, 0), len(self._text))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rsplit("}", 1)[-1]
        if self._skipped or name.startswith("annotation") or len(self._frames) > MAX_DEPTH * 2:
            self._skipped += 1
            return
        self._frames.append((name, attributes, self._position(), [], []))

    def data(self, text: str) -> None:
        if not self._skipped:
            self._frames[-1][4].append(text)

    def end(self, tag: str) -> None:
        del tag
        if self._skipped:
            self._skipped -= 1
            return
        name, attributes, start, kids, texts = self._frames.pop()
        stop = self._text.find(">", self._position()) + 1 or len(self._text)
        node = element(name, attributes, kids, "".join(texts), (start, max(start, stop)), self._commands)
        if node is not None:
            self._frames[-1][3].append(node)

    def close(self) -> None:
        """Required by the parser's protocol; `parse` returns the tree."""


def mathml_tree(source: str, commands: Mapping[str, str]) -> Node:
    """Return the tree of a MathML element (or several).

    Args:
        source: markup; a fragment needs no root.
        commands: canonical signs.
    """
    text = _ENTITY.sub(_character, source)
    if len(text) > MAX_MATHML:
        return _text_alone(text)
    try:
        return _Builder(text, commands).parse()
    except (ParseError, DefusedXmlException, ValueError, IndexError):
        return _text_alone(text)


def _text_alone(text: str) -> Node:
    plain = " ".join(unescape(_TAG.sub(" ", text)).translate(dict.fromkeys(map(ord, "<>"))).split())
    return row([Node("text", plain, [], 0, len(text))] if plain else [], 0, len(text))


def _character(found: re.Match[str]) -> str:
    """Return the character of a name, padded to the name's length: blanks around a sign are silent."""
    name = found.group()
    sign = unescape(name)
    return " " * len(name) if sign == name or sign in "<&" else sign.ljust(len(name))
