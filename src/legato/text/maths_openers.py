"""Protected spans of mathematics: formulas between dollars, in LaTeX brackets and environments, and commands without either.

The rules are those of `openers`. A backslash may also be a line end that was escaped twice.
"""

import re

from legato.text.atoms import SpanKind
from legato.text.marks import RAISED_ARMS
from legato.text.openers import INLINE_CHARS, WAIT, Found, Verdict, before_line_end, unclosed

_DISPLAY_CHARS = 2000
_DEEPEST_GROUP = 16

_BRACES = re.compile(r"[{}\[\]]")
_MONEY = re.compile(r"\$\.?\d[\d.,]*")
_TEX_AFTER_DIGITS = re.compile(
    r"\s?[\\^_+=*{<>/|]|%\$|\$(?!\d)|[a-zA-Z]{1,3}(?:\s?[\\^_+=*<>(/$-]|\s?,\s?[a-z]\b)|\s?-\s?[a-zA-Z]\b"
)
_TEX_BEGUN = re.compile(r"\s?|\$|%|[a-zA-Z]{1,3}\s?(?:,\s?[a-z]?)?|\s?-\s?[a-zA-Z]?")
"""Text that may still become what the pattern above looks for."""
_TEX_AHEAD_CHARS = 6
_TEX_SIGN = re.compile(r"[\\^_]")
_IN_WORD = re.compile(r"[A-Za-z]\Z|[A-Za-z][0-9]{1,8}\Z|(?<![\w$])[A-Za-z]\w{0,24}\$\Z")
"""The text before a dollar that stands for a letter of a word: Micro$oft, pa$$word."""
_SIGN_OF_AMOUNT = re.compile(r"[0-9](?:[ \u00a0\u202f]?(?:[A-Z]{1,3})?\$[,;:.!?)]|\$[/–—+-])\Z")
"""A dollar that is the sign of the amount before it, not the beginning of maths: 5 $, 10$/mois, 3 US$."""
_AMOUNT_CHARS = 5
_LEVEL_OPENS = re.compile(r"(?:\A|[·•(][ \u00a0]?)\Z")
_LEVEL = re.compile(r"\${2,4}(?:[–-]\${1,4})?(?: ?[·•]|(?=\))|(?P<last>\s*(?:\n|\Z)))")
_LEVEL_BEGUN = re.compile(r"\${2,4}(?:[–-]\${0,4})?[ \t]{0,4}")
"""How expensive a place is, by dollars between separators: Italian · $$ · 0.3 mi."""
_SAID_BEHIND = r"[^\W\d_]{3,24}(?:[).,;:!?]|\Z)|[^\W\d_]{2,24} [^\W\d_]{2}"
"""One word and a mark, or two words: moderate), is cheaper."""
_LEVEL_SAID = re.compile(
    rf"\${{2,4}}(?:[–-]\${{1,4}})?(?=[,;:!?.](?:\s|\Z)|\)|\*{{1,3}}[\s).,;:!?]| (?:[=–—-] )?\(?(?:{_SAID_BEHIND}))"
    r"|(?:\${2,4}[–-]\${1,4}|\${3,4})(?![\w$\\])"
)
_LEVEL_SAID_BEGUN = re.compile(
    r"\${2,4}(?:[–-]\${0,4})?(?:[,;:!?.]|\*{1,3}|(?: [=–—-]?)?(?: ?\(?[^\W\d_]{0,24})?(?: [^\W\d_]?)?)?"
)
"""The same in a sentence: $$ (moderate), $$ is cheaper than $$$. What words follow is no formula."""
_VARIABLE = re.compile(r"\$[A-Z][A-Z0-9_]{2,40}[/:\"'][\w/$.~\"' -]?")
"""A variable of a shell: $HOME/bin, "$PATH:/usr"."""
_ARMS = re.compile(RAISED_ARMS)
_ARMS_BEGUN = re.compile(r"\\\([^\s\\()]{0,7}\)?")
_PROSE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{3,} [a-zA-Z]{2,} [a-zA-Z]{2,}")
_WORDS = re.compile(r"[A-Za-z]?[a-z]{3,24}(?: [a-z]{3,24}){0,8}")
"""Words whose brackets were escaped, and no formula: \\[optional\\]."""
_ENVIRONMENT = re.compile(r"\\begin\{([a-zA-Z]{1,20}\*?)\}")
_COMMAND = re.compile(r"\\([a-zA-Z]{2,24})")
_ESCAPED_LINE = re.compile(r"(?:\\[rn]){1,16}(?![a-z])")
"""A line end that was escaped twice on its way here."""
_SCRIPT = re.compile(r"\s?[\^_](?:[A-Za-z0-9]|\\[a-zA-Z]{1,24})")
_SCRIPT_BEGUN = re.compile(r"\s?(?:[\^_](?:\\[a-zA-Z]{0,24})?)?")
"""Text that may still become a raised or lowered sign behind a command."""


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WITH_GROUPS = _names(
    "ce pu frac dfrac tfrac sqrt binom SI si qty num unit ang mathbb mathbf mathrm mathcal text overline underline vec hat bar "
    "boxed overrightarrow widehat tilde dot ddot operatorname"
)
_SYMBOLS = _names(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi varphi chi "
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega times div cdot pm mp leq geq le ge neq ne approx equiv infty sum "
    "int prod partial nabla rightarrow leftarrow Rightarrow Leftrightarrow implies iff to mapsto in notin subset subseteq cup cap "
    "forall exists sin cos tan log ln lim degree circ angle perp parallel therefore because ldots cdots dots emptyset land lor neg "
    "sim cong propto"
)


