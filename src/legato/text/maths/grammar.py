"""What LaTeX commands are, as far as parsing goes. How they are said is in the data files."""

FRACTIONS = {
    "frac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "sfrac": "frac", "nicefrac": "frac",
    "binom": "binom", "dbinom": "binom", "tbinom": "binom", "genfrac": "frac",
}  # fmt: skip
"""Commands of two arguments and the kind they build."""

INFIX = {"over": "frac", "choose": "binom", "atop": "binom"}

ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "overline", "vec": "vec", "dot": "dot", "ddot": "ddot",
    "dddot": "dddot", "ddddot": "ddddot", "tilde": "tilde", "widetilde": "tilde", "check": "check", "widecheck": "check",
    "breve": "breve", "acute": "acute", "grave": "grave", "mathring": "ring", "underline": "underline", "underbar": "underline",
    "overbrace": "overbrace", "underbrace": "underbrace", "overrightarrow": "overrightarrow",
    "overleftarrow": "overleftarrow", "overleftrightarrow": "overleftrightarrow", "underrightarrow": "overrightarrow",
    "wideparen": "arc", "overparen": "arc", "overarc": "arc", "overbracket": "overbrace", "underbracket": "underbrace",
}  # fmt: skip

FONTS = {
    "mathbb": "bb", "Bbb": "bb", "mathds": "bb", "mathcal": "cal", "mathscr": "cal", "cal": "cal", "mathfrak": "frak", "frak": "frak",
    "mathbf": "bf", "boldsymbol": "bf", "bm": "bf", "symbf": "bf", "pmb": "bf", "bold": "bf", "boldmath": "bf",
    "mathbfit": "bf", "vb": "bf", "va": "bf",
    "mathit": "it", "mathnormal": "it", "mathord": "it", "mathbin": "it", "mathrel": "it", "mathop": "it", "mathopen": "it",
    "mathclose": "it", "mathpunct": "it", "mathinner": "it", "boxed": "it", "fbox": "it", "cancel": "it", "bcancel": "it",
    "xcancel": "it", "smash": "it", "ensuremath": "it", "displaylines": "it", "emph": "it", "rlap": "it", "llap": "it",
}  # fmt: skip
"""Commands of one argument that set its font; `it` leaves the letters as they are."""

WORDS = frozenset(
    {"text", "mathrm", "mathsf", "mathtt", "textrm", "textsf", "texttt", "textbf", "textit", "textnormal", "textup", "mbox", "hbox",
     "operatorname", "operatornamewithlimits", "rm", "textsc", "intertext", "shortintertext", "DeclareMathOperator", "symrm", "mathup"}
)  # fmt: skip
"""Commands whose argument is letters of a word."""

SILENT = {
    "label": 1, "tag": 1, "hspace": 1, "vspace": 1, "phantom": 1, "hphantom": 1, "vphantom": 1, "color": 1, "ref": 1, "eqref": 1,
    "cite": 1, "mspace": 1, "hskip": 0, "kern": 0, "require": 1, "newcommand": 2, "renewcommand": 2, "rule": 2, "raisebox": 1,
    "style": 1, "class": 1, "cssId": 1, "href": 1, "textcolor": 1, "colorbox": 1, "includegraphics": 1, "arraystretch": 1,
    "displaystyle": 0, "textstyle": 0, "scriptstyle": 0, "scriptscriptstyle": 0, "limits": 0, "nolimits": 0, "nonumber": 0,
    "notag": 0, "bigl": 0, "bigr": 0, "bigm": 0, "big": 0, "Big": 0, "Bigl": 0, "Bigr": 0, "Bigm": 0, "bigg": 0, "biggl": 0,
    "biggr": 0, "biggm": 0, "Bigg": 0, "Biggl": 0, "Biggr": 0, "Biggm": 0, "hline": 0, "centering": 0, "relax": 0, "noindent": 0,
    "allowbreak": 0, "nobreak": 0, "break": 0, "linebreak": 0, "newline": 0, "thinspace": 0, "medspace": 0, "thickspace": 0,
    "negthinspace": 0, "negmedspace": 0, "enspace": 0, "hfill": 0, "hfil": 0, "strut": 0, "mathstrut": 0, "null": 0,
    "right": 0, "middle": 0, "end": 1, "qedhere": 0, "protect": 0, "unskip": 0, "par": 0, "mkern": 0, "cr": 0,
    "toprule": 0, "midrule": 0, "bottomrule": 0, "small": 0, "large": 0, "Large": 0, "normalsize": 0, "tiny": 0, "huge": 0,
}  # fmt: skip
"""Commands that are silent, and how many of their arguments are silent with them."""

