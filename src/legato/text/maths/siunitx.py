r"""siunitx, and units written as units: `\SI{9.8}{m/s^2}`, `\qty{3}{\kilo\metre\per\hour}`, `5\,\text{kg}`."""

import re
from collections.abc import Mapping

from legato.text.maths.lexer import Token
from legato.text.maths.nodes import Node, row, script

COMMANDS = {
    "SI": 2,
    "qty": 2,
    "si": 1,
    "unit": 1,
    "num": 1,
    "ang": 1,
    "SIrange": 3,
    "qtyrange": 3,
    "numrange": 2,
}

PREFIXES = {
    "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n", "micro": "µ", "milli": "m", "centi": "c", "deci": "d",
    "deca": "da", "hecto": "h", "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y",
}  # fmt: skip
MACROS = {
    "metre": "m", "meter": "m", "gram": "g", "second": "s", "ampere": "A", "kelvin": "K", "mole": "mol", "candela": "cd", "hertz": "Hz",
    "newton": "N", "pascal": "Pa", "joule": "J", "watt": "W", "coulomb": "C", "volt": "V", "farad": "F", "ohm": "Ω", "siemens": "S",
    "weber": "Wb", "tesla": "T", "henry": "H", "lumen": "lm", "lux": "lx", "becquerel": "Bq", "gray": "Gy", "sievert": "Sv",
    "minute": "min", "hour": "h", "day": "d", "litre": "L", "liter": "L", "tonne": "t", "electronvolt": "eV", "bar": "bar",
    "degree": "°", "celsius": "°C", "degreeCelsius": "°C", "percent": "%", "radian": "rad", "steradian": "sr", "bit": "bit",
    "byte": "B", "kilogram": "kg", "arcminute": "′", "arcsecond": "″", "angstrom": "Å", "dalton": "Da", "hectare": "ha", "decibel": "dB",
    "bel": "bel", "atm": "atm", "mmHg": "mmHg", "astronomicalunit": "au", "knot": "kn", "barn": "barn", "year": "yr", "calorie": "cal",
    "inch": "in", "foot": "ft", "mile": "mi", "pound": "lb", "lightyear": "ly",
}  # fmt: skip
UNITS = frozenset(MACROS.values()) | {
    "l",
    "cal",
    "rpm",
    "mph",
    "psi",
    "°F",
    "oz",
    "gal",
    "Torr",
    "u",
    "M",
    "ms⁻¹",
}
_PREFIXABLE = frozenset(
    {"m", "g", "s", "A", "K", "mol", "Hz", "N", "Pa", "J", "W", "C", "V", "F", "Ω", "S", "Wb", "T", "H", "L", "l", "eV", "bit", "B", "bar", "cal",
     "Bq", "Gy", "Sv", "rad", "lm", "t", "M", "Da", "barn"}
)  # fmt: skip
_BETWEEN = frozenset({"cdot", "times", "quad", "mathrm", "text", "rm"})
_BEFORE = {"square": "2", "cubic": "3"}
_AFTER = {"squared": "2", "cubed": "3", "tothe": "1"}
_SIGNS = frozenset("munµkMGTPcdhfp")
_TOKEN = re.compile(
    r"\\(?P<macro>[A-Za-z]+)|(?P<power>\^?\{?(?P<minus>[-−]?)(?P<digits>\d+)\}?|(?P<raised>⁻?[²³¹]))|(?P<unit>°[CF]|[°′″]|[A-Za-zµμΩÅ%]+)|(?P<per>/)|(?P<gap>[.\s~{}()·*]|\\[,;!. ])|(?P<other>.)",
    re.DOTALL,
)
_NUMBER = re.compile(
    r"\s*(?P<sign>[-+−]?)\s*(?P<mantissa>[\d.,]*)\s*(?:(?:\+-|\\pm|±)\s*(?P<error>[\d.,]+)|\((?P<digits>\d+)\))?\s*(?:(?:[eEdD]|x\s*10\^?|×\s*10\^?|\\times\s*10\^?)\{?(?P<power>[-+−]?\d+)\}?)?\s*$"
)


def parsed(token: Token, parts: list[tuple[str, int]], commands: Mapping[str, str]) -> Node:
    """Return the row of a siunitx command.

    Args:
        token: the command.
        parts: each argument as written and where it starts.
        commands: canonical signs.
    """
    name, end = token.text[1:], max([token.end, *(start + len(raw) for raw, start in parts)])
    kids: list[Node] = []
    is_unit_only = name in {"si", "unit"}
    numbers = [] if is_unit_only else parts[:2] if name.endswith("range") else parts[:1]
    for index, (raw, start) in enumerate(numbers):
        if index:
            kids.append(Node("sym", "rangeto", [], start, start))
        kids += _angle(raw, start) if name == "ang" else number(raw, start)
    for raw, start in parts[len(numbers) :]:
        one = len(kids) == 1 and kids[0].name == "1"
        kids += units(raw, start, one=one) or [
            Node("text", " ".join(re.findall(r"[^\W_]+", raw)), [], start, start + len(raw))
        ]
    del commands
    return row(kids, token.start, end + 1 if parts else end)


