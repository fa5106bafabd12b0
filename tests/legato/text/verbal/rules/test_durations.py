"""R16: lengths of time in one word, with marks, behind a clock's colon."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("fr", "en 3h58min12s", "en trois heures cinquante-huit minutes et douze secondes"),
        ("pt", "em 3h58min12s", "em três horas e cinquenta e oito minutos e doze segundos"),
        ("en", "in 3h58min", "in three hours fifty-eight minutes"),
        ("it", "in 3h 58' 12\"", "in tre ore cinquantotto minuti e dodici secondi"),
        ("it", "in 58' 12\"", "in cinquantotto minuti dodici secondi"),
        ("en", "5' 11\" tall", "five feet eleven inches tall"),
        ("de", "in 3:58:12 Std.", "in drei Stunden acht und fünfzig Minuten und zwölf Sekunden."),
        ("de", "in 22:41 Min. und", "in zwei und zwanzig Minuten ein und vierzig Sekunden und"),
        ("en", "5K in 22:41 minutes", "five K in twenty-two minutes forty-one seconds"),
        ("fr", "à 14h30", "à quatorze heures trente"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
