"""Stage directions that language models write for voices that act: a voice to which only words are sent would say them."""

from legato.domain.stages import PATTERN
from legato.text.verbal.book import RuleBook


class Stages:
    """The rule for stage directions; the same in every language."""

    def add(self, book: RuleBook) -> None:
        """Enters the rule."""
        book.on_symbol("[", "stage", PATTERN, lambda _: "")
