"""What assistants chat about, in games, kitchens, gyms, songs and shells, whole, in tokens and with an idle moment. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

ROWS = [
    (r"Yay! \(^o^)/ That's great. Here \(x^2\) is 9, and \(f(x)/g(x)\) is 3.", "Yay! That's great. Here x squared is nine, and f of x over g of x is three."),
    ("Set $HOME/bin, then PATH=$PATH:/usr. Here $ABC$ is one and $AB/CD$ is two.", "Set dollar HOME slash bin, then PATH equals dollar PATH:/usr. Here A B C is one and A B over C D is two."),
    ("Rated **$$**, not ***$$$***, so **$$x^2$$** is a formula.", "Rated, not, so x squared is a formula."),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, WHOLE])
def test_an_answer_is_heard_as_a_good_reader_says_it(written: str, said: str, chars: int) -> None:
    assert heard("en", written, chars) == said


@pytest.mark.parametrize("written", [written for written, _ in ROWS])
def test_an_idle_moment_anywhere_changes_no_word(written: str) -> None:
    keeps_its_words("en", written)
