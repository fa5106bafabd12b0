"""Moves of chess: 1.e4 e5 2.Nf3, Qxf7#, O-O, in the letters of the language."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of
from legato.text.verbal.tables import VerbalData

_SQUARE = "(?P<file>[a-h])(?P<rank>[1-8])"
_MARKS = r"(?P<check>[+#])?(?:\?\?|!!|\?!|!\?)?(?![\w+#=])"
"""A check or mate, and the comment of an annotator, which is not said."""

_MOST_CHARGES = 4
"""What looks like a check may be an ion with at most so many charges: Ba2+."""


_WINDOW = 96
_PLAIN_SQUARE = "[a-h][1-8]"


def told_of_chess(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of what precedes a plain move, which could be a seat, a plan or a part; None if a language has no such words.

    It is a word that only chess has or a move that can be nothing else, anywhere before; or who moves, or what, with little between. Behind
    each of them a writer's pause is waited out: words that prose has for other things (mate, matto) are none.
    """
    words, movers = data.texts("chess_words"), data.texts("chess_movers")
    if not words:
        return None
    letters = "".join(data.table("chess_pieces"))
    sure = rf"(?:(?:[{letters}][a-h1-8]?|[a-h])x{_PLAIN_SQUARE}|[{letters}]{_PLAIN_SQUARE}#|O-O|[1-9][0-9]?\.(?:\.\.)? ?[{letters}]?{_PLAIN_SQUARE})(?![\w-])"
    links = any_of([*movers, *data.texts("chess_links")])
    moved = rf"[{letters}]{_PLAIN_SQUARE}"
    return re.compile(
        rf"(?<![\w.])(?:{any_of(words)}(?!\w)|{sure}|{moved} \Z|(?P<mover>{any_of(movers)}(?: {links}| {moved},?){{0,6}} \Z))"
    )


class Chess:
    """The rules of one language for moves; without effect if it has no names for the pieces."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._pieces = speech.data.table("chess_pieces")
        self._words = speech.data.table("chess")
        self._plain = frozenset(speech.data.texts("chess_plain"))
        self._told = told_of_chess(speech.data)

    def add(self, book: RuleBook) -> None:
        """Add the rules. A move of a piece without a capture is one only where it can be no chord or ion and another sign of chess is near, or is numbered."""
        if not self._pieces:
            return
        pieces = f"[{''.join(self._pieces)}]"
        promoted = rf"(?:=(?P<to>{pieces}))?"
        castled = (
            r"(?P<castled>O-O(?:-O)?|0-0-0|(?<! )0-0)(?![\w-])"  # behind a space, 0-0 is the score of a match
        )
        piece = rf"(?P<piece>{pieces})(?P<from>[a-h]?[1-8]?)(?P<takes>x)?{_SQUARE}{_MARKS}"
        pawn = rf"(?:(?P<own>[a-h])(?P<pawn>x))?{_SQUARE}{promoted}{_MARKS}"
        for one in (piece, pawn, castled):
            book.on_digit(
                "chess.numbered", rf"(?<![\w.,:/-])(?P<number>[1-9][0-9]?)\.(?:\.\.| )?{one}", self.numbered
            )
        self._replied = re.compile(rf" {pieces}?[a-h]?x?{_PLAIN_SQUARE}(?![\w-])")
        alone = r"(?<![\w'’/@-])"
        book.on_joined("chess", rf"{alone}{piece}", self.piece)
        book.on_joined(
            "chess",
            rf"{alone}(?P<own>[a-h])(?P<pawn>x){_SQUARE}{promoted}{_MARKS}",
            self.move,
        )
        book.on_joined("chess", rf"{alone}(?P<castled>O-O(?:-O)?)(?![\w-])", self.move)

    def numbered(self, match: re.Match[str]) -> str:
        """Say 2.Nf3, 23...Kh8."""
        return f"{self._speech.cardinal(match['number'])}, {self.move(match)}"

    def piece(self, match: re.Match[str]) -> str | None:
        """Say Qxf7#, and Nf3 in a text about chess."""
        plain = not match["from"] and self._is_told(match)
        checks = match["check"] == "#" or (match["check"] and int(match["rank"]) > _MOST_CHARGES)
        return self.move(match) if plain or checks or match["takes"] else None

    def _is_told(self, match: re.Match[str]) -> bool:
        """Whether something else near a plain move tells of chess, if only the next move; what could be a chord or an ion needs more."""
        if self._told is None:
            return False
        text, start = match.string, match.start()
        before = self._told.search(text, max(0, start - _WINDOW), start)
        if before is not None and not before["mover"]:
            return True
        clear = match["piece"] + match["file"] in self._plain
        return clear and (before is not None or self._replied.match(text, match.end()) is not None)

    def move(self, match: re.Match[str]) -> str:
        """Say a move by what it consists of."""
        parts = match.groupdict()
        if castled := parts.get("castled"):
            return self._words[castled.replace("0", "O")]
        origin = re.sub("[1-8]", lambda rank: f" {self._speech.cardinal(rank[0])}", parts.get("from") or "")
        said = [self._pieces.get(parts.get("piece") or "", ""), origin.strip(), parts.get("own")]
        if parts.get("takes") or parts.get("pawn"):
            said.append(self._words["x"])
        said += [match["file"], self._speech.cardinal(match["rank"])]
        if to := parts.get("to"):
            said += [self._words["="], self._pieces[to]]
        if check := parts.get("check"):
            said.append(self._words[check])
        return " ".join(filter(None, said))
