import pytest

from legato.text.maths.lexer import digits, tokens


def test_every_character_is_in_one_token_or_blank():
    source = r"\frac{a}{b} + x_1^2 % comment"
    joined = [source[token.start : token.end] for token in tokens(source)]
    assert joined == ["\\frac", "{", "a", "}", "{", "b", "}", "+", "x", "_", "1", "^", "2"]


def test_offsets_are_added():
    assert tokens("x", 7)[0].start == 7


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1{,}234", "1234"),
        ("3{,}5", "3.5"),
        (".5", "0.5"),
        ("10,000", "10000"),
        (r"10\,000", "10000"),
        ("3.14", "3.14"),
        ("1,234.5", "1234.5"),
    ],
)
def test_numbers_lose_their_grouping(written, number):
    (token,) = tokens(written)
    assert token.text == number
    assert digits(written) == number


def test_a_list_of_numbers_is_no_number():
    assert [token.text for token in tokens("1,2,3")] == ["1", ",", "2", ",", "3"]


def test_a_lone_backslash_is_a_command():
    assert [token.kind for token in tokens("\\")] == ["cmd"]


def test_primes_are_counted_together():
    assert [token.text for token in tokens("f''")] == ["f", "''"]
