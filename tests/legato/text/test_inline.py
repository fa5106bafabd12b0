"""R15: prose without its markup."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.text.inline import _ANY, _ASCII, Inline, is_calm
from legato.text.settings import Emoji


def clean(text: str, emoji: Emoji = Emoji.DROP, *, markup: bool = True) -> str:
    pieces = list(Inline(emoji, {"🎉": "party popper"}, markup=markup).clean(text, 0, len(text), 7))
    assert "".join(text[piece.start - 7 : piece.end - 7] for piece in pieces) == text
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    "text",
    [
        "3 * 4",
        "2*3*4",
        "x_{i+1}",
        "snake_case",
        "3 < 5",
        "<3",
        "C++",
        "#1",
        "a_b_c",
        "5 > 3",
        "© 2020",
        "3**4",
        "AT&T",
        "&nosuch;",
        "x=1",
        "a~b",
        "a.b!c/d",
        "ab*c*de",
        "한국어",
        "===",
    ],
)
def test_what_is_no_markup_survives(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("*a* **b** _c_ __d__ ***e***", "a b c d e"),
        ("run A* now, x* (p*)", "run A star now, x star (p star)"),
        ("dial *67 or *82#, then", "dial *67 or *82#, then"),
        ("dial *67 first", "dial *67 first"),
        ("only *67 left* now", "only 67 left now"),
        ("then *plan A* it", "then plan A it"),
        ("not *6*. 50%*.", "not 6. 50%."),
        ("ok :smile: std:a: b:c:", "ok   std:a: b:c:"),
        ("ok :-) or :( you ;-) no :D. Yes :P ^_^", "ok   or   you   no . Yes    "),
        (
            "(as follows :) and a :/ b, http://x, 3:D, note:(x)",
            "(as follows :) and a   b, http://x, 3:D, note:(x)",
        ),
        ("这是**重点**吗", "这是重点吗"),
        ("**Note**that", "Notethat"),
        ("\\*a\\*", "*a*"),
        ("a  \n b", "a b"),
        ("これは\n家", "これは家"),
        ("end\n.", "end."),
        ("a\\\nb", "a b"),
        ("&lt;b&gt;&nbsp;x", "<b> x"),
        ("1\ufe0f\u20e3", "1"),
        ("cafe\u0301", "café"),
        ("a\x00\u202eb\u200b", "ab"),
        ("hi 👍🏽!", "hi !"),
        ("x【4†source】", "x"),
        ("____", " "),
        ("a....", "a…"),
        ("a......b", "a b"),
        ("=======", " "),
        ("Yahoo!ligans", "Yahoo! ligans"),
        ("`Well", "'Well"),
    ],
)
def test_markup_goes(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_emoji_may_be_named() -> None:
    assert clean("x🎉", Emoji.NAME) == "x party popper "
    assert clean("x🦩y", Emoji.NAME) == clean("x🎉y") == "x y"


def test_without_markup_stars_stay() -> None:
    assert clean("*a* _b_ \\* `c`", markup=False) == "*a* _b_ \\* `c`"


def test_a_pile_of_marks_on_one_letter_is_cut_short() -> None:
    assert len(clean("e" + "\u0301" * 500)) <= 3


def test_disguises_are_seen_through_and_named() -> None:
    text = "p\u0430ypal \u00e2\u20ac\u2122 \uff11 \u00c2\u20ac"
    pieces = list(Inline(Emoji.DROP).clean(text, 0, len(text), 0))
    assert "".join(piece.text for piece in pieces).startswith("paypal \u2019 1 ")
    assert {"clean/twins", "clean/encoding", "clean/styled"} <= {piece.rule for piece in pieces}


_CALM_AND_NOT = "ab Zé\"'().,;!?%$+<>[]{|}@^-…* _0â€Ã¼Ð:=&#\\`\n"


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from([*_CALM_AND_NOT[:24], *_CALM_AND_NOT, "  ", "....", "-----", "a,b", "!!"])).map(
        "".join
    ),
    st.integers(0, 3),
)
def test_what_is_passed_at_once_holds_nothing_that_a_rule_looks_for(text, start):
    if is_calm(text[start:]):
        assert next(_ANY.finditer(text, start), None) is None
        assert not text.isascii() or next(_ASCII.finditer(text, start), None) is None


def test_plain_prose_is_passed_at_once():
    assert is_calm("Well, that's (nearly) all; is it not? Für 5 % – ".replace("–", "-"))
    assert not is_calm("one,two")
    assert not is_calm("wait.....")
    assert not is_calm("No luck ;(")