ARROWS = {
    "xrightarrow": "→", "xleftarrow": "←", "xleftrightarrow": "↔", "xRightarrow": "⇒", "xLeftarrow": "⇐", "xmapsto": "↦",
    "xhookrightarrow": "↪", "xlongequal": "=", "xrightleftharpoons": "⇌", "xtofrom": "⇄",
}  # fmt: skip

MATRICES = frozenset(
    {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array", "psmallmatrix"}
)
CASES = frozenset({"cases", "dcases", "rcases", "drcases", "numcases"})
LINES = frozenset(
    {"aligned", "align", "alignat", "alignedat", "gathered", "gather", "split", "eqnarray", "multline", "flalign", "multlined",
     "substack", "subarray", "eqnarray*", "lines", "IEEEeqnarray"}
)  # fmt: skip
PREAMBLE = frozenset({"array", "alignat", "alignedat", "subarray", "IEEEeqnarray", "tabular"})
"""Environments whose first braces hold a layout."""

DELIMITERS = {
    ".": "", "\\lbrace": "{", "\\{": "{", "\\rbrace": "}", "\\}": "}", "\\lvert": "|", "\\rvert": "|", "\\vert": "|", "\\|": "‖", "\\lVert": "‖",
    "\\rVert": "‖", "\\Vert": "‖", "\\langle": "⟨", "\\rangle": "⟩", "<": "⟨", ">": "⟩", "\\lfloor": "⌊", "\\rfloor": "⌋",
    "\\lceil": "⌈", "\\rceil": "⌉", "\\lbrack": "[", "\\rbrack": "]", "\\lparen": "(", "\\rparen": ")", "\\llbracket": "⟦",
    "\\rrbracket": "⟧", "\\ulcorner": "⌜", "\\urcorner": "⌝", "\\backslash": "∖", "\\mid": "|", "\\lgroup": "(", "\\rgroup": ")",
    "\\uparrow": "", "\\downarrow": "",
}  # fmt: skip

OPENERS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⌊": "⌋", "⌈": "⌉", "⟦": "⟧", "⌜": "⌝"}
CLOSERS = frozenset(OPENERS.values())

FENCES = {
    "abs": "| |", "norm": "‖ ‖", "floor": "⌊ ⌋", "ceil": "⌈ ⌉", "set": "{ }", "Set": "{ }", "paren": "( )", "bra": "⟨ |", "ket": "| ⟩",
    "Bra": "⟨ |", "Ket": "| ⟩", "expval": "⟨ ⟩", "ev": "⟨ ⟩", "pqty": "( )", "bqty": "[ ]", "absolutevalue": "| |",
    "inner": "⟨ ⟩", "abs*": "| |",
}  # fmt: skip
"""Commands of one argument that stand for a pair of marks."""

_BASES = {
    "bb": (0x1D538, 0x1D552, 0x1D7D8), "cal": (0x1D49C, 0x1D4B6, 0), "frak": (0x1D504, 0x1D51E, 0), "bf": (0x1D400, 0x1D41A, 0x1D7CE),
}  # fmt: skip
_HOLES = {
    ("bb", "C"): "ℂ", ("bb", "H"): "ℍ", ("bb", "N"): "ℕ", ("bb", "P"): "ℙ", ("bb", "Q"): "ℚ", ("bb", "R"): "ℝ", ("bb", "Z"): "ℤ",
    ("cal", "B"): "ℬ", ("cal", "E"): "ℰ", ("cal", "F"): "ℱ", ("cal", "H"): "ℋ", ("cal", "I"): "ℐ", ("cal", "L"): "ℒ", ("cal", "M"): "ℳ",
    ("cal", "R"): "ℛ", ("cal", "e"): "ℯ", ("cal", "g"): "ℊ", ("cal", "o"): "ℴ", ("frak", "C"): "ℭ", ("frak", "H"): "ℌ",
    ("frak", "I"): "ℑ", ("frak", "R"): "ℜ", ("frak", "Z"): "ℨ",
}  # fmt: skip


def dressed(letter: str, font: str) -> str:
    """Return the letter of the mathematical alphabet: R in `bb` is ℝ. Greek and other signs stay as they are."""
    if (font, letter) in _HOLES:
        return _HOLES[font, letter]
    if font not in _BASES or len(letter) != 1 or not letter.isascii() or not letter.isalpha():
        return letter
    upper, lower, _ = _BASES[font]
    return chr(upper + ord(letter) - 65) if letter.isupper() else chr(lower + ord(letter) - 97)
