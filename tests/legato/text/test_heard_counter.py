"""What agents at a hotel's desk, a pharmacy, a workshop, a chessboard and the like say, whole and letter by letter. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

_RATES = [
    ("en", "It is 31.5¢/kWh, or 5¢/min.", "It is thirty-one point five cents per kilowatt hour, or five cents per minute."),
    ("en", 'Water 1"/wk. in heat; it grows 2"/yr, up to 3\'/decade.', "Water one inch per week in heat; it grows two inches per year, up to three feet per decade."),
    ("en", "Plus is $65/line/mo. (4+ lines), then $24.99/mo. + tax.", "Plus is sixty-five dollars per line per month (four plus lines), then twenty-four dollars and ninety-nine cents per month plus tax."),
    ("en", "It is $24.99/mo. Fine.", "It is twenty-four dollars and ninety-nine cents per month. Fine."),
    ("en", "It is 12 x 9 x 4 in., 3 lb. Your pkg. (12 oz) left.", "It is twelve by nine by four inches, three pounds. Your package (twelve ounces) left."),
    ("en", "A pace of 5:42/mi or 8:30/mile.", "A pace of five forty-two per mile or eight thirty per mile."),
    ("de", "Er lief 3:50/km und 4:10 min/km, 2x/Wo. im Park.", "Er lief drei Minuten fünfzig Sekunden pro Kilometer und vier Minuten zehn Sekunden pro Kilometer, zwei mal pro Woche im Park."),
    ("de", "Höchstens 4.500 €/J. und Person.", "Höchstens vier tausend fünf hundert Euro pro Jahr und Person."),
    ("es", "Riegue 2 veces/sem. con 5 L.", "Riegue dos veces por semana con cinco litros."),
    ("es", "Corre a 5:30/km hoy.", "Corre a cinco minutos treinta segundos por kilómetro hoy."),
    ("fr", "Arrosez 2x/sem., 5 L, en 4'09''/km ou 4'09\"/km.", "Arrosez deux fois par semaine, cinq litres, en quatre minutes neuf secondes par kilomètre ou quatre minutes neuf secondes par kilomètre."),
    ("it", "Irrigare 2 volte/sett., un ritmo di 5:30/km.", "Irrigare due volte alla settimana, un ritmo di cinque minuti trenta secondi al chilometro."),
    ("nl", "Eerst 6 mnd. € 7,50, pols 72/min., goed.", "Eerst zes maanden zeven euro vijftig, pols tweeënzeventig per minuut, goed."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), _RATES)
@pytest.mark.parametrize("chars", [1, 3, WHOLE])
def test_a_rate_is_heard_with_what_it_is_per(language: str, written: str, said: str, chars: int) -> None:
    assert heard(language, written, chars) == said


_WRITTEN = [
    ("en", "The Co. Cork ferry sails; Co. Kerry is dry. Acme Co. We met.", "The County Cork ferry sails; County Kerry is dry. Acme Company. We met."),
    ("en", "They went to Smith & Co. Kerry paid.", "They went to Smith and Company. Kerry paid."),
    ("en", "Rev.: $12.3B. Rev. Lee came.", "Revenue: twelve point three billion dollars. Reverend Lee came."),
    ("en", "On a 100-pt. scale, 80–89 = B. A 12-pt font, 2 pt. milk.", "On a one hundred point scale, eighty to eighty-nine equals B. A twelve point font, two pints milk."),
    ("en", "Alg. II is in Gr. 5, 2nd fl., on Wed. the 2nd.", "Algebra two is in grade five, second floor, on Wednesday the second."),
    ("en", "Use Sch. C, then Sch. SE w/out tax.", "Use Schedule C, then Schedule SE without tax."),
    ("en", "It needs a 911 call.", "It needs a nine one one call."),
    ("en", "See Fed. R. Civ. P. 12(b)(6), Fed. R. Evid. 403, and N.Y. law § 7-103.", "See Federal Rule of Civil Procedure twelve b six, Federal Rule of Evidence four hundred three, and N Y law section seven dash one hundred three."),
    ("en", "See Treas. Reg. § 1.2 and §§ 12-15.", "See Treasury Regulation section one point two and sections twelve to fifteen."),
    ("en", "Do 3x12-15 rows, then 3x8.", "Do three by twelve to fifteen rows, then three by eight."),
    ("en", "It has 2,140 SF; the eye is at 24.1N 81.3W.", "It has two thousand one hundred forty square feet; the eye is at twenty-four point one North, eighty-one point three West."),
    ("en", "Your suite (Rm. 1412) is ready.", "Your suite (room fourteen twelve) is ready."),
    ("en", "Open 10:15–10:45a; 5–7.5K runs, 4–8K screens, Gallery 12A, in F#m. It is 50' × 120' now.", "Open ten fifteen to ten forty-five AM; five to seven point five thousand runs, four to eight K screens, Gallery twelve A, in F sharp minor. It is fifty by one hundred twenty feet now."),
    ("de", "Temp. 37,8 °C; schriftl. 60 %, Kl. 7b, 8 Wdh. mit 60 kg.", "Temperatur sieben und dreißig Komma acht Grad Celsius; schriftlich sechzig Prozent, Klasse sieben b, acht Wiederholungen mit sechzig Kilogramm."),
    ("es", "En 3-5 días háb., con asc. y los arts. 12 y ss. CC.", "En tres a cinco días hábiles, con ascensor y los artículos doce y siguientes CC."),
    ("fr", "Vent fort, raf. 70 km/h, cf. Cass.", "Vent fort, rafales soixante-dix kilomètres par heure, confer Cass."),
    ("it", "Prenda 1 cp. ogni 8 h, sat. 98%, attivaz. 10 €.", "Prenda una compressa ogni otto ore, saturazione novantotto per cento, attivazione dieci euro."),
    ("nl", "Neem 1 tablet, ged. 7 dgn., in A'dam, excl. BTW, bwjr. 1998.", "Neem één tablet, gedurende zeven dagen, in Amsterdam, exclusief BTW, bouwjaar negentienhonderd achtennegentig."),
    ("pt", "São 3 qtos. e 2 vagas.", "São três quartos e duas vagas."),
    ("en", "HS code 8471.30.0100 applies.", "HS code eight four seven one, three zero, zero one zero zero applies."),
    ("en", "Send to 0x71C7…976F now.", "Send to zero x seven one C seven… nine seven six F now."),
    ("en", "Her GPA is 3.67/4.0 now.", "Her GPA is three point six seven out of four now."),
    ("en", "Add 2 T. butter and 1½ C sugar; rep from * to last st.", "Add two tablespoons butter and one and a half cups sugar; rep from star to last st."),
    ("de", "Öl 5W-30, 4,3 l.", "Öl fünf W dreißig, vier Komma drei Liter."),
    ("es", "Temp. máx. 31º, mín. 18º; el 2.º piso.", "Temp. máximo treinta y un grados, mínimo dieciocho grados; el segundo piso."),
    ("pt", "O quarto 305 fica no fim; são 500 Mega e 300 pessoas.", "O quarto trezentos e cinco fica no fim; são quinhentos Mega e trezentas pessoas."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), _WRITTEN)
@pytest.mark.parametrize("chars", [1, 3, WHOLE])
def test_a_short_form_is_heard_as_a_good_agent_says_it(
    language: str, written: str, said: str, chars: int
) -> None:
    assert heard(language, written, chars) == said


_DECIDED_FAR_BEFORE = [
    ("en", "In chess we may always say that there are so many lines that go on and Nf3 there"),
    (
        "en",
        "Dial 911 (United States), 112 (European Union), 999 (Great Britain), 988 (lifeline) or 311 (city)",
    ),
    ("es", "Temperatura: 25º"),
    ("en", "They won 3-1 (Smith 12', Jones 67', White 90+2') in a hall that is 6' high"),
]


@pytest.mark.parametrize(
    ("language", "written"), [*_DECIDED_FAR_BEFORE, *(known[:2] for known in (*_RATES, *_WRITTEN))]
)
def test_its_words_are_the_same_wherever_it_stops(language: str, written: str) -> None:
    keeps_its_words(language, written)