def dollar(text: str, at: int, *, final: bool) -> Verdict:
    """Find maths between dollars; a dollar before digits is money unless a TeX sign follows them, and one in a word is a letter."""
    if at and _IN_WORD.search(text, max(0, at - 26), at):
        return None
    if at + 1 == len(text):
        return None if final else WAIT
    if text[at + 1] == "$":
        if _LEVEL_OPENS.search(text, max(0, at - 2), at):
            return _level(text, at, final=final)
        return _level_said(text, at, final=final)
    if text[at + 1].isspace():
        return None
    if text[at + 1].isupper() and _VARIABLE.match(text, at):
        return None
    if _SIGN_OF_AMOUNT.search(text, max(0, at - _AMOUNT_CHARS), at + 2):
        return None
    money = _MONEY.match(text, at)
    if money:
        ahead = text[money.end() : money.end() + _TEX_AHEAD_CHARS]
        if not _TEX_AFTER_DIGITS.match(ahead):
            waits = len(ahead) < _TEX_AHEAD_CHARS and _TEX_BEGUN.fullmatch(ahead)
            return WAIT if waits and not final else None
    return _inline_maths(text, at, final=final)


def _level(text: str, at: int, *, final: bool) -> Verdict:
    """Find a price level, which is silent; behind a separator, too, a display begins with what is no separator."""
    found = _LEVEL.match(text, at)
    ended = found is not None and found["last"] is not None
    if found is not None and not (ended and (at == 0 or (found.end() == len(text) and not final))):
        end = found.start("last") if ended else found.end()
        return Found(SpanKind.MARKER, at, end, end, end)
    if not final and _LEVEL_BEGUN.fullmatch(text, at):
        return WAIT
    return _level_said(text, at, final=final)


def _level_said(text: str, at: int, *, final: bool) -> Verdict:
    """Find a price level in a sentence, which is silent, too; otherwise a display."""
    if not final and _LEVEL_SAID_BEGUN.fullmatch(text, at):
        return WAIT
    found = _LEVEL_SAID.match(text, at)
    if found is not None:
        return Found(SpanKind.MARKER, at, found.end(), found.end(), found.end())
    return _delimited(SpanKind.DISPLAY, text, at, ("$$", "$$"), final=final)


