"""What agents of a shop, an airline and a help desk say, whole, as it is written and letter by letter. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Open Sat. 10–2 and Sun. 11am–4pm.", "Open Saturday ten to two and Sunday eleven AM to four PM."),
        ("He sat. 10 people came.", "He sat. ten people came."),
        ("Your FedEx tracking # is 7749 1234 5678.", "Your FedEx tracking number is seven seven four nine, one two three four, five six seven eight."),
        ("Account #: 48213904 is active.", "Account number: four eight two one three nine zero four is active."),
        ("Say yes or press the # key; press * to go back.", "Say yes or press the pound key; press star to go back."),
        ("Press * or # now. Units 1 and # 2 are free.", "Press star or pound now. Units one and number two are free."),
        ("Use <kbd>Ctrl</kbd>+<kbd>C</kbd> to copy.", "Use Control plus C to copy."),
        ("See Doe v. Roe, 45 F. Supp. 2d 12 (2d Cir. 1999).", "See Doe versus Roe, forty-five F. Supp. second twelve (second circuit nineteen ninety-nine)."),
        ("| Plan | SSO |\n|---|:-:|\n| Free | ❌ |\n| Pro | ✅ |\n", "Plan: Free, SSO: no. Plan: Pro, SSO: yes."),
        ("Order #84210 — est. delivery: Thu 6/12 by 8 p.m.", "Order number eight four two one zero — estimated delivery: Thursday June twelfth by eight PM."),
        ('Expect 6"+ by dawn.', "Expect six inches plus by dawn."),
        ("We meet at 9 a.m. Mon–Fri. and at 5 p.m. Tues. there.", "We meet at nine AM Monday to Friday and at five PM Tuesday there."),
        ("Gate C12 → D4.", "Gate C twelve to D four."),
        ("Run 5×400m w/ 90 sec. rest.", "Run five by four hundred meters with ninety seconds rest."),
        ("WHERE a >= 5 AND b != 'x'", "WHERE a is greater than or equal to five AND b is not equal to 'x'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chars", [1, 3, WHOLE])
def test_a_sentence_is_heard_as_a_good_agent_says_it(written: str, said: str, chars: int) -> None:
    assert heard("en", written, chars) == said
