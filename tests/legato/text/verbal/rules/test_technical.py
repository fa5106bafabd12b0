"""R16: hexadecimal numbers, identifiers, statuses, standards, models, tags, colours, places."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "#fff and #1a2 but #123", "hash F F F and hash one A two but number one hundred twenty-three"),
        ("en", "HTTP/1.1", "HTTP one point one"),
        ("en", "Fe³⁺, SO₄²⁻, Na⁺", "Fe three plus, S O four two minus, Na plus"),
        ("en", "¹⁴C", "C fourteen"),
        ("en", "M8x1.25", "M eight by one point two five"),
        ("en", "order #AB-12", "order number AB-twelve"),
        ("en", "the 5'-UTR", "the five prime-UTR"),
        ("en", "an f/2.8 lens", "an f two point eight lens"),
        ("it", "il 2° capitolo", "il secondo capitolo"),
        ("it", "20° circa", "venti gradi circa"),
        ("es", "la 3° parte", "la tercera parte"),
        ("en", "mask 0xFF3", "mask zero x F F three"),
        ("de", "0x1f", "null x eins F"),
        ("en", "0xyz", "zero xyz"),
        (
            "en",
            "123e4567-e89b-12d3-a456-426614174000",
            "one two three E four five six seven, E eight nine B, one two D three, A four five six, four two six six one four one seven four zero zero zero",
        ),
        ("en", "ping ::1 now", "ping colon colon one now"),
        ("en", "std::a1b2c3", "std::a one b two c three"),
        ("en", "use #1A2B3C", "use hash one A two B three C"),
        ("en", "a #DeepLearning fan", "a hashtag Deep Learning fan"),
        ("en", "#Euro2024, #top10", "hashtag Euro twenty twenty-four, hashtag top ten"),
        ("en", "#tag# and &#x", "hash tag hash and and hash x"),
        ("es", "#Hola", "hashtag Hola"),
        ("en", "51°30'26\"N", "fifty-one degrees thirty minutes twenty-six seconds North"),
        ("en", "7°05' W", "seven degrees five minutes West"),
        ("en", "33.9° S", "thirty-three point nine degrees South"),
        ("en", "20° O", "twenty degrees O"),
        ("en", "the X.509 and H.265 formats", "the X five zero nine and H two six five formats"),
        ("en", "802.11n/ac", "eight oh two dot eleven n a c"),
        ("de", "802.11n", "acht null zwei Punkt elf n"),
        ("en", "status 301", "status three oh one"),
        ("en", "Error code 503", "Error code five oh three"),
        ("en", "HTTP 200", "HTTP two hundred"),
        ("en", "http 429", "http four twenty-nine"),
        ("en", "error 1404", "error one thousand four hundred four"),
        ("en", "RTX 3060", "RTX thirty sixty"),
        ("en", "Ryzen 9 7950X", "Ryzen nine seventy-nine fifty X"),
        ("ja", "#タグ", "#タグ"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


@pytest.mark.parametrize("written", ["0xFF", "#MyTag", "51°30'26\"N", "H.264", "HTTP 404", "RTX 4090", "::1"])
def test_reading_again_changes_nothing(written, say):
    once = say(written)
    assert say(once) == once
