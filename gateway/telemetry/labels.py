"""Bounds the number of time series, whatever the labels are made from."""

from legato.domain.errors import PROPERTIES, Reason, Whose

VENDOR_REASONS = tuple(
    reason.value
    for reason, properties in PROPERTIES.items()
    if properties.whose is Whose.VENDOR and reason is not Reason.ALL_ROUTES_FAILED
)
"""Why a line to one vendor may fail."""
OTHER = "other"
NONE = "none"


def provider_of(route: str) -> str:
    """Return the provider of a route; `none` for no route."""
    return route.partition("/")[0] or NONE


class Bounded:
    """Lets the first `limit` distinct values of a label through; every later one is counted as `other`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def __call__(self, value: str) -> str:
        """Return the value to use as the label."""
        if value in self._known:
            return value
        if len(self._known) >= self._limit:
            return OTHER
        self._known.add(value)
        return value


class BoundedTogether:
    """Lets the first `limit` distinct combinations of a face, a provider and a voice through; of later ones only the face."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: set[tuple[str, str, str]] = set()

    def __call__(self, face: str, provider: str, voice: str) -> tuple[str, str, str]:
        """Return the values to use as labels."""
        labels = (face, provider, voice)
        if labels in self._known:
            return labels
        if len(self._known) >= self._limit:
            return face, OTHER, OTHER
        self._known.add(labels)
        return labels
