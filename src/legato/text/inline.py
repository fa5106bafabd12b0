"""A run of prose without its markup: emphasis by script, escapes, entities, emoji, invisible and hostile characters.

Rules:
- one pass, one alternation; what no branch matches is left as it is;
- an asterisk or underscore is dropped only at the edge of a word: `2*3*4`, `snake_case` and `3 * 4` stay.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from legato.text import disguises
from legato.text.marks import CLOSERS, EMOJI, OPENERS, RAISED_ARMS, WIDE_SCRIPTS
from legato.text.pictures import named
from legato.text.pieces import Piece
from legato.text.settings import Emoji

_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_FACES = {
    ")": "🙂",
    "(": "🙁",
    "D": "😄",
    "P": "😛",
    "O": "😮",
    "/": "😕",
    "\\": "😕",
    "|": "😐",
    "^": "😊",
    "¯": "🤷",
    "wink": "😉",
}
_STARS = frozenset({"★", "⭐", "⭐️"})
"""After a number, these are what it counts."""
_SPOKEN_SIGNS = "©®‼⁉♀♂"
_CHEER = rf"{RAISED_ARMS}(?!\S)"
_COMMON = (
    r"(?P<wrapped>\s*\n\s*(?=[.,;!?)\]])"
    rf"|(?<=[{WIDE_SCRIPTS}])\s*\n\s*(?=[{WIDE_SCRIPTS}]))"
    r"|(?P<space>\s{2,}|[^\S ])"
    r"|(?P<broken>\\(?=\n))"
    r"|(?P<tick>`)"
    r"|(?P<stars>\*+)|(?P<lines>_+)"
    r"|(?P<lowered>(?<=[A-Za-z)])~(?=[0-9]{1,2}~)|(?<=[A-Za-z)]~[0-9])~|(?<=[A-Za-z)]~[0-9]{2})~|(?:(?<=[A-Za-z0-9)]\^[0-9])|(?<=[A-Za-z0-9)]\^[0-9]{2})|(?<=[0-9]\^(?:st|nd|rd|th)))\^(?![\w({])|(?<=[0-9])\^(?=(?:st|nd|rd|th)\^))"
    rf"|(?P<escape>(?!{_CHEER})\\[!-/:-@\[-`{{-~])"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
    r"|(?P<keycap>(?<=[0-9#*])\ufe0f?\u20e3)"
    r"|(?P<cite>【[^】]{0,80}[†‡][^】]{0,80}】|\ue200[^\ue201\n]{0,200}\ue201|:contentReference\[oaicite:\d{1,4}\]\{index=\d{1,4}\}"
    r"|(?:file)?cite(?:turn\d{1,3}[a-z]{3,10}\d{1,3}){1,12})"
    r"|(?P<marked>(?<![^\s(\[\"'“‘*_])==(?=[^\W\d_]{2}|[AI][ '’]|[\"'“‘*$€£]|[0-9][0-9.,%]{0,12}==|\Z)|(?<=[^\s=(\[])==(?![\w=]))"
    rf"|(?P<emoji>[{EMOJI}][\ufe0e\ufe0f\u200d\u20e3{EMOJI}\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*)"
    r"|(?P<face>[:;](?<![^\s!?.,…].)(?:['’]?-?[()]{1,5}(?!\w)|-?[DPpOo](?![\w:/('’]|\.\w)|-[/|\\](?!\S)|/(?!\S))|¯\\{0,2}_?\(ツ\)(?:\\?_)?/¯|"
    rf"{_CHEER}|"
    r"\^_*\^(?<!\S\^\^)(?<!\S\^_\^)(?!\S))"
    r"|(?P<heart>(?<!\S)<3{1,4}(?: ?<3{1,4}){0,7}(?![\w%]|[.,]\d| ?(?:[%°$€£]|[kMGT]?(?:B|Hz|W)\b)"
    r"| (?!(?:and|but|so|for|from|to|see|you|u|my|our|love|xo|xx?|und|bis|dein|et|bises|y|te|un|e|ti|um?|en|je|a|à)\b)[^\W\dA-Z]))"
    r"|(?P<note>(?<=[^\W\d_]|[.,;:!?\"”’])[⁰¹²³⁴-⁹]{1,2}(?:[,˒][⁰¹²³⁴-⁹]{1,2}){0,4}(?!\w|[⁺⁻ⁿ⁽/]| ?[=≈+*×÷·−]))"
    r"|(?P<shortcode>:[a-z+\-][a-z0-9_+\-]{1,32}:)"
    r"|(?P<marks>[^\W\d_][\u0300-\u036f\u3099\u309a]+)"
    r"|(?P<joiner>(?<=[\u0600-\u0dff])[\u200c\u200d])"
    r"|(?P<hidden>[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff"
    r"\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+)"
    r"|(?P<dots>\.{4,})"
    r"|(?P<rule>[=/#~\-]{5,})"
    r"|(?P<loud>(?<=[^\W\d_])[!?,;]+(?=[^\W\d_]))"
)
_ASCII, _ANY = re.compile(_COMMON), re.compile(f"{disguises.PATTERN}|{_COMMON}")
_CALM = re.compile(r"[ A-Za-z0-9À-ÖØ-öø-ÿ'\"().,;!?%$+<>\[\]{|}@-]*")
"""Prose of only these is left as it is, except for the few sequences that `is_calm` names: most of what is ever read."""
_TIGHT = re.compile(r"[!?,;][^\W\d_]|;['’]?-?[()]|<3")
_BEHIND_NUMBER = frozenset(".,;:!?")
_FLANK = set(OPENERS + CLOSERS + ".,;:!?…—–-/|。，！？、；：") | {""}
_STARRED = re.compile(r"(?:^|[\s(\"'“‘])[A-Za-z]\Z")
_ALL = re.compile(r"\w\(\*\)")
_BEHIND_STAR = re.compile(r"[\s,.;:!?)]|$")
_OPEN_STAR = re.compile(r"(?<![*\w])\*(?=[^\s*])")
_BEFORE_MARKED = frozenset(" \t\n([\"'“‘*_")
_MARKED = re.compile(r"(?:\w[.?…]|[^\W\d_]{2}!|[)\"”’'%*`]|(?<![^\W_])[^\W\d_][^\W\dA-Z_]{1,30}|[0-9])\Z")
"""What stands before the second mark of ==marked text==: a word, and no end of base64."""
_STEM = re.compile(r"(?<![\w*])[^\W\d_]{2,24}\Z|\A[^\W\d_]{2,24}(?![\w*(])")
_STAR_CODE = re.compile(
    r"(?:(?<=\w )|(?<=\w \())\*(?:[0-9]{2,4}(?:#|(?!\w))|#[0-9]{2,4}#|\.[a-z][a-z0-9]{0,3}(?![\w*]))"
)
"""A star that is typed: *67, *#06#, *.txt."""
_STAR_KEY = re.compile(r"(?<=\w )\*(?=[.,;:!?](?:\s|\Z))")
_CLOSES = re.compile(r"(?<=[^\s*])\*")
_STRESSED = re.compile(r"[^\W\d_]{2,24}\*[^\W\d_]{2,24}(?![\w*(])")
_OPENED = re.compile(r"(?<![\w*])[^\W\d_]{2,24}\*[^\W\d_]{2,24}\Z")
_BEGUN = re.compile(r"(?<![^\s(\[\"'“‘])\*[^\W\d_]{2,24}\Z")
_ENDED = re.compile(r"[^\W\d_]{2,24}\*(?![\w*(])")
_NOTED = re.compile(r"(?:([^\W\d_]{4,30})|(?:[^\W\d_]{2,30}|\A[^\W\d_]?)[.,;:!?]|[0-9][.!?])[\"”’]?\Z")
"""What stands before the number of a note; of a text that an idle moment cut, no more than two characters are known."""
_RECKONED = re.compile(r"[=≈+*×÷·/√−½]")
_RAISED = re.compile(
    r"(?i:inch(?:es)?|foot|feet|yards?|miles?|met(?:er|re|ro)s?|metri|zoll|pouces?|pulgadas?|(?:sin|cos|tan|sec|cot)h|arc[a-z]{3}|seconds?)"
)
"""What stands before a power rather than before the number of a note."""
_FOND = re.compile(
    r"(?:(?i:\b(?:lov|miss|thank|hug|kiss|xo|cute|sweet|birthday|night|soon|lieb|danke|knuddel|amour|aime|bisou|merci|amo|quiero|gracias|beso|grazie|bac|obrigad|beijo|bedankt|kus))[^\d<>=,;:]{0,24}|[!?…] ?)\Z"
)
"""What stands before a heart (<3), which is no comparison there unless something follows that can be counted."""
_MEASURED = re.compile(
    r"(?<![^\W_])(?:[a-hj-z][A-Z]{1,3}|HbA1c|A1C|SpO2|INR|BMI|GPA|TSH|LDL|HDL|CRP|PSA|[RW]BC) ?\Z"
)
"""What has a value, so that a sign behind it compares also after thanks: thanks, keep pH <3."""
_BLANK = re.compile(r"\s")
_WIDE = re.compile(f"[{WIDE_SCRIPTS}]")


