"""The data of the working tree, compiled once, and readers for whole formulas."""

import json
from pathlib import Path

import pytest

from legato.text.maths.latex import LatexParser
from legato.text.maths.nodes import Node
from legato.text.maths.reader import MathsReader
from legato.text.maths.rulebook import MathsData
from legato.text.pieces import Piece

DATA = Path(__file__).resolve().parents[4] / "src/legato/text/data/maths"


def load() -> dict[str, object]:
    return {
        path.relative_to(DATA).with_suffix("").as_posix(): json.loads(path.read_text("utf-8"))
        for path in sorted(DATA.rglob("*.json"))
    }


MAPPINGS = load()
_COMPILED = {
    language: MathsData.parse(language, MAPPINGS) for language in ("en", "de", "fr", "es", "it", "pt", "nl")
}


@pytest.fixture(scope="session")
def mappings() -> dict[str, object]:
    return MAPPINGS


@pytest.fixture(scope="session")
def data() -> MathsData:
    return _COMPILED["en"]


@pytest.fixture(scope="session")
def tree(data):
    """Parses a formula and settles nothing in it."""

    def parse(source: str) -> Node:
        return LatexParser(source, data.commands).parse()

    return parse


@pytest.fixture(scope="session")
def say():
    """Reads a LaTeX formula as words."""
    readers = {
        (language, style): MathsReader(data, style)
        for language, data in _COMPILED.items()
        for style in ("natural", "explicit", "brief")
    }

    def speak(source: str, style: str = "natural", language: str = "en") -> str:
        return text(readers[language, style].latex(source))

    return speak


@pytest.fixture(scope="session")
def reader(data) -> MathsReader:
    return MathsReader(data)


@pytest.fixture(scope="session")
def sound():
    """Checks what every answer promises: no LaTeX leaks, and the ranges lie in the source and cover it."""

    def check(pieces: list[Piece], source: str) -> None:
        assert not set(text(pieces)) & set("\\{}^_$"), source
        reached = 0
        for piece in sorted(pieces, key=lambda piece: (piece.start, piece.end)):
            assert 0 <= piece.start <= piece.end <= len(source), (source, piece)
            assert piece.start <= reached, (source, piece)
            reached = max(reached, piece.end)
        assert reached == len(source), source

    return check


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)
