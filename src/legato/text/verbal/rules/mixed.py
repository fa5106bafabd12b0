"""Letters and digits in one token: MP3, A320-200, S3/GCS, Geary/33rd, HTTP/2."""

import re

from legato.text.verbal.speech import Speech, any_of

_DIGIT_DASH = re.compile(r"[0-9]-[0-9]")
_RUNS = re.compile(r"[0-9]+|[^\W\d_]+|[^\w]|_")
_PROTOCOL = re.compile("[A-Z]{2,6}/[1-9]")
"""A protocol and its version, which nobody says with a slash."""


class Mixed:
    """Reads such tokens in one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._slash = speech.data.table("electronic").get("/", "")
        ending = any_of([one for one in speech.data.texts("ordinal_suffixes") if len(one) > 1])
        self._ordinal = re.compile(rf"(?P<number>[1-9][0-9]{{0,8}})(?P<ending>(?i:{ending}))")

    def said(self, written: str) -> str:
        """Say the parts between slashes one after the other; in a serial number with hyphens a slash only separates groups."""
        if "/" not in written or "-" in written:
            return self._runs(written)
        slash = " " if _PROTOCOL.fullmatch(written) else f" {self._slash} " if self._slash else "/"
        return slash.join(map(self._part, written.split("/")))

    def _part(self, written: str) -> str:
        ordinal = self._ordinal.fullmatch(written)
        said = ordinal and self._speech.words.ordinal(int(ordinal["number"]), ordinal["ending"].lower())
        return said or self._runs(written)

    def _runs(self, written: str) -> str:
        spoken: list[str] = []
        for run in _RUNS.findall(written):
            said = self._serial(run) if run[0] in "0123456789" else run
            if spoken and run[0].isalnum() and spoken[-1][-1:].isalnum():
                spoken.append(" ")
            spoken.append(said)
        # A hyphen between two numbers would be heard, or seen, as part of a number word.
        return "".join(spoken) if not _DIGIT_DASH.search(written) else " ".join("".join(spoken).split("-"))

    def _serial(self, digits: str) -> str:
        if len(digits) <= 3 or (len(digits) == 4 and digits.endswith("00")):
            return self._speech.cardinal(digits)
        return self._speech.words.digits(digits)