class Inline:
    """Cleans runs of prose.

    Args:
        emoji: what becomes of emoji.
        names: names of emoji; one without a name is dropped.
        markup: whether to drop emphasis marks and escapes; SSML text has neither.
    """

    def __init__(self, emoji: Emoji, names: Mapping[str, str] = _NO_NAMES, *, markup: bool = True) -> None:
        self._names = names if emoji is Emoji.NAME else _NO_NAMES
        self._markup = markup
        self._rules: dict[str, Callable[[str, str, str], tuple[str, str] | None]] = {
            "mixed": lambda word, *_: (disguises.without_twins(word), "clean/twins"),
            "styled": lambda sign, *_: (disguises.unstyled(sign), "clean/styled"),
            "mojibake": _repaired,
            "wrapped": lambda *_: ("", "clean/space"),
            "space": lambda *_: (" ", ""),
            "broken": lambda *_: ("", "clean/break") if markup else None,
            "tick": lambda *_: ("'", "clean/quote") if markup else None,
            "stars": self._stars,
            "lines": self._lines,
            "lowered": lambda *_: ("", "clean/script") if markup else None,
            "escape": lambda sign, *_: (sign[1], "clean/escape") if markup else None,
            "entity": _entity,
            "note": lambda *_: ("", "clean/reference"),
            "keycap": lambda *_: ("", "clean/keycap"),
            "marked": lambda *_: ("", "clean/emphasis") if markup else None,
            "cite": lambda *_: ("", "clean/citation"),
            "emoji": self._picture,
            "face": self._face,
            "heart": lambda _, *around: self._picture("❤️", *around),
            "shortcode": self._shortcode,
            "marks": _composed,
            "joiner": lambda *_: None,
            "hidden": lambda *_: ("", "clean/invisible"),
            "dots": lambda sign, *_: ("…" if len(sign) == 4 else " ", "clean/dots"),
            "rule": _ruled,
            "loud": lambda sign, *_: (sign + " ", "clean/space"),
        }

    def clean(self, text: str, start: int, end: int, offset: int) -> Iterator[Piece]:
        """Yield the pieces of one run.

        Args:
            text: the text the run stands in; its neighbours decide about emphasis.
            start: first character of the run.
            end: one past the last.
            offset: added to every position, to make it one of the accepted text.
        """
        if is_calm(run := text[start:end]):
            if run:
                yield Piece(run, offset + start, offset + end)
            return
        position = start
        for match in (_ASCII if text.isascii() else _ANY).finditer(text, start, end):
            at, after = match.span()
            if match.lastgroup == "stars" and self._markup and _is_name(text, at, after):
                yield Piece(text[position:at], offset + position, offset + at)
                yield Piece(" star", offset + at, offset + after, "clean/star")
                position = after
                continue
            if match.lastgroup == "stars" and self._markup and _is_code(text, at, end):
                continue
            if match.lastgroup == "stars" and self._markup and _is_within(text, at):
                yield Piece(text[position:at], offset + position, offset + at)
                yield Piece("", offset + at, offset + after, "clean/emphasis")
                position = after
                continue
            rule = self._rules[match.lastgroup or "hidden"]
            said = rule(match.group(), text[at - 1 : at] if at else "", text[after : after + 1])
            if said is None or _belongs(match, text, at):
                continue
            if at > position:
                yield Piece(text[position:at], offset + position, offset + at)
            yield Piece(said[0], offset + at, offset + after, said[1])
            position = after
        if end > position:
            yield Piece(text[position:end], offset + position, offset + end)

    def _stars(self, sign: str, before: str, after: str) -> tuple[str, str] | None:
        if not self._markup or not _is_emphasis(before, after, double=len(sign) > 1):
            return None
        return "", "clean/emphasis"

    def _lines(self, sign: str, before: str, after: str) -> tuple[str, str] | None:
        if not self._markup or (after == "{" and before.isalnum()):
            return None
        if len(sign) > 3:
            return " ", "clean/blank"
        return ("", "clean/emphasis") if _is_emphasis(before, after, double=False) else None

    def _picture(self, sign: str, before: str, after: str) -> tuple[str, str] | None:
        if sign in _STARS and (before.isdigit() or after.isdigit()):
            return ("★", "clean/emoji") if sign != "★" else None
        if sign[0] in _SPOKEN_SIGNS and len(sign) == 1:
            return None
        name = named(sign, self._names) if self._names else ""
        if not name:
            return ("" if after in _BEHIND_NUMBER else " "), "clean/emoji"
        return f" {name} ", "clean/emoji-name"

    def _face(self, sign: str, before: str, after: str) -> tuple[str, str] | None:
        """Read a typed face (:-), ;), :D) as the emoji that it stands for."""
        if sign[0] == "\\":
            return self._picture(_FACES["D"], before, after)
        mouth = "wink" if sign[0] == ";" else sign[-1].upper()
        return self._picture(_FACES[mouth], before, after)

    def _shortcode(self, sign: str, before: str, after: str) -> tuple[str, str] | None:
        if not self._markup or not (before.isspace() or not before) or after.isalnum():
            return None
        name = sign.strip(":").replace("_", " ")
        return (
            (f" {name} ", "clean/emoji-name")
            if self._names and name.replace(" ", "").isalpha()
            else (" ", "clean/emoji")
        )


