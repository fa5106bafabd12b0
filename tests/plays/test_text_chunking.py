"""Rule 15, R14: a text is segmented and spoken the same however its tokens were cut. `make soak` does it 10,000 times."""

import os
import random
import re

import pytest

from legato.text.settings import TextSettings
from tests.house.sources import ROOT
from tests.plays.text_promises import keeps, segmented, spoken_words

RECHUNKINGS = int(os.environ.get("LEGATO_RECHUNKINGS", "1500"))
PARTS = 10
LONGEST_CHARS = 400
SENTENCES = [
    "今日は3時です。「行くよ。」と彼は言った。次は（多分）明日です！",
    "Am 3. Mai kostet das Kilo z. B. 3,50 €. Das ist viel, oder? Herr Dr. Meier kommt um 18:30 Uhr.",
    "<speak>Wait <break time='1s'/> for <say-as interpret-as='ordinal'>3</say-as> of <sub alias='x'>y</sub>.</speak> <b>Go</b>!",
    "<think>No. Not this.</think>The root of $x^2 = 4$ is \\(\\pm 2\\), i.e. $\\frac{4}{2}$; see [1] and [a link](http://x.y/(z)).",
    "- one\n- two\n\n| A | B |\n|---|---|\n| 1 | $2.50 |\n| x | y\n\n```py\nx = 1\n```\n\n**Bold.** _It_ ~~gone~~ `a.b` C++ 3 < 5 👍🏽 é\u0301",
]


def corpus() -> list[str]:
    """The project's own prose, in excerpts: its documents and the sentences above."""
    pages = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    found = list(SENTENCES)
    for page in pages:
        for block in re.split(r"\n(?=#)", page.read_text(encoding="utf-8")):
            found += [block[at : at + LONGEST_CHARS] for at in range(0, len(block), LONGEST_CHARS)]
    return found


@pytest.mark.volume
@pytest.mark.parametrize("part", range(PARTS))
def test_the_projects_own_texts_are_segmented_the_same_in_every_chunking(part: int) -> None:
    chance = random.Random(part)
    texts = corpus()
    for _ in range(RECHUNKINGS // PARTS):
        text = chance.choice(texts)
        sizes = [chance.choice([1, 1, 2, 3, 4, 5, 7, 12, 40]) for _ in range(17)]
        language = "ja" if text is texts[0] else "de" if text is texts[1] else "en"
        keeps(text, sizes, TextSettings(language=language, ssml=chance.random() < 0.1))


def test_the_words_are_those_of_the_whole_text() -> None:
    for text in SENTENCES:
        whole = spoken_words(segmented(text, [len(text)], TextSettings()))
        assert spoken_words(segmented(text, [1], TextSettings())) == whole
        assert whole
