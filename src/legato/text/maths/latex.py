"""LaTeX to a tree: a parser that accepts any input.

Nothing is an error. A group that is never closed ends with the text, a closer without its opener is skipped, an unknown
command is read by its name. Every token is looked at once; groups nest to a fixed depth and are flattened below it.
"""

import re

from legato.text.maths import chemistry, siunitx
from legato.text.maths.blocks import Blocks
from legato.text.maths.grammar import ACCENTS, DELIMITERS, FENCES, FONTS, FRACTIONS, SILENT, WORDS, dressed
from legato.text.maths.lexer import Token
from legato.text.maths.nodes import MAX_DEPTH, Node, row
from legato.text.maths.words import worded

_END = frozenset[str]()
_NEAR_TOKENS = 6
_SPACING = re.compile(r"\\[,;:! ]")
_NOTHING = frozenset({",", ":", ";", "!", " ", ">", "/", "-", "\n", "\t", ""})


class LatexParser(Blocks):
    """Parses one formula."""

    def parse(self) -> Node:
        """Parse the whole formula as one row."""
        kids: list[Node] = []
        while self._at < len(self._tokens):
            kids += self._sequence(_END)
            self._at += 1
        return row(kids, self._offset, self._offset + len(self._source))

    def _command(self, token: Token) -> Node | None:
        name = token.text[1:]
        if name in FRACTIONS:
            return self._fraction(token, FRACTIONS[name])
        if name in ACCENTS:
            body = self._argument(token)
            return Node("accent", ACCENTS[name], [body], token.start, max(token.end, body.end))
        if name in FONTS:
            return self._dress(token, FONTS[name])
        if name in WORDS:
            return self._words(token)
        if name in SILENT:
            self._silent(SILENT[name])
            return None
        if name in FENCES and self._next_is("{"):
            return self._pair(token, FENCES[name])
        block = self._block(token, name)
        return block if block is not None else self._special(token, name)

    def _fraction(self, token: Token, kind: str) -> Node:
        self._skip_options()
        first, second = self._argument(token), self._argument(token)
        return Node(kind, "", [first, second], token.start, max(token.end, first.end, second.end))

    def _special(self, token: Token, name: str) -> Node | None:
        if name in siunitx.COMMANDS:
            self._skip_options()
            spans = self._raw_arguments(siunitx.COMMANDS[name])
            return siunitx.parsed(token, [(self._raw(span), span[0]) for span in spans], self._commands)
        if name in chemistry.COMMANDS:
            span = (self._raw_arguments(1) or [(token.end, token.end)])[0]
            return chemistry.parsed(self._raw(span), span[0], (token.start, max(token.end, span[1])))
        if name == "\\":
            return Node("sym", "newline", [], token.start, token.end)
        if name in _NOTHING:
            return None
        if name in {"pmod", "pod"}:
            body = self._argument(token)
            return Node("accent", "pmod", [body], token.start, max(token.end, body.end))
        return self._named(token, name)

    def _named(self, token: Token, name: str) -> Node:
        sign = self._commands.get(
            token.text if len(name) == 1 and name.isalpha() else name
        ) or DELIMITERS.get(token.text)
        if sign is None:
            return worded(name, (token.start, token.end), self._commands)
        if len(sign) == 1 and sign.isalpha():
            return Node("id", sign, [], token.start, token.end)
        return Node("fn" if sign.isalpha() else "sym", sign, [], token.start, token.end)

    def _silent(self, arguments: int) -> None:
        for _ in range(arguments):
            self._skip_options()
            if self._next_is("{"):
                self._raw_arguments(1)

    def _dress(self, token: Token, font: str) -> Node:
        body = self._argument(token)
        for kid in body.kids:
            if kid.kind == "id" and font != "it":
                kid.name = dressed(kid.name, font)
                kid.role = font
        end = max(token.end, body.end)
        if len(body.kids) == 1:
            only = body.kids[0]
            only.start, only.end = token.start, end
            return only
        return row(body.kids, token.start, end)

    def _words(self, token: Token) -> Node:
        if self._next_is("*"):
            self._at += 1
        span = (self._raw_arguments(1) or [(token.end, token.end)])[0]
        raw, whole = self._raw(span), (token.start, max(token.end, span[1]))
        bare = _SPACING.sub("  ", raw)
        if "$" in raw and self._depth < MAX_DEPTH:
            return self._mixed(raw, span[0], whole)
        if (
            not token.text.startswith("\\text")
            and any(mark in bare for mark in "_^\\")
            and self._depth < MAX_DEPTH
        ):
            if "/" in raw or "^{-" in raw or ("\\cdot" in raw and self._behind_number(token)):
                measured = siunitx.units(raw, span[0], one=self._after_one(token))
                if measured:
                    return row(measured, *whole)
            formula = chemistry.formula(raw, span[0], whole)
            return formula or self._inner(raw, span[0], whole)
        return worded(bare, whole, self._commands)

    def _behind_number(self, command: Token) -> bool:
        """Whether a number, or one raised to a power, stands just before a command."""
        near = [
            token for token in self._tokens[max(0, self._at - 64) : self._at] if token.end <= command.start
        ]
        return any(token.kind == "num" for token in near[-_NEAR_TOKENS:])

    def _after_one(self, command: Token) -> bool:
        """Whether the number before a command that was just read is a one."""
        near = self._tokens[max(0, self._at - 64) : self._at]
        seen = [token.text for token in near if token.kind == "num" and token.end <= command.start]
        return seen[-1:] == ["1"]

    def _mixed(self, raw: str, start: int, whole: tuple[int, int]) -> Node:
        """Read words with formulas in dollars among them."""
        kids, at = [], start
        for index, part in enumerate(raw.split("$")):
            span = (at, at + len(part))
            if index % 2:
                kids.append(self._inner(part, at, span))
            elif part.strip():
                kids.append(Node("text", part.strip(), [], *span))
            at = span[1] + 1
        return row(kids, *whole)

    def _inner(self, raw: str, start: int, whole: tuple[int, int]) -> Node:
        inner = LatexParser(raw, self._commands, offset=start)
        inner._depth = self._depth + 1  # the same parser one level down
        return row(inner.parse().kids, *whole)
