"""A position in a list of tokens, and the small steps that every construct is read with."""

from collections.abc import Mapping

from legato.text.maths.lexer import Token, tokens
from legato.text.maths.nodes import Node


class Cursor:
    """Walks the tokens of one formula.

    Args:
        source: the formula without its delimiters.
        commands: canonical sign of each command and character, without backslash.
        offset: added to every range.
        patterns: whether to read `#name` as a wildcard of a rule.
    """

    def __init__(
        self, source: str, commands: Mapping[str, str], *, offset: int = 0, patterns: bool = False
    ) -> None:
        self._source = source
        self._offset = offset
        self._commands = commands
        self._patterns = patterns
        self._tokens = tokens(source, offset)
        self._at = 0
        self._depth = 0

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next_is(self, text: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].text == text

    def _close(self, opener: Token) -> int:
        """Take the closer that a sequence stopped at; return its end, or the end of the text."""
        token = self._peek()
        if token is None:
            return self._tokens[-1].end if self._tokens else opener.end
        self._at += 1
        return token.end

    def _leaf(self, token: Token) -> Node:
        name = self._commands.get(token.text, token.text)
        kind = "id" if name.isalpha() and token.kind == "char" else "sym"
        return Node(kind, name, [], token.start, token.end)

    def _wild(self, token: Token) -> Node:
        """Read a wildcard: `#a` stands for one node, `##a` for the rest of a row."""
        follower = self._tokens[self._at]
        self._at += 1
        if follower.text != "#":
            return Node("wild", follower.text, [], token.start, follower.end)
        name = self._tokens[self._at]
        self._at += 1
        return Node("wild", name.text, [], token.start, name.end, "many")

    def _raw(self, span: tuple[int, int]) -> str:
        return self._source[span[0] - self._offset : span[1] - self._offset]

    def _raw_arguments(self, count: int) -> list[tuple[int, int]]:
        """Take the next braces (or the next token); return the ranges of what is inside, as written."""
        out: list[tuple[int, int]] = []
        while len(out) < count and (token := self._peek()) is not None:
            self._at += 1
            out.append(self._inside(token, "}") if token.text == "{" else (token.start, token.end))
        return out

    def _skip_options(self) -> None:
        """Skip `[…]`."""
        token = self._peek()
        if token is not None and token.text == "[":
            self._at += 1
            self._inside(token, "]")

    def _inside(self, opener: Token, closer: str) -> tuple[int, int]:
        depth, last = 1, opener
        while depth and (token := self._peek()) is not None:
            self._at += 1
            last = token
            depth += (token.text == opener.text) - (token.text == closer)
        return opener.end, max(opener.end, last.end if depth else last.start)
