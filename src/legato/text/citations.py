"""Citations in brackets: one that stands for a word is read ("as shown in [1]"), any other is dropped."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from legato.text.pieces import Piece

_NUMBERS = re.compile(r"\[([1-9]\d{0,2}(?:\s?[,;–-]\s?\d{1,3}|\][–-]\[\d{1,3}){0,8})\]")
_FILED = re.compile(r"【([1-9]\d{0,2})(?::\d{1,3})?†[^】]{0,80}】")
"""A citation of a file that was searched."""
_NAMED = re.compile(
    r"(?i:(?<!\w)(?:refs?|references?|quellen?|références?|referencias?|bron(?:nen)?)\.?\s)\Z"
)
"""Words that already call what follows a reference."""
_NAMES: Mapping[str, tuple[str, str, str]] = MappingProxyType({
    "en": ("reference", "references", "see in from by of per with to than using following and or"),
    "de": ("Quelle", "Quellen", "siehe vgl in aus von nach laut gemäß mit und oder"),
    "fr": ("référence", "références", "voir dans par selon de avec et ou"),
    "es": ("referencia", "referencias", "véase ver en de por según con y o"),
    "it": ("riferimento", "riferimenti", "vedi in da di secondo con e o"),
    "pt": ("referência", "referências", "ver veja em de por segundo com e ou"),
    "nl": ("bron", "bronnen", "zie in uit van volgens door met en of"),
})  # fmt: skip
"""The words for one and for several, and the words after which a citation is read; the last two only join it to another."""

_LINKED = re.compile(r"\[[1-9]\d{0,2}\]\((?:https?://|#)")
_CLAIM_ENDS = frozenset(".,;:!?…%)]\"'”’»*_`。，、！？")

LISTING = frozenset(
    [
        "array",
        "arrays",
        "list",
        "lists",
        "vector",
        "vectors",
        "tuple",
        "sequence",
        "interval",
        "range",
        "input",
        "inputs",
        "output",
        "outputs",
        "matrix",
        "row",
        "column",
        "subarray",
        "sublist",
        "nums",
        "values",
        "numbers",
        "is",
        "are",
        "becomes",
        "gives",
        "get",
        "returns",
        "return",
        "returned",
        "prints",
        "equals",
        "contains",
        "sort",
        "like",
        "liste",
        "listen",
        "vektor",
        "tupel",
        "folge",
        "intervall",
        "eingabe",
        "ausgabe",
        "ist",
        "sind",
        "wird",
        "ergibt",
        "liefert",
        "sortiere",
        "tableau",
        "vecteur",
        "suite",
        "intervalle",
        "entrée",
        "sortie",
        "est",
        "sont",
        "donne",
        "renvoie",
        "arreglo",
        "lista",
        "listas",
        "intervalo",
        "entrada",
        "salida",
        "es",
        "son",
        "da",
        "devuelve",
        "vettore",
        "intervallo",
        "uscita",
        "è",
        "sono",
        "restituisce",
        "vetor",
        "saída",
        "são",
        "dá",
        "retorna",
        "lijst",
        "reeks",
        "invoer",
        "uitvoer",
        "zijn",
        "wordt",
        "geeft",
        "zu",
        "a",
        "devient",
        "diventa",
        "vira",
        "torna",
    ]
)
"""After one of these words, several numbers in brackets are the subject of the sentence, not its source."""
_LISTED = re.compile(r"([^\W\d_]{1,16}):?[ \u00a0]\Z")
_KEYED = re.compile(r"[\"']: ?\Z")
_NESTED = re.compile(r"(?:\[|\w\(|→ ?|\[(?:\[[\d,. -]{1,40}\], ?){1,6})\Z")


def is_data(text: str, start: int, label: str) -> bool:
    """Whether a bracket that looks like a citation is a list of numbers: the array [1, 2, 3], {"a": [1, 2]}, [[1, 2], [3, 4]].

    Args:
        text: the text around the bracket.
        start: where the bracket begins in it.
        label: what is inside the bracket.
    """
    if _KEYED.search(text, max(0, start - 3), start):
        return True
    if "," not in label:
        return False
    named = _LISTED.search(text, max(0, start - 20), start)
    if named is not None and named[1].lower() in LISTING:
        return True
    return _NESTED.search(text, max(0, start - 120), start) is not None


def is_note(text: str, start: int) -> bool:
    """Whether a link is the number of a source, glued to what it supports: a word[1](https://…).

    Args:
        text: the text around the link.
        start: where the link begins in it.
    """
    before = text[start - 1 : start] if start else ""
    return (before.isalnum() or before in _CLAIM_ENDS) and _LINKED.match(text, start) is not None


def citation_as_word(text: str, start: int, end: int, language: str) -> str:
    """Return what is said for a bracket; empty if it is not a word of its sentence.

    Args:
        text: the text around the bracket.
        start: where the bracket begins in it.
        end: one past the bracket.
        language: BCP 47 tag.
    """
    names = _NAMES.get(language[:2].lower())
    numbers = _NUMBERS.fullmatch(text, start, end) or _FILED.fullmatch(text, start, end)
    if names is None or numbers is None:
        return ""
    after = " " if text[end : end + 1].isalnum() else ""
    said = numbers[1].replace("][", "").replace("]", "").replace("[", "")
    near = max(0, start - 64)
    if _NAMED.search(text, near, start):
        return f"{said}{after}"
    asked = _asking(names[2]).search(text, near, start) or _is_joined(names[2], text, start, end)
    if not asked:
        return ""
    before = "," if text[start - 1 : start] == "]" else ""
    return f"{before} {names[0] if said.isdigit() else names[1]} {said}{after}"


def naming(pieces: Iterable[Piece], text: str, offset: int, language: str) -> Iterator[Piece]:
    """Yield pieces of prose, in which a dropped citation that is a word of its sentence has a name: see 【4†source】.

    Args:
        pieces: the pieces; their offsets are of the accepted text.
        text: the text around them.
        offset: where that begins in the accepted text.
        language: BCP 47 tag.
    """
    for piece in pieces:
        said = ""
        if piece.rule == "clean/citation":
            said = citation_as_word(text, piece.start - offset, piece.end - offset, language)
        yield Piece(said, piece.start, piece.end, "clean/reference") if said else piece


def lists_citations(between: str, text: str, start: int) -> bool:
    """Whether only the comma of a list stands between two dropped citations.

    Args:
        between: the text from the end of one to the start of the other.
        text: the text around the second.
        start: where the second begins in it.
    """
    return between.strip() in {",", ";"} and text[start] == "["


def _is_joined(words: str, text: str, start: int, end: int) -> bool:
    """Whether a conjunction binds two citations: in "Lee [1] and [2] agree" they are words of the sentence."""
    both = "|".join(words.split()[-2:])
    before = re.compile(rf"\[[\d,; –-]{{1,20}}\],?\s(?i:{both})\s\Z")
    after = re.compile(rf",?\s(?i:{both})\s\[\d")
    return bool(before.search(text, max(0, start - 32), start) or after.match(text, end))


@functools.cache
def _asking(words: str) -> re.Pattern[str]:
    *asking, both, either = words.split()
    joined = rf"(?:\[[\d,; –-]{{1,20}}\]\s?(?:(?:,|{both}|{either})\s)?){{0,4}}"
    return re.compile(rf"(?i:(?<!\w)(?:{'|'.join(asking)})\.?\s{joined})\Z")
