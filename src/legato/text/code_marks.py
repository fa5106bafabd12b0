"""Inline code that is nothing but a mark: end it with a `;`. As a mark of the sentence it would be silent, so that the sentence lacks its word."""

from collections.abc import Mapping
from typing import Final

LONGEST_CHARS: Final = 3
_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        ";": "semicolon", ":": "colon", ",": "comma", ".": "dot", "...": "three dots", "!": "exclamation mark", "?": "question mark",
        "'": "single quote", '"': "double quote", "`": "backtick", "-": "dash", "--": "double dash", "_": "underscore", "*": "asterisk",
        "**": "double asterisk", "/": "slash", "//": "double slash", "\\": "backslash", "|": "pipe", "||": "double pipe", "&": "ampersand",
        "&&": "double ampersand", "#": "hash", "##": "double hash", "@": "at sign", "$": "dollar sign", "^": "caret", "~": "tilde",
        "::": "double colon", "=>": "arrow", "->": "arrow", "(": "opening parenthesis", ")": "closing parenthesis", "()": "parentheses",
        "[": "opening bracket", "]": "closing bracket", "[]": "brackets", "{": "opening brace", "}": "closing brace", "{}": "braces",
        "<": "less-than sign", ">": "greater-than sign", "==": "double equals", "===": "triple equals",
    },
    "de": {
        ";": "Semikolon", ":": "Doppelpunkt", ",": "Komma", ".": "Punkt", "...": "drei Punkte", "!": "Ausrufezeichen", "?": "Fragezeichen",
        "'": "Apostroph", '"': "Anführungszeichen", "`": "Backtick", "-": "Bindestrich", "_": "Unterstrich", "*": "Sternchen",
        "/": "Schrägstrich", "\\": "Backslash", "|": "senkrechter Strich", "&": "Und-Zeichen", "#": "Raute", "@": "At-Zeichen",
        "$": "Dollarzeichen", "^": "Zirkumflex", "~": "Tilde", "::": "zwei Doppelpunkte", "=>": "Pfeil", "->": "Pfeil",
        "(": "Klammer auf", ")": "Klammer zu", "()": "runde Klammern", "[]": "eckige Klammern", "{}": "geschweifte Klammern",
    },
    "fr": {
        ";": "point-virgule", ":": "deux-points", ",": "virgule", ".": "point", "!": "point d'exclamation", "?": "point d'interrogation",
        "'": "apostrophe", '"': "guillemet", "`": "accent grave", "-": "tiret", "_": "tiret bas", "*": "astérisque", "/": "barre oblique",
        "\\": "barre oblique inversée", "|": "barre verticale", "&": "esperluette", "#": "dièse", "@": "arobase", "$": "signe dollar",
        "~": "tilde", "=>": "flèche", "->": "flèche", "()": "parenthèses", "[]": "crochets", "{}": "accolades",
    },
    "es": {
        ";": "punto y coma", ":": "dos puntos", ",": "coma", ".": "punto", "!": "signo de exclamación", "?": "signo de interrogación",
        "'": "comilla simple", '"': "comillas", "`": "acento grave", "-": "guion", "_": "guion bajo", "*": "asterisco", "/": "barra",
        "\\": "barra invertida", "|": "barra vertical", "&": "et", "#": "almohadilla", "@": "arroba", "$": "signo de dólar",
        "=>": "flecha", "->": "flecha", "()": "paréntesis", "[]": "corchetes", "{}": "llaves",
    },
    "it": {
        ";": "punto e virgola", ":": "due punti", ",": "virgola", ".": "punto", "!": "punto esclamativo", "?": "punto interrogativo",
        "'": "apostrofo", '"': "virgolette", "`": "accento grave", "-": "trattino", "_": "trattino basso", "*": "asterisco", "/": "barra",
        "\\": "barra rovesciata", "|": "barra verticale", "&": "e commerciale", "#": "cancelletto", "@": "chiocciola", "~": "tilde",
        "$": "simbolo del dollaro", "=>": "freccia", "->": "freccia", "()": "parentesi tonde", "[]": "parentesi quadre", "{}": "parentesi graffe",
    },
    "pt": {
        ";": "ponto e vírgula", ":": "dois pontos", ",": "vírgula", ".": "ponto", "!": "ponto de exclamação", "?": "ponto de interrogação",
        "'": "apóstrofo", '"': "aspas", "`": "crase", "-": "hífen", "_": "sublinhado", "*": "asterisco", "/": "barra",
        "\\": "barra invertida", "|": "barra vertical", "&": "e comercial", "#": "cerquilha", "@": "arroba", "~": "til", "$": "cifrão",
        "=>": "seta", "->": "seta", "()": "parênteses", "[]": "colchetes", "{}": "chaves",
    },
    "nl": {
        ";": "puntkomma", ":": "dubbele punt", ",": "komma", ".": "punt", "!": "uitroepteken", "?": "vraagteken", "'": "apostrof",
        '"': "aanhalingsteken", "`": "backtick", "-": "streepje", "_": "laag streepje", "*": "sterretje", "/": "schuine streep",
        "\\": "backslash", "|": "verticale streep", "&": "en-teken", "#": "hekje", "@": "apenstaartje", "~": "tilde", "$": "dollarteken",
        "=>": "pijl", "->": "pijl", "()": "haakjes", "[]": "vierkante haken", "{}": "accolades",
    },
}  # fmt: skip
"""The rest is read as in prose: plus, equals, at most."""


def name_of_mark(code: str, language: str) -> str:
    """Return the name of the mark that is all of a piece of inline code; empty for other code, and in a language without names.

    Args:
        code: what stands between the backticks.
        language: its tag.
    """
    mark = code.strip()
    if len(mark) > LONGEST_CHARS:
        return ""
    return _NAMES.get(language[:2].lower(), {}).get(mark, "")
