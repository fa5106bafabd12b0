"""What callers of shops, banks, airlines and chemists are told, whole, in tokens and with an idle moment. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

ROWS = [
    ("it", "Ne ho 3 ma non bastano, la versione 7 ha vinto. Costa 20 ma vale.", "Ne ho tre ma non bastano, la versione sette ha vinto. Costa venti ma vale."),
    ("it", "Un terreno di 12 ha, poi 3 ha di bosco.", "Un terreno di dodici ettari, poi tre ettari di bosco."),
    ("es", "El n.º 7 ha ganado; la finca de 12 ha de olivos y la de 3 ha.", "El número siete ha ganado; la finca de doce hectáreas de olivos y la de tres hectáreas."),
    ("es", "La finca de 12 ha está en venta, la 7 ha sido vendida.", "La finca de doce hectáreas está en venta, la siete ha sido vendida."),
    ("it", "Un terreno di 12 ha in vendita, il 7 ha perso.", "Un terreno di dodici ettari in vendita, il sette ha perso."),
    ("pt", "Erro 404 na porta 8080, fica no 12 na rua, são 5 mA.", "Erro quatrocentos e quatro na porta oito mil e oitenta, fica no doze na rua, são cinco milíamperes."),
    ("nl", "Het is 5 na 12 en om 8 ga ik weg met 12 mA.", "Het is vijf na twaalf en om acht ga ik weg met twaalf milliampère."),
    ("fr", "Il y en a 3 ta mère le sait, sur 5 ha de vigne.", "Il y en a trois ta mère le sait, sur cinq hectares de vigne."),
    ("en", "# Refund policy #\nYou have 30 days.\n## Why C# ##\nText #1.", "Refund policy. You have thirty days. Why C sharp. Text number one."),
    ("en", "Love you <3 and thanks a lot! <3 See you soon <3", "Love you and thanks a lot! See you soon"),
    ("en", "thanks keep pH <3, thanks for keeping INR <3", "thanks keep pH less than three, thanks for keeping INR less than three"),
    ("en", "Is the eGFR <3, or x <3? Thanks, keep it <3 mg.", "Is the eGFR less than three, or x is less than three? Thanks, keep it less than three milligrams."),
    ("en", "I'd love <3 minutes of waiting. The sweet spot is <3 ms or so.", "I'd love less than three minutes of waiting. The sweet spot is less than three milliseconds or so."),
    ("en", "Miss you <3<3 Thank goodness the risk is <3 percent!", "Miss you Thank goodness the risk is less than three percent!"),
    ("en", "It is 10^3^ bytes, 6.02 x 10^23^ atoms, the 4^th^ time.", "It is ten cubed bytes, six point zero two times ten to the twenty-third atoms, the fourth time."),
    ("de", "Bitte 1. den Router ausschalten, 2. zehn Sekunden warten und 3. wieder einschalten.", "Bitte erstens den Router ausschalten, zweitens zehn Sekunden warten und drittens wieder einschalten."),
    ("de", "Er wurde 1. in der Liga, kam als 2. ins Ziel. Das war sein 3. in dieser Saison.", "Er wurde erster in der Liga, kam als zweiter ins Ziel. Das war sein dritter in dieser Saison."),
    ("de", "Sie müssen 1. im Menü auf Start gehen, 2. in der Liste wählen.", "Sie müssen erstens im Menü auf Start gehen, zweitens in der Liste wählen."),
    ("de", "Am 3. in Berlin, vom 1. bis zum 5. bei uns.", "Am dritten in Berlin, vom ersten bis zum fünften bei uns."),
    ("en", "The balance is $-32.10, or -$32.10, and $-5 now.", "The balance is minus thirty-two dollars and ten cents, or minus thirty-two dollars and ten cents, and minus five dollars now."),
    ("en", "The flat's £1,450pcm or £99 pw; the tour is €22 pp. (or $30 pp), see pp. 12–13.", "The flat's one thousand four hundred fifty pounds per calendar month or ninety-nine pounds per week; the tour is twenty-two euros per person (or thirty dollars per person), see pages twelve to thirteen."),
    ("en", "The max dose is 4,000mg/24hrs.", "The max dose is four thousand milligrams per twenty-four hours."),
    ("en", "It is $412/sqft, $84.37/pax, or $189++/nt for 2 nts.", "It is four hundred twelve dollars per square foot, eighty-four dollars and thirty-seven cents per passenger, or one hundred eighty-nine dollars plus plus per night for two nights."),
    ("en", "Man City 2-1 Arsenal (Haaland 12', 67' pen.; Saka 45+1').", "Man City two to one Arsenal (Haaland twelfth minute, sixty-seventh minute pen.; Saka forty-five plus one)."),
    ("en", "Sort code 20-45-78, acc no. 40123987.", "Sort code two zero, four five, seven eight, acc number four zero one two three nine eight seven."),
    ("en", "Turn onto Rte. 9W, then Rte 17. It posts in 1–2 bus. days, M/W/F, see #s 3–15.", "Turn onto Route nine W, then Route seventeen. It posts in one to two business days, Monday, Wednesday, Friday, see numbers three to fifteen."),
    ("de", "Der Verbrauch ist 2.480 kWh/a.", "Der Verbrauch ist zwei tausend vier hundert achtzig Kilowattstunden pro Jahr."),
    ("fr", "Votre vol du 3/10 : dép. 9h58, arr. 11h56, dans le 2e arr. de Paris.", "Votre vol du trois octobre : départ neuf heures cinquante-huit, arrivée onze heures cinquante-six, dans le deuxième arrondissement de Paris."),
    ("it", "Il volo del 3/10: part. 9:58, arr. 11:56, scad. 21/10. I 3/10 del totale.", "Il volo del tre ottobre: partenza nove e cinquantotto, arrivo undici e cinquantasei, scadenza ventuno ottobre. I tre decimi del totale."),
    ("es", "Real Madrid 3-1 Barça (Vinícius 12', 45+2'; Bellingham 67').", "Real Madrid tres a uno Barça (Vinícius minuto doce, cuarenta y cinco más dos; Bellingham minuto sesenta y siete)."),
    ("pt", "Flamengo 3 x 1 Palmeiras (Pedro 12', 45'+2). Paga-se 21/10.", "Flamengo três a um Palmeiras (Pedro doze minutos, quarenta e cinco mais dois). Paga-se vinte e um de outubro."),
    ("nl", "Uw vlucht vertrekt op 3-10 om 07.05 u. Ze wonnen op 3-1.", "Uw vlucht vertrekt op drie oktober om zeven uur vijf. Ze wonnen op drie één."),
    ("zh", "9/14的扣款，10/21到期，4/18层，3/16英寸。", "九月十四日的扣款，十月二十一日到期，四/十八层，三/十六英寸。"),
    ("zh", "进度：9/14，完成了10/14，今天9/14。", "进度：十四分之九，完成了十/十四，今天九月十四日。"),
    ("ja", "3/14問正解、進捗は9/14です。", "三/十四問正解、進捗は九/十四です。"),
    ("ja", "期限は10/21です。", "期限は十月二十一日です。"),
    ("en", "It is at 12 Oak Dr. #12B lists at $849K, with 12B parameters.", "It is at twelve Oak Drive number twelve B lists at eight hundred forty-nine thousand dollars, with twelve billion parameters."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, WHOLE])
def test_a_caller_hears_what_a_person_would_say(language: str, written: str, said: str, chars: int) -> None:
    assert heard(language, written, chars) == said


@pytest.mark.parametrize(("language", "written"), [(language, written) for language, written, _ in ROWS])
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str) -> None:
    keeps_its_words(language, written)
