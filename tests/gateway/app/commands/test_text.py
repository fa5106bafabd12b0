"""`legato text`."""

import json

import pytest

from tests.gateway.app.cli_stage import legato_run


def run(given: str, *options: str) -> list[dict[str, object]]:
    result = legato_run("text", *options, stdin=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_every_json_line_is_an_utterance() -> None:
    first, second = run('{"tokens": ["It is $", "3", "."]}\n{"tokens": ["3 Uhr."], "lang": "de"}\n')
    assert first == {"spoken": "It is three dollars.", "segments": ["It is three dollars."]}
    assert "spoken" in second


@pytest.mark.parametrize("option", ["-l", "--language", "--lang"])
def test_the_language_of_all_lines_can_be_named(option) -> None:
    assert run("3 Katzen.\n", option, "de")[0]["spoken"] == "drei Katzen."


def test_other_lines_are_tokens_of_one_utterance() -> None:
    assert run("One cat.\nTwo cats.\n", "--min-chars", "1")[0]["segments"] == ["One cat.", "Two cats."]
    assert run("{not json\n")[0]["spoken"]


def test_a_text_may_stand_behind_the_command() -> None:
    assert run("not asked", "It", "is $3.") == [
        {"spoken": "It is three dollars.", "segments": ["It is three dollars."]}
    ]
    assert run("It is $4.", "-")[0]["spoken"] == "It is four dollars."


def test_what_is_not_utf_8_is_told() -> None:
    result = legato_run("text", stdin=b"One cat.\n\xff\xfe two\n")
    assert result.exit_code == 1
    assert "expected UTF-8" in result.output


def test_explain_names_the_rule_when_it_is_known() -> None:
    explained, whole = run('{"tokens": ["Pay $3. ", "Now"]}', "--explain", "--min-chars", "9")[-2:]
    assert whole["spoken"] == "Pay three dollars. Now"
    assert explained["raw"]
    (row, *_) = run('{"tokens": ["Pay $3."]}', "--explain")
    assert row["rules"] == [{"rule": "en.money", "from": "$3", "to": "three dollars"}]


def test_the_reading_and_the_policies_can_be_chosen() -> None:
    assert run("Pay **$3**", "--level", "cleaned")[0]["spoken"] == "Pay $3"
    assert run("a `b`<break/>c", "--ssml")[0]["spoken"]
    assert run("ok 🎉", "--emoji", "name")[0]["spoken"] == "ok party popper."


def test_bad_tokens_are_refused() -> None:
    result = legato_run("text", stdin='{"tokens": "abc"}')
    assert result.exit_code == 1
    assert "list of strings" in result.output


def test_a_shortest_sentence_has_no_fewer_than_no_characters():
    result = legato_run("text", "--min-chars", "-1", "hello")
    assert (result.exit_code, "not in the range x>=0" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("xx", "nothing here reads 'xx'; `legato languages` lists the languages"),
        ("en-UX-verylongsubtag", "expected a language tag such as 'en' or 'de-AT'"),
        ("", "expected a language tag"),
        ("fr-", "expected a language tag"),
    ],
)
def test_a_language_that_is_none_is_refused_by_name(language, told):
    for options, given in (
        (["-l", language, "hi"], ""),
        ([], json.dumps({"tokens": ["hi"], "lang": language})),
    ):
        result = legato_run("text", *options, stdin=given)
        assert (result.exit_code, told in result.output) == (1, True), result.output


@pytest.mark.parametrize("language", ["nn", "cy", "de-CH", "de_AT", "FR", "zh", "cmn"])
def test_a_language_that_is_spoken_here_or_read_is_taken(language):
    assert run("hi\n", "-l", language)[0]["spoken"] == "hi"


@pytest.mark.parametrize(
    ("options", "rules"),
    [([], ["clean/tag"] * 3), (["--ssml"], ["ssml/speak", "ssml/break", "ssml/speak"])],
)
def test_a_tag_that_is_a_border_is_named_like_other_tags(options, rules):
    *explained, _ = run('{"tokens": ["<speak>a<break/>b</speak>"]}', "--explain", *options)
    assert [one["rule"] for row in explained for one in row["rules"]] == rules
