"""What the text front end costs: microseconds per token of four characters, the best of several rounds. Prints, judges nothing.

python loadtest/micro_text.py
"""

import time
from collections.abc import Callable

from gateway.app.text_data import text_data
from legato.text.borders import Borders
from legato.text.frontend import FrontEnd
from legato.text.inline import Inline
from legato.text.scanner import Scanner
from legato.text.settings import Emoji, MathsStyle, TextSettings

TOKEN_CHARS = 4
ROUNDS = 5
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


def tokens_of(text: str) -> list[str]:
    whole = text * (CHARS // len(text) + 1)
    return [whole[at : at + TOKEN_CHARS] for at in range(0, CHARS, TOKEN_CHARS)]


def best_s(run: Callable[[], object]) -> float:
    run()
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        run()
        times.append(time.process_time() - begun)
    return min(times)


def scan(language: str, tokens: list[str]) -> None:
    data = text_data(language)
    scanner = Scanner(Borders(data.sentences, lambda tail: not data.words.may_cut(f"{tail} ")))
    for token in tokens:
        scanner.feed(token)
    scanner.finish()


def speak(language: str, tokens: list[str]) -> None:
    front = FrontEnd(text_data(language), TextSettings(language=language))
    for token in tokens:
        front.feed(token)
    front.end()


def show(name: str, seconds: float, count: int) -> None:
    print(f"{name:<58}{seconds / count * 1e6:9.2f}")


def streams() -> None:
    for name, text in TEXTS.items():
        language, tokens = LANGUAGES.get(name, "en"), tokens_of(text)
        show(f"scanner, {name}", best_s(lambda t=tokens, g=language: scan(g, t)), len(tokens))
        show(f"scanner and reading, {name}", best_s(lambda t=tokens, g=language: speak(g, t)), len(tokens))


def readers() -> None:
    data = text_data("en")
    tokens = len(CHAT) / TOKEN_CHARS
    inline, maths = Inline(Emoji.DROP), data.maths[MathsStyle.NATURAL]
    formula = r"\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}"
    for name, run, count in (
        ("cleaning alone", lambda: list(inline.clean(CHAT, 0, len(CHAT), 0)), tokens),
        ("verbaliser alone", lambda: data.words.read(CHAT), tokens),
        ("one safe-cut question (per question)", lambda: data.words.may_cut("It costs $12.50 or so "), 1),
        ("one formula (per formula)", lambda: maths.latex(formula), 1),
        ("a new front end (per utterance)", lambda: FrontEnd(data, TextSettings()), 1),
    ):
        calls = 200
        show(name, best_s(lambda r=run, c=calls: [r() for _ in range(c)]) / calls, count)


if __name__ == "__main__":
    print(f"{'step':<58}{'us/token':>9}")
    streams()
    readers()
