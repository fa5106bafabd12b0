"""Turns errors from the tasks of a group into an error of the caller's own."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeVar

E = TypeVar("E", bound=Exception)


@contextlib.contextmanager
def told_as(tell: Callable[[E], Exception], *kinds: type[E]) -> Iterator[None]:
    """Raise an error of the caller's own if the work within fails with one of these kinds, by itself or in a group.

    It is raised after the `except*` clause: raised within it, it would come out as a group, except in late releases of Python 3.11.

    Args:
        tell: makes the error from the first one found.
        kinds: kinds of errors; all others are raised as they are.
    """
    found: list[E] = []
    try:
        yield
    except* kinds as group:
        found.append(_first(group))
    if found:
        raise tell(found[0]) from None


def _first(group: BaseExceptionGroup[E]) -> E:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
