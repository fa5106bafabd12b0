"""Ordinals whose ending is written with plain letters: la 1a planta, 5to piso, il 2o turno, o 2o andar."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, word_before


class LetterOrdinals:
    """The rule of one language for such endings; without effect if it has none."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._forms = speech.data.table("letter_ordinals")
        self._articles = frozenset(speech.data.texts("ordinal_before"))

    def add(self, book: RuleBook) -> None:
        """Add the rule; it comes before that for units, some of which look the same."""
        if self._forms:
            book.on_digit(
                "ordinal.letters",
                rf"(?<![\w.,/-])(?P<a>[1-9][0-9]{{0,2}})(?P<ending>{any_of(self._forms)})(?!\w)(?:\.(?={SPACE}[a-zà-ÿ]))?(?={SPACE}[a-zà-ÿ]|\.)",
                self.said,
            )

    def said(self, match: re.Match[str]) -> str | None:
        """Say the ordinal; a single letter is an ending only after an article."""
        ending = match["ending"]
        if len(ending) == 1 and word_before(match.string, match.start()) not in self._articles:
            return None
        return self._speech.words.ordinal(int(match["a"]), self._forms[ending])
