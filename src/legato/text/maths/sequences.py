"""Sequences, groups, arguments and scripts: the part of LaTeX that every command is made of."""

from abc import abstractmethod

from legato.text.maths.cursor import Cursor
from legato.text.maths.grammar import INFIX
from legato.text.maths.lexer import Token
from legato.text.maths.nodes import MAX_DEPTH, Node, row, script

_MAX_POSTFIXES = 8
_BRACE = frozenset({"}"})
_ENDS_ARGUMENT = frozenset({"}", "&", "\\\\", "\\right", "\\end"})


class Sequences(Cursor):
    """Reads rows of items; what a command means is left to the subclass."""

    @abstractmethod
    def _command(self, token: Token) -> Node | None:
        """Return the node of a command that was just taken, or None if it is silent."""

    def _sequence(self, stops: frozenset[str]) -> list[Node]:
        """Read the items up to a token of `stops`, which is left in place."""
        kids: list[Node] = []
        while (token := self._peek()) is not None:
            if token.text in stops and token.kind != "num":
                break
            if token.kind == "cmd" and token.text[1:] in INFIX:
                self._at += 1
                kids = [self._infix(token, kids, stops)]
                continue
            item = self._item()
            if item is not None:
                kids.append(item)
        return kids

    def _infix(self, token: Token, before: list[Node], stops: frozenset[str]) -> Node:
        if self._depth >= MAX_DEPTH:
            return row(before, token.start, token.end)
        self._depth += 1
        after = self._sequence(stops)
        self._depth -= 1
        start = before[0].start if before else token.start
        end = after[-1].end if after else token.end
        return Node(
            INFIX[token.text[1:]],
            "",
            [row(before, start, token.start), row(after, token.end, end)],
            start,
            end,
        )

    def _item(self) -> Node | None:
        base = self._atom()
        for _ in range(_MAX_POSTFIXES):
            token = self._peek()
            if token is None:
                break
            if token.kind == "prime":
                self._at += 1
                start = token.start if base is None else base.start
                count = len(token.text)
                base = Node(
                    "prime", str(count), [base or Node("void", "", [], start, start)], start, token.end
                )
            elif token.kind == "mark" and token.text in "^_":
                base = self._scripted(base)
            elif token.text in {"\\limits", "\\nolimits"}:
                self._at += 1
            else:
                break
        return base

    def _scripted(self, base: Node | None) -> Node:
        token = self._tokens[self._at]
        self._at += 1
        slot = 1 if token.text == "_" else 2
        argument = self._script_argument(token)
        base = base or Node("void", "", [], token.start, token.start)
        if base.kind == "script" and base.kids[slot].kind == "void":
            base.kids[slot] = argument
            base.end = max(base.end, argument.end)
            return base
        if slot == 2 and argument.kids and all(kid.name == "′" for kid in argument.kids):
            return Node("prime", str(len(argument.kids)), [base], base.start, argument.end)
        return script(base, argument if slot == 1 else None, argument if slot == 2 else None, argument.end)

    def _script_argument(self, mark: Token) -> Node:
        """Read the argument of `^` or `_`; a sign and a number belong together (`x^-1`)."""
        token, follower = (
            self._peek(),
            self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else None,
        )
        if token and follower and token.text in {"-", "+"} and follower.kind == "num":
            self._at += 2
            sign = self._leaf(token)
            return row(
                [sign, Node("num", follower.text, [], follower.start, follower.end)],
                token.start,
                follower.end,
            )
        return self._argument(mark, whole_numbers=True)

    def _argument(self, owner: Token, *, whole_numbers: bool = False) -> Node:
        """Read one braced group or one atom, always as a row; empty if there is none."""
        token = self._peek()
        if token is None or token.text in _ENDS_ARGUMENT or self._depth >= MAX_DEPTH:
            return row([], owner.end, owner.end)
        self._depth += 1
        try:
            if (
                token.kind == "num"
                and not whole_numbers
                and len(token.text) > 1
                and token.end - token.start == len(token.text)
            ):
                return self._first_digit(token)
            if token.text in "^_" and token.kind == "mark":
                return row([], owner.end, owner.end)
            atom = self._atom()
            if atom is None:
                return row([], token.start, token.end)
            return atom if atom.kind == "row" else row([atom], atom.start, atom.end)
        finally:
            self._depth -= 1

    def _first_digit(self, token: Token) -> Node:
        r"""Take one digit, as TeX does where braces are left out: `\frac12` is one half."""
        middle = token.start + 1
        self._tokens[self._at] = Token("num", token.text[1:], middle, token.end)
        return row([Node("num", token.text[0], [], token.start, middle)], token.start, middle)

    def _atom(self) -> Node | None:
        token = self._tokens[self._at]
        if token.kind == "mark" and token.text in "^_":
            return None
        self._at += 1
        if token.kind == "cmd":
            return self._command(token)
        if token.kind == "num":
            return Node("num", token.text, [], token.start, token.end)
        if token.kind == "mark":
            return self._group(token) if token.text == "{" else None
        if token.kind == "prime":
            return Node("sym", "′", [], token.start, token.end)
        if token.text == "#" and self._patterns:
            return self._wild(token)
        return self._leaf(token)

    def _group(self, opener: Token) -> Node | None:
        if self._depth >= MAX_DEPTH:
            return None
        self._depth += 1
        kids = self._sequence(_BRACE)
        self._depth -= 1
        end = self._close(opener)
        return row(kids, opener.start, end)
