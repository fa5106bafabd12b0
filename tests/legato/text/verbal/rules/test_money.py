"""R16: amounts of money."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "a $5 coupon", "a five dollar coupon"),
        ("en", "a $5.", "a five dollars."),
        ("en", "a $300k, 30-year", "a three hundred thousand dollar, thirty-year"),
        ("en", "a $1.50 fee", "a one dollar and fifty cent fee"),
        ("en", "$3.50", "three dollars and fifty cents"),
        ("en", "$1", "one dollar"),
        ("en", "$0.02", "two cents"),
        ("en", "$0", "zero dollars"),
        ("en", "$.01", "one cent"),
        ("en", "$20.506", "twenty point five zero six dollars"),
        ("en", "$1.2 billion", "one point two billion dollars"),
        ("en", "£5m", "five million pounds"),
        ("en", "¥500", "five hundred yen"),
        ("en", "¥5.5", "five point five yen"),
        ("en", "$250-$300", "two hundred fifty dollars to three hundred dollars"),
        ("en", "$5-10 million", "five to ten million dollars"),
        ("en", "$5k-$6m", "five thousand to six million dollars"),
        ("en", "€20/month", "twenty euros per month"),
        ("en", "50 EUR, EUR 50", "fifty euros, fifty euros"),
        ("en", "100 usd", "one hundred US dollars"),
        ("en", "try 3", "try three"),
        ("en", "50¢", "fifty cents"),
        ("en", "US$5", "five US dollars"),
        ("en", "-$5", "minus five dollars"),
        ("en", "€1,299.99", "one thousand two hundred ninety-nine euros and ninety-nine cents"),
        ("de", "3,50 €", "drei Euro fünfzig"),
        ("de", "2,5 Mio. €", "zwei Komma fünf Millionen Euro"),
        ("de", "€1 Million", "eine Million Euro"),
        ("fr", "2 000 000 €", "deux millions d'euros"),
        ("fr", "$3 millions", "trois millions de dollars"),
        ("es", "3,50 €", "tres euros con cincuenta céntimos"),
        ("es", "€5 mil", "cinco mil euros"),
        ("pt", "R$ 12,05", "doze reais e cinco centavos"),
        ("nl", "€ 3,50", "drie euro vijftig"),
        ("it", "3,23€", "tre euro ventitre centesimi"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
