"""What agents at a hotel's desk, a pharmacy, a workshop, a chessboard and the like say, whole and letter by letter. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard

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
