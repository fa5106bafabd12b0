r"""Blocks of LaTeX: roots, `\left … \right`, environments, stacks and arrows with words on them."""

from legato.text.maths.grammar import ARROWS, CASES, DELIMITERS, LINES, MATRICES, PREAMBLE
from legato.text.maths.lexer import Token
from legato.text.maths.nodes import MAX_DEPTH, Node, row, script
from legato.text.maths.sequences import Sequences

_BRACKET = frozenset({"]"})
_RIGHT = frozenset({"\\right"})
_CELL = frozenset({"&", "\\\\", "\\end", "\\cr", "\\tabularnewline"})
_LINE = frozenset({"\\\\", "}"})


class Blocks(Sequences):
    """Reads the commands that enclose or stack something."""

    def _block(self, token: Token, name: str) -> Node | None:
        if name == "sqrt":
            return self._root(token)
        if name == "left":
            return self._left(token)
        if name == "begin":
            return self._environment(token)
        if name == "not":
            return self._negated(token)
        if name in {"overset", "underset", "stackrel"}:
            return self._stacked(token, name)
        if name == "substack":
            return self._substack(token)
        if name in ARROWS:
            return self._arrow(token, ARROWS[name])
        return None

    def _pair(self, token: Token, name: str) -> Node:
        body = self._argument(token)
        return Node("fence", name, [body], token.start, max(token.end, body.end))

    def _optional(self) -> Node | None:
        """Read `[…]` as a row."""
        token = self._peek()
        if token is None or token.text != "[" or self._depth >= MAX_DEPTH:
            return None
        self._at += 1
        self._depth += 1
        kids = self._sequence(_BRACKET)
        self._depth -= 1
        return row(kids, token.start, self._close(token))

    def _root(self, token: Token) -> Node:
        index = self._optional()
        body = self._argument(token)
        kids = [body] if index is None else [body, index]
        return Node("root", "" if index is None else "n", kids, token.start, max(token.end, body.end))

    def _delimiter(self) -> str:
        token = self._peek()
        if token is None:
            return ""
        self._at += 1
        return DELIMITERS.get(token.text, self._commands.get(token.text, token.text.lstrip("\\")))

    def _left(self, token: Token) -> Node | None:
        opener = self._delimiter()
        if self._depth >= MAX_DEPTH:
            return None
        self._depth += 1
        kids = self._sequence(_RIGHT)
        self._depth -= 1
        inner_end = kids[-1].end if kids else token.end
        end, closer = inner_end, ""
        if self._peek() is not None:
            self._at += 1
            closer = self._delimiter()
            end = self._tokens[self._at - 1].end
        return Node("fence", f"{opener} {closer}", [row(kids, token.end, inner_end)], token.start, end)

    def _environment(self, token: Token) -> Node:
        span = (self._raw_arguments(1) or [(token.end, token.end)])[0]
        if self._depth >= MAX_DEPTH:
            return row([], token.start, max(token.end, span[1]))
        name = self._raw(span).strip().rstrip("*")
        if name in PREAMBLE or name.removesuffix("ed") in PREAMBLE:
            self._skip_options()
            if self._next_is("{"):
                self._raw_arguments(1)
        elif name in MATRICES | CASES | LINES:
            self._skip_options()
        known = name in MATRICES | CASES | LINES
        lines = self._lines(_CELL if known else frozenset({"\\end"}), token)
        end = self._close(token)
        if self._next_is("{"):
            end = self._raw_arguments(1)[0][1] + 1
        end = min(end, self._offset + len(self._source))
        if not known:
            return row(lines[0].kids[0].kids if lines else [], token.start, end)
        return Node("table", name, lines, token.start, end)

    def _lines(self, stops: frozenset[str], opener: Token) -> list[Node]:
        """Read the cells up to the end of the environment, which is left in place."""
        lines: list[Node] = []
        cells: list[Node] = []
        deep = self._depth >= MAX_DEPTH
        self._depth += not deep
        start = opener.end
        while True:
            kids = self._sequence(stops)
            token = self._peek()
            cells.append(row(kids, start, token.start if token else start))
            ends = token is None or token.text in {"\\end", "}"}
            if ends or (token is not None and token.text != "&"):
                if any(cell.kids for cell in cells):
                    lines.append(Node("tr", "", cells, cells[0].start, cells[-1].end))
                cells = []
            if token is None or ends:
                break
            self._at += 1
            start = token.end
            if token.text == "\\\\":
                self._skip_options()
        self._depth -= not deep
        return lines

    def _substack(self, token: Token) -> Node:
        if not self._next_is("{") or self._depth >= MAX_DEPTH:
            return row([], token.start, token.end)
        self._at += 1
        lines = self._lines(_LINE, token)
        return Node("table", "substack", lines, token.start, self._close(token))

    def _negated(self, token: Token) -> Node:
        follower = self._peek()
        if follower is None:
            return Node("sym", "¬", [], token.start, token.end)
        self._at += 1
        key = follower.text.lstrip("\\")
        sign = self._commands.get("not" + key)
        if sign is None:
            positive = self._commands.get(key, key)
            return row(
                [
                    Node("sym", "not", [], token.start, token.end),
                    Node("sym", positive, [], follower.start, follower.end, "bare"),
                ],
                token.start,
                follower.end,
            )
        return Node("sym", sign, [], token.start, follower.end)

    def _stacked(self, token: Token, name: str) -> Node:
        first, second = self._argument(token), self._argument(token)
        end = max(token.end, second.end)
        if name != "underset":
            return Node("over", "", [second, first], token.start, end)
        base = second.kids[0] if len(second.kids) == 1 else second
        base.start = token.start
        return script(base, first, None, end)

    def _arrow(self, token: Token, sign: str) -> Node:
        below = self._optional()
        above = self._argument(token)
        arrow = Node("sym", sign, [], token.start, token.end)
        kids = [row([arrow], token.start, token.end), above]
        if below is not None:
            kids.append(below)
        return Node("over", "", kids[:2], token.start, max(token.end, above.end))
