"""What prescriptions write after a dose: PO, BID, PRN, q6h, x 7 days."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import DASH, SPACE, Speech, any_of

_WINDOW = 48
_COUNT_BEFORE = re.compile(r"(?:[0-9½¼¾)%]|[0-9] ?[^\W\d_]{1,4}|[^\w\s]) ?\Z")
"""A number, with its unit or without: what follows multiplies it."""


class Doses:
    """The rules of one language for prescriptions; without effect if it has no words for them."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._codes = data.table("dose_codes")
        units = any_of(data.texts("dose_units"))
        codes = any_of(self._codes)
        spans = any_of(data.texts("dose_spans"))
        often = speech.phrases.get("every", "(?!)")
        self._often = re.compile(rf"\b{often}{SPACE}[0-9]{{1,2}}{SPACE}?(?:h|hrs?|{spans})\.?{SPACE}\Z")
        self._dose = re.compile(
            rf"(?:\bq[0-9]{{1,2}}(?:{DASH}[0-9]{{1,2}})?h,?{SPACE}|[0-9]{SPACE}?(?:{units})(?:/(?:kg|day|dose))?\)?(?:,?{SPACE}(?:{codes}|q[0-9]{{1,2}}(?:{DASH}[0-9]{{1,2}})?h|[a-z]{{4,8}})){{0,3}},?{SPACE})\Z"
        )

    def add(self, book: RuleBook) -> None:
        """Add the rules."""
        if every := self._speech.phrases.get("every_slash"):
            spans = any_of(("h", "hs", "hrs", "horas", "hora", "días", "d"))
            book.on_joined(
                "dose.every", rf"(?<![\w/])c/{SPACE}?(?=[0-9]{{1,2}}{SPACE}?{spans}\b)", lambda _: f"{every} "
            )
        if not self._codes:
            return
        book.on_word(self._codes, "dose", rf"(?P<code>{any_of(self._codes)})(?![\w'’-])", self.code)
        book.on_joined(
            "dose.every",
            rf"(?<![\w-])q\.?(?P<a>[0-9]{{1,2}})(?:{DASH}(?P<b>[0-9]{{1,2}}))?(?P<unit>h|d|wk|min)(?![\w-])",
            self.every,
        )
        lasts = rf"[x×](?={SPACE}?[0-9]{{1,3}}{SPACE}?(?:{any_of(self._speech.data.texts('dose_spans'))})\b)"
        book.on_word(["x"], "dose.for", lasts, self.lasts)
        book.on_symbol("×", "dose.for", lasts, self.lasts)

    def code(self, match: re.Match[str]) -> str | None:
        """Say 500 mg PO BID."""
        return self._codes[match["code"]] if self._behind_dose(match) else None

    def every(self, match: re.Match[str]) -> str | None:
        """Say q8h, q4-6h."""
        speech = self._speech
        number = speech.say(match["a"])
        if match["b"]:
            number = speech.phrase("range", a=number, b=speech.say(match["b"]))
        unit = speech.data.nouns("units")[match["unit"]]
        if match["a"] == "1" and not match["b"]:
            return f"{speech.phrases['every']} {unit.one}"
        return f"{speech.phrases['every']} {number} {unit.many}"

    def lasts(self, match: re.Match[str]) -> str | None:
        """Say x 7 days, once a week × 8 weeks."""
        before = (match.string, max(0, match.start() - 24), match.start())
        if _COUNT_BEFORE.search(*before) and not self._often.search(*before) and not self._behind_dose(match):
            return None
        joined = match.string[match.end() : match.end() + 1].isdigit()
        return self._speech.phrases["lasting"] + (" " if joined else "")

    def _behind_dose(self, match: re.Match[str]) -> bool:
        start = match.start()
        return self._dose.search(match.string, max(0, start - _WINDOW), start) is not None
