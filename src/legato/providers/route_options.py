"""A route's options as a vendor reads them: every name known and every value of its kind, or an error that says which is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from legato.domain.errors import Reason, SpeechError
from legato.providers.json_frames import number_of


@dataclass(frozen=True, slots=True)
class Between:
    """A number within bounds, both included; only whole ones if that is said."""

    least: float
    most: float
    whole: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these values."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A value of this type: `str`, `bool`, `dict` or `list`."""

    kind: type


Kinds = Mapping[str, Between | OneOf | Kind]
TEXT = Kind(str)
FLAG = Kind(bool)
FIELDS = Kind(dict)
LIST = Kind(list)


def checked(vendor: str, options: Mapping[str, object], kinds: Kinds) -> Mapping[str, object]:
    """Return the options, all of which this vendor knows.

    Raises:
        SpeechError: `vendor_rejected`; the message names the option and what is expected.
    """
    for name, value in options.items():
        kind = kinds.get(name)
        if kind is None:
            raise _wrong(
                f"{vendor} has no option {name!r}; its options are {', '.join(sorted(kinds)) or 'none'}"
            )
        if not _fits(value, kind):
            raise _wrong(f"option {name!r} of {vendor} must be {_expected(kind)}")
    return options


def rate_of(options: Mapping[str, object], usual_hz: int) -> int:
    """Return the `sample_rate` of checked options."""
    rate = options.get("sample_rate", usual_hz)
    assert isinstance(rate, int | float), "checked options have a rate"
    assert rate == int(rate), "and a whole one"
    return int(rate)


def with_query(url: str, query: Mapping[str, object]) -> str:
    """Return the URL with these parameters after those it has; any that is `None` is left out."""
    pairs = {name: _written(value) for name, value in query.items() if value is not None}
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


def clamped(value: float | None, least: float, most: float) -> float | None:
    """Return the nearest value that the vendor takes; `None` if nothing was asked for, or only what it does by itself."""
    if value is None or value == 1.0:
        return None
    return min(most, max(least, value))


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _fits(value: object, kind: Between | OneOf | Kind) -> bool:
    if isinstance(kind, Between):
        number = number_of(value)
        if number is None or not kind.least <= number <= kind.most:
            return False
        return not kind.whole or number.is_integer()
    if isinstance(kind, OneOf):
        return not isinstance(value, bool) and value in kind.values
    return isinstance(value, kind.kind)


def _expected(kind: Between | OneOf | Kind) -> str:
    if isinstance(kind, Between):
        return f"a {'whole ' if kind.whole else ''}number from {kind.least:g} to {kind.most:g}"
    if isinstance(kind, OneOf):
        return f"one of {', '.join(str(value) for value in kind.values)}"
    return {str: "a string", bool: "true or false", dict: "a mapping", list: "a list"}.get(
        kind.kind, kind.kind.__name__
    )


def _wrong(message: str) -> SpeechError:
    return SpeechError(Reason.VENDOR_REJECTED, message)
