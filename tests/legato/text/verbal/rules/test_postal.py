"""Post codes, post boxes, rooms. R16"""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("it", "2° piano, 2° di notte", "secondo piano, due gradi di notte"),
        ("es", "3° piso", "tercer piso"),
        ("pt", "chega a 20°", "chega a vinte graus"),
        ("it", "il 5° e il 6°, la 2° volta", "il quinto e il sesto, la seconda volta"),
        (
            "it",
            "a 20°, 20° di notte, il 20 °C",
            "a venti gradi, venti gradi di notte, il venti gradi Celsius",
        ),
        ("es", "2° planta", "segunda planta"),
        ("es", "el 3° intento, el 3°", "el tercer intento, el tercero"),
        ("en", "Room 1204", "Room twelve oh four"),
        ("en", "Suite 2400", "Suite twenty-four hundred"),
        ("en", "P.O. Box 1187", "P O Box eleven eighty-seven"),
        ("en", "PO Box 12345", "PO Box one two three four five"),
        ("en", "room 204", "room two hundred four"),
        ("en", "Unit 1,204", "Unit one thousand two hundred four"),
        ("en", "it has 1204 rooms", "it has one thousand two hundred four rooms"),
        ("de", "Goethestr. 12a, 80336 München", "Goethestraße zwölf a, acht null drei drei sechs München"),
        ("de", "in 80336 München", "in acht null drei drei sechs München"),
        ("de", "in 80000 Haushalten", "in achtzig tausend Haushalten"),
        ("de", "80336 Menschen", "achtzig tausend drei hundert sechs und dreißig Menschen"),
        ("it", "Via Roma 5, 20125 Milano", "Via Roma cinque, due zero uno due cinque Milano"),
        ("nl", "1015 CJ Amsterdam", "tien vijftien C J Amsterdam"),
        ("nl", "1005AB", "één nul nul vijf A B"),
        ("nl", "1500 MB", "duizend vijfhonderd megabyte"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
