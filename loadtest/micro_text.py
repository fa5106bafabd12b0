"""What the text front end costs: microseconds per token of four characters.

python -m loadtest.bench text
"""

from collections.abc import Iterable, Iterator
from functools import partial

from gateway.app.text_data import text_data
from legato.text.borders import Borders
from legato.text.frontend import FrontEnd
from legato.text.inline import Inline
from legato.text.scanner import Scanner
from legato.text.settings import Emoji, MathsStyle, TextSettings
from loadtest.rows import Row, Step, measured

TOKEN_CHARS = 4
CHAT = (
    "Sure! I can help with that. The train leaves at 5:30 PM and costs $12.50, e.g. from Dr. Lee's stop in the U.S. "
    "Please **do not** be late; see https://rail.example/map?x=1 for the way, or ask [the desk](https://a.example). "
)
TEXTS = {
    "plain prose": "So we went on and on through the long green valley, and over the quiet hills. Nobody spoke much. ",
    "chat with numbers and links": CHAT,
    "markdown": "## Plan\n\n- Buy **milk** and `eggs`\n- Call _Ann_\n\n| City | People |\n|---|---|\n| Oslo | 700,000 |\n\n",
    "mathematics": "The root of $x^2 + 2x = \\frac{1}{2}$ is known, and \\(\\alpha > 0\\) holds. ",
    "Chinese": "今天天气很好，我们去公园散步。你想一起来吗？那里的花都开了！",
    "German": "Am 3. Mai kostet das Kilo z. B. 3,50 €. Das ist viel, oder? Herr Dr. Meier kommt um 18:30 Uhr. ",
}
LANGUAGES = {"Chinese": "zh", "German": "de"}
CHARS = 8_000
_UNIT = "us/token"


def rows() -> Iterable[Row]:
    """Return all steps, measured."""
    return measured(steps())


def steps() -> Iterator[Step]:
    """Yield all steps."""
    yield from streams()
    yield from readers()


def tokens_of(text: str) -> list[str]:
    """Repeat a text to `CHARS` characters, and return it in tokens."""
    whole = text * (CHARS // len(text) + 1)
    return [whole[at : at + TOKEN_CHARS] for at in range(0, CHARS, TOKEN_CHARS)]


def scan(language: str, tokens: list[str]) -> None:
    """Run the scanner alone, which finds the borders."""
    data = text_data(language)
    scanner = Scanner(Borders(data.sentences, lambda tail: not data.words.may_cut(f"{tail} ")))
    for token in tokens:
        scanner.feed(token)
    scanner.finish()


def speak(language: str, tokens: list[str]) -> None:
    """Run the whole front end."""
    front = FrontEnd(text_data(language), TextSettings(language=language))
    for token in tokens:
        front.feed(token)
    front.end()


def streams() -> Iterator[Step]:
    """Yield steps that feed texts of many kinds, token by token."""
    for name, text in TEXTS.items():
        language, tokens = LANGUAGES.get(name, "en"), tokens_of(text)
        yield Step(f"scanner, {name}", partial(scan, language, tokens), _UNIT, len(tokens))
        yield Step(f"scanner and reading, {name}", partial(speak, language, tokens), _UNIT, len(tokens))


def readers() -> Iterator[Step]:
    """Yield the parts of the front end, each alone."""
    data = text_data("en")
    tokens = len(CHAT) / TOKEN_CHARS
    inline, maths = Inline(Emoji.DROP), data.maths[MathsStyle.NATURAL]
    formula = r"\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}"
    yield Step("cleaning alone", lambda: list(inline.clean(CHAT, 0, len(CHAT), 0)), _UNIT, tokens)
    yield Step("verbaliser alone", lambda: data.words.read(CHAT), _UNIT, tokens)
    yield Step("one safe-cut question", lambda: data.words.may_cut("It costs $12.50 or so "))
    yield Step("one formula", lambda: maths.latex(formula))
    yield Step("a new front end", lambda: FrontEnd(data, TextSettings()))
