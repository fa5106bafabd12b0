"""Where a text may be cut: never inside what a rule could still read together."""

import pytest

from legato.text.verbal.cuts import Cuts


@pytest.fixture
def english(data):
    return Cuts(data("en"), active=True)


@pytest.fixture
def german(data):
    return Cuts(data("de"), active=True)


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_a_name_may_be_followed_by_the_number_of_a_model_where_seconds_have_the_same_letter(
    data, say, language
):
    """iPhone 5s is no five seconds; what has no capital is no name."""
    cuts = Cuts(data(language), active=True)
    assert not cuts.may_cut("Co. Cork ", after_known=False)
    assert not cuts.may_cut("在 iPhone ", after_known=False)
    assert cuts.may_cut("in about ", after_known=False)
    assert say("iPhone 5s", language) == "iPhone 五 s"
    assert say("wait 30s", language) == "wait 三十秒"


@pytest.mark.parametrize(
    "tail",
    [
        "5 ",
        "$1.2 ",
        "January ",
        "January 5, ",
        "Mon, ",
        "Henry ",
        "Chapter ",
        "in ",
        "the ",
        "x ",
        "x = y + zz ",
        "5 to ",
        "5 h ",
        "Dr. ",
        "Sch. ",
        "Treas. ",
        "Fig. ",
        "J. ",
        "U.S. ",
        "at 5 p.m. ",
        "CA ",
        "NW ",
        "meet on SW. ",
        "call ",
        "call 911 (US), ",
        "In chess, ",
        "after Qxe5, ",
        "White plays ",
        "What is ",
        "call 911 in the US, ",
        "dial 110/119, ",
        "v ",
        "5 - ",
        "am - ",
        "$ ",
        "1428 Elm ",
        "1428 Elm St, Springfield, ",
        "Oak NY, ",
        "555-123-4567, ",
        "3 million ",
        "well",
        "well;",
        "wait: "[:-1],
        "a.b ",
    ],
)
def test_open_tails_are_not_cut(english, tail):
    assert not english.may_cut(tail, after_known=False)


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "  ",
        "Yes, ",
        "we went home ",
        "It is 5. ",
        "really? ",
        "(so) ",
        '"Stop." ',
        "5\n",
        "the end; ",
        "wait: ",
        "well - ",
        "in 1999, ",
        "etc.\n",
    ],
)
def test_closed_tails_are_cut(english, tail):
    assert english.may_cut(tail, after_known=False)


@pytest.mark.parametrize(
    ("tail", "may"),
    [
        ("at 5 p.m.", True),
        ("fruit, etc.", True),
        ("went home.", True),
        ("Dr.", False),
        ("J.", False),
        ("we drove NW. ", True),
        ("5", False),
        ("Henry", False),
    ],
)
def test_a_known_beginning_settles_a_stop_but_not_a_number(english, tail, may):
    assert english.may_cut(tail, after_known=True) is may


def test_ordinal_dots_are_open(german):
    assert not german.may_cut("am 3. ", after_known=True)
    assert not german.may_cut("Ludwig XIV. ", after_known=True)
    assert german.may_cut("im Jahr 1989. ", after_known=False)


@pytest.mark.parametrize(("language", "tail"), [("de", "in der Goethestr. "), ("nl", "in de Kerkstr. ")])
def test_a_short_street_waits_for_the_number_of_its_house(data, language, tail):
    """Cut there, `Goethestr. 12a` kept its short form."""
    assert not Cuts(data(language), active=True).may_cut(tail, after_known=False)


@pytest.mark.parametrize(
    ("language", "tail"),
    [
        ("de", "Das kostet 30 € pro "),
        ("de", "Zahlung je "),
        ("en", "ask mrs "),
        ("en", "so many miles per "),
        ("fr", "chez le Dr "),
        ("fr", "sur le Bd "),
        ("nl", "betaald per "),
    ],
)
def test_a_title_without_its_stop_and_a_word_for_per_are_followed_by_more(data, language, tail):
    """Cut there, `Dr Martin` was no doctor, and `je Std.` no hour."""
    assert not Cuts(data(language), active=True).may_cut(tail, after_known=False)


def test_wide_text_needs_no_space(data):
    chinese = Cuts(data("zh"), active=True)
    assert chinese.may_cut("你好吗？", after_known=False)
    assert chinese.may_cut("温度", after_known=False)
    assert not chinese.may_cut("温度是3", after_known=False)


@pytest.mark.parametrize("tail", ["美元", "美元/", "美元/日", "5元/人"])
def test_money_waits_for_what_it_is_paid_for_or_the_currency_that_it_buys(data, tail):
    assert not Cuts(data("zh"), active=True).may_cut(tail, after_known=False)


def test_a_language_without_rules_may_be_cut_anywhere(data):
    assert Cuts(data("en"), active=False).may_cut("$1.", after_known=False)


def test_only_the_tail_counts(english):
    assert english.may_cut("Jan 5 " * 1000 + "we went home ", after_known=False)


@pytest.mark.parametrize("tail", ["text HELP ", "text HELP to ", "PO box ", "order number "])
def test_what_says_how_a_number_is_read_is_not_cut_off(english, tail):
    assert not english.may_cut(tail, after_known=False)


def test_a_house_and_the_post_code_of_its_town_stay_together(german, english):
    assert not german.may_cut("Goethestr. 12a, ", after_known=False)
    assert not german.may_cut("wohnt in ", after_known=False)
    assert english.may_cut("we bought 12, ", after_known=False)


def test_numerals_that_go_on_are_not_cut_off(data):
    spanish, french = (Cuts(data(language), active=True) for language in ("es", "fr"))
    for tail in ("los siglos XIX ", "siglos XIX y ", "los ", "km "):
        assert not spanish.may_cut(tail, after_known=False), tail
    assert not french.may_cut("au XIXe ", after_known=False)
    assert spanish.may_cut("los valles verdes ", after_known=False)


def test_a_straight_quote_that_is_open_may_close_behind_a_number(data):
    spanish = Cuts(data("es"), active=True)
    assert not spanish.may_cut('dijo "que vienen ', after_known=False)
    assert spanish.may_cut('dijo "que vienen" muchos ', after_known=False)
    assert spanish.may_cut("dijo “que vienen ", after_known=False)


@pytest.mark.parametrize(
    ("language", "prose"),
    [
        ("en", "a Sicilian pizza with olives "),
        ("de", "mit einem Remis im Spiel endete alles "),
        ("es", "tomar mate con mis amigos por favor "),
        ("fr", "un papier mat et doux au toucher "),
        ("it", "mio figlio era matto di gioia "),
        ("nl", "de mat voor deze deur hier "),
    ],
)
def test_a_word_that_prose_has_for_other_things_awaits_no_chess(data, language, prose):
    assert Cuts(data(language), active=True).may_cut(prose, after_known=False)
