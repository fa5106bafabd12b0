import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from legato.text.verbal.verbaliser import VerbalData, Verbaliser

DATA = Path(__file__).resolve().parents[4] / "src" / "legato" / "text" / "data"


@cache
def verbal_data(language: str) -> VerbalData:
    files = sorted((DATA / language).glob("verbal*.json"))
    return VerbalData.parse(language, {file.stem: json.loads(file.read_text("utf-8")) for file in files})


@cache
def verbaliser(language: str) -> Verbaliser:
    return Verbaliser(verbal_data(language))


@pytest.fixture(scope="session")
def data() -> Callable[[str], VerbalData]:
    return verbal_data


@pytest.fixture(scope="session")
def reader() -> Callable[[str], Verbaliser]:
    return verbaliser


@pytest.fixture(scope="session")
def say() -> Callable[..., str]:
    def said(text: str, language: str = "en") -> str:
        return "".join(piece.text for piece in verbaliser(language).read(text))

    return said
