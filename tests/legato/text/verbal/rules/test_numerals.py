"""R16: plain numbers and what is built of them."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
        ("en", "3.14", "three point one four"),
        ("en", ".5", "point five"),
        ("en", "007", "zero zero seven"),
        (
            "en",
            "1234567890123456",
            "one two three four five six seven eight nine zero one two three four five six",
        ),
        ("en", "-5", "minus five"),
        ("en", "±5", "plus or minus five"),
        ("en", "a-5", "a-five"),
        ("en", "#1", "number one"),
        ("en", "21st", "twenty-first"),
        ("en", "9,000,000th", "nine millionth"),
        ("en", "007th", "zero zero seven th"),
        ("en", "1/2 and 3/4", "one half and three quarters"),
        ("en", "10/10", "ten out of ten"),
        (
            "en",
            "1234567890/3",
            "one billion two hundred thirty-four million five hundred sixty-seven thousand eight hundred ninety/three",
        ),
        ("en", "2 1/3", "two and one third"),
        ("en", "½ and 2½", "one half and two and a half"),
        ("en", "2¾", "two and three quarters"),
        ("en", "3x4", "three by four"),
        ("en", "3 x 4 x 5", "three by four by five"),
        ("en", "5-10", "five to ten"),
        ("en", "3:1", "three to one"),
        ("en", "1.2.3", "one point two point three"),
        ("en", "v2.3-beta.1", "Version two point three beta one"),
        ("en", "version v2", "version two"),
        ("en", "MP3 and 4K and H2O", "MP three and four K and H two O"),
        ("en", "A320-200", "A three hundred twenty two hundred"),
        ("en", "MIG-25/235212", "MIG-twenty-five/two three five two one two"),
        ("en", "2 + 3 = 9 - 4", "two plus three equals nine minus four"),
        ("en", "1!hello", "one! hello"),
        ("en", "4.4x", "four point four x"),
        ("en", "5_", "five_"),
        ("de", "der 2. Weltkrieg", "der zweite Weltkrieg"),
        ("de", "Es sind 3. Das", "Es sind drei. Das"),
        ("de", "1 Hund, 1 Katze, 1 und 2", "ein Hund, eine Katze, eins und zwei"),
        ("de", "1 Million", "eine Million"),
        ("de", "1.2", "eins Punkt zwei"),
        (
            "de",
            "1.234.567",
            "eine million zwei hundert vier und dreißig tausend fünf hundert sieben und sechzig",
        ),
        ("es", "21 casas y 1 perro", "veintiuna casas y un perro"),
        ("it", "1 casa, 1 gatto", "una casa, un gatto"),
        ("pt", "2 casas", "duas casas"),
        ("fr", "24,1313", "vingt-quatre virgule treize treize"),
        ("zh", "是-3.5度，25%", "是负三点五度，百分之二十五"),
        ("ja", "3月", "三月"),
        ("es", "3.ª", "tercera"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
