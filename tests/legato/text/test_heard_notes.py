"""What assistants write in short about weather, visits, players, flats, seasons and shipments, whole, in tokens and with an idle moment. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

ROWS = [
    ("en", "Sat: sunny, 72. Sun: 61 and rain. Mon: 58.", "Saturday: sunny, seventy-two. Sunday: sixty-one and rain. Monday: fifty-eight."),
    ("en", "Weather: Sat: 75°, Sun: 10-4, Mon: off.", "Weather: Saturday: seventy-five degrees, Sunday: ten to four, Monday: off."),
    ("en", "Sun: full sun. Sun: 6-8 hours. Sun: Leo. The Sun: a star. She sat: fine.", "Sun: full sun. Sun: six to eight hours. Sun: Leo. The Sun: a star. She sat: fine."),
    ("en", "Your appointment is Tuesday at 10.20 with Dr Patel. See you tomorrow at 9.05.", "Your appointment is Tuesday at ten twenty with Doctor Patel. See you tomorrow at nine oh five."),
    ("en", "Come at 3.15 with the doctor. It trades at 10.20 with a gain.", "Come at three fifteen with the doctor. It trades at ten point two zero with a gain."),
    ("en", "It is good thru 8/2027, or thru 08/27; exp. 9/2026.", "It is good thru August twenty twenty-seven, or thru August twenty twenty-seven; exp. September twenty twenty-six."),
    ("en", "Your tax for 26/27 is due in the 25/26 season, for 24/25 of it.", "Your tax for twenty-six twenty-seven is due in the twenty-five twenty-six season, for twenty-four twenty-fifths of it."),
    ("en", "AWB 176-12345675, SSN ending 6789, account ending 4321.", "AWB one seven six, one two three four five six seven five, SSN ending six seven eight nine, account ending four three two one."),
    ("en", "A $500 dep. is due. Dep. 10:40.", "A five hundred dollar deposit is due. Departing ten forty."),
    ("en", "A 12-pc. set, a 10 pc. meal and 3 pcs. of cake.", "A twelve piece set, a ten piece meal and three pieces of cake."),
    ("en", "LeBron had 31/8/11 and shot 8/12. He went 28/39 for 312 yards, 3/4 of it early.", "LeBron had thirty-one, eight, eleven and shot eight out of twelve. He went twenty-eight out of thirty-nine for three hundred twelve yards, three quarters of it early."),
    ("en", "Runway 22L, squawk 7500. HP 35/120, 1.3 pc away. He emigrated 1851 with G#–B.", "Runway twenty-two L, squawk seven five zero zero. HP thirty-five out of one hundred twenty, one point three pc away. He emigrated eighteen fifty-one with G sharp–B."),
    ("de", "3 MM Kaution für die 3-Zi.-Whg. im Tal.", "drei Monatsmieten Kaution für die drei-Zimmer-Wohnung im Tal."),
    ("de", "Tor in der 45.+2 Min. und in der 90.+3 Minute.", "Tor in der fünf und vierzig plus zwei Minute und in der neunzig plus drei Minute."),
    ("es", "El artículo 18.1.b) del RGPD y el 5.a) dicen eso.", "El artículo dieciocho punto uno b del RGPD y el cinco a dicen eso."),
    ("nl", "Het geldt per 1-1, en vanaf 1-7.", "Het geldt per één januari, en vanaf één juli."),
    ("nl", "Dat is per 1-4 personen.", "Dat is per één tot vier personen."),
    ("zh", "用户名admin888，密码abc123。", "用户名admin八八八，密码abc一二三。"),
    ("ja", "2/10階です。", "十階建ての二階です。"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, WHOLE])
def test_a_note_is_heard_as_a_person_says_it(language: str, written: str, said: str, chars: int) -> None:
    assert heard(language, written, chars) == said


@pytest.mark.parametrize(("language", "written"), [(language, written) for language, written, _ in ROWS])
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str) -> None:
    keeps_its_words(language, written)
