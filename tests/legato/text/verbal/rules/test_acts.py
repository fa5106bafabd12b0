"""R16: acts, seasons, dockets, houses with a letter."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "2016/679, 95/46/EC and 2023/2024", "twenty sixteen slash six hundred seventy-nine, ninety-five slash forty-six EC and twenty twenty-three twenty twenty-four"),
        ("en", "01/2024, 2024/25", "January twenty twenty-four, twenty twenty-four twenty-five"),
        ("fr", "2016/679 (UE)", "deux mille seize slash six cent soixante-dix-neuf (UE)"),
        ("de", "VIII ZR 12/19, 5 C 123/20", "VIII ZR zwölf aus neunzehn, fünf C ein hundert drei und zwanzig aus zwanzig"),
        ("de", "12/19 davon", "zwölf neunzehntel davon"),
        ("en", "(EC) 2009/28, (EU) 1999/1, (Euratom) 2016/52", "(EC) two thousand nine slash twenty-eight, (EU) nineteen ninety-nine slash one, (Euratom) twenty sixteen slash fifty-two"),
        ("de", "Verordnung (EG) 2009/28", "Verordnung (EG) zwei tausend neun Slash acht und zwanzig"),
        ("fr", "règlement (CE) 2016/67", "règlement (CE) deux mille seize slash soixante-sept"),
        ("es", "Decisión (PESC) 2016/67", "Decisión (PESC) dos mil dieciséis barra sesenta y siete"),
        ("it", "regolamento (UE) 1999/1", "regolamento (UE) mille novecento novantanove slash uno"),
        ("pt", "Regulamento (CE) 2016/67", "Regulamento (CE) dois mil e dezesseis barra sessenta e sete"),
        ("nl", "Verordening (EG) 2009/28", "Verordening (EG) tweeduizend negen slash achtentwintig"),
        ("it", "via Roma 12/B", "via Roma dodici barra B"),
        ("en", "File 2024/118-B, 4471/22-A", "File twenty twenty-four slash one hundred eighteen B, four four seven one slash twenty-two A"),
        ("en", "EXP-2024/0118-B, 118/2024-B", "EXP twenty twenty-four slash zero one one eight B, one hundred eighteen slash twenty twenty-four B"),
        ("en", "file 2024-118-B, grade 9/10-B, in 2024-B", "file twenty twenty-four, one hundred eighteen, B, grade nine/ten-B, in twenty twenty-four-B"),
        ("es", "el 2024/118-B", "el dos mil veinticuatro barra ciento dieciocho B"),
        ("it", "la 2024/118-B", "la duemila ventiquattro slash cento diciotto B"),
        ("nl", "dossier 2024/118-B", "dossier tweeduizend vierentwintig slash honderdachttien B"),
        ("de", "Az. 2024/118-B", "Az. zwei tausend vier und zwanzig Slash ein hundert achtzehn B"),
        ("fr", "dossier 2024-118-B", "dossier deux mille vingt-quatre, cent dix-huit, B"),
        ("pt", "o 2024/118-B", "o dois mil e vinte e quatro barra cento e dezoito B"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
