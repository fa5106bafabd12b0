"""The examples of the data files are their tests: every row has one, each comes out as written, and the row itself said it."""

import json
import re
from pathlib import Path

import pytest

from legato.text.maths.nodes import Node
from legato.text.maths.rulebook import DOMAINS, MathsData, pattern_nodes

DATA = Path(__file__).resolve().parents[4] / "src/legato/text/data/maths"
ROWS = [row for domain in DOMAINS for row in json.loads((DATA / f"{domain}.json").read_text("utf-8"))["rows"]]
SPEAKING = [row for row in ROWS if re.sub(r"\{.*?\}|[,;]", "", row["say"]).strip()]
EXAMPLES = [(row["id"], source, spoken) for row in ROWS for source, spoken in row.get("examples", [])]


def test_there_are_fourteen_domains_and_more_than_six_hundred_rows():
    assert len(DOMAINS) == 14
    assert len(ROWS) >= 600
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert all(row["id"].split(".")[0] in DOMAINS for row in ROWS)


def test_every_row_has_an_example():
    assert [row["id"] for row in ROWS if not row.get("examples")] == []


@pytest.mark.parametrize(
    ("rule", "source", "spoken"), EXAMPLES, ids=[f"{rule}-{source}" for rule, source, _ in EXAMPLES]
)
def test_an_example_is_said_as_written(rule, source, spoken, say):
    assert say(source) == spoken


@pytest.mark.parametrize("row", SPEAKING, ids=[row["id"] for row in SPEAKING])
def test_a_row_speaks_in_one_of_its_own_examples(row, reader):
    said = {piece.rule for source, _ in row["examples"] for piece in reader.latex(source)}
    assert f"maths.{row['id']}" in said


@pytest.mark.parametrize("style", ["explicit", "brief"])
def test_every_example_is_said_in_every_style(style, say):
    assert all(say(source, style) or not spoken for _, source, spoken in EXAMPLES)


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pt", "nl"])
def test_translated_rules_exist_and_name_the_same_parts(language):
    english = {row["id"]: row for row in ROWS}
    translated = json.loads((DATA / f"symbols/{language}.json").read_text("utf-8"))["rules"]
    for rule, words in translated.items():
        assert set(re.findall(r"\{(\w+)", words)) <= set(re.findall(r"#+(\w)", english[rule]["match"])), rule


def table(*rows: dict[str, object]) -> dict[str, object]:
    return {"commands": {"-": "−"}, "symbols/en": {"names": {"−": "minus"}}, "algebra": {"rows": list(rows)}}


def row(**extra: object) -> dict[str, object]:
    return {
        "id": "algebra.x",
        "match": "#a^2",
        "say": "{a} squared",
        "examples": [["x^2", "x squared"]],
        **extra,
    }


def test_a_language_without_a_file_speaks_english():
    assert MathsData.parse("nb-NO", table(row())).language == "en"


def test_a_regional_tag_counts_by_its_primary_part():
    files = {**table(row()), "symbols/de": {"names": {}, "rules": {"algebra.x": "{a} Quadrat"}}}
    data = MathsData.parse("de-AT", files)
    (rule,) = data.heads["script^ 2 2"]
    assert data.language == "de"
    assert rule.says["natural"][1].words == "Quadrat"


def test_a_row_that_is_not_translated_is_left_out():
    assert MathsData.parse("de", {**table(row()), "symbols/de": {}}).heads == {}


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({}, TypeError),
        ({**table(), "algebra": {"rows": {}}}, TypeError),
        ({**table(), "algebra": {"rows": [{"id": "algebra.x"}]}}, TypeError),
        (table(row(where=[])), TypeError),
        (table(row(where={"a": "purple"})), ValueError),
        (table(row(match="#a")), ValueError),
        (table(row(match="")), ValueError),
        (table(row(say="{a} and {a}")), ValueError),
    ],
)
def test_a_malformed_file_is_named_when_it_is_compiled(files, error):
    with pytest.raises(error):
        MathsData.parse("en", files)


def test_the_more_is_written_out_the_sooner_a_rule_is_tried(data):
    node = pattern_nodes("x^2", data.commands, data.classes)[0]
    ranks = [rule.rank for rule in data.candidates(node, None)]
    assert ranks == sorted(ranks)
    assert len(ranks) > 3


def test_a_rule_that_begins_with_any_part_is_found_by_its_second(data):
    three, half = Node("num", "1"), pattern_nodes("/", data.commands, data.classes)[0]
    assert "fractions.slash_half" in {rule.id for rule in data.candidates(three, half)}


def test_chemistry_is_written_in_ce_and_matched_without(data):
    (arrow,) = pattern_nodes("\\ce{->}", data.commands, data.classes)
    assert arrow.name == "ce->"
    assert data.classes["ce->"] == "arrow"
