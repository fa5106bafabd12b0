"""R16: numbers that are read digit by digit."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "020 7946 0018", "zero two zero, seven nine four six, zero zero one eight"),
        ("de", "0171 2345678", "null eins sieben eins, zwei drei vier fünf sechs sieben acht"),
        (
            "de",
            "+49 (0)89 / 98 76 54-0",
            "plus vier neun, acht neun, neun acht, sieben sechs, fünf vier, null",
        ),
        ("de", "089/123456-0", "null acht neun, eins zwei drei vier fünf sechs, null"),
        ("de", "(0 89) 12 34 56", "null, acht neun, eins zwei, drei vier, fünf sechs"),
        ("de", "im Verhältnis 020/30", "im Verhältnis zwanzig dreißigstel"),
        ("en", "+44 (0)20 7946 0958", "plus four four, two zero, seven nine four six, zero nine five eight"),
        (
            "fr",
            "0033 1 23 45 67 89",
            "zéro zéro trois trois, un, deux trois, quatre cinq, six sept, huit neuf",
        ),
        ("de", "030/123456", "null drei null, eins zwei drei vier fünf sechs"),
        ("es", "612 34 56 78", "seis uno dos, tres cuatro, cinco seis, siete ocho"),
        ("nl", "06-12345678", "nul zes, één twee drie vier vijf zes zeven acht"),
        ("en", "007 123", "zero zero seven one hundred twenty-three"),
        ("en", "call (555) 123-4567", "call five five five, one two three, four five six seven"),
        (
            "en",
            "+1 555 123 4567 ext. 12",
            "plus one, five five five, one two three, four five six seven, extension one two",
        ),
        ("en", "+44 20 7946 0958", "plus four four, two zero, seven nine four six, zero nine five eight"),
        ("en", "+12", "plus twelve"),
        ("en", "555-123-4567 x9", "five five five, one two three, four five six seven, extension nine"),
        ("en", "111-22-3333", "one one one, two two, three three three three"),
        ("en", "4111 1111 1111 1111", "four one one one, one one one one, one one one one, one one one one"),
        ("en", "1-800-FLOWERS", "one, eight hundred, FLOWERS"),
        ("en", "1-800-12", "one, eight zero zero, one two"),
        ("en", "10.0.0.1:443", "one zero dot zero dot zero dot one port four four three"),
        ("en", "10.0.0.0/8", "one zero dot zero dot zero dot zero slash eight"),
        ("en", "call 911", "call nine one one"),
        (
            "pt",
            "(11) 99999-8888 ext. 12",
            "um um, nove nove nove nove nove, oito oito oito oito, extensão um dois",
        ),
        ("es", "1.000.000.000", "mil millones"),
        (
            "de",
            "192.168.100.200",
            "eins neun zwei Punkt eins sechs acht Punkt eins null null Punkt zwei null null",
        ),
        ("en", "dial 0176 12345678", "dial zero one seven six, one two three four five six seven eight"),
        ("en", "1300 655 506", "one three zero zero, six five five, five zero six"),
        ("fr", "06.12.34.56.78", "zéro six, un deux, trois quatre, cinq six, sept huit"),
        ("en", "03-1234-5678", "zero three, one two three four, five six seven eight"),
        ("en", "1800 123 4567", "one eight zero zero, one two three, four five six seven"),
        ("en", "dial *67 first", "dial star sixty-seven first"),
        ("en", "*123# now", "star one hundred twenty-three hash now"),
        ("en", "text HELP to 46645", "text HELP to four six six four five"),
        (
            "en",
            'text the word "STOP" to 888222 now',
            'text the word "STOP" to eight eight eight two two two now',
        ),
        ("en", "Call 911/112 or 999.", "Call nine one one, one one two or nine nine nine."),
        ("en", "call 911 (US), 112 (EU)", "call nine one one (US), one one two (EU)"),
        (
            "en",
            "call 911 in the US, 112 here, or 999 abroad",
            "call nine one one in the US, one one two here, or nine nine nine abroad",
        ),
        ("en", "call 911 and 112 people came", "call nine one one and one hundred twelve people came"),
        (
            "de",
            "Wählen Sie die 112, die 110 oder 116117",
            "Wählen Sie die eins eins zwei, die eins eins null oder eins eins sechs eins eins sieben",
        ),
        ("de", "Notruf 112/110", "Notruf eins eins zwei, eins eins null"),
        ("es", "llame al 112 o al 061", "llame al uno uno dos o al cero seis uno"),
        ("nl", "bel 112 of 144 nu", "bel één één twee of één vier vier nu"),
        ("de", "Notruf 112 oder 110 Euro", "Notruf eins eins zwei oder ein hundert zehn Euro"),
        ("nl", "bel 112 of 110 euro", "bel één één twee of honderdtien euro"),
        ("en", "it rose to 46645", "it rose to forty-six thousand six hundred forty-five"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
