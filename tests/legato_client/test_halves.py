import pytest

from legato_client.halves import Halves


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["Grüße ", "", "😀"], ["Grüße ", "", "😀"]),
        (["a\ud83d", "\ude00b"], ["a", "😀b"]),
        (["a\ud83d", "", "\ude00"], ["a", "", "😀"]),
        (["\ud83d", "\ude00\ud83d", "\ude00"], ["", "😀", "😀"]),
        (["\ud83d\ude00"], ["😀"]),
        (["a\ud83d", "b"], ["a", "\ufffdb"]),
        (["\ud83d", "\ud83d", "\ude00"], ["", "\ufffd", "😀"]),
        (["\ud83d", "😀"], ["", "\ufffd😀"]),
        (["a\ud83db", "\ude00", "x\udcffy"], ["a\ufffdb", "\ufffd", "x\ufffdy"]),
    ],
)
def test_a_character_cut_in_two_is_put_together_and_a_lone_half_replaced(parts, expected):
    halves = Halves()
    assert [halves.add(part) for part in parts] == expected
    assert halves.rest() == ""


def test_a_first_half_that_nothing_follows_is_told_once():
    halves = Halves()
    assert halves.add("a\ud83d") == "a"
    assert [halves.rest(), halves.rest()] == ["\ufffd", ""]
    assert halves.add("\ude00") == "\ufffd"


@pytest.mark.parametrize("text", [None, b"Well", 7])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(TypeError, match=f"expected a str to say, got {type(text).__name__}"):
        Halves().add(text)
