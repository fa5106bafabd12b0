"""R14: where sentences end."""

import pytest

from gateway.app.text_data import text_data
from legato.domain.text import Break
from legato.text.borders import LONGEST_CHARS, WAIT, Borders, Gap, Run


def borders(language: str = "en") -> Borders:
    return Borders(text_data(language).sentences, lambda tail: tail[-1:].isdigit())


def gap(word: str, peek: str, **more: object) -> Gap:
    values = {"whole": True, "run_chars": 30, "tail": word, **more}
    return Gap(word, peek, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "peek", "verdict"),
    [
        ("cat.", "The", Break.SENTENCE),
        ("cat.", "sat", None),
        ("cat.", "", Break.SENTENCE),
        ('cat."', "The", Break.SENTENCE),
        ("Dr.", "Smith", None),
        ("Inc.", "The", Break.SENTENCE),
        ("Inc.", "said", None),
        ("Co.", "KG", None),
        ("No.", "5", None),
        ("Apt.", "#3B,", None),
        ("ea.", "=", None),
        ("No.", "Then", Break.SENTENCE),
        ("U.S.", "Senate", None),
        ("U.S.", "The", Break.SENTENCE),
        ("p.m.", "Then", Break.SENTENCE),
        ("e.g.", "This", None),
        ("J.", "Smith", None),
        ("C.", "It", Break.SENTENCE),
        ("3.", "Next", Break.SENTENCE),
        ("3.", "5", None),
        ("why?", "Because", Break.SENTENCE),
        ("why?", "he", Break.CLAUSE),
        ("why?", "– he", Break.CLAUSE),
        ("Wait...", "What", Break.SENTENCE),
        ("Wait...", "what", Break.CLAUSE),
        ("[...]", "Then", None),
        ('to--"', "At", Break.SENTENCE),
        ("(2).10", "This", Break.SENTENCE),
        ("cat,", "dog", Break.COMMA),
        ("cat;", "dog", Break.CLAUSE),
        ("cat:", "dog", Break.CLAUSE),
        ("vol.", "II", None),
        ("No.", "I", Break.SENTENCE),
        ("p.m.", "Monday", None),
        ("Jr.", "Blvd.", None),
        ("Jr.", "He", Break.SENTENCE),
        ("Sr.", "Manager", None),
        ("Blvd.", "Suite", None),
        ("Blvd.", "Call", Break.SENTENCE),
        ("b.txt.", "Open", Break.SENTENCE),
        ("Ph.D.", "Open", None),
        ("5,", "dog", None),
        ("cat,", "5", None),
        ("—", "then", Break.CLAUSE),
        ("cat", "and", Break.FORCED),
        ("the", "and", None),
        ("cat", "dog", None),
        ("Cat", "and", None),
        ("cat", "New", None),
        (".", ".", None),
    ],
)
def test_between_two_words(word: str, peek: str, verdict: Break | None) -> None:
    assert borders().between(gap(word, peek)) == verdict


@pytest.mark.parametrize(
    ("word", "peek"),
    [
        ("cat.", ""),
        ("vol.", "I"),
        ("U.S.", "The"),
        ("cat", "an"),
        ("p.m.", "Th"),
        ("Rd.", "Ap"),
        ("Jr.", "H"),
        ("Inc.", "K"),
        ("cat.", "a"),
        ("—", ""),
    ],
)
def test_too_little_is_waited_for(word: str, peek: str) -> None:
    assert borders().between(gap(word, peek, whole=False)) == WAIT


def test_a_quote_softens_and_a_label_forbids() -> None:
    rules = borders()
    assert rules.between(gap("cat.", "The", quoted=True)) is Break.CLAUSE
    assert rules.between(gap("cat.", "The", quoted=True, run_chars=9)) is None
    assert rules.between(gap("1.", "The", listed=True)) is None
    assert rules.between(gap("Q.", "It", opens=True)) is None
    assert rules.between(gap("5", "x", run_chars=LONGEST_CHARS + 1)) is Break.FORCED
    assert rules.between(gap("cat,", "dog", run_chars=9)) is None
    assert rules.between(gap("cat", "dog", run_chars=70)) is Break.FORCED
    assert rules.between(gap("p.m.", "Mr.", run_chars=9)) is None
    assert rules.between(gap(".", "Next", tail="end . . . .")) is Break.SENTENCE


