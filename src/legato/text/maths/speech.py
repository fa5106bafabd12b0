"""Words for a tree: the longest, most literal rule that matches, then the next part."""

import unicodedata
from dataclasses import dataclass

from legato.text.maths.nodes import Node
from legato.text.maths.patterns import Captures
from legato.text.maths.pauses import ends_audibly
from legato.text.maths.predicates import is_sum
from legato.text.maths.rulebook import MathsData, Rule
from legato.text.maths.tables import table_parts
from legato.text.maths.templates import Part, Template

_SCRUB = str.maketrans(dict.fromkeys("\\{}^_$`#&~", " "))
_NO_PARTS: Captures = {}
_CLOSING = frozenset({"apply", "root", "frac"})
"""Parts that must be heard to end before they are raised: f(x) squared is not f of x squared."""


@dataclass(slots=True)
class Utterance:
    """Something said: words, or a pause, and where it was written."""

    text: str
    start: int
    end: int
    rule: str = ""


class Speaker:
    """Says one tree after another.

    Args:
        data: rules and names.
        style: natural, explicit or brief.
    """

    def __init__(self, data: MathsData, style: str) -> None:
        self._data = data
        self._style = style
        self._out: list[Utterance] = []

    def speak(self, tree: Node) -> list[Utterance]:
        """Return the words of a settled tree, in order of speech."""
        self._out = []
        self._sequence(tree.kids)
        while self._out and self._out[-1].text in {",", ";"}:
            self._out.pop()
        return self._out

    # saying

    def _words(self, text: str, start: int, end: int, rule: str = "") -> None:
        clean = " ".join(text.translate(_SCRUB).split())
        if any(letter.isalnum() for letter in clean):
            self._out.append(Utterance(clean, start, end, rule))

    def _pause(self, mark: str, at: int) -> None:
        """Add a pause, unless one was just made; a stronger mark takes its place."""
        if not self._out:
            return
        last = self._out[-1]
        if last.text[-1] in ",;:.":
            if mark == ";" and last.text == ",":
                last.text = mark
            return
        self._out.append(Utterance(mark, at, at))

    def _sequence(self, nodes: list[Node]) -> None:
        at = 0
        while at < len(nodes):
            taken = self._at(nodes, at)
            if taken == 1 and at + 1 < len(nodes) and ends_audibly(nodes, at, self._data.classes):
                self._pause(",", nodes[at].end)
            at += taken

    def _at(self, nodes: list[Node], at: int) -> int:
        node = nodes[at]
        follower = nodes[at + 1] if at + 1 < len(nodes) else None
        for rule in self._data.candidates(node, follower):
            captures = rule.pattern.match(nodes, at, self._data.classes)
            if captures is not None:
                length = len(rule.pattern.nodes)
                before = len(self._out)
                self._say(
                    self._template(rule, node),
                    captures,
                    (node.start, nodes[at + length - 1].end),
                    rule.id,
                    raised=node.kind in {"script", "postfix"},
                )
                if len(self._out) > before:
                    self._prefix(node, self._out[before])
                return length
        self._plainly(node)
        return 1

    def _template(self, rule: Rule, node: Node) -> Template:
        says = rule.says
        if node.kind == "unit" and node.role == "one" and "one" in says:
            return says["one"]
        return says[self._style] if self._style in says else says["natural"]

    def _say(
        self,
        template: Template,
        captures: Captures,
        span: tuple[int, int],
        rule: str,
        *,
        raised: bool = False,
    ) -> None:
        start, end = span
        for index, part in enumerate(template):
            if part.slot:
                nodes = captures.get(part.slot, [])
                self._captured(part, nodes)
                if raised and len(nodes) == 1 and nodes[0].kind in _CLOSING:
                    self._pause(",", nodes[0].end)
                start = nodes[-1].end if nodes else start
            elif part.pause:
                self._pause(part.pause, start)
            else:
                following = next(
                    (captures[later.slot] for later in template[index + 1 :] if captures.get(later.slot)),
                    None,
                )
                stop = following[0].start if following else end
                low, high = (start, stop) if start < stop else span
                self._out.append(Utterance(part.words, low, high, rule))

    def _captured(self, part: Part, nodes: list[Node]) -> None:
        if part.modifier == "group" and self._is_open(nodes):
            self._say(self._phrase("group"), {"a": nodes}, (nodes[0].start, nodes[-1].end), "group")
        elif part.modifier == "ordinal" and len(nodes) == 1 and nodes[0].name in self._data.ordinals:
            self._words(self._data.ordinals[nodes[0].name], nodes[0].start, nodes[0].end)
        elif part.modifier == "digits":
            self._words(" ".join(nodes[0].name), nodes[0].start, nodes[-1].end)
        elif part.modifier == "nth":
            self._nth(nodes)
        elif part.modifier == "list":
            self._listed(nodes)
        else:
            self._sequence(nodes)

    def _is_open(self, nodes: list[Node]) -> bool:
        """Whether a part would be taken to end too soon: a sum, or a fraction written with a slash."""
        return is_sum(nodes, self._data.classes) or any(node.name == "/" for node in nodes)

    def _nth(self, nodes: list[Node]) -> None:
        """Say an ordinal: fourth, nth, 24th."""
        if len(nodes) == 1 and nodes[0].name in self._data.ordinals:
            self._words(self._data.ordinals[nodes[0].name], nodes[0].start, nodes[0].end)
            return
        self._sequence(nodes)
        suffix = "".join(part.words for part in self._phrase("nth"))
        if self._out and self._out[-1].text[-1:].isalnum():
            self._out[-1].text += suffix

    def _listed(self, nodes: list[Node]) -> None:
        """Say `a, b` as `a and b`: the last comma is a word."""
        commas = [index for index, node in enumerate(nodes) if node.kind == "sym" and node.name == ","]
        if not commas or "and" not in self._data.phrases:
            self._sequence(nodes)
            return
        comma = nodes[commas[-1]]
        self._sequence(nodes[: commas[-1]])
        self._say(self._phrase("and"), _NO_PARTS, (comma.start, comma.end), "and")
        self._sequence(nodes[commas[-1] + 1 :])

    def _phrase(self, name: str) -> Template:
        phrases = self._data.phrases
        return phrases.get(f"{name}.{self._style}") or phrases.get(name, ())

    # what no rule matches

    def _plainly(self, node: Node) -> None:
        if node.kind == "unit":
            self._unit(node)
        elif node.kind in {"id", "sym", "fn", "text", "num"}:
            self._leaf(node)
        elif node.kind == "table":
            for template, captures, span in table_parts(node, self._style, self._data.phrases):
                self._say(template, captures, span, f"table.{node.name}")
        elif node.kind == "row":
            self._sequence(node.kids)
        else:
            for kid in node.kids:
                self._plainly(kid) if kid.kind in {"row", "void"} else self._sequence([kid])

    def _leaf(self, node: Node) -> None:
        name = self._data.names.get(node.name)
        if name is not None:
            self._say_name(name, node)
        elif node.kind == "num":
            self._words(node.name.replace(".", self._data.decimal), node.start, node.end)
        elif node.kind in {"fn", "text"}:
            self._words(node.name, node.start, node.end)
        else:
            plain = unicodedata.normalize("NFKC", node.name)
            known = self._data.names.get(plain, plain)
            self._words(known if any(letter.isalnum() for letter in known) else "", node.start, node.end)

    def _say_name(self, name: str, node: Node) -> None:
        if name in {",", ";"}:
            self._pause(name, node.start)
        else:
            self._words(name, node.start, node.end, "symbol")

    def _prefix(self, node: Node, said: Utterance) -> None:
        """Join a prefix to its unit: kilo and meters are one word, in German with one capital."""
        if node.kind == "unit" and node.kids:
            prefix = self._data.prefixes.get(node.kids[0].name, "")
            said.text = prefix + (said.text[0].lower() + said.text[1:] if prefix[:1].isupper() else said.text)

    def _unit(self, node: Node) -> None:
        names, prefix = self._data.names, node.kids[0].name if node.kids else ""
        single = "|one" if node.role == "one" else ""
        whole = (
            names.get(f"unit:{prefix}{node.name}{single}") or names.get(f"unit:{prefix}{node.name}")
            if prefix
            else None
        )
        before = len(self._out)
        one = names.get(f"unit:{node.name}|one") if node.role == "one" else None
        self._words(whole or one or names.get(f"unit:{node.name}", node.name), node.start, node.end, "unit")
        if whole is not None:
            return
        if len(self._out) > before:
            self._prefix(node, self._out[before])
