"""The characters that matter to the scanner, as sets and compiled patterns.

Every pattern here is linear: no nested repetition, no back-tracking over an unbounded run.
"""

import re

from legato.domain.text import Break

WIDE_STOPS = "。！？｡．।॥؟۔።፧፨։՜။၏⁇⁈⁉‼"
"""Marks that end a sentence without needing a space after them."""
WIDE_COMMAS = "，、､،፣፤፥፦；：၊"
"""Marks that end a clause without needing a space after them."""
OPENERS = "\"'“‘„‚«‹([{¿¡（「『【《〈〔［｛*_~"
CLOSERS = "\"'”’“‘»›)]}）」』】》〉〕］｝*_~"
"""Quotes and brackets that stay with the sentence before them; emphasis marks count as both."""
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"

WIDE_SCRIPTS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003fffd"
"""Scripts written without spaces whose characters are a syllable or a word each."""
UNSPACED = WIDE_SCRIPTS + "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Scripts in which a space is not a word border: also Thai, Lao, Burmese, Khmer."""
EMOJI = (
    "\U0001f000-\U0001f02f\U0001f0a0-\U0001f0ff\U0001f10d-\U0001f10f\U0001f12f\U0001f16c-\U0001f171\U0001f17e\U0001f17f"
    "\U0001f18e\U0001f191-\U0001f19a\U0001f1e6-\U0001f1ff\U0001f201-\U0001f20f\U0001f21a\U0001f22f\U0001f232-\U0001f23a"
    "\U0001f250-\U0001faff\u203c\u2049\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\u25b6\u25ba\u25c0\u25c4\u2600-\u2638\u263a-\u263f\u2641\u2643-\u265f"
    "\u2666-\u266c\u2670-\u26ff\u2700-\u2712\u2714-\u2715\u2717-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"
    "\u2660-\u2665\u00a9\u00ae"
)
"""Pictures that are not letters of a word."""
RAISED_ARMS = r"\\\((?=\w{0,3}[^\w\s\\()])[^\s\\()]{1,7}\)/"
"""Somebody who cheers, and no formula in LaTeX's brackets: \\(^o^)/."""

MOVE = re.compile(r"(?:[A-T][a-h]?[1-8]?x?[a-h][1-8]|O-O(?:-O)?)\W*")
MOVE_BEGUN = re.compile(r"[A-T][a-h1-8xO-]{0,5}\W*")
"""A move of chess, which its number precedes: 3. Bb5."""
WIDE = re.compile(f"[{UNSPACED}]")
_UNSPACED_START = re.compile(f"^[{UNSPACED}]+")
SPACE = re.compile(r"\s")
NONSPACE = re.compile(r"\S")
LINE_END = re.compile(f"[{LINE_ENDS}]")
WIDE_TAIL = re.compile(f"[{WIDE_STOPS}{WIDE_COMMAS}!?…]{{1,64}}[”’»›)\\]}}）」』】》〉〕］｝]{{0,16}}")
INTERESTING = re.compile(
    rf"[\s`$\\<\[{{~/{WIDE_STOPS}{WIDE_COMMAS}]|[!?…](?=[{WIDE_SCRIPTS}])|\.(?=[A-Z])|(?<=\s)\|(?=\s)"
)
INTERESTING_SSML = re.compile(rf"[\s</{WIDE_STOPS}{WIDE_COMMAS}]|[!?…](?=[{WIDE_SCRIPTS}])|\.(?=[A-Z])")
LOOK_AHEAD = frozenset("!?….|")
"""Characters that may become interesting with the next one."""
LONE_MARKS = re.compile(
    r"(?:(?<!\S)[#*_~`<>$€£&=+^\\\[({/–—-]{1,8}|<[/|｜]?(?:[a-zA-Z][\w:.=▁-]{0,40}(?:[|｜](?:>[a-z]{0,10})?)?)?)\Z"
)
"""Marks at the end of a text that only what follows gives a meaning (#, -, **, ```), or the beginning of a tag."""
LONE_CHARS = 60
DASHES = re.compile(r"[-–—]{1,3}\s")
WRAPPED = re.compile(
    rf"[^\s:{UNSPACED}] \n\S|[のはがをにでともや]\n[^\S\n]*\S|\S[^\S\n]*\n[^\S\n]*[.,;:!?)\]}}](?!\w)"
)
"""A line end inside a sentence: one space before it, a particle, or a mark that cannot begin a line."""
COMBINING = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f"
    "\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b82-\u0bcd\u0c00-\u0c4d\u0e31"
    "\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200c\u200d\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
"""Characters that are never separated from the one before them."""
PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_])+|[^\W\d_]{1,3}\.[^\W\d_]{1,4}")
"""Letters with dots between them: "U.S", "a.m", "Ph.D"."""

BEHIND_MERIDIEM = frozenset(
    (
        "ET", "CT", "MT", "PT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "UTC", "GMT", "BST", "CET", "CEST", "IST", "JST",
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        "Mon", "Tue", "Tues", "Wed", "Thu", "Thurs", "Fri", "Sat",
    )
)  # fmt: skip
"""Time zones and days that may follow a.m. and p.m. in a sentence."""


def bare_word(ahead: str) -> str:
    """Return a word without the marks after it and without what an apostrophe joins to it."""
    return ahead.rstrip(CLOSERS + ".,;:!?").split("'")[0].split("’")[0]


def latin_end(word: str) -> str:
    """Return a word without the characters of a script without spaces before it: the www of 访问www."""
    return _UNSPACED_START.sub("", word)


def is_caseless(word: str) -> bool:
    """Whether a word is in a script without capitals: a lower-case letter after it is then part of a foreign name and proves nothing."""
    return word[-1:].isalpha() and word[-1].lower() == word[-1].upper()


def weight(text: str) -> float:
    """Return the length of a text in characters of speech; a character of an unspaced script counts 2.5."""
    if text.isascii():
        return float(len(text))
    return len(text) + 1.5 * len(WIDE.findall(text))


def mark_of(word: str) -> Break:
    """Return the border that the marks at the end of a word suggest by themselves."""
    core = word.rstrip("\"'”’»)]}*_」』）")
    last = core[-1:] or " "
    if last in ".!?…" + WIDE_STOPS:
        return Break.SENTENCE
    if last in ";:":
        return Break.CLAUSE
    return Break.COMMA if last == "," or last in WIDE_COMMAS else Break.FORCED