@pytest.mark.parametrize(
    ("language", "word", "peek", "verdict"),
    [
        ("de", "3.", "Oktober", None),
        ("tr", "2.", "katta", None),
        ("tr", "3.", "Mart", None),
        ("tr", "5.", "Lütfen", Break.SENTENCE),
        ("nb", "kl.", "14", None),
        ("no", "ca.", "5", None),
        ("fi", "5.", "maaliskuuta", None),
        ("cs", "3.", "března", None),
        ("ro", "Dl.", "Popescu", None),
        ("uk", "вул.", "Шевченка", None),
        ("id", "Rp.", "1", None),
        ("hi", "रु.", "1", None),
        ("ko", "세요.", "www", Break.SENTENCE),
        ("ko", "요?", "iPhone", Break.SENTENCE),
        ("de", "12.", "Dort", Break.SENTENCE),
        ("en", "Tues.", "&", None),
        ("en", "Thurs.", "@", None),
        ("en", "done.", "@anna", Break.SENTENCE),
        ("fr", "janv.", "2025", None),
        ("it", "sec.", "XVI", None),
        ("de", "z.B.", "Äpfel", None),
        ("de", "1990.", "Danach", Break.SENTENCE),
        ("da", "3.", "Oktober", None),
        ("da", "3.", "Hun", Break.SENTENCE),
        ("el", "καλά;", "Ναι", Break.SENTENCE),
        ("hy", "է:", "Այո", Break.SENTENCE),
        ("it", "l'Avv.", "Rossi", None),
        ("th", "สวัสดี", "ครับ", Break.CLAUSE),
    ],
)
def test_every_language_has_its_own_marks(language: str, word: str, peek: str, verdict: Break | None) -> None:
    assert borders(language).between(gap(word, peek)) == verdict


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (Run("。", "好", "你"), Break.SENTENCE),
        (Run("。」", "よ", "と"), None),
        (Run("。」", "よ", "次"), Break.SENTENCE),
        (Run("！", "吧", "爸", quoted=True), Break.CLAUSE),
        (Run("，", "好", "你"), Break.COMMA),
        (Run("；", "好", "你"), Break.CLAUSE),
        (Run("，", "3", "5"), None),
        (Run("、", "あ", "い"), None),
        (Run("।", "ह", " "), Break.SENTENCE),
    ],
)
def test_marks_that_need_no_space(run: Run, verdict: Break | None) -> None:
    assert borders().wide(run) == verdict


@pytest.mark.parametrize(
    ("word", "after", "verdict"),
    [
        ("world", "The next one", Break.SENTENCE),
        ("world", "Mr. Fox", Break.SENTENCE),
        ("1,000", "That is", Break.SENTENCE),
        ("world", "Fox ran", None),
        ("a", "The x", None),
        ("etc", "The x", None),
        ("world", "Th", WAIT),
        ("world", "T" * 40, None),
    ],
)
def test_a_stop_without_a_space(word: str, after: str, verdict: object) -> None:
    assert borders().glued(word, after) == verdict


@pytest.mark.parametrize(
    ("word", "safe"),
    [
        ("done.", True),
        ("Dr.", False),
        ("3.", False),
        ("U.S.", False),
        ("x.", False),
        ("www.", False),
        ("LL.", False),
        ("NASA.", True),
        ("done,", True),
        ("好。", True),
        ("a1.", False),
    ],
)
def test_where_an_idle_moment_may_cut(word: str, safe: bool) -> None:
    assert borders().safe_end(word, word) is safe
