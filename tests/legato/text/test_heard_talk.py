"""What voice agents say about prices, doses, trips, scores and sums, in tokens and with an idle moment anywhere. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

ROWS = [
    ("en", "In Q1: 5 + 7 = 12. Roll a d20: 17 + 5 = 22 now.", "In Q one: five plus seven equals twelve. Roll a d twenty: seventeen plus five equals twenty-two now."),
    ("en", "It went Q4'25 → Q1'26.", "It went Q four twenty-five to Q one twenty-six."),
    ("en", "The chance is 1/6 ≈ 0.167 (16.7%).", "The chance is one sixth is approximately zero point one six seven (sixteen point seven percent)."),
    ("en", "So 120 km ÷ 1.5 h = 80 km/h.", "So one hundred twenty kilometers divided by one point five hours equals eighty kilometers per hour."),
    ("en", "The confirmation number is KJ7-P22Q, the case number is CAS-2026-004518.", "The confirmation number is K J seven, P two two Q, the case number is C A S, two zero two six, zero zero four five one eight."),
    ("en", "Your claim # is 07-55D2-991. Ask for Ann, ext. 3312, or extension 204.", "Your claim number is zero seven, five five D two, nine nine one. Ask for Ann, extension three three one two, or extension two zero four."),
    ("en", "The error is E-404 / 0x80070057.", "The error is E four oh four slash zero x eight zero zero seven zero zero five seven."),
    ("en", "A box of 55x40x23cm, plate 8ABC123.", "A box of fifty-five by forty by twenty-three centimeters, plate eight A B C one two three."),
    ("en", "The conf. number is 3HX9QZ, CPT 99213.", "The confirmation number is three H X nine Q Z, CPT nine nine two one three."),
    ("en", "Use the code SAVE20-NOW for numbers 2023-2024.", "Use the code SAVE twenty-NOW for numbers twenty twenty-three to twenty twenty-four."),
    ("de", "Bestellung Nr. 4502-8813, Karte mit den Endziffern 8812.", "Bestellung Nummer vier fünf null zwei, acht acht eins drei, Karte mit den Endziffern acht acht eins zwei."),
    ("fr", "La commande n° 4502-8813 est partie.", "La commande numéro quatre cinq zéro deux, huit huit un trois est partie."),
    ("en", "The 404s and 500s went down; we saw many 429s. In the 400s, Rome fell. It took 400s.", "The four oh fours and five hundreds went down; we saw many four twenty-nines. In the four hundreds, Rome fell. It took four hundred seconds."),
    ("en", "Move from Python 3.9 to 3.13t now, or try Python 3.14rc1.", "Move from Python three point nine to three point thirteen t now, or try Python three point fourteen rc one."),
    ("en", "It's 15.4bn miles; it cost 70–85M lives, 15.2 bn shares and 10–15K steps.", "It's fifteen point four billion miles; it cost seventy to eighty-five million lives, fifteen point two billion shares and ten to fifteen thousand steps."),
    ("en", "Est. 1887. That's $1,500/mo. x 12 = $18,000/yr.", "Established eighteen eighty-seven. That's one thousand five hundred dollars per month times twelve equals eighteen thousand dollars per year."),
    ("en", "Net income (in $M): $(12.4)M in 2026E, FY24–25; EUR/USD is 1.08.", "Net income (in millions of dollars): minus twelve point four million dollars in twenty twenty-six E, FY twenty-four to twenty-five; EUR USD is one point zero eight."),
    ("en", "It trades at 28.4x, or 2.1x EBITDA, not 15-16x forward; so 2.5x + 3 = 4.", "It trades at twenty-eight point four times, or two point one times EBITDA, not fifteen to sixteen times forward; so two point five x plus three equals four."),
    ("en", "Take it off your $69 order, the $50 you paid, our $9.99 monthly plan.", "Take it off your sixty-nine dollar order, the fifty dollars you paid, our nine dollar and ninety-nine cent monthly plan."),
    ("en", "A 13h 25m flight and a 2 hr 40 min layover take 2 hr 40 min.", "A thirteen hour twenty-five minute flight and a two hour forty minute layover take two hours forty minutes."),
    ("en", "Born at 39w2d. Apply it x 7 days, once a week × 8 weeks. A 56-y.o. male, 34 y/o.", "Born at thirty-nine weeks two days. Apply it for seven days, once a week for eight weeks. A fifty-six-year-old male, thirty-four year-old."),
    ("en", "It was 7.4% in 3/2026; pain went from 7/10 to 3/10.", "It was seven point four percent in March twenty twenty-six; pain went from seven out of ten to three out of ten."),
    ("en", "From 12/24 to 1/2 prices rise; it is payable 12/15.", "From December twenty-fourth to January second prices rise; it is payable December fifteenth."),
    ("en", "B12 500 pg/mL; 4 GiB; $0.03/sh. now; gates A1–A12, L1-L4.", "B twelve five hundred picograms per milliliter; four gibibytes; three cents per share now; gates A one to A twelve, L one to L four."),
    ("en", "Pack 1 x 23kg, take 2 x 500 mg; it is 3 x 4 m, I'm 5'11¾\" tall.", "Pack one times twenty-three kilograms, take two times five hundred milligrams; it is three by four meters, I'm five feet eleven and three quarters inches tall."),
    ("de", "Nimm 2 x 500 mg, das Regal ist 2 x 3 m groß.", "Nimm zwei mal fünf hundert Milligramm, das Regal ist zwei mal drei Meter groß."),
    ("fr", "Prenez 2 x 500 mg, c'est 2 x 3 m.", "Prenez deux fois cinq cents milligrammes, c'est deux par trois mètres."),
    ("nl", "Neem 2 x 500 mg, het is 2 x 3 m.", "Neem twee keer vijfhonderd milligram, het is twee bij drie meter."),
    ("en", "Mix 2c flour, 1t baking powder, ½t salt and 1½c sugar. prep: 15m; cook: 1h10m.", "Mix two cups flour, one teaspoon baking powder, one half teaspoon salt and one and a half cups sugar. prep: fifteen minutes; cook: one hour ten minutes."),
    ("de", "Die Inflation lag im Okt. bei 2,4 % ggü. Vorjahr, zw. Kassel und Bonn.", "Die Inflation lag im Oktober bei zwei Komma vier Prozent gegenüber Vorjahr, zwischen Kassel und Bonn."),
    ("de", "Es waren 3,2 Mio. t CO2. Rufen Sie die 112 an.", "Es waren drei Komma zwei Millionen Tonnen CO zwei. Rufen Sie die eins eins zwei an."),
    ("fr", "Elle était de 2,4 % en oct. (contre 2,1 % en sept.), +25 pb vs 2025.", "Elle était de deux virgule quatre pour cent en octobre (contre deux virgule un pour cent en septembre), plus vingt-cinq points de base versus deux mille vingt-cinq."),
    ("fr", "Il a fini 2e en 1'27\"097 au 2e trim. 2026.", "Il a fini deuxième en une minute vingt-sept virgule zéro quatre-vingt-dix-sept secondes au deuxième trimestre deux mille vingt-six."),
    ("es", "Fue del 2,4 % en oct. y de 24,3 mil M€; 3/4 kg de harina, 25 pb.", "Fue del dos coma cuatro por ciento en octubre y de veinticuatro coma tres mil millones de euros; tres cuartos de kilogramo de harina, veinticinco puntos básicos."),
    ("es", "Nadar en mar. Llame al 112.", "Nadar en mar. Llame al uno uno dos."),
    ("it", "Era al 2,4% a ott. (2,1% a sett.), +25 pb.", "Era al due virgola quattro per cento a ottobre (due virgola uno per cento a settembre), più venticinque punti base."),
    ("pt", "Foi de 2,4% em out. (2,1% em set.), Lei nº 8.078/90; 1 col. (chá) e 2 col. de sal.", "Foi de dois vírgula quatro por cento em outubro (dois vírgula um por cento em setembro), Lei número oito mil e setenta e oito de noventa; uma colher (chá) e duas colheres de sal."),
    ("nl", "Ajax won met 3-1 (rust 1-0). Gesloten van 24-12 t/m 6-1. Bel 112.", "Ajax won met drie één (rust één nul). Gesloten van vierentwintig december tot en met zes januari. Bel één één twee."),
    ("nl", "Voor 4-6 personen, 0-2 jaar.", "Voor vier tot zes personen, nul tot twee jaar."),
    ("zh", "请拨打+86 138 1234 5678，CA1234航班，请在12/8前完成，1美元=7.12元。", "请拨打加八六，一三八，一二三四，五六七八，CA一二三四航班，请在十二月八日前完成，一美元等于七点一二元。"),
    ("ja", "下4桁8812、〒100-0001 東京都千代田区1-2-3、1ドル=150円、12/8までに。", "下四桁八八一二、郵便番号一零零、零零零一 東京都千代田区一の二の三、一ドルイコール百五十円、十二月八日までに。"),
    ("en", "Take 500 mg x7 days, 5 mg q12h x10d now, by EOD 12/3; Rx# 4471882.", "Take five hundred milligrams for seven days, five milligrams every twelve hours for ten days now, by EOD December third; Rx number four four seven one eight eight two."),
    ("en", "A high of 81°/low of 64°. That's ≈ 3.6%. Take I-280 N in 0.5 mi.", "A high of eighty-one degrees, low of sixty-four degrees. That's approximately three point six percent. Take I two eighty North in zero point five miles."),
    ("en", 'A 13" M4 laptop, a 6.3" 120Hz display, a 32" waist; the treaty (1648); lvl. 5, ep. 10, eq. (4).', "A thirteen inch M four laptop, a six point three inch one hundred twenty hertz display, a thirty-two inch waist; the treaty (sixteen forty-eight); level five, episode ten, equation (four)."),
    ("en", "You ran 5 km in 26:14 (5:13/km), then 48:05 and 45:00. Mix 60:40, 70:30 or 30:15.", "You ran five kilometers in twenty-six fourteen (five thirteen per kilometer), then forty-eight oh five and forty-five minutes. Mix sixty to forty, seventy to thirty or thirty to fifteen."),
    ("en", "The film is 2.39:1, not 1.33:1. Then 1920×1080 is 16:9, and it has 2560 × 1440 pixels.", "The film is two point three nine to one, not one point three three to one. Then nineteen twenty by ten eighty is sixteen to nine, and it has twenty-five sixty by fourteen forty pixels."),
    ("en", "So 12×12 is 144 and 1920×1080 = 2,073,600.", "So twelve times twelve is one hundred forty-four and nineteen twenty times one thousand eighty equals two million seventy-three thousand six hundred."),
    ("de", "Das Format ist 1,78:1, das Spiel endete 28:26.", "Das Format ist eins Komma sieben acht zu eins, das Spiel endete acht und zwanzig zu sechs und zwanzig."),
    ("fr", "Le format est 1,85:1 ici.", "Le format est un virgule quatre-vingt-cinq à un ici."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, WHOLE])
def test_an_answer_is_heard_as_a_good_reader_says_it(
    language: str, written: str, said: str, chars: int
) -> None:
    assert heard(language, written, chars) == said


@pytest.mark.parametrize(("language", "written"), [(language, written) for language, written, _ in ROWS])
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str) -> None:
    keeps_its_words(language, written)
