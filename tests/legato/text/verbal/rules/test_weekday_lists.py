"""R16: weekdays that are listed."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "on Tues. morning, by Fri or Thurs.", "on Tuesday morning, by Friday or Thursday."),
        ("en", "Fri., Sept. 9 and Thu 6/12", "Friday, September ninth and Thursday June twelfth"),
        ("de", "Mo, Mi und Fr offen", "Montag, Mittwoch und Freitag offen"),
        ("de", "Di & Do", "Dienstag und Donnerstag"),
        ("de", "so, mi und do", "so, mi und do"),
        ("de", "Montag, Mittwoch und Freitag", "Montag, Mittwoch und Freitag"),
        ("en", "Tues. & Thurs. at noon", "Tuesday and Thursday at noon"),
        ("en", "Mon/Wed/Fri", "Monday, Wednesday, Friday"),
        ("es", "los lun., mié. y vie. de", "los lunes, miércoles y viernes de"),
        ("fr", "les lun., mer. et ven.", "les lundi, mercredi et vendredi."),
        ("it", "riceve lun., mer. e ven. dalle", "riceve lunedì, mercoledì e venerdì dalle"),
        ("nl", "ma t/m vr", "maandag tot en met vrijdag"),
        ("pt", "às seg., qua. e sex. das", "às segunda, quarta e sexta das"),
        ("zh", "Mo, Mi", "Mo, Mi"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