def number(raw: str, start: int) -> list[Node]:
    """Return `1.5e-3`, `-2`, `2.0 +- 0.1` and `10(2)` as nodes."""
    span = (start, start + len(raw))
    found = _NUMBER.match(raw)
    if found is None:
        return [Node("text", " ".join(re.findall(r"[\w.]+", raw)).replace("_", " "), [], *span)]
    kids = [Node("sym", "−", [], *span, "negative")] if found["sign"] in {"-", "−"} else []
    if found["mantissa"]:
        kids.append(Node("num", found["mantissa"].replace(",", "."), [], *span))
    if found["error"]:
        kids += [Node("sym", "±", [], *span), Node("num", found["error"].replace(",", "."), [], *span)]
    if found["power"]:
        if found["mantissa"]:
            kids.append(Node("sym", "×", [], *span))
        kids.append(
            script(Node("num", "10", [], *span), None, row(_integer(found["power"], span), *span), span[1])
        )
    return kids


def _integer(text: str, span: tuple[int, int]) -> list[Node]:
    sign = [Node("sym", "−", [], *span)] if text[0] in "-−" else []
    return [*sign, Node("num", text.lstrip("+-−"), [], *span)]


def _angle(raw: str, start: int) -> list[Node]:
    span = (start, start + len(raw))
    kids: list[Node] = []
    for part, sign in zip(raw.split(";"), "°′″", strict=False):
        if part.strip():
            kids += [
                *number(part, start),
                Node("unit", sign, [], *span, "one" if part.strip() == "1" else ""),
            ]
    return kids


def units(raw: str, start: int, *, one: bool = False) -> list[Node] | None:
    r"""Return the units of `raw`; None if something in it is not a unit.

    Args:
        raw: macros (`\kilo\metre\per\second`) or signs (`km/s^2`, `kg.m.s^{-2}`).
        start: where it starts in the source.
        one: whether the number before it is 1, so that the first unit is said in the singular.
    """
    reading = _Reading(one)
    for found in _TOKEN.finditer(raw):
        if not reading.take(found, (found.start() + start, found.end() + start)):
            return None
    return reading.kids or None


class _Reading:
    """The units so far, and what applies to the next one: a prefix, a power, a `per`."""

    def __init__(self, one: object) -> None:
        self.kids: list[Node] = []
        self._one = bool(one)
        self._prefix, self._power, self._per = "", "", False

    def take(self, found: re.Match[str], span: tuple[int, int]) -> bool:
        """Read one token; return False if it is not part of a unit."""
        macro = found["macro"] or ""
        if macro in PREFIXES:
            self._prefix = PREFIXES[macro]
        elif macro in _BETWEEN:
            return True
        elif macro in _BEFORE:
            self._power = _BEFORE[macro]
        elif macro in _AFTER:
            _raise(self.kids, _AFTER[macro], span)
        elif found["per"] or macro == "per":
            self._per = True
            self.kids.append(Node("sym", "per", [], *span))
        elif found["power"]:
            _apply_power(self.kids, found, span)
            if len(self.kids) > 2 and self.kids[-2].name == "per" and not (self._one and len(self.kids) == 3):
                self.kids[-3].role = "one" if len(self.kids) > 3 and self.kids[-4].name == "per" else ""
            return bool(self.kids)
        elif found["unit"] or macro:
            return self._unit(found["unit"] or MACROS.get(macro, macro), span)
        return bool(found["gap"] or found["macro"] or found["per"])

    def _unit(self, sign: str, span: tuple[int, int]) -> bool:
        split = _unit(sign, self._prefix)
        if split is None:
            return False
        singular = self._per or (self._one and not self.kids)
        if self.kids and not self._per and self.kids[-1].kind == "unit":
            self.kids[-1].role = "one"
        node = Node(
            "unit", split[1], [Node("id", split[0])] if split[0] else [], *span, "one" if singular else ""
        )
        power = self._power
        self.kids.append(
            script(node, None, row([Node("num", power, [], *span)], *span), span[1]) if power else node
        )
        self._prefix = self._power = ""
        return True


def _unit(sign: str, prefix: str) -> tuple[str, str] | None:
    """Return prefix and unit: km is k and m, kg is k and g, min is a minute."""
    sign = sign.replace("μ", "µ")
    if not sign:
        return None
    if sign == "kg":
        return "k", "g"
    if sign in UNITS or prefix:
        return (prefix, sign) if sign in UNITS else None
    if sign[0] in _SIGNS and sign[1:] in _PREFIXABLE:
        return ("µ" if sign[0] == "u" else sign[0]), sign[1:]
    return None


def _apply_power(kids: list[Node], found: re.Match[str], span: tuple[int, int]) -> None:
    if not kids:
        return
    raised = found["raised"] or ""
    digits = found["digits"] or {"²": "2", "³": "3", "¹": "1"}[raised[-1]]
    if found["minus"] or raised.startswith("⁻"):
        unit = kids[-1]
        if unit.kind == "unit":
            unit.role = "one"
            kids.insert(len(kids) - 1, Node("sym", "per", [], unit.start, unit.start))
    if digits != "1":
        _raise(kids, digits, span)


def _raise(kids: list[Node], power: str, span: tuple[int, int]) -> None:
    if kids and kids[-1].kind == "unit" and power != "1":
        unit = kids.pop()
        kids.append(script(unit, None, row([Node("num", power, [], *span)], *span), span[1]))