def backslash(text: str, at: int, *, final: bool) -> Verdict:
    r"""Find LaTeX brackets, environments and commands outside dollars."""
    following = text[at + 1 : at + 2]
    if not following:
        return None if final else WAIT
    if following == "(":
        if not final and _ARMS_BEGUN.fullmatch(text, at):
            return WAIT
        if _ARMS.match(text, at):
            return None
        return _delimited(SpanKind.MATHS, text, at, (r"\(", r"\)"), final=final)
    if following == "[":
        return _delimited(SpanKind.DISPLAY, text, at, (r"\[", r"\]"), final=final)
    escaped = _ESCAPED_LINE.match(text, at)
    if escaped:
        waits = escaped.end() == len(text) and not final
        return WAIT if waits else Found(SpanKind.BREAK, at, escaped.end(), escaped.end(), escaped.end())
    if not following.isalpha() or text[at - 1 : at].isalnum() or text[at - 1 : at] in {":", "\\"}:
        return None
    command = _COMMAND.match(text, at)
    if command is None:
        return None if final or len(text) > at + 2 else WAIT
    if command.end() == len(text) and not final:
        return WAIT
    return _command(text, command, final=final)


def _inline_maths(text: str, at: int, *, final: bool) -> Verdict:
    end = before_line_end(text, at + 1, INLINE_CHARS)
    closed = at
    while True:
        closed = text.find("$", closed + 1, end)
        if closed < 0:
            break
        if text[closed - 1] == "\\":
            continue
        if text[closed - 1].isspace():
            return None
        if closed + 1 == len(text) and not final:
            return WAIT
        if text[closed + 1 : closed + 2].isdigit():
            return None
        return Found(SpanKind.MATHS, at, closed + 1, at + 1, closed)
    if _reads_as_prose(text[at + 1 : end]) or (final and not _TEX_SIGN.search(text, at, end)):
        return None
    return unclosed(SpanKind.MATHS, text, (at, at + 1, end), INLINE_CHARS, final=final)


def _reads_as_prose(body: str) -> bool:
    return "\\" not in body and _PROSE.search(body) is not None


def _delimited(kind: SpanKind, text: str, at: int, marks: tuple[str, str], *, final: bool) -> Verdict:
    opener, closer = marks
    inner = at + len(opener)
    limit = min(len(text), inner + _DISPLAY_CHARS)
    blank = text.find("\n\n", inner, limit)
    end = blank if blank >= 0 else limit
    closed = text.find(closer, inner, end)
    if closed >= 0:
        escaped = opener[0] == "\\" and _WORDS.fullmatch(text, inner, closed)
        return None if escaped else Found(kind, at, closed + len(closer), inner, closed)
    return unclosed(kind, text, (at, inner, end), _DISPLAY_CHARS, final=final)


def _command(text: str, command: re.Match[str], *, final: bool) -> Verdict:
    name, at, end = command.group(1), command.start(), command.end()
    if name == "begin":
        found = _ENVIRONMENT.match(text, at)
        if found:
            return _delimited(
                SpanKind.DISPLAY, text, at, (found.group(), f"\\end{{{found.group(1)}}}"), final=final
            )
        return None if final or len(text) > at + 28 else WAIT
    if name in _WITH_GROUPS:
        return _grouped(text, at, end, final=final)
    if name in _SYMBOLS:
        if not final and _SCRIPT_BEGUN.fullmatch(text, end):
            return WAIT
        script = _SCRIPT.match(text, end)
        end = script.end() if script else end
        return Found(SpanKind.MATHS, at, end, at, end)
    return None


def _grouped(text: str, at: int, position: int, *, final: bool) -> Verdict:
    limit = min(len(text), at + INLINE_CHARS)
    first = position
    while position < limit and text[position] in "{[":
        depth = 0
        for brace in _BRACES.finditer(text, position, limit):
            depth += 1 if brace.group() in "{[" else -1
            if depth == 0 or depth > _DEEPEST_GROUP:
                position = brace.end()
                break
        if depth:
            far = depth > _DEEPEST_GROUP or len(text) >= at + INLINE_CHARS
            return None if final or far else WAIT
    if position == len(text) and not final:
        return WAIT
    return Found(SpanKind.MATHS, at, position, at, position) if position > first else None
