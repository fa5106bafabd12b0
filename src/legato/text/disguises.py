"""Letters that are not what they look like: look-alikes of another alphabet, styled letters, bytes read in the wrong encoding.

Rules:
- only what cannot be intended is undone: a look-alike where the rest of the word is Latin, a sequence that no language has;
- every pattern is bounded or stops at the end of the word, and plain ASCII is never searched.
"""

import unicodedata

_TWINS = str.maketrans(
    "аеорсухіјѕԁԛԝһАВЕКМНОРСТУХІЈЅοανρικτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdqwhABEKMHOPCTYXIJSoavpiktuxABEZHIKMNOPTYX",
)
_LIKE = "".join(chr(code) for code in _TWINS)
_CONTINUED = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_UNQUOTED = "\u00a0-\u00bf€ƒ†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ"
_LETTER = r"[^\W\d_]"

PATTERN = (
    rf"(?P<mixed>(?<!{_LETTER})(?=[{_LIKE}]*[A-Za-z])[A-Za-z]*[{_LIKE}][A-Za-z{_LIKE}]*(?!{_LETTER}))"
    r"|(?P<styled>[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff04\uff05\ufb00-\ufb06\U0001d400-\U0001d7ff]+)"
    rf"|(?P<mojibake>â[€„†‚][{_CONTINUED}]|ï»¿|ðŸ[{_CONTINUED}]{{2}}|(?<![A-ZÀ-Þ])[ÂÃ][{_UNQUOTED}])"
)
"""The branches for a run of prose that is not all ASCII."""
NAMES = ("mixed", "styled", "mojibake")


def without_twins(word: str) -> str:
    """Return a Latin word with its Cyrillic and Greek look-alikes replaced."""
    return word.translate(_TWINS)


def unstyled(letters: str) -> str:
    """Return full-width, mathematical and joined letters as plain ones."""
    return unicodedata.normalize("NFKC", letters)


def repaired(sequence: str) -> str | None:
    """Return the character whose UTF-8 bytes were read as Windows-1252: empty if it is invisible, None if there is no such character."""
    try:
        read = b"".join(_byte(char) for char in sequence).decode("utf-8")
    except UnicodeError:
        return None
    return read if all(char.isprintable() or char.isspace() for char in read) else ""


def _byte(char: str) -> bytes:
    # The five bytes that Windows-1252 leaves undefined come through as they are.
    return char.encode("latin-1") if ord(char) < 0x100 else char.encode("cp1252")
