"""Tags."""

import pytest

from legato.text.atoms import SpanKind
from legato.text.openers import WAIT, Found
from legato.text.tags import closer_of, known, name_of, opens_secret, tag


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<b>x", SpanKind.TAG),
        ("</foo>x", SpanKind.TAG),
        ("<x a='1'>x", SpanKind.TAG),
        ("<br/>x", SpanKind.BREAK),
        ("<p class=a>x", SpanKind.BREAK),
        ("</td>x", SpanKind.BREAK),
        ("<think>x", SpanKind.HIDDEN),
        ("<!-- x", SpanKind.HIDDEN),
        ("<math>x", SpanKind.HIDDEN),
        ("<?xml version='1.0'?>x", SpanKind.TAG),
        ("<|im_end|>x", SpanKind.BREAK),
        ("<|channel|>analysis<|message|>x", SpanKind.HIDDEN),
        ("<｜tool▁calls▁begin｜>x", SpanKind.HIDDEN),
        ("<https://a.b>x", SpanKind.LINK),
        ("<laugh> ", SpanKind.TAG),
        ("<whisper>It", SpanKind.TAG),
        ("<Sad>", SpanKind.TAG),
        ("<name> x", SpanKind.LINK),
        ("<name>, x", SpanKind.LINK),
        ("<search>x", SpanKind.TAG),
        ("</item><item>", SpanKind.BREAK),
        ("</item> x", SpanKind.TAG),
        ("<img alt='a cat'/>x", SpanKind.IMAGE),
        ("<sub alias='two'>2</sub>x", SpanKind.LINK),
    ],
)
def test_a_tag_is_known(text: str, kind: SpanKind) -> None:
    found = tag(text, 0, final=False)
    assert isinstance(found, Found)
    assert found.kind is kind


@pytest.mark.parametrize(
    "text", ["< 5", "<3", "<|x|y>", "<| y", "<b and c> d", "<zz yy xx", "<b" + " " * 500]
)
def test_an_ordinary_bracket_is_known_as_one(text: str) -> None:
    assert tag(text, 0, final=False) is None


def test_a_bracket_in_a_word_is_no_placeholder() -> None:
    assert tag("List<int> x", 4, final=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "<",
        "<|",
        "<|im_e",
        "<|start|>assis",
        "</",
        "<thi",
        "<b ",
        "<b a='",
        "<pausing/",
        "<!-",
        "<http://a",
        "<me@x",
        "<sub alias='x'>2",
    ],
)
def test_too_little_is_waited_for_but_not_at_the_end(text: str) -> None:
    assert tag(text, 0, final=False) == WAIT
    assert tag(text, 0, final=True) != WAIT


def test_secrets_name_their_end() -> None:
    assert opens_secret("<think>") == "think"
    assert opens_secret("<!--") == "--"
    assert opens_secret("</think>") is None
    assert opens_secret("<|start|>assistant") is None
    ends = opens_secret("<|channel|>analysis")
    assert ends
    assert closer_of(ends).search("x<|end|>")
    assert closer_of(ends).search("x<|start|>assistant")
    assert opens_secret("<b>") is None
    assert closer_of("think").search("x</THINK >")
    assert closer_of("--").search("x-->")
    assert known("TD")
    assert name_of("</B>") == "/b"
    assert name_of("<") == ""
