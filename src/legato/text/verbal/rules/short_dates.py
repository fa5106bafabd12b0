"""How the text around a day without its year shows that it is a date, not a fraction."""

import re

from legato.text.verbal.speech import SPACE

_TIMED = re.compile(
    rf"(?:{SPACE}at{SPACE}|,?{SPACE}@{SPACE}?)[0-9](?![0-9]{{1,2}}{SPACE}?(?i:bpm))|,?{SPACE}~?(?:[0-9]{{1,2}}[–-])?[0-9]{{1,2}}(?::[0-9]{{2}}|{SPACE}?[ap]\.?m\b)"
)
_SPAN_BEFORE = re.compile(
    r"\b(?:[Ff]rom|[Bb]etween) (?:1[0-2]|[1-9])/(?:1[3-9]|2[0-9]|3[01]) (?:to|and|through|until) \Z"
)
"""A day that can be nothing else, of which the other end of the span follows."""
_FROM = re.compile(
    r"\b(?:[Ff]rom|[Bb]etween) (?:(?:1[0-2]|[1-9])/(?:[12]?[0-9]|3[01]) (?:to|and|through|until) )?\Z"
)
_TO = re.compile(r" (?:to|and|through|until) (?:1[0-2]|[1-9])/([12]?[0-9]|3[01])(?![\w/]|[.,][0-9])")
"""What stands around the ends of a span of days, of which one has no common denominator: from 3/4 to 3/11."""
_THROUGH = re.compile(r" (?:thru|through) (?:1[0-2]|[1-9])/([12]?[0-9]|3[01])(?![\w/]|[.,][0-9])")
_LEADS = re.compile(rf"(?:{SPACE}?[–—-]{SPACE}|:{SPACE})(?=[A-Z$€£\"“])")
_SHARES = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 32})
"""Denominators that are common in prose."""
_LABEL = " .)"
"""What is left of the number of a list item."""
_MONTHS, _DAYS = 12, 31
_TWO_DIGITS = 10


def stands_apart(match: re.Match[str]) -> bool:
    """Whether a time follows what may be a day, or it stands by itself: Notes (10/14); 11/18 – Starbucks.

    Args:
        match: with the groups `day` and `month`, in the order in which they are written.
    """
    text, start, end = match.string, match.start(), match.end()
    through = _THROUGH.match(text, end)
    if through and not {int(match["month"]), int(through[1])} <= _SHARES:
        return True
    if _TIMED.match(text, end) or _SPAN_BEFORE.search(text, max(0, start - 24), start):
        return True
    if _FROM.search(text, max(0, start - 24), start):
        last = _TO.match(text, end)
        if int(last[1] if last else match["month"]) not in _SHARES:
            return True
    first, second = int(match["day"]), int(match["month"])
    if not (1 <= first <= _MONTHS and 1 <= second <= _DAYS) or second in _SHARES:
        return False
    bracketed = is_bracketed(match)
    begins = not text[:start].rpartition("\n")[2].strip(_LABEL) and _LEADS.match(text, end) is not None
    return bracketed or begins


def is_bracketed_day(match: re.Match[str]) -> bool:
    """Whether a day stands alone in brackets that can be neither a month nor a share: 46,20 € (20/11).

    Args:
        match: with the groups `day` and `month`, the day first.
    """
    return (
        _MONTHS < int(match["day"]) <= _DAYS and 1 <= int(match["month"]) <= _MONTHS and is_bracketed(match)
    )


def is_day_first(match: re.Match[str]) -> bool:
    """Whether a day can be no share where days come first: it stands alone in brackets, or in one of the last months, 21/10.

    Args:
        match: with the groups `day` and `month`, the day first.
    """
    late = _MONTHS < int(match["day"]) <= _DAYS and _TWO_DIGITS <= int(match["month"]) <= _MONTHS
    return late or is_bracketed_day(match)


def is_bracketed(match: re.Match[str]) -> bool:
    """Whether nothing else stands in the brackets around a match."""
    text = match.string
    return text[match.start() - 1 : match.start()] == "(" and text[match.end() : match.end() + 1] == ")"
