import pytest

from legato.text.code_marks import name_of_mark
from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

SAID = [
    ("en", "It ends with a `;` or a `:`, not a `.` here.", "It ends with a semicolon or a colon, not a dot here."),
    ("en", "Use `=>`, `#` and `{}`; add `+` or `<=`.", "Use arrow, hash and braces; add plus or at most."),
    ("en", "Split at every `,`. Two `;`s: `` ` ``", "Split at every comma. Two semicolons: backtick"),
    ("en", "Call `a;` or `x_y`.", "Call a; or x y."),
    ("de", "Am Ende steht ein `;`, kein `:`.", "Am Ende steht ein Semikolon, kein Doppelpunkt."),
    ("fr", "Il manque un `;` à la fin.", "Il manque un point-virgule à la fin."),
    ("es", "Falta un `;` al final.", "Falta un punto y coma al final."),
    ("it", "Manca un `;` alla fine.", "Manca un punto e virgola alla fine."),
    ("pt", "Falta um `;` no fim.", "Falta um ponto e vírgula no fim."),
    ("nl", "Er mist een `;` aan het eind.", "Er mist een puntkomma aan het eind."),
]  # fmt: skip


@pytest.mark.parametrize("chars", [1, 4, WHOLE])
@pytest.mark.parametrize(("language", "written", "spoken"), SAID)
def test_code_of_one_mark_is_named(language: str, written: str, spoken: str, chars: int) -> None:
    assert heard(language, written, chars) == spoken


@pytest.mark.parametrize(("language", "written", "spoken"), SAID)
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str, spoken: str) -> None:
    keeps_its_words(language, written)


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [("; ", "en-US", "semicolon"), ("", "en", ""), ("a", "en", ""), (";", "pl", ""), ("+", "en", "")],
)
def test_only_a_mark_with_a_name_has_one(code: str, language: str, name: str) -> None:
    assert name_of_mark(code, language) == name
