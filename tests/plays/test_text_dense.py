"""Dense sentences of seven languages, as assistants write them, are heard as a good reader says them, however they are cut. R15 R16"""

import pytest

from tests.legato.text.hearing import heard


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("de", "Dr. Schmidt hat Mo, Mi und Fr von 9–12 Uhr Sprechstunde, ab 1. Jan. länger.", "Doktor Schmidt hat Montag, Mittwoch und Freitag von neun bis zwölf Uhr Sprechstunde, ab erstem Januar länger."),
        ("de", "Der Zug hat 10–15 Min. Verspätung. Das 2. und 3. Quartal 2024 war schwach.", "Der Zug hat zehn bis fünfzehn Minuten Verspätung. Das zweite und dritte Quartal zwei tausend vier und zwanzig war schwach."),
        ("de", "Kaiser Wilhelm II. regierte bis ins frühe 20. Jh., also vor dem II. Vatikanischen Konzil.", "Kaiser Wilhelm der zweite regierte bis ins frühe zwanzigste Jahrhundert, also vor dem zweiten Vatikanischen Konzil."),
        ("de", 'Die Platte mit 7.200 U/min im 12er-Pack und der 65"-Fernseher kosten 89 €.', "Die Platte mit sieben tausend zwei hundert Umdrehungen pro Minute im zwölfer-Pack und der fünf und sechzig Zoll-Fernseher kosten neun und achtzig Euro."),
        ("fr", "La réunion est décalée au 3 janv. 2025, entre les km 12 et 15 de l'A7.", "La réunion est décalée au trois janvier deux mille vingt-cinq, entre les kilomètres douze et quinze de l'A sept."),
        ("fr", "Au XIXe s., la ville comptait 1,2 M d'habitants (n = 1 500).", "Au dix-neuvième siècle, la ville comptait un virgule deux millions d'habitants (n égale mille cinq cents)."),
        ("fr", "Il a couru en 3h58min12s ; ajoutez 1/2 c. à c. de sel.", "Il a couru en trois heures cinquante-huit minutes et douze secondes ; ajoutez une demi cuillère à café de sel."),
        ("es", "Alfonso XIII e Isabel II reinaron en los siglos XIX y XX, antes de la II Guerra Mundial.", "Alfonso trece e Isabel segunda reinaron en los siglos diecinueve y veinte, antes de la segunda Guerra Mundial."),
        ("es", 'La tele de 55" con Python 3.11 gira a 7.200 rpm, de 9 a 12 h los lun., mié. y vie.', "La tele de cincuenta y cinco pulgadas con Python tres punto once gira a siete mil doscientas revoluciones por minuto, de nueve a doce horas los lunes, miércoles y viernes."),
        ("it", "Il fatturato è a 3,2 mld di euro; nel 2° e 3° trimestre è salito di 45 mln.", "Il fatturato è a tre virgola due miliardi di euro; nel secondo e terzo trimestre è salito di quarantacinque milioni."),
        ("it", "Ha corso in 3h 58' 12\" e la TV da 55\" consuma 7,4 l/100 km.", "Ha corso in tre ore cinquantotto minuti e dodici secondi e la TV da cinquantacinque pollici consuma sette virgola quattro litri per cento chilometri."),
        ("pt", "Seu pedido sai em 24/11 e chega até 1º/12; estava 1x1 aos 120 min.", "Seu pedido sai em vinte e quatro de novembro e chega até primeiro de dezembro; estava um a um aos cento e vinte minutos."),
        ("pt", "Nos sécs. XX e XXI, D. João VI e Isabel II moravam na R. das Flores.", "Nos séculos vinte e vinte e um, Dom João sexto e Isabel segunda moravam na rua das Flores."),
        ("nl", "De bus rijdt ma, wo en vr tussen 9-12 uur, 7.200 tpm bij km 12.", "De bus rijdt maandag, woensdag en vrijdag tussen negen en twaalf uur, zevenduizend tweehonderd toeren per minuut bij kilometer twaalf."),
        ("en", "The show airs Tues. & Thurs. @ 8pm, between 9am-1pm for 18-24-year-olds.", "The show airs Tuesday and Thursday at eight PM, between nine AM and one PM for eighteen to twenty-four-year-olds."),
        ("en", "At the 1/2-mile mark, version 2.0-beta.3 cost $5 over 36 mo. and ended in the 16th c.", "At the one half-mile mark, version two point zero beta three cost five dollars over thirty-six months and ended in the sixteenth century."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chars", [1, 3, 10_000])
def test_it_is_heard_as_a_good_reader_says_it(language: str, written: str, said: str, chars: int) -> None:
    assert heard(language, written, chars) == said
