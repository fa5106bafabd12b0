"""What an opener found, in the words of a test."""

from legato.text.openers import Verdict


def seen(verdict: Verdict, text: str) -> object:
    """Return the kind of a span, the whole of it and what is inside; any other verdict as it is."""
    if verdict is None or isinstance(verdict, str):
        return verdict
    return verdict.kind, text[verdict.start : verdict.end], text[verdict.inner_start : verdict.inner_end]
