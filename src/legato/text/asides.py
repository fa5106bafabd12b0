"""What is said besides the text itself: announcements of what is left out, raised characters, units after a formula."""

import re
from collections.abc import Callable

from legato.text.pieces import Piece

_CODE_BLOCK = {
    "en": "Code block.",
    "de": "Codeblock.",
    "fr": "Bloc de code.",
    "es": "Bloque de código.",
    "it": "Blocco di codice.",
    "pt": "Bloco de código.",
    "nl": "Codeblok.",
}
"""How a fenced code block is announced; English stands in for a language that is not here."""
_ANSWERS = {
    "en": ("yes", "no"),
    "de": ("ja", "nein"),
    "fr": ("oui", "non"),
    "es": ("sí", "no"),
    "it": ("sì", "no"),
    "pt": ("sim", "não"),
    "nl": ("ja", "nee"),
}
_TICK = re.compile("(?:(?P<yes>[✅✔☑✓])|[❌✗✘✖❎])\ufe0f?")
_SUP = re.compile(r"(?i:<sup\b[^>]{0,80}>)")
_BASE = re.compile(
    r"(?:[0-9)\]]|(?<![^\W\d_])[^\W\d_]|(?<=[0-9] )[a-z]{1,2}|(?<=[0-9])[a-z]{1,2}|(?<=[=+*/(] )[a-z]{2})\Z"
)
_POWER = re.compile(r"[-+\u2212]?[0-9]{1,3}(?=</|\Z)|n(?=</)", re.IGNORECASE)
_NUMBER_ENDS = re.compile(r"[0-9}]\s?(?:\$|\\\))\Z")
_STOPPED = re.compile(
    r"(?<!\\)(?<!(?<!\\)[.,;:])(?<!\\right)(?<!\\[bB]igr)(?P<mark>[.,;])(?=(?:\s|\\[,;:! ]|\\q?quad\b|\\end\{[a-z]{1,12}\*?\})*\Z)"
)
"""The mark of the sentence that a writer put inside a formula, at its end."""
_STOPPED_CHARS = 48
_ASKED = re.compile(r"(?<=[\w)}\]])\s?\?(?=(?:\s|\\[,;:! ])*\Z)")
"""The question mark of the sentence at the end of a formula; in "2 + 2 = ?" it is what is sought."""
_UNIT = re.compile(
    r"\s(?:[kcmµnMGT]?(?:m|g|s|L|W|V|A|N|J|Hz|Pa|eV|mol|B|K|Wh|bit)|[kM]?m/h|min|h|ft|lb|°C)(?:\^?[23]|[²³])?(?:/(?:s|h|m|L|kg|mol|K|min|m)(?:\^?[23]|[²³])?)?(?=[\s,.;:)]|\Z)"
)


def code_block(language: str) -> str:
    """Return how a fenced code block is announced; English stands in for a language without its own words."""
    return _CODE_BLOCK.get(language[:2].lower(), _CODE_BLOCK["en"])


def answer(cell: str, language: str) -> str:
    """Return what a tick or a cross says if it is all of a table cell; empty for anything else, or if no words are known for it."""
    ticked = _TICK.fullmatch(cell)
    answers = _ANSWERS.get(language[:2].lower())
    return answers[0 if ticked["yes"] else 1] if ticked and answers else ""


def raised(text: str, start: int, end: int) -> str:
    """Return the sign of a power for a tag that raises one (x<sup>2</sup>); empty for any other tag, and for the number of a note.

    Args:
        text: the text around the tag.
        start: where the tag begins in it.
        end: one past the tag.
    """
    if not _SUP.fullmatch(text, start, end) or not _POWER.match(text, end):
        return ""
    return "^" if _BASE.search(text, max(0, start - 8), start) else ""


def unit_chars(text: str, at: int) -> int:
    """Return how many characters after a formula are the unit of the number that ends it.

    Args:
        text: the text around the formula.
        at: the end of the formula, including its closing mark.
    """
    if not _NUMBER_ENDS.search(text, max(0, at - 4), at):
        return 0
    found = _UNIT.match(text, at)
    return found.end() - at if found else 0


def asked_at(formula: str) -> int:
    """Return where the question mark of the sentence stands at the end of a LaTeX formula, or else its length."""
    found = _ASKED.search(formula, max(0, len(formula) - _STOPPED_CHARS))
    return found.start() if found else len(formula)


def closing_mark(formula: str, following: str) -> str:
    """Return the mark of the sentence that ends a LaTeX formula, which is a pause; empty if there is none or another one follows.

    Args:
        formula: the source of the formula.
        following: the character after the formula, with its closing delimiter.
    """
    if formula.rstrip().endswith("?"):
        return "" if (following and following in ".!?") or asked_at(formula) == len(formula) else "?"
    found = _STOPPED.search(formula, max(0, len(formula) - _STOPPED_CHARS))
    return found["mark"] if found and not (following and following in ".,;:!?") else ""


def unit_words(written: str, read: Callable[[str], list[Piece]]) -> str:
    """Return how a unit after a formula is said: in the plural if the language has words for it, else as written.

    Args:
        written: the unit with the space before it.
        read: the verbaliser.
    """
    said = "".join(piece.text for piece in read(f"2{written}"))
    return f" {said.partition(' ')[2]}" if not said.endswith(written) else written