def is_calm(run: str) -> bool:
    """Whether no rule here applies to a run: many times as fast as trying them at every character."""
    return (
        _CALM.fullmatch(run) is not None
        and "  " not in run
        and "...." not in run
        and "-----" not in run
        and "citeturn" not in run
        and _TIGHT.search(run) is None
    )


def _is_name(text: str, at: int, after: int) -> bool:
    """Whether a star belongs to the letter before it: A* is a name if no emphasis is open that it could end."""
    if not _STARRED.search(text, max(0, at - 2), at) or not _BEHIND_STAR.match(text, after) or after - at > 1:
        return False
    return _OPEN_STAR.search(text, 0, at) is None


def _is_code(text: str, at: int, end: int) -> bool:
    """Whether a star is a telephone key to press, before digits or alone (dial *67, press *), or all there is: COUNT(*).

    No later star may close an emphasis that this one would open, and no emphasis may be open that it could close.
    """
    if _ALL.match(text, max(0, at - 2)):
        return True
    if _STAR_KEY.match(text, at):
        return _OPEN_STAR.search(text, 0, at) is None
    return (
        _STAR_CODE.match(text, at, end) is not None
        and _CLOSES.search(_STAR_CODE.sub("", text[at + 1 : end])) is None
    )


def _is_marked(text: str, at: int) -> bool:
    """Whether a pair of equals signs stands at the edge of ==text that is marked==, and compares nothing."""
    if not at or text[at - 1] in _BEFORE_MARKED:
        return not text[at + 2 : at + 3].isspace() and at + 2 < len(text)
    return _MARKED.search(text, max(0, at - 32), at) is not None


