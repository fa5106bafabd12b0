"""The rules of one language, compiled: the content of the data files, indexed by what stands first in a formula."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from legato.domain.languages import primary_subtag
from legato.text.maths.application import Applier
from legato.text.maths.arrange import Arranger
from legato.text.maths.latex import LatexParser
from legato.text.maths.nodes import LEAVES, Node
from legato.text.maths.patterns import Pattern, weigh
from legato.text.maths.predicates import PREDICATES
from legato.text.maths.templates import Template, compiled

STYLES = ("natural", "explicit", "brief")
DOMAINS = (
    "arithmetic", "algebra", "fractions", "calculus", "linear_algebra", "sets", "logic", "probability", "number_theory", "geometry_trig",
    "complex", "combinatorics", "differential_eq", "units_chem",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a data file.

    Args:
        id: domain and name; what `--explain` shows.
        pattern: what it matches.
        says: template per style; `one` is the singular of a unit.
        rank: sorts the most literal rule first; earlier rows win among equals.
    """

    id: str
    pattern: Pattern
    says: Mapping[str, Template]
    rank: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class MathsData:
    """Everything a reader knows about one language.

    Args:
        language: primary tag of the language it speaks, such as `en`.
        commands: canonical sign of every LaTeX command, entity and look-alike character.
        classes: what each sign is to its neighbours.
        names: how a sign that no rule matches is said.
        phrases: templates of what has no row of its own: groups, tables.
        ordinals: how an exponent is said, by its digits.
        prefixes: SI prefixes.
        decimal: the mark before the decimals of a number.
        heads: rules by the key of their first part.
        seconds: rules that begin with a wildcard, by the key of their second part.
    """

    language: str
    commands: Mapping[str, str]
    classes: Mapping[str, str]
    names: Mapping[str, str]
    phrases: Mapping[str, Template]
    ordinals: Mapping[str, str]
    prefixes: Mapping[str, str]
    decimal: str = "."
    heads: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    seconds: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, language: str, mappings: Mapping[str, object]) -> "MathsData":
        """Compile the data files.

        Args:
            language: a tag such as `en` or `de-AT`; only its primary part counts. English stands in for a language without a file.
            mappings: decoded JSON of each file under `data/maths`, by its path without suffix (`calculus`, `symbols/en`).

        Raises:
            TypeError: a file or a row does not have the required shape; the message names it.
            ValueError: a rule cannot be compiled.
        """
        primary = primary_subtag(language)
        primary = primary if f"symbols/{primary}" in mappings else "en"
        symbols = _mapping(mappings.get(f"symbols/{primary}"), f"symbols/{primary}")
        commands = _strings(_mapping(mappings.get("commands"), "commands"))
        rows = [row for domain in DOMAINS if domain in mappings for row in _rows(mappings[domain], domain)]
        classes = _classes(rows, commands)
        spoken = _mapping(symbols.get("rules", {}), "rules")
        rules = []
        for order, row in enumerate(rows):
            says = _says(row) if primary == "en" else _says({"say": spoken.get(str(row["id"]))})
            if says:
                rules.append(_rule(row, says, order, commands, classes))
        return cls(
            language=primary,
            commands=commands,
            classes=classes,
            names=_strings(_mapping(symbols.get("names", {}), "names")),
            phrases={
                name: compiled(text)
                for name, text in _strings(_mapping(symbols.get("phrases", {}), "phrases")).items()
            },
            ordinals=_strings(_mapping(symbols.get("ordinals", {}), "ordinals")),
            prefixes=_strings(_mapping(symbols.get("prefixes", {}), "prefixes")),
            decimal=str(symbols.get("decimal", ".")),
            heads=_indexed(rules, place=0),
            seconds=_indexed(rules, place=1),
        )

    def candidates(self, node: Node, follower: Node | None) -> Iterable[Rule]:
        """Return the rules that may match at `node`, the most literal first."""
        found = [self.heads[name] for name in _lookups(node) if name in self.heads]
        if follower is not None and self.seconds:
            found += [self.seconds[name] for name in _lookups(follower) if name in self.seconds]
        if len(found) < 2:
            return found[0] if found else ()
        return sorted((rule for rules in found for rule in rules), key=_rank)


def _rank(rule: Rule) -> tuple[int, int, int, int]:
    return rule.rank


def _lookups(node: Node) -> list[str]:
    """Return where the rules for a part may be: under its key, its shape, and either with what stands first in each of its rows."""
    key = node.key
    if node.kind in LEAVES:
        return [key]
    names = [key] if key == node.shape else [key, node.shape]
    probes = [
        f" {place} {kid.kids[0].key}" for place, kid in enumerate(node.kids) if kid.kind == "row" and kid.kids
    ]
    return names + [name + probe for name in names for probe in probes]


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"maths data {name!r} is missing or not an object")
    return value


