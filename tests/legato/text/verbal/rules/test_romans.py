"""R16: Roman numerals."""

import pytest

from legato.text.verbal.rules.romans import roman_value


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "Henry VIII's wives", "Henry the eighth's wives"),
        ("es", "en los siglos XIX y XX", "en los siglos diecinueve y veinte"),
        ("pt", "nos sécs. XX e XXI", "nos séculos vinte e vinte e um"),
        ("en", "chapters IV and V", "chapters four and five"),
        ("es", "Isabel II y Felipe II", "Isabel segunda y Felipe segundo"),
        ("it", "Elisabetta II", "Elisabetta seconda"),
        ("de", "Elisabeth II. starb", "Elisabeth die zweite starb"),
        ("fr", "Marie I", "Marie première"),
        ("pt", "D. João VI", "Dom João sexto"),
        ("es", "la II Guerra Mundial", "la segunda Guerra Mundial"),
        ("it", "la II guerra", "la seconda guerra"),
        ("de", "das II. Vatikanische Konzil", "das zweite Vatikanische Konzil"),
        ("de", "Anna V. Kaiser", "Anna V. Kaiser"),
        ("fr", "au XIXe s., la ville", "au dix-neuvième siècle, la ville"),
        ("fr", "au XXe s. Puis", "au vingtième siècle. Puis"),
        ("it", "nel sec. XVI", "nel secolo sedici"),
        ("en", "King Henry VIII ruled", "King Henry the eighth ruled"),
        ("en", "henry VIII", "henry VIII"),
        ("en", "Chapter IX", "Chapter nine"),
        ("en", "vol. II", "volume two"),
        ("en", "suite # II", "suite number two"),
        ("en", "§ IV", "section four"),
        ("en", "§ x", "section ten"),
        ("en", "at twenty degrees Celsius II", "at twenty degrees Celsius II"),
        ("en", "the XIV century", "the fourteenth century"),
        ("en", "Alien III came", "Alien three came"),
        ("en", "an Apple II", "an Apple two"),
        ("en", "Start IV now", "Start IV now"),
        ("en", "The II", "The II"),
        ("en", "Plan X and IIII", "Plan X and IIII"),
        ("en", "x-IV", "x-IV"),
        ("es", "el siglo xix", "el siglo diecinueve"),
        ("es", "la casa xix", "la casa xix"),
        ("fr", "le XXe siècle", "le vingtième siècle"),
        ("fr", "un IIIIe x", "un IIIIe x"),
        ("de", "Karl V. regierte", "Karl der fünfte regierte"),
        ("it", "nel XV secolo", "nel quindicesimo secolo"),
        ("it", "nel XIX sec. a", "nel diciannovesimo secolo a"),
        ("es", "el s. XVI", "el siglo dieciséis"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


@pytest.mark.parametrize(("written", "value"), [("IV", 4), ("XIX", 19), ("MCMXCIV", 1994)])
def test_a_numeral_has_a_value(written, value):
    assert roman_value(written) == value
