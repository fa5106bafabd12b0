"""R16: times of day and lengths of time."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("it", "alle 9.30", "alle nove e mezza"),
        ("nl", "om 20.15 uur", "om twintig uur vijftien"),
        ("fr", "14h-16h30", "quatorze heures à seize heures trente"),
        (
            "en",
            "3:43.13 and 1:05.5",
            "three minutes forty-three point one three seconds and one minute five point five seconds",
        ),
        ("en", "0900 hours, 0630 hrs", "oh nine hundred hours, oh six thirty hrs"),
        ("en", "UTC−5", "UTC minus five"),
        ("de", "9.00–18.30 Uhr", "neun Uhr bis achtzehn Uhr dreißig"),
        ("en", "20:00h", "twenty o'clock"),
        ("en", "8:00 a.m. (EST)", "eight AM (EST)"),
        ("en", "1h30", "one hour thirty minutes"),
        ("en", "12:00 noon", "twelve noon"),
        ("en", "0:00 midnight", "zero midnight"),
        ("en", "9:30-10", "nine thirty to ten"),
        ("en", "9:30-10 pm", "nine thirty to ten PM"),
        ("en", '"at 5 p.m." Then', '"at five PM." Then'),
        ("en", '"at 5 p.m." he', '"at five PM" he'),
        ("en", "at 5:30 PM", "at five thirty PM"),
        ("en", "at 10 a.m. Then", "at ten AM. Then"),
        ("en", "at 10 a.m. then", "at ten AM then"),
        ("en", "at 5 p.m. EST", "at five PM EST"),
        ("en", "at 5pm.", "at five PM."),
        ("en", "5:05:09 pm", "five oh five nine seconds PM"),
        ("en", "23:00:10 pm", "twenty-three hours ten seconds pm"),
        ("en", "5-7 pm", "five to seven PM"),
        ("en", "5:30-7 pm", "five thirty to seven PM"),
        ("en", "4:00 am - 8:12 pm", "four AM to eight twelve PM"),
        ("en", "9:00-17:30", "nine o'clock to seventeen thirty"),
        ("en", "18:05", "eighteen oh five"),
        ("en", "5:00 o'clock", "five o'clock"),
        ("en", "1:02:03", "one hour two minutes and three seconds"),
        ("en", "0:00:00", "zero seconds"),
        ("en", "2h 30m", "two hours thirty minutes"),
        ("en", "5m30s", "five minutes thirty seconds"),
        ("en", "a - 5", "a - five"),
        ("de", "um 8 Uhr", "um acht Uhr"),
        ("de", "20.15 Uhr", "zwanzig Uhr fünfzehn"),
        ("fr", "à 14h30", "à quatorze heures trente"),
        ("es", "a las 13.30", "a las trece y media"),
        ("es", "12:15 p.m.", "doce y cuarto del mediodía."),
        ("pt", "14:00:05", "catorze horas e zero minutos e cinco segundos"),
        ("it", "alle 12:30", "alle dodici e mezza"),
        ("nl", "om 8 uur", "om acht uur"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
