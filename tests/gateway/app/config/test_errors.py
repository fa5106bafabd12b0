from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from gateway.app.config.errors import SHAPES, ConfigError, Problem, describe, dotted, nearest
from gateway.app.config.settings import Settings


class Leaf(BaseModel, extra="forbid"):
    colour: str = ""


class Root(BaseModel, extra="forbid"):
    leaf: Leaf | None = None
    leaves: dict[str, Leaf] = {}
    row: tuple[Leaf, ...] = ()
    count: int = 0
    place: Path | None = None
    side: Literal["left", "right"] = "left"
    routes: tuple[str, ...] = Field(("a",), min_length=1)
    note: str = Field("", max_length=2)


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("a",), "a"), (("voices", "joe", "routes", 0, "provider"), "voices.joe.routes[0].provider")],
)
def test_paths_read_as_people_write_them(path, text):
    assert dotted(path) == text


def test_the_nearest_name_is_offered():
    assert nearest("Speed", ["speed", "pitch"]) == "; did you mean 'speed'?"


def test_where_none_is_near_all_are_listed():
    assert nearest("zzz", ["a", "b"]) == "; known: a, b"


def test_but_not_when_they_are_many():
    assert nearest("zzz", [f"option{number}" for number in range(40)]) == ""


def test_nor_when_there_are_none():
    assert nearest("zzz", []) == ""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"cuont": 1}, "no such option; did you mean 'count'?"),
        ({"leaf": {"color": "red"}}, "no such option; did you mean 'colour'?"),
        ({"leaves": {"x": {"color": "red"}}}, "no such option; did you mean 'colour'?"),
        ({"row": [{"color": "red"}]}, "no such option; did you mean 'colour'?"),
        ({"count": "many"}, "expected a whole number"),
        ({"leaf": {"colour": ["red"]}}, "expected text"),
        ({"place": ["a.pem"]}, "expected a path"),
        ({"place": 7}, "expected text, but YAML reads this as a number: put it in quotes"),
        ({"side": {"left": 1}}, "expected 'left' or 'right'"),
        ({"routes": []}, "expected at least 1 item"),
        ({"note": "abc"}, "expected at most 2 characters"),
    ],
)
def test_errors_are_said_in_a_sentence(data, said):
    with pytest.raises(ValidationError) as caught:
        Root(**data)
    assert describe(dict(caught.value.errors()[0]), Root) == said


def test_all_problems_stand_in_the_text_one_a_line():
    error = ConfigError([Problem("f:1", ("a", "b"), "is wrong"), Problem("", (), "is missing")])
    assert str(error) == "f:1: a.b: is wrong\nis missing"
    assert len(error.problems) == 2


def _patterns(one):
    if isinstance(one, dict):
        if isinstance(one.get("pattern"), str):
            yield one["pattern"]
        yield from one.get("patternProperties", ())
    for inner in one.values() if isinstance(one, dict) else one if isinstance(one, list) else ():
        yield from _patterns(inner)


def test_every_pattern_of_an_option_is_told_in_words():
    assert set(_patterns(Settings.model_json_schema())) == set(SHAPES)
