"""The rule book keeps rules by trigger, in the order they were entered."""

from legato.text.verbal.book import RuleBook


def nothing(match):
    return None


def test_rules_are_kept_by_trigger_in_order():
    book = RuleBook("en")
    book.on_digit("first", "[0-9]", nothing)
    book.on_digit("second", "[0-9]+", nothing)
    book.on_joined("third", "a", nothing)
    book.on_symbol("+-+", "fourth", ".", nothing)
    book.on_word(["Dr", "dr", "Mr"], "fifth", ".", nothing)
    assert [rule.id for rule in book.digits] == ["en.first", "en.second"]
    assert [rule.id for rule in book.joined] == ["en.third"]
    assert {sign: len(rules) for sign, rules in book.symbols.items()} == {"+": 1, "-": 1}
    assert {word: len(rules) for word, rules in book.words.items()} == {"dr": 1, "mr": 1}
