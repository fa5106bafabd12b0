"""Text whose kind the writer states: SSML's `say-as`."""

import re
from collections.abc import Callable

from legato.text.verbal.speech import Speech

_LONGEST_SPELLED = 80
_DATE_PARTS = re.compile(r"[0-9]{1,4}")
_FORMS = {"mdy", "dmy", "ymd", "ydm"}
_CENTURY = 2000
_YOUNG = 70
"""A year of two digits from here on belongs to the century before."""
_PHONE_GROUPS = {7: (3, 4), 10: (3, 3, 4), 11: (1, 3, 3, 4)}


class SayAs:
    """Reads text as the kind that it is said to be.

    Args:
        speech: the language.
        read: reads a text like any other.
    """

    def __init__(self, speech: Speech, read: Callable[[str], str]) -> None:
        self._speech = speech
        self._read = read
        self._signs = speech.data.table("electronic")
        self._kinds: dict[str, Callable[[str, str], str | None]] = {
            "cardinal": self._cardinal,
            "number": self._cardinal,
            "ordinal": self._ordinal,
            "characters": self._characters,
            "spell-out": self._characters,
            "verbatim": self._characters,
            "letters": self._characters,
            "digits": self._digits,
            "telephone": self._telephone,
            "date": self._date,
            "time": self._time,
        }

    def say(self, kind: str, text: str, form: str) -> str | None:
        """Return the text as it is spoken; None if it is not of that kind, or the kind is unknown.

        Args:
            kind: `interpret-as`.
            text: the content of the element.
            form: `format`; may be empty.
        """
        reader = self._kinds.get(kind.strip().lower())
        return reader(text.strip(), form.strip().lower()) if reader and text.strip() else None

    def _cardinal(self, text: str, form: str) -> str | None:
        if form == "ordinal":
            return self._ordinal(text, "")
        sign, number = (text[0], text[1:]) if text[0] in "+-−" else ("", text)
        if not re.fullmatch(self._speech.amount, number) or len(number) > 20:
            return None
        if sign:
            return f"{self._speech.phrases['plus' if sign == '+' else 'minus']} {self._speech.say(number)}"
        whole = number.lstrip("0") or "0"
        return self._speech.say(whole if number.isdigit() else number)

    def _ordinal(self, text: str, _form: str) -> str | None:
        digits = self._speech.plain(re.sub(r"(?<=\d)(?:st|nd|rd|th|\.|º|ª)$", "", text))
        return self._speech.words.ordinal(int(digits)) if re.fullmatch("[0-9]{1,12}", digits) else None

    def _characters(self, text: str, _form: str) -> str | None:
        if len(text) > _LONGEST_SPELLED:
            return None
        said = [self._character(char) for char in text if char.isprintable()]
        return " ".join(one for one in said if one)

    def _character(self, char: str) -> str:
        if char in "0123456789":
            return self._speech.words.digits(char)
        if char.isalpha():
            return char.upper() if len(char.upper()) == 1 else char
        return self._signs.get(char, "")

    def _digits(self, text: str, _form: str) -> str | None:
        return self._speech.words.digits(text) or None

    def _telephone(self, text: str, _form: str) -> str | None:
        runs = re.findall(r"[0-9]+", text)
        if len(runs) == 1 and len(runs[0]) in _PHONE_GROUPS:
            run, runs = runs[0], []
            for length in _PHONE_GROUPS[len(run)]:
                runs.append(run[:length])
                run = run[length:]
        said = ", ".join(self._speech.words.digits(run) for run in runs)
        return f"{self._speech.phrases['plus']} {said}" if said and text.startswith("+") else said or None

    def _date(self, text: str, form: str) -> str | None:
        form = re.sub(r"(.)\1+", r"\1", form)
        parts = _DATE_PARTS.findall(text)
        if form == "y" and len(parts) == 1:
            return self._speech.words.year(int(parts[0]))
        if len(parts) == 2 and len("".join(parts)) == 8 and form == "ymd":
            parts = [parts[0], parts[1][:2], parts[1][2:]]
        if len(parts) != 3:
            return self._read(text) if form not in _FORMS else None
        if form not in _FORMS:
            usual = "mdy" if self._speech.data.language == "en" else "dmy"
            form = "ymd" if len(parts[0]) == 4 else usual
        named = dict(zip(form, map(int, parts), strict=True))
        year = named["y"]
        if year < 100:
            year += _CENTURY if year < _YOUNG else _CENTURY - 100
        if not (1 <= named["m"] <= 12 and 1 <= named["d"] <= 31):
            return None
        return self._read(f"{year:04}-{named['m']:02}-{named['d']:02}")

    def _time(self, text: str, _form: str) -> str | None:
        return self._read(text)
