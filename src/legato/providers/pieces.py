"""Text cut to what one message may hold: at a space if there is one."""

from collections.abc import Iterator


def pieces(text: str, most: int) -> Iterator[str]:
    """Yield the text in pieces of at most `most` characters, which joined are the text; 0 for no bound."""
    start = 0
    while most and len(text) - start > most:
        cut = text.rfind(" ", start, start + most) + 1 or start + most
        yield text[start:cut]
        start = cut
    yield text[start:]
