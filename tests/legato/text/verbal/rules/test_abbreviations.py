"""R16: short forms and Roman numerals."""

import pytest

from legato.text.verbal.rules.romans import roman_value


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "M.D.s vs others", "MDs versus others"),
        ("de", "Hauptstr. 5", "Hauptstraße fünf"),
        ("en", "Rm 204, Fig 3", "room two hundred four, figure three"),
        ("en", "Roe v. Wade", "Roe versus Wade"),
        ("en", "vol. 2, no. 4", "volume two, number four"),
        ("en", "no. 4", "number four"),
        ("en", "100 pp. long", "one hundred pages long"),
        ("en", "e.g. Python", "for example Python"),
        ("fr", "Art. 5", "Article cinq"),
        ("de", "3. Aufl.", "dritter Auflage."),
        ("en", "Dr Lee and Ms Park", "Doctor Lee and Miz Park"),
        ("en", "near St James", "near Saint James"),
        ("en", "High St Now", "High St Now"),
        ("en", "the dr said", "the dr said"),
        ("en", "Rambo III was", "Rambo three was"),
        ("en", "We saw Saw VI there", "We saw Saw six there"),
        ("en", "Give IV fluids", "Give IV fluids"),
        ("en", "the XX century", "the twentieth century"),
        ("en", "WWII", "World War two"),
        ("en", "Model XX", "Model XX"),
        ("en", "6% p.a. now", "six percent per annum now"),
        ("en", "refs. 5-7", "references five to seven"),
        ("fr", "le XVIIIe siècle", "le dix-huitième siècle"),
        ("fr", "François Ier", "François premier"),
        ("fr", "le docteur et le Dr Lenoir", "le docteur et le docteur Lenoir"),
        ("fr", "120 av. J.-C.", "cent vingt avant Jésus-Christ."),
        ("fr", "IIXe x", "IIXe x"),
        ("it", "XIX secolo", "diciannovesimo secolo"),
        ("it", "ad es. questo", "ad esempio questo"),
        ("it", "pagg. 3-7", "pagine tre a sette"),
        ("de", "Karl V., Ludwig XV.; da", "Karl der fünfte, Ludwig der fünfzehnte; da"),
        ("pt", "aprox. R$ 10", "aproximadamente dez reais"),
        ("de", "(z. B. Kap. 3)", "(zum Beispiel Kapitel drei)"),
        ("de", "5 Mio. Menschen", "fünf Millionen Menschen"),
        ("en", "U.S. vs. U.K.", "U S versus U K."),
        ("en", "20 est. now", "twenty estimated now"),
        ("en", "ch. 3", "chapter three"),
        ("en", "Eq. (5)", "equation (five)"),
        ("en", "Ask Dr. Smith", "Ask Doctor Smith"),
        ("en", "the Dr. said", "the Doctor said"),
        ("en", "the Dr.", "the Doctor."),
        ("en", "Main St. is", "Main Street is"),
        ("en", "St. Louis", "Saint Louis"),
        ("en", "Acme Inc.", "Acme Incorporated."),
        ("en", "No. 5, Fig. 3", "number five, figure three"),
        ("en", "No. Then", "No. Then"),
        ("en", "fruit, etc. Then", "fruit, et cetera. Then"),
        ("en", "Approx. five", "Approximately five"),
        ("en", "ETC.", "ETC."),
        ("en", "e.g. this", "for example this"),
        ("en", "The U.S. economy", "The U S economy"),
        ("en", "the U.S. Then", "the U S. Then"),
        ("en", "U.S. Congress", "U S Congress"),
        ("en", "a.b", "a.b"),
        ("en", "J. R. R. Tolkien", "J R R Tolkien"),
        ("en", "Henry VIII", "Henry the eighth"),
        ("en", "henry VIII", "henry VIII"),
        ("en", "Chapter IV and § IX", "Chapter four and section nine"),
        ("en", "part. I left", "part. I left"),
        ("en", "Part IIX", "Part IIX"),
        ("en", "chapter iv", "chapter four"),
        ("en", "Super Bowl XLII", "Super Bowl forty-two"),
        ("en", "Part MIX", "Part MIX"),
        ("en", "AT&T, C++, .NET, 24/7", "A T and T, C plus plus, dot net, twenty-four seven"),
        ("en", "xAT&T", "xAT and T"),
        ("de", "Ludwig XIV. regierte", "Ludwig der vierzehnte regierte"),
        ("de", "z. B. hier", "zum Beispiel hier"),
        ("de", "S. U. sieht, s. u.", "S. U. sieht, siehe unten."),
        ("en", "vs 747-8", "versus seven forty-seven eight"),
        ("fr", "Louis XIV, Mme Curie", "Louis quatorze, Madame Curie"),
        ("es", "siglo xix, Felipe VI", "siglo diecinueve, Felipe sexto"),
        ("it", "sig.na Rossi, Vittorio III", "signorina Rossi, Vittorio terzo"),
        ("nl", "Willem II", "Willem de tweede"),
        ("pt", "João XXIII, Pedro II", "João vinte e três, Pedro segundo"),
        ("nl", "min. 3, 3 min. later", "minimaal drie, drie minuten later"),
        ("pt", "4,5% a.a. mais", "quatro vírgula cinco por cento ao ano mais"),
        ("en", "a $500 min. of 5 min. more", "a five hundred dollar minimum of five minutes more"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


@pytest.mark.parametrize(
    ("written", "value"), [("I", 1), ("IV", 4), ("XIX", 19), ("XLII", 42), ("MCMXCIV", 1994)]
)
def test_roman_values(written, value):
    assert roman_value(written) == value