def _is_noted(text: str, at: int) -> bool:
    """Whether raised digits are the number of a note: behind a word, or the mark after one, and no power of a unit or a function."""
    word = _NOTED.search(text, max(0, at - 34), at)
    if word is None or _RAISED.fullmatch(word[1] or ""):
        return False
    return _RECKONED.search(text, max(0, at - 40), at) is None


def _is_within(text: str, at: int) -> bool:
    """Whether a star is one of two that stress a part of a word: un*believ*able, *in*consistent; a*b*c is a product."""
    left, right = text[max(0, at - 64) : at], text[at + 1 : at + 65]
    opens = _STEM.search(left) and (_STRESSED.match(right) or _ENDED.match(right))
    return bool(opens or ((_OPENED.search(left) or _BEGUN.search(left)) and _STEM.match(right)))


def _belongs(match: re.Match[str], text: str, at: int) -> bool:
    """Whether a match is no markup: loud marks in an address, a face that closes a bracket (as follows :), equals signs that compare."""
    if match.lastgroup == "marked":
        return not _is_marked(text, at)
    if match.lastgroup == "heart":
        left = (text, max(0, at - 40), at)
        return _FOND.search(*left) is None or _MEASURED.search(*left) is not None
    if match.lastgroup == "note":
        return not _is_noted(text, at)
    if match.lastgroup == "face" and match.group()[-1] == ")":
        before = text[max(0, at - 200) : at]
        return before.count("(") > before.count(")")
    return match.lastgroup == "loud" and _in_address(text, at)


