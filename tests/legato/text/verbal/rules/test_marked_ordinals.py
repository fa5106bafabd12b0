"""R16: ordinals with a raised o before their nouns, and the same sign for degrees."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("es", "máx. 31º, mín. 18º", "máximo treinta y un grados, mínimo dieciocho grados"),
        ("es", "Temperatura: 25º", "Temperatura: veinticinco grados"),
        ("pt", "temperatura 31º", "temperatura trinta e um graus"),
        ("es", "el 1º piso y el 3.º grado", "el primer piso y el tercer grado"),
        ("es", "el 21º aniversario", "el vigesimoprimer aniversario"),
        ("es", "el 1º de mayo, quedó 3º con 41", "el primero de mayo, quedó tercero con cuarenta y uno"),
        ("es", "quedó 1º ayer; 2º piso", "quedó primero ayer; segundo piso"),
        ("pt", "o 3º andar", "o terceiro andar"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
