"""What callers of shops, banks, airlines and chemists are told, whole, in tokens and with an idle moment. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

ROWS = [
    ("it", "Ne ho 3 ma non bastano, la versione 7 ha vinto. Costa 20 ma vale.", "Ne ho tre ma non bastano, la versione sette ha vinto. Costa venti ma vale."),
    ("it", "Un terreno di 12 ha, poi 3 ha di bosco.", "Un terreno di dodici ettari, poi tre ettari di bosco."),
    ("es", "El n.º 7 ha ganado; la finca de 12 ha de olivos y la de 3 ha.", "El número siete ha ganado; la finca de doce hectáreas de olivos y la de tres hectáreas."),
    ("pt", "Erro 404 na porta 8080, fica no 12 na rua, são 5 mA.", "Erro quatrocentos e quatro na porta oito mil e oitenta, fica no doze na rua, são cinco milíamperes."),
    ("nl", "Het is 5 na 12 en om 8 ga ik weg met 12 mA.", "Het is vijf na twaalf en om acht ga ik weg met twaalf milliampère."),
    ("fr", "Il y en a 3 ta mère le sait, sur 5 ha de vigne.", "Il y en a trois ta mère le sait, sur cinq hectares de vigne."),
    ("en", "# Refund policy #\nYou have 30 days.\n## Why C# ##\nText #1.", "Refund policy. You have thirty days. Why C sharp. Text number one."),
    ("en", "Love you <3 and thanks a lot! <3 See you soon <3", "Love you and thanks a lot! See you soon"),
    ("en", "Is the eGFR <3, or x <3? Thanks, keep it <3 mg.", "Is the eGFR less than three, or x is less than three? Thanks, keep it less than three milligrams."),
    ("en", "It is 10^3^ bytes, 6.02 x 10^23^ atoms, the 4^th^ time.", "It is ten cubed bytes, six point zero two times ten to the twenty-third atoms, the fourth time."),
    ("de", "Bitte 1. den Router ausschalten, 2. zehn Sekunden warten und 3. wieder einschalten.", "Bitte erstens den Router ausschalten, zweitens zehn Sekunden warten und drittens wieder einschalten."),
    ("de", "Am 3. in Berlin, vom 1. bis zum 5. bei uns.", "Am dritten in Berlin, vom ersten bis zum fünften bei uns."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, WHOLE])
def test_a_caller_hears_what_a_person_would_say(language: str, written: str, said: str, chars: int) -> None:
    assert heard(language, written, chars) == said


@pytest.mark.parametrize(("language", "written"), [(language, written) for language, written, _ in ROWS])
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str) -> None:
    keeps_its_words(language, written)