def _strings(value: Mapping[str, object]) -> dict[str, str]:
    return {key: text for key, text in value.items() if isinstance(text, str)}


def _rows(domain: object, name: str) -> list[Mapping[str, object]]:
    rows = _mapping(domain, name).get("rows")
    if not isinstance(rows, list):
        raise TypeError(f"maths data {name!r} has no rows")
    for row in rows:
        if not isinstance(row, Mapping) or not {"id", "match", "say"} <= row.keys():
            raise TypeError(f"maths data {name!r}: {row!r} needs id, match and say")
    return rows


def _says(row: Mapping[str, object]) -> dict[str, Template]:
    """Return templates by style; an object gives each style its own."""
    say = row.get("say")
    source = {"natural": say} if isinstance(say, str) else say if isinstance(say, Mapping) else {}
    says = {str(style): compiled(str(text)) for style, text in source.items()}
    says.update({style: compiled(str(row[style])) for style in (*STYLES, "one") if style in row})
    return says


def _classes(rows: list[Mapping[str, object]], commands: Mapping[str, str]) -> dict[str, str]:
    classes = {}
    for row in rows:
        if "class" in row:
            sign = _unwrapped(LatexParser(str(row["match"]), commands, patterns=True).parse().kids)
            if sign and sign[0].kind in LEAVES:
                classes[sign[0].name] = str(row["class"])
    return classes


def _rule(
    row: Mapping[str, object],
    says: dict[str, Template],
    order: int,
    commands: Mapping[str, str],
    classes: Mapping[str, str],
) -> Rule:
    where = row.get("where", {})
    if not isinstance(where, Mapping):
        raise TypeError(f"{row['id']}: where must be an object")
    for condition in where.values():
        unknown = (
            {part.lstrip("!") for part in str(condition).split()} - PREDICATES.keys()
            if isinstance(condition, str)
            else set()
        )
        if unknown and condition is not where.get("_"):
            raise ValueError(f"{row['id']}: unknown condition {condition!r}")
    nodes = pattern_nodes(str(row["match"]), commands, classes)
    literals, conditions, length = weigh(nodes, where)
    rank = (-literals, -conditions, -length, order)
    return Rule(str(row["id"]), Pattern(tuple(nodes), where), says, rank)


def pattern_nodes(source: str, commands: Mapping[str, str], classes: Mapping[str, str]) -> list[Node]:
    """Return the parts of a pattern, built by the stations that build formulas.

    Raises:
        ValueError: the pattern is empty, or consists of wildcards only.
    """
    tree = LatexParser(source, commands, patterns=True).parse()
    Arranger(classes).arrange(tree)
    _apply(tree, Applier(classes))
    nodes = _unwrapped(tree.kids)
    if not nodes or all(node.kind == "wild" for node in nodes):
        raise ValueError(f"{source!r} matches everything or nothing")
    return nodes


def _unwrapped(nodes: list[Node]) -> list[Node]:
    r"""Return what is inside `\ce{…}`: signs of chemistry are written in it, but it is not part of what is matched."""
    return nodes[0].kids if len(nodes) == 1 and nodes[0].kind in {"chem", "row"} else nodes


def _apply(node: Node, applier: Applier) -> None:
    if node.kind == "row":
        node.kids = applier.applied(node.kids)
    for kid in node.kids:
        _apply(kid, applier)


def _indexed(rules: list[Rule], place: int) -> dict[str, tuple[Rule, ...]]:
    index: dict[str, list[Rule]] = {}
    for rule in rules:
        nodes = rule.pattern.nodes
        first = 0 if nodes[0].kind != "wild" else 1
        if first == place:
            index.setdefault(_index_key(nodes[place]), []).append(rule)
    return {key: tuple(sorted(found, key=_rank)) for key, found in index.items()}


def _index_key(node: Node) -> str:
    """Return the key of a literal part, or the shape of one whose base is a wildcard."""
    if node.kind in LEAVES:
        return node.key
    base = node.kids[0] if node.kids and node.kind in {"script", "apply"} else None
    while base is not None and base.kind in {"script", "apply", "prime", "accent"}:
        base = base.kids[0]
    name = node.shape if base is not None and base.kind in {"wild", "row"} else node.key
    for place, kid in enumerate(node.kids):
        first = kid.kids[0] if kid.kind == "row" and kid.kids else None
        if first is not None and first.kind not in {"wild", "script", "apply"}:
            return f"{name} {place} {first.key}"
    return name
