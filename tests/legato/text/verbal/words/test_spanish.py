"""Spanish number words."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("es", "Isabel I", "Isabel primera"),
        ("es", "0", "cero"),
        ("es", "16", "dieciséis"),
        ("es", "21", "veintiuno"),
        ("es", "31", "treinta y uno"),
        ("es", "100", "cien"),
        ("es", "101", "ciento uno"),
        ("es", "500", "quinientos"),
        ("es", "1000", "mil"),
        ("es", "21000", "veintiún mil"),
        ("es", "2.000.000", "dos millones"),
        ("es", "18.º", "decimoctavo"),
        ("es", "31.ª", "trigésima primera"),
        ("es", "1.er", "primer"),
        ("es", "2000.º", "dosmilésimo"),
        ("es", "1/2", "un medio"),
        ("es", "1/11", "un onceavo"),
        ("es", "2/31", "dos treintaiunavos"),
        ("es", "1/200", "un ducentésimo"),
        ("es", "1/1000000", "un millonésimo"),
        ("es", "1/110", "uno sobre ciento diez"),
        ("es", "3,05", "tres coma cero cinco"),
        ("es", "200 casas", "doscientas casas"),
        ("es", "Juan XXIII", "Juan veintitrés"),
        ("es", "1 de enero", "primero de enero"),
        ("es", "5 de enero", "cinco de enero"),
        ("es", "13:15", "trece quince"),
        ("es", "13:05", "trece y cinco"),
        ("es", "Felipe VI", "Felipe sexto"),
        ("es", "1 casa", "una casa"),
        ("es", "3,1415", "tres coma catorce quince"),
        ("es", "-1", "menos uno"),
        ("es", "21 libros", "veintiún libros"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
