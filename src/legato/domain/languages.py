"""Language tags: BCP 47, with `_` read as `-`, as in Unicode's locale identifiers (UTS 35): Piper and POSIX write `de_DE`.

Whatever comes from outside passes `language_tag` once; from there on tags are as BCP 47 writes them. Case never counts.
"""

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # none longer than three letters is registered


def language_tag(written: str) -> str:
    """Return a tag as BCP 47 writes it. What is no tag remains none."""
    return written.replace("_", "-")


def is_language_tag(tag: str) -> bool:
    """Return whether it has a tag's form."""
    return _TAG.fullmatch(tag) is not None


def primary_subtag(tag: str) -> str:
    """Return the language itself, without script and region, in lower case."""
    return tag.partition("-")[0].lower()


def in_range(tag: str, wanted: str) -> bool:
    """Return whether a tag is the wanted one, or one of its kinds: `en` is also `en-GB` (basic filtering, RFC 4647)."""
    tag, wanted = tag.lower(), wanted.lower()
    return tag == wanted or tag.startswith(f"{wanted}-")
