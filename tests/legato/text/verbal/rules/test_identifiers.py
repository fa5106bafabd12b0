"""R16: numbers that name and are keyed in."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "en",
            "DE89 3704 0044 0532 0130 00",
            "D E eight nine, three seven zero four, zero zero four four, zero five three two, zero one three zero, zero zero",
        ),
        (
            "nl",
            "NL91ABNA0417164300",
            "N L negen één, A B N A, nul vier één zeven, één zes vier drie, nul nul",
        ),
        (
            "en",
            "card ending in -4471, Visa *4471",
            "card ending in four four seven one, Visa four four seven one",
        ),
        (
            "en",
            "my account (...4471), -4471",
            "my account (four four seven one), minus four thousand four hundred seventy-one",
        ),
        ("de", "Die Karte endet auf -4471", "Die Karte endet auf vier vier sieben eins"),
        ("en", "Order #84210", "Order number eight four two one zero"),
        ("en", "order ID is 7738291", "order ID is seven seven three eight two nine one"),
        ("en", "AB12 CDEF GHIJ", "AB twelve CDEF GHIJ"),
        ("en", "your code is 482 913.", "your code is four eight two, nine one three."),
        ("en", "the code is 500 lines", "the code is five hundred lines"),
        ("en", "the code is 500 unless", "the code is five zero zero unless"),
        (
            "en",
            "the last four digits of your card are 4242",
            "the last four digits of your card are four two four two",
        ),
        ("en", "account number: 55779911", "account number: five five seven seven nine nine one one"),
        ("en", "we sold 55779 cars", "we sold fifty-five thousand seven hundred seventy-nine cars"),
        ("de", "Der Code lautet 482913", "Der Code lautet vier acht zwei neun eins drei"),
        ("fr", "votre code est 482913", "votre code est quatre huit deux neuf un trois"),
        ("es", "el código es 4821", "el código es cuatro ocho dos uno"),
        ("en", "20-00-00", "two zero, zero zero, zero zero"),
        ("en", "**** **** 1881", "one eight eight one"),
        ("en", "•••• 4242", "four two four two"),
        ("de", "Nr. 4711-0815", "Nummer vier sieben eins eins, null acht eins fünf"),
        ("en", "2024-03", "March twenty twenty-four"),
        ("pt", "123.456.789-09", "um dois três, quatro cinco seis, sete oito nove, zero nove"),
        ("en", "a 401(k) and a 501(c)(3)", "a four oh one k and a five oh one c three"),
        ("en", "404(a)", "four oh four a"),
        ("en", "410(k)", "four hundred ten (k)"),
        ("en", "order #A7-49213", "order number A seven four nine two one three"),
        ("en", "ticket #AB1234", "ticket number AB one two three four"),
        ("en", "#COVID19", "hashtag COVID nineteen"),
        ("de", "Nr. 4711-88", "Nummer vier sieben eins eins, acht acht"),
        ("de", "Nr. 100-120", "Nummer ein hundert bis ein hundert zwanzig"),
        ("it", "Il codice di conferma è 482913", "Il codice di conferma è quattro otto due nove uno tre"),
        (
            "de",
            "Ihr Bestätigungscode lautet 482913",
            "Ihr Bestätigungscode lautet vier acht zwei neun eins drei",
        ),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


@pytest.mark.parametrize(
    "before",
    [
        "your code is ",
        "account number: ",
        "your seats are ",
        "as of ",
        "DE89 3704 ",
        "NL91 ABNA ",
        "Sat and ",
    ],
)
def test_what_says_how_a_number_is_read_is_not_cut_from_it(before, reader):
    assert not reader("en").may_cut(before)
    assert reader("en").may_cut("and so we all went home ")
