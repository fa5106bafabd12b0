import pytest

from legato.text.maths.arrange import Arranger
from legato.text.maths.roles import Roles
from legato.text.maths.speech import Speaker


@pytest.fixture
def utterances(data, tree):
    def run(source: str, style: str = "natural"):
        settled = tree(source)
        Arranger(data.classes).arrange(settled)
        Roles(data.classes).assign(settled)
        return Speaker(data, style).speak(settled)

    return run


def test_words_know_where_they_were_written(utterances):
    said = [(one.text, one.start, one.end) for one in utterances(r"\frac{a}{b}")]
    assert said == [("a", 6, 7), ("over", 7, 9), ("b", 9, 10)]


def test_words_know_the_rule_that_said_them(utterances):
    assert [one.rule for one in utterances(r"\binom{n}{k}")] == ["", "combinatorics.choose", ""]


def test_pauses_are_not_doubled_and_end_nothing(utterances):
    assert [one.text for one in utterances(r"a,, \quad b,")] == ["a", ",", "b"]
    assert [one.text for one in utterances(r", a, \\ b")] == ["a", ";", "b"]


@pytest.mark.parametrize(
    ("source", "style", "spoken"),
    [
        ("(x+1)^2", "natural", "the quantity x plus 1 , squared"),
        ("(x+1)^2", "explicit", "open paren x plus 1 close paren squared"),
        ("(x+1)^2", "brief", "quantity x plus 1 , squared"),
        (r"\frac{a}{b+c}", "explicit", "the fraction a over b plus c , end fraction"),
        (r"\sqrt[24]{x}", "natural", "the 24th root of x"),
        (r"\sqrt[n+1]{x}", "natural", "the n plus 1th root of x"),
        (r"\max(a)", "natural", "the max of a"),
        ("𝔤", "natural", "g"),
        (r"\gcd(a,b)", "natural", "the g c d of a and b"),
        ("x^4", "natural", "x to the fourth"),
        (r"\sqrt{x}+1", "natural", "the square root of x , plus 1"),
        ("f(x)^2", "natural", "f of x , squared"),
        (r"\SI{1}{\metre}", "natural", "1 meter"),
        ("a_{12}", "natural", "a sub 1 2"),
        (r"\frac{1}{a/b}", "natural", "1 over the quantity a over b"),
        ("n^{th}", "natural", "nth"),
        (r"\begin{cases} x & y \end{cases}", "natural", "x , if y"),
        ("⟡", "natural", ""),
        (r"\mathfrak{g}", "natural", "g"),
        (r"\underbrace{}", "natural", ""),
        (r"\begin{matrix} 1 \end{matrix}", "natural", "the 1 by 1 matrix 1"),
        (r"\SI{5}{\milli\rpm}", "natural", "5 millirpm"),
        (r"\hat{}", "natural", ""),
    ],
)
def test_styles_and_fallbacks(source, style, spoken, utterances):
    assert " ".join(one.text for one in utterances(source, style)) == spoken


@pytest.mark.parametrize(
    ("language", "source", "spoken"),
    [
        (
            "de",
            r"\sum_{n=1}^\infty \frac{1}{n^2}",
            "die Summe von n gleich 1 bis unendlich von 1 durch n Quadrat",
        ),
        ("de", r"\SI{5}{km}", "5 Kilometer"),
        ("de", r"\sqrt[n]{x}", "n-te Wurzel aus x"),
        ("fr", r"x \in A \cup B", "x appartient à A union B"),
        ("fr", r"\frac{-b \pm \sqrt{5}}{2a}", "moins b plus ou moins racine carrée de 5, le tout sur 2 a"),
        ("es", r"\lim_{x \to 0} \sin x", "el límite cuando x tiende a 0 de seno x"),
        ("es", r"\SI{5}{km}", "5 kilómetros"),
        ("es", r"\alpha \le \beta", "alfa menor o igual que beta"),
        ("es", r"\sqrt[4]{x^4}", "la raíz cuarta de x a la cuarta"),
        ("es", r"\SI{1}{km}", "1 kilómetro"),
        ("it", r"\frac{-b \pm \sqrt{5}}{2a}", "meno b più o meno radice quadrata di 5, tutto fratto 2 a"),
        ("it", r"\int_0^1 x^2\,dx", "l'integrale da 0 a 1 di x al quadrato d x"),
        ("it", r"\SI{5}{km}", "5 chilometri"),
        ("pt", r"\lim_{x \to 0} \sin x", "o limite quando x tende a 0 de seno x"),
        ("pt", r"\forall x > 0", "para todo x maior que 0"),
        ("pt", r"\SI{1}{km}", "1 quilômetro"),
        ("nl", r"x > 0", "x is groter dan 0"),
        ("nl", r"\forall x > 0", "voor alle x groter dan 0"),
        ("nl", r"\sum_{n=1}^\infty \frac{2}{3}", "de som van n is 1 tot oneindig van 2 derde"),
        ("nl", r"5\,\text{m}^2", "5 vierkante meter"),
    ],
)
def test_other_languages(language, source, spoken, say):
    assert say(source, language=language) == spoken
