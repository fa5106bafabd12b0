from legato.text.short_words import SHORT_WORDS


def test_they_are_of_two_small_letters_and_no_product_that_formulas_have():
    assert all(len(word) == 2 and word.islower() for word in SHORT_WORDS)
    assert SHORT_WORDS.isdisjoint({"ab", "mx", "nt", "xy", "pv", "ma", "hf"})
