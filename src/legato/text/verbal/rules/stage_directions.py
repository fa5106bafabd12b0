"""Stage directions that language models write for voices that act: a voice that is sent only words would say them."""

from legato.domain.stage_directions import PATTERN
from legato.text.verbal.book import RuleBook


class StageDirections:
    """The rule for stage directions, the same in every language."""

    def add(self, book: RuleBook) -> None:
        """Add the rule."""
        book.on_symbol("[", "stage", PATTERN, lambda _: "")
