"""R16: verbalise right: idempotent, and what is not understood is not touched."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.text.verbal.verbaliser import VerbalData, Verbaliser

LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja"]

# Everything that the rules look at, to be thrown together in any order.
TOKENS = [
    "winds",
    "NW",
    "Room",
    "1204",
    "text",
    "HELP",
    "to",
    "46645",
    "#A7-49213",
    "*67",
    "acme.com/returns",
    "q.i.d.",
    "Qty:",
    "18:00",
    "747-8",
    "15th-17th",
    "3:43.13",
    "Rm 204",
    "30s",
    "UTC−5",
    "1-1½",
    "Boeing",
    "Hwy",
    "500 mg",
    "PO",
    "BID",
    "q8h",
    "d.",
    "Fe³⁺",
    "vs",
    "9-1-1",
    "8080:80",
    "exp. 09/27",
    "§ 6(1)(b)",
    "35mm",
    "film",
    "pp",
    "HTTP/1.1",
    "the",
    "a",
    "I",
    "he",
    "was",
    "went",
    "in",
    "on",
    "at",
    "of",
    "to",
    "and",
    "or",
    "by",
    "since",
    "about",
    "page",
    "room",
    "Room",
    "Chapter",
    "Part",
    "World",
    "War",
    "II",
    "VIII",
    "IV",
    "X",
    "V",
    "I",
    "Henry",
    "King",
    "Louis",
    "XIV",
    "5",
    "12",
    "1994",
    "2024",
    "1,234",
    "3.14",
    "0.5",
    "007",
    "13000",
    "1/2",
    "3/4",
    "2½",
    "½",
    "1st",
    "22nd",
    "80s",
    "1980s",
    "'90s",
    "5-10",
    "1990-95",
    "2:30",
    "3:1",
    "10:45",
    "17:05:09",
    "3x4",
    "1.2.3",
    "$5",
    "$3.50",
    "$1.2",
    "€20",
    "£3m",
    "5€",
    "$5-10",
    "USD",
    "EUR",
    "million",
    "billion",
    "k",
    "kg",
    "km",
    "km/h",
    "m",
    "s",
    "h",
    "min",
    "ft",
    "in",
    "%",
    "°C",
    "°",
    "5kg",
    "10%",
    "20°C",
    "5'10\"",
    "4K",
    "MP3",
    "B2B",
    "COVID-19",
    "Jan",
    "Jan.",
    "January",
    "May",
    "may",
    "March",
    "Mon",
    "Mon.",
    "Sept.",
    "3/14/2025",
    "2025-03-14",
    "14.3.2025",
    "a.m.",
    "p.m.",
    "AM",
    "PM",
    "am",
    "p.m",
    "EST",
    "5pm",
    "10a.m.",
    "Dr.",
    "Mr.",
    "St.",
    "Ave.",
    "Inc.",
    "etc.",
    "e.g.",
    "i.e.",
    "vs.",
    "No.",
    "no.",
    "Fig.",
    "p.",
    "pp.",
    "U.S.",
    "J.R.R.",
    "J.",
    "Smith",
    "Elm",
    "Main",
    "Street",
    "NW",
    "CA",
    "NY",
    "94043",
    "90210",
    "call",
    "ext.",
    "911",
    "555-123-4567",
    "(555)",
    "123-4567",
    "+1",
    "+44",
    "20",
    "7946",
    "0958",
    "10.0.0.1",
    "me@home.org",
    "www.a.io",
    "https://a.io/b.c?d=1",
    "main.py",
    "/usr/local/bin",
    "~/x.sh",
    "snake_case",
    "@user",
    "#1",
    "#",
    "&",
    "+",
    "-",
    "–",
    "—",
    "=",
    "<",
    ">",
    "<=",
    "*",
    "/",
    "^",
    "~",
    "§",
    "$",
    "€",
    "@",
    "AT&T",
    "and/or",
    "24/7",
    "C++",
    "v2",
    "v2.3",
    "yes/no",
    "x",
    "y",
    "x+1",
    "2*3",
    "-5",
    "−3",
    "±2",
    "town.",
    "Then",
    "The",
    "She",
    "done!",
    "why?",
    "so,",
    "well;",
    "note:",
]
MORE = {
    "de": [
        "Fr.",
        "5.12.",
        "Nr.",
        "RE-2025",
        "Goethestr. 12a,",
        "80336",
        "München",
        "am",
        "Montag,",
        "24.11.",
        "3x",
        "tägl.",
        "Tbl.",
        "1/2",
        "Abs.",
        "1",
        "OG",
        "3.",
        "Nr. 4711-88",
        "der",
        "am",
        "vom",
        "3.",
        "21.",
        "Mai",
        "März",
        "12.30",
        "Uhr",
        "8",
        "Uhr",
        "3,50",
        "1.000",
        "2,5",
        "Mio.",
        "Mrd.",
        "z.",
        "B.",
        "usw.",
        "Nr.",
        "S.",
        "Dr.",
        "Kapitel",
        "Ludwig",
        "Heinrich",
        "Jahr",
        "Menschen",
        "Stunde",
        "h",
        "km/h",
    ],
    "fr": [
        "3x",
        "1/2",
        "nuit",
        "c. à s.",
        "le",
        "1er",
        "3e",
        "mai",
        "mars",
        "14h30",
        "8",
        "h",
        "3,50",
        "1",
        "000",
        "2,5",
        "millions",
        "etc.",
        "p.",
        "Mme",
        "M.",
        "chapitre",
        "Louis",
        "siècle",
        "en",
        "heures",
        "km/h",
    ],
    "es": [
        "1",
        "noche",
        "min.",
        "1/2",
        "2x",
        "días",
        "el",
        "1.º",
        "3.ª",
        "5",
        "de",
        "mayo",
        "14:30",
        "13.30",
        "3,50",
        "1.000",
        "2,5",
        "millones",
        "etc.",
        "pág.",
        "Sra.",
        "siglo",
        "xix",
        "XIX",
        "capítulo",
        "Carlos",
        "casas",
        "libros",
        "p.",
        "m.",
    ],
    "it": [
        "2°",
        "piano",
        "95 €/notte",
        "bin.",
        "20125",
        "Milano",
        "12,",
        "V.le",
        "c.c.",
        "1",
        "notte",
        "il",
        "1º",
        "3ª",
        "maggio",
        "14:30",
        "3,50",
        "1.000",
        "2,5",
        "milioni",
        "ecc.",
        "pag.",
        "Sig.",
        "secolo",
        "capitolo",
        "Carlo",
        "case",
        "libri",
    ],
    "pt": [
        "2",
        "noites",
        "dias",
        "3x",
        "sem",
        "xíc.",
        "o",
        "1º",
        "3ª",
        "5",
        "de",
        "maio",
        "14h30",
        "8h",
        "3,50",
        "1.000",
        "2,5",
        "milhões",
        "etc.",
        "pág.",
        "Sra.",
        "século",
        "capítulo",
        "Pedro",
        "casas",
        "livros",
        "R$",
        "5",
    ],
    "nl": [
        "di.",
        "25-11",
        "op",
        "dgn.",
        "1015",
        "CJ",
        "1/2",
        "2x",
        "daags",
        "de",
        "1e",
        "3de",
        "mei",
        "14.30",
        "uur",
        "8",
        "uur",
        "3,50",
        "1.000",
        "2,5",
        "miljoen",
        "enz.",
        "blz.",
        "Dhr.",
        "hoofdstuk",
        "Willem",
        "mensen",
        "jaar",
    ],
}
GLUE = [" ", " ", " ", " ", ", ", ". ", "\n", "; ", " (", ") ", "\u00a0"]
TIGHT = [*GLUE, "", "-", "/", "."]
STARTERS = ["The", "Then", "She", "It", "We", "This", "But"]
HOSTILE = [
    "1",
    "1,",
    "1.",
    "1 ",
    "$",
    "$1",
    "a.",
    "a.b",
    "a_",
    "a/",
    "/a",
    "@",
    "a@",
    "1-",
    "-",
    "a1",
    "1a",
    "I",
    "IV ",
    "Jan ",
    "Jan. 1 ",
    "5 to ",
    "+1 ",
    "(",
    "1:",
    "1/",
    "www.",
    "http://",
    "Elm ",
    "1 Elm ",
    "½",
    "x=",
    "A.",
    "J. ",
    "\u00a0",
    "1st ",
    "'80 ",
    "é",
    "St. ",
]


@st.composite
def sentences(draw, language="en", glue=GLUE):
    """Tokens that rules look for, glued in ways that people and models write."""
    words = draw(st.lists(st.sampled_from(TOKENS + MORE.get(language, [])), min_size=1, max_size=9))
    return "".join(word + draw(st.sampled_from(glue)) for word in words).rstrip()


def spent(reader, text):
    """The least processor time of three readings."""
    times = []
    for _ in range(3):
        begun = process_time()
        reader.read(text)
        times.append(process_time() - begun)
    return min(times)


def spoken(reader, text):
    return "".join(piece.text for piece in reader.read(text))


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "Hello there, how are you?", "snake", "don't", "naïve café", "…", "🎉"]
)
def test_plain_text_is_one_untouched_piece(reader, text):
    pieces = reader("en").read(text)
    assert [(piece.text, piece.rule) for piece in pieces] == ([(text, "")] if text else [])


def test_a_rewritten_run_names_its_rule_and_its_source(reader):
    pieces = reader("en").read("It costs $3.50 now.")
    assert [(piece.text, piece.start, piece.end, piece.rule) for piece in pieces] == [
        ("It costs ", 0, 9, ""),
        ("three dollars and fifty cents", 9, 14, "en.money"),
        (" now.", 14, 19, ""),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rule_has_anything_to_say_of_a_word_and_the_last_stop(language, reader):
    words = [
        "speak",
        "Monday",
        "USA",
        "GmbH",
        "École",
        "max",
        "appt",
        "mph",
        "Corp",
        "Hwy",
        "ISBN",
        "vii",
        "Jan",
        "yyy",
    ]
    rules = reader(language)._book.joined
    for text in (word + stop for word in words for stop in (".", ". ", ".\n")):
        found = [rule.pattern.match(text) for rule in rules]
        assert not any(rule.say(match) for rule, match in zip(rules, found, strict=True) if match), text


def test_a_language_without_number_words_is_left_alone():
    reader = Verbaliser(VerbalData.parse("xx", {}))
    assert spoken(reader, "5 kg, $3 + Dr. No") == "5 kg, $3 + Dr. No"
    assert reader.may_cut("5")


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.one_of(sentences(), sentences(glue=TIGHT), st.text(max_size=40)))
@settings(max_examples=60, deadline=None)
def test_pieces_tile_the_text(language, text, reader):
    at = 0
    for piece in reader(language).read(text):
        assert piece.start == at < piece.end
        assert piece.rule or piece.text == text[piece.start : piece.end]
        assert not piece.rule or piece.rule.startswith(f"{language}.")
        at = piece.end
    assert at == len(text)


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_characters_at_all_are_read(language, text, reader):
    pieces = reader(language).read(text)
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=sentences())
@settings(max_examples=60, deadline=None)
def test_reading_again_changes_nothing(language, text, reader):
    once = spoken(reader(language), text)
    assert spoken(reader(language), once) == once


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=sentences())
@settings(max_examples=60, deadline=None)
def test_the_whole_reads_as_its_parts_where_it_may_be_cut(language, text, reader):
    voice = reader(language)
    whole = spoken(voice, text)
    for at in range(1, len(text)):
        before, after = text[:at], text[at:]
        if voice.may_cut(before):
            assert spoken(voice, before) + spoken(voice, after) == whole, (before, after)


@pytest.mark.parametrize("language", LANGUAGES)
@given(before=sentences(), after=st.builds("{} {}".format, st.sampled_from(STARTERS), sentences()))
@settings(max_examples=60, deadline=None)
def test_the_same_where_what_follows_is_known_to_begin_afresh(language, before, after, reader):
    voice = reader(language)
    if voice.may_cut(before, after_known=True):
        text = f"{before} {after}"
        assert spoken(voice, before) + spoken(voice, " " + after) == spoken(voice, text)


@pytest.mark.parametrize(
    "before",
    [
        "It is $1.2",
        "about 5",
        "On Jan",
        "from 5 to",
        "King Henry",
        "at 5 p.m",
        "See No.",
        "Ask Dr.",
        "born in ",
        "x = ",
        "Visa, exp. ",
        "valid thru: ",
        "rest for ",
        "timeout: ",
    ],
)
def test_no_cut_where_the_reading_may_change(reader, before):
    assert not reader("en").may_cut(before)
    assert not reader("en").may_cut(before + ("" if before.endswith(" ") else " "))


@pytest.mark.parametrize(
    "before", ["Well, ", "It ends at 3. ", "We went home ", "Really? ", "At 5; ", "line 5\n", "done! "]
)
def test_cut_where_nothing_can_change(reader, before):
    assert reader("en").may_cut(before)


def test_a_known_new_sentence_settles_a_stop(reader):
    assert not reader("en").may_cut("at 10 a.m. ")
    assert reader("en").may_cut("at 10 a.m. ", after_known=True)


@pytest.mark.volume
@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_runs_are_read_in_linear_time(reader, unit):
    voice = reader("en")
    assert spent(voice, unit * 3200) < 30 * max(spent(voice, unit * 400), 0.0005)