def _in_address(text: str, at: int) -> bool:
    """Whether a position stands inside a web address, a path or the like; looks 64 characters to each side."""
    left = _BLANK.split(text[max(0, at - 64) : at])[-1]
    right = _BLANK.split(text[at : at + 64], maxsplit=1)[0]
    return any(sign in left or sign in right for sign in "/=@_:&")


def _is_emphasis(before: str, after: str, *, double: bool) -> bool:
    """Whether a run of emphasis marks stands at the edge of a word, or in a script that has no such edges."""
    left, right = before.isspace() or not before, after.isspace() or not after
    if left and right:
        return False
    if left or right:
        return True
    if before.isdigit() and after in _BEHIND_NUMBER:
        return True
    if before in _FLANK or after in _FLANK:
        return not (before.isdigit() or after.isdigit()) or double
    return (double and not (before.isdigit() and after.isdigit())) or bool(
        _WIDE.match(before) or _WIDE.match(after)
    )


def _entity(sign: str, _before: str, _after: str) -> tuple[str, str] | None:
    decoded = html.unescape(sign)
    if decoded == sign:
        return None
    visible = "".join(
        " " if char.isspace() else char for char in decoded if char.isspace() or char.isprintable()
    )
    return visible, "clean/entity"


def _repaired(sign: str, _before: str, _after: str) -> tuple[str, str] | None:
    said = disguises.repaired(sign)
    return None if said is None else (said, "clean/encoding")


def _composed(sign: str, _before: str, _after: str) -> tuple[str, str] | None:
    composed = unicodedata.normalize("NFC", sign)
    kept = composed if len(composed) <= 3 else composed[:3]
    return (kept, "clean/nfc") if kept != sign else None


def _ruled(sign: str, _before: str, _after: str) -> tuple[str, str] | None:
    return (" ", "clean/rule") if len(set(sign)) == 1 else None
